"""What a product sold: by month, to whom, and in which orders; three queries whatever its size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.crm.contacts.models import Contact
from app.crm.orders.models import Order, OrderLine
from app.crm.products.queries import MONTHS_SHOWN, first_of_months
from app.extensions import db
from app.l10n import next_period_start, period_start, today

FEW = 5


@dataclass
class Month:
    """Units and revenue (minor units) of one month of the tenant's calendar; returns subtracted."""

    start: date
    units: Decimal = Decimal(0)
    revenue: int = 0


@dataclass(frozen=True)
class ProductFigures:
    """Twelve months with their sums, the newest orders and the best customers in that time."""

    months: list[Month]
    orders: list[Any]
    customers: list[Any]

    @property
    def units(self) -> Decimal:
        return sum((month.units for month in self.months), Decimal(0))

    @property
    def revenue(self) -> int:
        return sum(month.revenue for month in self.months)


def figures_of(product_id: UUID) -> ProductFigures:
    """Everything that a product's page shows besides its details."""
    return ProductFigures(_months(product_id), _last_orders(product_id), _customers(product_id))


def _months(product_id: UUID) -> list[Month]:
    start = first_of_months(today())
    months: dict[date, Month] = {}
    while len(months) < MONTHS_SHOWN:
        months[start] = Month(start)
        start = next_period_start(start, "month")
    days = (
        select(Order.ordered_on, func.sum(OrderLine.quantity), func.sum(OrderLine.amount))
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.product_id == product_id, Order.ordered_on >= min(months))
        .where(Order.ordered_on < start)
        .group_by(Order.ordered_on)
    )
    for day, units, revenue in db.session.execute(days):
        month = months[period_start(day, "month")]
        month.units += units
        month.revenue += int(revenue)
    return list(months.values())


def _last_orders(product_id: UUID) -> list[Any]:
    """(id, number, ordered_on, contact name or None, units, amount) of the newest orders."""
    newest = (
        select(
            Order.id,
            Order.number,
            Order.ordered_on,
            Contact.name.label("customer"),
            func.sum(OrderLine.quantity).label("units"),
            func.sum(OrderLine.amount).label("amount"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .outerjoin(Order.contact)
        .where(OrderLine.product_id == product_id)
        .group_by(Order.id, Order.number, Order.ordered_on, Contact.name)
        .order_by(Order.ordered_on.desc(), Order.id.desc())
        .limit(FEW)
    )
    return list(db.session.execute(newest).all())


def _customers(product_id: UUID) -> list[Any]:
    """(id, name, kind, units, revenue) of who bought the most in the last twelve months."""
    revenue = func.sum(OrderLine.amount)
    best = (
        select(
            Contact.id,
            Contact.name,
            Contact.kind,
            func.sum(OrderLine.quantity).label("units"),
            revenue.label("revenue"),
        )
        .select_from(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Order.contact)
        .where(OrderLine.product_id == product_id, Contact.deleted_at.is_(None))
        .where(Order.ordered_on >= first_of_months(today()))
        .group_by(Contact.id, Contact.name, Contact.kind)
        .having(revenue > 0)
        .order_by(revenue.desc(), Contact.id)
        .limit(FEW)
    )
    return list(db.session.execute(best).all())
