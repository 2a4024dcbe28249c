"""The worker: claim an outbox row, run its job in its tenant, leave a receipt."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app, g
from rq import Queue, Worker
from rq.job import Job as RqJob
from sqlalchemy import select, text

from app.config import Settings
from app.extensions import db
from app.jobs.outbox import OPEN, JobFailed, JobReceipt, Outbox, resolve
from app.jobs.relay import relay_engine
from app.tenancy import acting_for

logger = logging.getLogger(__name__)

ATTEMPTS = 3
BEAT_SECONDS = 5


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
            # Not JobFailed, whose sentence is for the user: the job's handler has its own words.
            raise RuntimeError("the work stopped several times before it could finish")
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
