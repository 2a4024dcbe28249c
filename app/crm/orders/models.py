"""Orders and their lines. Returns are negative lines, never purchases."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Index, Numeric, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.crm.contacts.models import Contact
from app.crm.products.models import Product
from app.extensions import Base
from app.tenancy import TenantOwned, belongs_to, references


class Order(TenantOwned, Base):
    """A purchase, or a return when `is_return`; without a contact it is anonymous revenue.

    `ordered_on` is the local day in the tenant's zone; `total` the sum of the lines in minor
    units, negative for a return.
    """

    __tablename__ = "orders"

    number: Mapped[str] = mapped_column(Text(collation="C"))
    contact_id: Mapped[UUID | None] = references("contacts", nullable=True, ondelete="RESTRICT")
    ordered_on: Mapped[date]
    is_return: Mapped[bool] = mapped_column(server_default="false")
    total: Mapped[int] = mapped_column(BigInteger, server_default="0")
    note: Mapped[str | None]
    import_id: Mapped[UUID | None] = references("imports", nullable=True, ondelete="RESTRICT")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")

    contact: Mapped[Contact | None] = belongs_to(contact_id, lambda: Contact, lazy="raise_on_sql")
    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="OrderLine.position",
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_orders_day", "tenant_id", "ordered_on", "id"),
        Index("ix_orders_contact_day", "tenant_id", "contact_id", "ordered_on", "id"),
    )


class OrderLine(TenantOwned, Base):
    """One product in an order; `amount` is quantity times price in minor units, as charged."""

    __tablename__ = "order_lines"

    order_id: Mapped[UUID] = references("orders", ondelete="CASCADE")
    position: Mapped[int]
    product_id: Mapped[UUID | None] = references("products", nullable=True, ondelete="RESTRICT")
    description: Mapped[str] = mapped_column(server_default="")
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3), server_default="1")
    amount: Mapped[int] = mapped_column(BigInteger)

    order: Mapped[Order] = relationship(back_populates="lines", lazy="raise_on_sql")
    product: Mapped[Product | None] = belongs_to(product_id, lambda: Product, lazy="raise_on_sql")


class OrderRevision(TenantOwned, Base):
    """Counts changes to a tenant's orders, so that a stored report knows whether it is current."""

    __tablename__ = "order_revisions"

    revision: Mapped[int] = mapped_column(BigInteger, server_default="1")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("tenant_id"),)
