"""Background jobs: the only door to RQ.

A job is asked for by a row in the outbox, written in the business transaction. The relay hands due
rows to RQ; the worker claims its row in PostgreSQL before it runs, so a second delivery does
nothing, and leaves a receipt in the transaction that carries the effect. Redis may be flushed at
any time: the sweeper finds what was queued and never started, or started and went silent.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import current_app, g
from redis import Redis
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer
from sqlalchemy import (
    Engine,
    Index,
    Row,
    create_engine,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Settings
from app.extensions import Base, db
from app.tenancy import acting_for, current_tenant_id, is_inside_tenant, new_id

logger = logging.getLogger(__name__)

QUEUE = "payvand"
ATTEMPTS = 3
BEAT_SECONDS = 5
SILENT_SECONDS = 30
IN_FLIGHT_PER_TENANT = 2

OPEN = "finished_at IS NULL AND failed_at IS NULL"


class JobFailed(Exception):
    """The work cannot be done and another try would not help; the sentence is for the user."""


class Outbox(Base):
    """What must happen outside the request, due at a time, for a tenant or for none."""

    __tablename__ = "outbox"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None]
    job: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    queued_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]

    __table_args__ = (
        Index("ix_outbox_due", "due_at", postgresql_where=text(f"queued_at IS NULL AND {OPEN}")),
        Index("ix_outbox_open", "tenant_id", postgresql_where=text(OPEN)),
    )


class JobReceipt(Base):
    """Proof that an outbox row took effect, committed together with that effect."""

    __tablename__ = "job_receipts"

    outbox_id: Mapped[UUID] = mapped_column(primary_key=True)
    finished_at: Mapped[datetime] = mapped_column(server_default=func.now())


@dataclass
class Job:
    """A function that runs in a worker; `later` asks for it in the current transaction."""

    function: Callable[..., None]
    failure_handler: Callable[..., None] | None = field(default=None)

    @property
    def name(self) -> str:
        return f"{self.function.__module__}.{self.function.__name__}"

    def later(self, *, due_at: datetime | None = None, **arguments: Any) -> UUID:
        return enqueue(self.name, due_at=due_at, **arguments)

    def on_failure(self, handler: Callable[..., None]) -> Callable[..., None]:
        """Register what to store when the job has failed for good: handler(sentence, **arguments)."""
        self.failure_handler = handler
        return handler


def job(function: Callable[..., None]) -> Job:
    return Job(function)


def enqueue(name: str, /, *, due_at: datetime | None = None, **arguments: Any) -> UUID:
    """Ask for the job of this dotted name once the current transaction commits; returns its id."""
    outbox_id = new_id()
    values: dict[str, Any] = {
        "id": outbox_id,
        "tenant_id": current_tenant_id() if is_inside_tenant() else None,
        "job": name,
        "arguments": arguments,
    }
    if due_at is not None:
        values["due_at"] = due_at
    db.session.execute(insert(Outbox.__table__).values(**values).inline())  # type: ignore[arg-type]
    return outbox_id


def resolve(name: str) -> Job:
    """The job behind a dotted name; raises LookupError when there is none."""
    module, _, attribute = name.rpartition(".")
    found = getattr(importlib.import_module(module), attribute, None)
    if not isinstance(found, Job):
        raise LookupError(f"{name} is not a job.")
    return found


# --- the relay: from the outbox to RQ -------------------------------------------------------


@lru_cache(maxsize=4)
def _engine(url: str) -> Engine:
    return create_engine(url, pool_size=2, max_overflow=2, pool_pre_ping=True)


def relay_engine() -> Engine:
    """The connection of the role that alone may read the outbox."""
    settings: Settings = current_app.extensions["settings"]
    if settings.database_relay_url is None:
        raise RuntimeError("DATABASE_RELAY_URL must name the database as the relay's role.")
    return _engine(settings.database_relay_url)


def redis_queue() -> Queue:
    """The RQ queue; JSON only, since pickle would turn access to Redis into code execution."""
    settings: Settings = current_app.extensions["settings"]
    if settings.redis_url is None:
        raise RuntimeError("REDIS_URL must name the Redis server that carries the jobs.")
    connection = Redis.from_url(settings.redis_url, socket_connect_timeout=2)
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


_DUE = text(f"""
    WITH busy AS (
      SELECT tenant_id, count(*) AS jobs FROM outbox
      WHERE queued_at IS NOT NULL AND {OPEN} GROUP BY tenant_id
    ), ranked AS (
      SELECT id, due_at, coalesce(busy.jobs, 0)
        + row_number() OVER (PARTITION BY tenant_id ORDER BY due_at, id) AS place
      FROM outbox LEFT JOIN busy USING (tenant_id)
      WHERE queued_at IS NULL AND {OPEN} AND due_at <= now()
    )
    SELECT id, attempts FROM outbox
    WHERE id IN (
      SELECT ranked.id FROM ranked JOIN outbox USING (id)
      WHERE place <= :in_flight OR outbox.tenant_id IS NULL ORDER BY ranked.due_at LIMIT :most
    ) AND queued_at IS NULL
    ORDER BY due_at FOR UPDATE SKIP LOCKED
