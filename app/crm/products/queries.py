"""Reading products: the list and its order, one product, what was typed in a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select

from app.crm.orders.models import Order, OrderLine
from app.crm.products.models import Product
from app.crm.products.paging import ID, Key, Page, turn_to, whole_number
from app.extensions import db
from app.l10n import fold, period_start, sort_key, today

SORTS = ("name", "code", "sold", "revenue")
MONTHS_SHOWN = 12
NEVER = date(1, 1, 1)


@dataclass(frozen=True)
class ProductFilters:
    """What the address asks for; `sort` is written with a minus when it goes down."""

    q: str = ""
    archived: bool = False
    sort: str = "name"

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")


def first_of_months(day: date, months: int = MONTHS_SHOWN) -> date:
    """First day of the `months` that end with the month of `day`, in the tenant's calendar."""
    start = period_start(day, "month")
    for _month in range(months - 1):
        start = period_start(start - timedelta(days=1), "month")
    return start


def matching(text: str) -> ColumnElement[bool]:
    """Products whose name holds every word, or whose code holds the text, in any spelling."""
    words = sort_key(text).split()
    code = func.lower(Product.code).contains(fold(text), autoescape=True)
    named = [Product.sort_key.contains(word, autoescape=True) for word in words]
    return or_(code, *([_all(named)] if named else []))


def _all(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *rest = conditions
    for condition in rest:
        first = first & condition
    return first


def conditions(filters: ProductFilters) -> list[ColumnElement[bool]]:
    state = Product.archived_at.is_not(None) if filters.archived else Product.archived_at.is_(None)
    return [state, matching(filters.q)] if filters.q else [state]


def count_products(filters: ProductFilters) -> int:
    counted = select(func.count()).select_from(Product).where(*conditions(filters))
    return db.session.execute(counted).scalar_one()


def list_products(filters: ProductFilters) -> Page:
    """The page of products that the address names, in its order."""
    statement = select(Product).where(*conditions(filters))
    keys = [Key(Product.sort_key)]
    if filters.column == "code":
        keys = [Key(func.coalesce(Product.code, ""))]
    elif filters.column in ("sold", "revenue"):
        figures = sales_of_products().subquery()
        statement = statement.outerjoin(figures, figures.c.product_id == Product.id)
        sold = Key(func.coalesce(figures.c.last_on, literal(NEVER)), date.fromisoformat)
        revenue = Key(func.coalesce(figures.c.revenue, 0), whole_number)
        keys = [sold if filters.column == "sold" else revenue]
    return turn_to(statement, [*keys, Key(Product.id, ID)], descending=filters.descending)


@dataclass(frozen=True)
class Sales:
    """Units and revenue (minor units) since the first of twelve months; the last purchase then."""

    units: object = 0
    revenue: int = 0
    last_on: date | None = None


def sales_of_products() -> Select[*tuple[Any, ...]]:
    """Each product's units, revenue and last purchase in the last twelve months."""
    revenue = func.sum(OrderLine.amount)
    return (
        select(
            OrderLine.product_id,
            func.sum(OrderLine.quantity).label("units"),
            func.cast(revenue, OrderLine.amount.type).label("revenue"),
            func.max(Order.ordered_on).filter(OrderLine.quantity > 0).label("last_on"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.ordered_on >= first_of_months(today()), OrderLine.product_id.is_not(None))
        .group_by(OrderLine.product_id)
    )


def sales(product_ids: Iterable[UUID]) -> dict[UUID, Sales]:
    """The figures of these products, in one query; a product without sales is left out."""
    rows = db.session.execute(sales_of_products().where(OrderLine.product_id.in_(product_ids)))
    return {row.product_id: Sales(row.units, row.revenue, row.last_on) for row in rows}


def find_product(product_id: UUID) -> Product | None:
    return db.session.execute(select(Product).where(Product.id == product_id)).scalar_one_or_none()


def product_of_code(code: str) -> Product | None:
    return db.session.execute(select(Product).where(Product.code == code)).scalar_one_or_none()
