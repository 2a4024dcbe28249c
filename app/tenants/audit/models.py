"""Who did what to which record, from where. Append-only for the app's role."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.tenancy import TenantOwned


class AuditEvent(TenantOwned, Base):
    """One act of a member, a job or a command."""

    __tablename__ = "audit_events"

    happened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    account_id: Mapped[UUID | None]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default="")
    subject_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    address: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (Index("ix_audit_events_time", "tenant_id", "happened_at", "id"),)
