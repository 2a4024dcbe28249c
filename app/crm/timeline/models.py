"""The timeline: one stream of everything that happened with a contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.tenancy import TenantOwned, references


class TimelineEvent(TenantOwned, Base):
    """Something that happened with a contact; `details` holds what the kind needs to be shown."""

    __tablename__ = "timeline_events"

    contact_id: Mapped[UUID] = references("contacts", ondelete="CASCADE", index=False)
    happened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    kind: Mapped[str]
    account_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None] = references("orders", nullable=True, ondelete="CASCADE")
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")

    __table_args__ = (
        Index("ix_timeline_events_contact", "tenant_id", "contact_id", "happened_at", "id"),
    )
