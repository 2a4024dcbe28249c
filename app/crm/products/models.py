"""Products: what a tenant sells."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, event, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.l10n import sort_key
from app.tenancy import TenantOwned, references


class Product(TenantOwned, Base):
    """A thing or service sold; `code` is the tenant's own; the price is in minor units."""

    __tablename__ = "products"

    code: Mapped[str | None] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    unit_price: Mapped[int | None] = mapped_column(BigInteger)
    import_id: Mapped[UUID | None] = references("imports", nullable=True, ondelete="SET NULL")
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        Index("ix_products_name", "tenant_id", "sort_key", "id"),
    )


@event.listens_for(Product, "before_insert")
@event.listens_for(Product, "before_update")
def _derive(_mapper: Any, _connection: Any, product: Product) -> None:
    product.sort_key = sort_key(product.name)
