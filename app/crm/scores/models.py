"""What analytics found out about each contact, in a table that lists can filter and sort on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Float, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.tenancy import TenantOwned, references


class ContactScore(TenantOwned, Base):
    """The newest segment and customer lifetime value of a contact.

    Values are in minor units over `worth_months`, with the interval that the report states;
    `segment` is a machine key such as `champions`.
    """

    __tablename__ = "contact_scores"

    contact_id: Mapped[UUID] = references("contacts", ondelete="CASCADE", index=False)
    segment: Mapped[str | None]
    segmented_at: Mapped[datetime | None]
    worth: Mapped[int | None] = mapped_column(BigInteger)
    worth_low: Mapped[int | None] = mapped_column(BigInteger)
    worth_high: Mapped[int | None] = mapped_column(BigInteger)
    worth_months: Mapped[int | None]
    expected_purchases: Mapped[float | None] = mapped_column(Float)
    valued_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_contact_scores_contact", "tenant_id", "contact_id", unique=True),
        Index("ix_contact_scores_worth", "tenant_id", "worth", "contact_id"),
        Index("ix_contact_scores_segment", "tenant_id", "segment", "contact_id"),
    )