""")


def relay_due(queue: Queue, most: int = 100) -> int:
    """Hand due outbox rows to RQ, oldest first and a few for each tenant; returns how many."""
    with relay_engine().begin() as connection:
        due = connection.execute(_DUE, {"in_flight": IN_FLIGHT_PER_TENANT, "most": most}).all()
        for row in due:
            _push(queue, row)
            connection.execute(
                text("UPDATE outbox SET queued_at = now() WHERE id = :id"), {"id": row.id}
            )
    return len(due)


def _push(queue: Queue, row: Row[Any]) -> None:
    rq_id = f"{row.id}-{row.attempts}"
    stale = queue.fetch_job(rq_id)
    if stale is not None and stale.get_position() is None:
        stale.delete()  # taken by a worker that died before it could claim the row
    settings: Settings = current_app.extensions["settings"]
    try:
        queue.enqueue_call(
            "app.jobs.perform",
            args=(str(row.id),),
            timeout=settings.job_timeout_seconds,
            job_id=rq_id,
            result_ttl=0,
            failure_ttl=3600,
            unique=True,
        )
    except DuplicateJobError:
        logger.info("Job %s is still waiting in Redis.", rq_id)


def sweep() -> int:
    """Free rows whose delivery was lost or whose worker went silent; returns how many."""
    with relay_engine().begin() as connection:
        freed = connection.execute(
            text(f"""
                UPDATE outbox SET queued_at = NULL, started_at = NULL, heartbeat_at = NULL
                WHERE queued_at IS NOT NULL AND {OPEN}
                  AND coalesce(heartbeat_at, queued_at) < now() - make_interval(secs => :silent)
            """),
            {"silent": SILENT_SECONDS},
        )
    return freed.rowcount


def release(outbox_id: UUID) -> None:
    """Free one row at once: its work-horse was seen to die."""
    with relay_engine().begin() as connection:
        connection.execute(
            text(f"""
                UPDATE outbox SET queued_at = NULL, started_at = NULL, heartbeat_at = NULL
                WHERE id = :id AND {OPEN}
            """),
            {"id": outbox_id},
        )


def housekeep() -> None:
    """Forget what has long been done: outbox rows and receipts after a week."""
    with relay_engine().begin() as connection:
        connection.execute(text("DELETE FROM outbox WHERE finished_at < now() - interval '7 days'"))
        connection.execute(
            text("DELETE FROM job_receipts WHERE finished_at < now() - interval '14 days'")
        )


class ForkingWorker(Worker):
    """RQ's worker; each work-horse drops the connections that it inherited."""

    def main_work_horse(self, job: RqJob, queue: Queue) -> None:
        close_inherited_connections()
        super().main_work_horse(job, queue)


def close_inherited_connections() -> None:
    """After a fork: forget the parent's sockets without closing them under it."""
    db.engine.dispose(close=False)
    settings: Settings = current_app.extensions["settings"]
    if settings.database_relay_url is not None:
        relay_engine().dispose(close=False)


# --- the worker: claim, run, receipt --------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """One attempt at an outbox row; `attempt` fences off an older attempt that comes back."""

    id: UUID
    tenant_id: UUID | None
    job: str
    arguments: dict[str, Any]
    attempt: int


