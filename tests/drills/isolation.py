"""Attempts to cross from one tenant into another: bin/drill isolation [--attempts 10000]
[--requests 20000]. Prints JSON; exits 1 on any leak."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine

from app.web import Payvand
from tests.cast import Cast
from tests.isolation.attacks import attempts, pool_keeps
from tests.isolation.conftest import make_victims
from tests.isolation.crowd import mixed_answers
from tests.isolation.rows import plant
from tests.isolation.test_routes import call, calls, normalised, path
from tests.prepared_app import prepared_app


def sql_attempts(engine: Engine, least: int) -> tuple[int, list[str]]:
    """The catalogue of attempts in SQL, over and over with new tenants."""

    @contextmanager
    def connect() -> Iterator[Connection]:
        with engine.connect() as connection:
            yield connection
            connection.rollback()

    tried, leaks = 0, []
    while tried < least:
        victims = make_victims(engine)
        found = [*attempts(connect, victims), ("pool", pool_keeps(engine, victims))]
        tried += len(found)
        leaks += [f"{name}: {sentence}" for name, sentence in found if sentence]
    return tried, leaks


def route_attempts(app: Payvand, engine: Engine) -> tuple[int, list[str]]:
    """Every route with every foreign id, as each role: the answer must be that of a missing one."""
    cast = Cast(app)
    ours, theirs = cast.company(), cast.company()
    with engine.begin() as connection:
        foreign_ids = plant(connection, theirs.id)
    tried, leaks = 0, []
    for role in ("owner", "rep", "read-only"):
        member = cast.member(ours, role)
        for method, rule in calls(app):
            missing = call(member.client, method, path(app, rule, ours.slug, uuid4()))
            for table, foreign_id in foreign_ids.items():
                address = path(app, rule, ours.slug, foreign_id)
                foreign = call(member.client, method, address)
                tried += 1
                same = normalised(foreign) == normalised(missing)
                if "<uuid:" in rule.rule and not (same and foreign.status_code >= 400):
                    leaks.append(f"{role} {method} {rule.rule} with an id of {table}")
    return tried, leaks


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=20_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="payvand-isolation-") as folder:
        with prepared_app(Path(folder), DATABASE_POOL_SIZE="2") as app:
            engine = create_engine(app.extensions["settings"].database_url, pool_size=1)
            in_sql, sql_leaks = sql_attempts(engine, arguments.attempts)
            by_route, route_leaks = route_attempts(app, engine)
            crowd = mixed_answers(app, arguments.requests)
            engine.dispose()
    report = {
        "drill": "isolation",
        "attempts_in_sql": in_sql,
        "attempts_by_route": by_route,
        "leaks": sorted({*sql_leaks, *route_leaks}),
        "concurrent_requests": vars(crowd),
    }
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 1 if report["leaks"] or crowd.with_foreign_marker or crowd.failures else 0


if __name__ == "__main__":
    sys.exit(main())
