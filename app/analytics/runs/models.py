"""Report runs: what was asked of a report, how far it is, and the stored answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Float, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.tenancy import TenantOwned


class ReportRun(TenantOwned, Base):
    """One computation. The same report, parameters, version and order revision reuse its result."""

    __tablename__ = "report_runs"

    report: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    fingerprint: Mapped[str]
    order_revision: Mapped[int] = mapped_column(BigInteger)
    as_of: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="queued")
    progress: Mapped[float] = mapped_column(Float, server_default="0")
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    account_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'finished', 'failed')", name="state"),
        Index("ix_report_runs_fingerprint", "tenant_id", "report", "fingerprint", "created_at"),
    )
