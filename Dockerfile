# One image, three roles: web (default), worker and migrate. See "Deploying" in README.md.
ARG BASE=docker.io/library/python:3.13-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /payvand
RUN python3 -m venv /venv
COPY requirements/app.txt requirements/app.txt
RUN /venv/bin/pip install --quiet --require-hashes --only-binary :all: -r requirements/app.txt
COPY . .
RUN /venv/bin/python -P -m compileall -q app wsgi.py worker.py \
 && PYTHONPATH=. /venv/bin/python -P -m app.assets \
 && /venv/bin/pybabel --quiet compile --directory app/translations

FROM ${BASE}
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PAYVAND_ENVIRONMENT=production OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin payvand
COPY --from=build /venv /venv
COPY --from=build /payvand /payvand
WORKDIR /payvand
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["bin/serve", "healthy"]
ENTRYPOINT ["bin/serve"]
CMD ["web"]