def perform(outbox_id: str) -> None:
    """Run the job of an outbox row, unless another worker has it or it already took effect."""
    claim = _claim(UUID(outbox_id))
    if claim is None:
        return
    try:
        with _heartbeat(claim):
            _run(claim)
    except Exception as error:
        logger.exception("Job %s failed at attempt %s.", claim.job, claim.attempt)
        _retry_or_fail(claim, error)
    else:
        _close(claim, "finished_at = now(), error = NULL")


def _claim(outbox_id: UUID) -> Claim | None:
    with relay_engine().begin() as connection:
        row = connection.execute(
            text(f"""
                UPDATE outbox SET started_at = now(), heartbeat_at = now(),
                  queued_at = coalesce(queued_at, now()), attempts = attempts + 1
                WHERE id = :id AND {OPEN} AND started_at IS NULL
                RETURNING id, tenant_id, job, arguments, attempts
            """),
            {"id": outbox_id},
        ).one_or_none()
    return None if row is None else Claim(*row)


def _run(claim: Claim) -> None:
    work = resolve(claim.job)
    with _scope(claim.tenant_id):
        if claim.attempt > ATTEMPTS:
            raise JobFailed("The work stopped several times before it could finish.")
        if db.session.get(JobReceipt, claim.id) is not None:
            return
        g.outbox_id = claim.id
        work.function(**claim.arguments)
        leave_receipt()
        db.session.commit()


def leave_receipt() -> None:
    """Put the receipt into the current transaction; a job that commits itself calls it first."""
    outbox_id = g.pop("outbox_id", None)
    if outbox_id is not None:
        db.session.add(JobReceipt(outbox_id=outbox_id))


@contextmanager
def _scope(tenant_id: UUID | None) -> Iterator[None]:
    with current_app.app_context(), acting_for(tenant_id) if tenant_id else nullcontext():
        yield


@contextmanager
def _heartbeat(claim: Claim) -> Iterator[None]:
    over = threading.Event()
    engine = relay_engine()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            with engine.begin() as connection:
                connection.execute(
                    text("UPDATE outbox SET heartbeat_at = now() WHERE id = :id AND attempts = :n"),
                    {"id": claim.id, "n": claim.attempt},
                )

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _retry_or_fail(claim: Claim, error: Exception) -> None:
    if isinstance(error, JobFailed) or claim.attempt >= ATTEMPTS:
        _tell_failure(claim, error)
        _close(claim, "failed_at = now(), error = :error", error=repr(error)[:2000])
    else:
        _close(
            claim,
            "queued_at = NULL, started_at = NULL, heartbeat_at = NULL, error = :error,"
            " due_at = now() + make_interval(secs => :wait)",
            error=repr(error)[:2000],
            wait=5 * 2**claim.attempt,
        )


def _tell_failure(claim: Claim, error: Exception) -> None:
    try:
        handler = resolve(claim.job).failure_handler
    except (ImportError, LookupError):  # a job that a newer release no longer has
        handler = None
    if handler is None:
        return
    sentence = str(error) if isinstance(error, JobFailed) else ""
    with _scope(claim.tenant_id):
        handler(sentence, **claim.arguments)
        db.session.commit()


def _close(claim: Claim, change: str, **values: Any) -> None:
    with relay_engine().begin() as connection:
        connection.execute(
            text(f"UPDATE outbox SET {change} WHERE id = :id AND attempts = :attempt AND {OPEN}"),
            {"id": claim.id, "attempt": claim.attempt, **values},
        )


def drain() -> int:
    """Run everything that is due here and now, without Redis; returns how many jobs ran.

    For commands that wait for the result, and for tests.
    """
    ran = 0
    while True:
        with relay_engine().connect() as connection:
            ids = connection.scalars(
                select(Outbox.id)
                .where(text(f"{OPEN} AND due_at <= now() AND started_at IS NULL"))
                .order_by(Outbox.due_at)
            ).all()
        if not ids:
            return ran
        for outbox_id in ids:
            perform(str(outbox_id))
            ran += 1
