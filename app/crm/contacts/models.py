"""Contacts: the people and companies that a tenant deals with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    event,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.l10n import fold, sort_key
from app.tenancy import TenantOwned, belongs_to, references

KINDS = ("person", "company")


class Contact(TenantOwned, Base):
    """A person or a company. A contact with an order is a customer: derived, never typed.

    The order columns are kept by the orders feature. Money is in minor units of the tenant's
    currency; `search_text` and `sort_key` are derived from what people typed.
    """

    __tablename__ = "contacts"

    kind: Mapped[str] = mapped_column(server_default="person")
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    search_text: Mapped[str] = mapped_column(server_default="")
    reference: Mapped[str | None] = mapped_column(Text(collation="C"))
    company_id: Mapped[UUID | None] = references("contacts", nullable=True, ondelete="SET NULL")
    email: Mapped[str | None]
    phone: Mapped[str | None]
    city: Mapped[str | None]
    city_key: Mapped[str | None] = mapped_column(Text(collation="C"))
    address: Mapped[str | None]
    source: Mapped[str | None]
    note: Mapped[str | None]
    owner_id: Mapped[UUID | None]
    import_id: Mapped[UUID | None] = references("imports", nullable=True, ondelete="SET NULL")

    orders_count: Mapped[int] = mapped_column(server_default="0")
    revenue: Mapped[int] = mapped_column(BigInteger, server_default="0")
    first_order_on: Mapped[date | None]
    last_order_on: Mapped[date | None]

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    deleted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")

    company: Mapped[Contact | None] = belongs_to(company_id, lambda: Contact, lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'company')", name="kind"),
        UniqueConstraint("tenant_id", "reference"),
        ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["memberships.tenant_id", "memberships.id"],
            ondelete="SET NULL (owner_id)",
        ),
        Index(
            "ix_contacts_name",
            "tenant_id",
            "sort_key",
            "id",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_contacts_revenue",
            "tenant_id",
            "revenue",
            "id",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_contacts_last_order",
            "tenant_id",
            "last_order_on",
            "id",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_contacts_created",
            "tenant_id",
            "created_at",
            "id",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_contacts_first_order", "tenant_id", "first_order_on"),
        Index("ix_contacts_city", "tenant_id", "city_key"),
        Index("ix_contacts_email", "tenant_id", "email"),
        Index("ix_contacts_phone", "tenant_id", "phone"),
        Index("ix_contacts_owner", "tenant_id", "owner_id"),
    )

    @property
    def is_customer(self) -> bool:
        return self.orders_count > 0


def search_text(**values: str | None) -> str:
    """The folded text that a contact is found by."""
    return fold(" ".join(value for value in values.values() if value))


@event.listens_for(Contact, "before_insert")
@event.listens_for(Contact, "before_update")
def _derive(_mapper: Any, _connection: Any, contact: Contact) -> None:
    contact.sort_key = sort_key(contact.name)
    contact.city_key = sort_key(contact.city) if contact.city else None
    contact.search_text = search_text(
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        city=contact.city,
        reference=contact.reference,
    )
