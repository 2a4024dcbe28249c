"""The outbox: jobs asked for in the business transaction, and the receipts of those done."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, insert, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base, db
from app.tenancy import current_tenant_id, is_inside_tenant, new_id

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
        """Register handler(sentence, **arguments): what to store when the job failed for good."""
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
