"""Customers with real orders for the tests: the CDNOW sample, and small shops by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert

from app.crm.contacts.models import Contact, search_text
from app.crm.orders.ledger import bump_order_revision, refresh_customers
from app.crm.orders.models import Order
from app.extensions import db
from app.l10n import sort_key
from app.tenancy import new_id

CDNOW = Path(__file__).parents[1] / "data" / "cdnow_sample.txt"
CDNOW_END = date(1998, 6, 30)
UNTIL_LATELY = timedelta(days=(datetime.now(UTC).date() - CDNOW_END).days - 2)


@dataclass(frozen=True)
class Sale:
    """An order: its customer (None is anonymous), day, total in minor units, return or not."""

    customer: str | None
    day: date
    total: int
    is_return: bool = False


def cdnow(shift: timedelta = timedelta()) -> list[Sale]:
    """The sample's 6,919 purchases, moved in time by `shift`."""
    sales = []
    for line in CDNOW.read_text().splitlines():
        _master, customer, day, _cds, value = line.split()
        when = date(int(day[:4]), int(day[4:6]), int(day[6:])) + shift
        sales.append(Sale(customer, when, round(float(value) * 100)))
    return sales


def sell(sales: Iterable[Sale]) -> dict[str, UUID]:
    """Store the sales and their customers in the tenant entered; ids by customer."""
    sales = list(sales)
    names = list(dict.fromkeys(sale.customer for sale in sales if sale.customer))
    ids = {name: new_id() for name in names}
    if names:
        db.session.execute(insert(Contact), [_contact(ids[name], name) for name in names])
    db.session.execute(
        insert(Order), [_order(number, sale, ids) for number, sale in enumerate(sales)]
    )
    refresh_customers(None)
    bump_order_revision()
    return ids


def _contact(contact_id: UUID, name: str) -> dict[str, object]:
    shown = f"Customer {name}"
    return {
        "id": contact_id,
        "name": shown,
        "sort_key": sort_key(shown),
        "search_text": search_text(name=shown),
        "reference": name,
    }


def _order(number: int, sale: Sale, ids: dict[str, UUID]) -> dict[str, object]:
    return {
        "id": new_id(),
        "number": f"{number:06}-{new_id().hex[-6:]}",
        "contact_id": ids[sale.customer] if sale.customer else None,
        "ordered_on": sale.day,
        "total": sale.total,
        "is_return": sale.is_return,
    }


def shop_of(*sales: tuple[str, str] | tuple[str, str, int]) -> list[Sale]:
    """Sales from (customer, ISO day) or (customer, ISO day, total); negative totals are returns."""
    made = []
    for customer, when, *rest in sales:
        total = int(rest[0]) if rest else 1000
        made.append(Sale(customer or None, date.fromisoformat(when), total, total < 0))
    return made
