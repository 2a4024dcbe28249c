"""The tenant itself: a company that signed up, and how it writes dates, numbers and money."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.l10n import Formats
from app.tenancy import new_id


class Tenant(Base):
    """A company's workspace; global, because people find it before a tenant is entered."""

    __tablename__ = "tenants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="en")
    calendar: Mapped[str] = mapped_column(server_default="gregorian")
    digits: Mapped[str] = mapped_column(server_default="latin")
    timezone: Mapped[str] = mapped_column(server_default="UTC")
    currency: Mapped[str] = mapped_column(server_default="USD")
    money_unit: Mapped[str] = mapped_column(server_default="")
    region: Mapped[str] = mapped_column(server_default="US")
    is_demo: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("language IN ('en', 'fa')", name="language"),
        CheckConstraint("calendar IN ('gregorian', 'jalali')", name="calendar"),
        CheckConstraint("digits IN ('latin', 'persian')", name="digits"),
        CheckConstraint("money_unit IN ('', 'toman')", name="money_unit"),
    )

    @property
    def formats(self) -> Formats:
        """How the workspace reads and writes dates, numbers, money and phones."""
        return Formats(
            language=self.language,
            calendar=self.calendar,
            digits=self.digits,
            timezone=self.timezone,
            currency=self.currency,
            money_unit=self.money_unit,
            region=self.region,
        )
