"""Reading orders: the list with its sums, one order, a contact's last orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.crm.contacts.models import Contact
from app.crm.contacts.search import found_contacts
from app.crm.imports.models import Import
from app.crm.orders.filters import OrderFilters
from app.crm.orders.models import Order, OrderLine
from app.crm.products.models import Product
from app.crm.products.paging import ID, Key, Page, turn_to, whole_number
from app.extensions import db
from app.l10n import to_ascii_digits

MOST_SUMMED = 20_000
FEW = 5
AFTER_ALL_TEXT = "\U0010ffff"


@dataclass(frozen=True)
class Sums:
    """How many orders there are and what they come to; `is_capped` when there are more still."""

    count: int
    total: int
    returned: int
    is_capped: bool = False


def conditions(filters: OrderFilters) -> list[ColumnElement[bool]]:
    """What every order in the list fulfils."""
    found: list[ColumnElement[bool]] = []
    if filters.start is not None:
        found.append(Order.ordered_on >= filters.start)
    if filters.end is not None:
        found.append(Order.ordered_on <= filters.end)
    if filters.at_least is not None:
        found.append(Order.total >= filters.at_least)
    if filters.kind:
        found.append(Order.is_return.is_(filters.kind == "returns"))
    return [*found, *_belonging(filters)]


def _belonging(filters: OrderFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.contact_id:
        found.append(Order.contact_id == filters.contact_id)
    if filters.without_customer:
        found.append(Order.contact_id.is_(None))
    if filters.import_id:
        found.append(Order.import_id == filters.import_id)
    if filters.product_id:
        having = select(OrderLine.order_id).where(OrderLine.product_id == filters.product_id)
        found.append(Order.id.in_(having))
    if filters.q:
        found.append(_matching(filters.q))
    return found


def _matching(text: str) -> ColumnElement[bool]:
    """Orders whose number begins with the text, or whose customer it finds."""
    number = to_ascii_digits(text)
    begins = and_(Order.number >= number, Order.number < number + AFTER_ALL_TEXT)
    return or_(begins, Order.contact_id.in_(select(found_contacts(text).c.contact_id)))


def list_orders(filters: OrderFilters) -> Page:
    """The page of orders that the address names, each with its contact."""
    statement = select(Order).options(selectinload(Order.contact)).where(*conditions(filters))
    keys = {
        "date": [Key(Order.ordered_on, date.fromisoformat)],
        "total": [Key(Order.total, whole_number)],
        # Shorter numbers first, so that 999 comes before 1000.
        "number": [Key(func.char_length(Order.number), whole_number), Key(Order.number)],
    }[filters.column]
    return turn_to(statement, [*keys, Key(Order.id, ID)], descending=filters.descending)


def count_lines(order_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many lines these orders have, in one query."""
    counted = (
        select(OrderLine.order_id, func.count())
        .where(OrderLine.order_id.in_(order_ids))
        .group_by(OrderLine.order_id)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}


def sum_orders(filters: OrderFilters) -> Sums:
    """Count and sums of the orders that fit, over MOST_SUMMED of them at most."""
    some = (
        select(Order.total, Order.is_return)
        .where(*conditions(filters))
        .limit(MOST_SUMMED + 1)
        .subquery()
    )
    row = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(some.c.total), 0),
            func.coalesce(func.sum(some.c.total).filter(some.c.is_return), 0),
        ).select_from(some)
    ).one()
    return Sums(min(row[0], MOST_SUMMED), int(row[1]), int(row[2]), row[0] > MOST_SUMMED)


def find_order(order_id: UUID) -> Order | None:
    """An order with its contact, its lines and their products."""
    return db.session.execute(
        select(Order)
        .where(Order.id == order_id)
        .options(joinedload(Order.contact), selectinload(Order.lines).joinedload(OrderLine.product))
    ).scalar_one_or_none()


def find_import(import_id: UUID) -> Import | None:
    return db.session.execute(select(Import).where(Import.id == import_id)).scalar_one_or_none()


def find_contact(contact_id: UUID) -> Contact | None:
    """A contact that orders can be given to."""
    return db.session.execute(
        select(Contact).where(Contact.id == contact_id, Contact.deleted_at.is_(None))
    ).scalar_one_or_none()


def names_in(filters: OrderFilters) -> dict[str, str | None]:
    """The names behind the ids of the filters; None for an id of no record here."""
    wanted: list[tuple[str, UUID | None, Any]] = [
        (
            "contact",
            filters.contact_id,
            select(Contact.name).where(Contact.id == filters.contact_id),
        ),
        (
            "product",
            filters.product_id,
            select(Product.name).where(Product.id == filters.product_id),
        ),
        (
            "import",
            filters.import_id,
            select(Import.file_name).where(Import.id == filters.import_id),
        ),
    ]
    return {
        name: db.session.execute(statement).scalar_one_or_none()
        for name, given, statement in wanted
        if given
    }


def last_orders(contact_id: UUID) -> list[Order]:
    """A contact's newest orders."""
    newest = (
        select(Order)
        .where(Order.contact_id == contact_id)
        .order_by(Order.ordered_on.desc(), Order.id.desc())
        .limit(FEW)
    )
    return list(db.session.execute(newest).scalars())
