"""The relay: from the outbox to RQ, and back when a worker goes silent."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import current_app
from redis import Redis
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer
from sqlalchemy import Engine, Row, create_engine, text

from app.config import Settings
from app.jobs.outbox import OPEN

logger = logging.getLogger(__name__)

QUEUE = "payvand"
SILENT_SECONDS = 30
IN_FLIGHT_PER_TENANT = 2


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
            "app.jobs.worker.perform",
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


_FORGET = (
    "DELETE FROM outbox WHERE finished_at < now() - interval '7 days'",
    "DELETE FROM job_receipts WHERE finished_at < now() - interval '14 days'",
    "DELETE FROM attempts WHERE window_start < now() - interval '2 days'",
    "DELETE FROM sessions WHERE expires_at < now() OR last_seen_at < now() - interval '14 days'",
    "DELETE FROM email_tokens WHERE expires_at < now() - interval '7 days'",
    "DELETE FROM mails WHERE created_at < now() - interval '30 days'",
)


def housekeep() -> None:
    """Forget what has long been done or has run out."""
    with relay_engine().begin() as connection:
        for statement in _FORGET:
            connection.execute(text(statement))
