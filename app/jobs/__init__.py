"""Background jobs: the only door to RQ.

A job is asked for by a row in the outbox, written in the business transaction. The relay hands due
rows to RQ; the worker claims its row in PostgreSQL before it runs, so a second delivery does
nothing, and leaves a receipt in the transaction that carries the effect. Redis may be flushed at
any time: the sweeper finds what was queued and never started, or started and went silent.
"""

from app.jobs.outbox import OPEN, Job, JobFailed, JobReceipt, Outbox, enqueue, job, resolve
from app.jobs.relay import housekeep, redis_queue, relay_due, relay_engine, release, sweep
from app.jobs.worker import (
    ATTEMPTS,
    ForkingWorker,
    close_inherited_connections,
    drain,
    leave_receipt,
    perform,
)

__all__ = [
    "ATTEMPTS",
    "OPEN",
    "ForkingWorker",
    "Job",
    "JobFailed",
    "JobReceipt",
    "Outbox",
    "close_inherited_connections",
    "drain",
    "enqueue",
    "housekeep",
    "job",
    "leave_receipt",
    "perform",
    "redis_queue",
    "relay_due",
    "relay_engine",
    "release",
    "resolve",
    "sweep",
]
