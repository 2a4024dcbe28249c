"""Reading contacts: one page of the list, its count, one record and what stands around it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.crm.contacts.filters import Filters, ListState
from app.crm.contacts.models import Contact
from app.crm.contacts.paging import Cursor, Order, beyond, ordering, phases, write_cursor
from app.crm.contacts.search import MOST_FOUND, alike_contacts, found_contacts
from app.crm.scores.models import ContactScore
from app.extensions import Base, db
from app.l10n import sort_key
from app.tenants.accounts.models import Account
from app.tenants.members.models import Membership

PAGE = 50
COUNTED = 1000


@dataclass(frozen=True)
class Row:
    """A contact in the list with its score and its owner's name."""

    contact: Contact
    score: ContactScore | None
    owner_name: str | None


@dataclass(frozen=True)
class Page:
    """Rows with the cursors of the pages before and after, None at either end."""

    rows: list[Row] = field(default_factory=list)
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True)
class Count:
    """How many contacts match; `more` when only the first COUNTED were counted, `cut` when the
    search met more than it looks through."""

    number: int
    more: bool = False
    cut: bool = False


def list_page(state: ListState, viewer: UUID, size: int = PAGE) -> Page:
    """One page of the list; `viewer` is the membership that "me" stands for."""
    found: list[Row] = []
    for phase in phases(state.order, state.cursor):
        if len(found) <= size:
            query = narrowed_rows(state, viewer, phase, state.cursor)
            query = query.order_by(*ordering(state.order, phase, state.cursor))
            found += _fetch(query.limit(size + 1 - len(found)))
    return _paged(found, state.order, state.cursor, size)


def narrowed_rows(
    state: ListState, viewer: UUID, phase: str, cursor: Cursor | None = None
) -> Select[Any]:
    """The rows of one phase of the list beyond the cursor, neither ordered nor cut."""
    return _rows(state.filters, viewer).where(*beyond(state.order, phase, cursor))


def _fetch(query: Select[Any]) -> list[Row]:
    return [Row(contact, score, name) for contact, score, name in db.session.execute(query)]


def _paged(found: list[Row], order: Order, cursor: Cursor | None, size: int) -> Page:
    backward = bool(cursor and cursor.backward)
    has_more, rows = len(found) > size, found[:size]
    if backward:
        rows.reverse()
    has_previous = has_more if backward else cursor is not None
    has_next = backward or has_more
    return Page(
        rows,
        _mark(rows[0], order, backward=True) if rows and has_previous else None,
        _mark(rows[-1], order, backward=False) if rows and has_next else None,
    )


def _mark(row: Row, order: Order, *, backward: bool) -> str:
    column = order.sort.column
    holder: Any = row.score if column.class_ is ContactScore else row.contact
    value = getattr(holder, column.key) if holder is not None else None
    return write_cursor(order, value, row.contact.id, backward=backward)


def _rows(filters: Filters, viewer: UUID) -> Select[Any]:
    """Contacts with score and owner, narrowed but not yet ordered or cut."""
    found: Any = select(Contact, ContactScore, Account.name)
    query = (
        found.outerjoin(ContactScore, _is_scored())
        .outerjoin(Membership, Membership.id == Contact.owner_id)
        .outerjoin(Account, Account.id == Membership.account_id)
    )
    return _narrow(query, filters, viewer)


def _is_scored() -> ColumnElement[bool]:
    return (ContactScore.tenant_id == Contact.tenant_id) & (ContactScore.contact_id == Contact.id)


def _narrow(query: Select[Any], filters: Filters, viewer: UUID) -> Select[Any]:
    query = query.where(Contact.deleted_at.is_(None), *conditions(filters, viewer))
    if filters.q:
        found = found_contacts(filters.q)
        query = query.where(Contact.id.in_(select(found.c.contact_id)))
    return query


def conditions(filters: Filters, viewer: UUID) -> list[ColumnElement[bool]]:
    """The SQL of every filter but the search."""
    found = [*_who(filters, viewer), *_within(filters)]
    if filters.ordered_from or filters.ordered_to:
        found.append(_has_ordered(filters))
    if filters.segment:
        found.append(ContactScore.segment == filters.segment)
    if filters.worth_min is not None:
        found.append(ContactScore.worth >= filters.worth_min)
    if filters.worth_max is not None:
        found.append(ContactScore.worth <= filters.worth_max)
    return found


def _who(filters: Filters, viewer: UUID) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    tabs = {"people": Contact.kind == "person", "companies": Contact.kind == "company"}
    if filters.tab in tabs:
        found.append(tabs[filters.tab])
    if filters.tab == "customers":
        found.append(Contact.orders_count > 0)
    if filters.kind:
        found.append(Contact.kind == filters.kind)
    if filters.owner is not None:
        owner = viewer if filters.owner == "me" else filters.owner
        found.append(Contact.owner_id.is_(None) if owner == "none" else Contact.owner_id == owner)
    if filters.city:
        found.append(Contact.city_key == sort_key(filters.city))
    return found


def _within(filters: Filters) -> list[ColumnElement[bool]]:
    spans: list[tuple[InstrumentedAttribute[Any], Any, Any]] = [
        (Contact.first_order_on, filters.won_from, filters.won_to),
        (Contact.last_order_on, filters.last_from, filters.last_to),
    ]
    found: list[ColumnElement[bool]] = []
    for column, start, end in spans:
        found += [column >= start] if start else []
        found += [column <= end] if end else []
    return found


def _has_ordered(filters: Filters) -> ColumnElement[bool]:
    """Through the metadata: orders stand above contacts, so their model is not imported here."""
    orders = Base.metadata.tables["orders"].c
    query = select(orders.id).where(
        orders.tenant_id == Contact.tenant_id,
        orders.contact_id == Contact.id,
        orders.is_return == false(),
    )
    if filters.ordered_from:
        query = query.where(orders.ordered_on >= filters.ordered_from)
    if filters.ordered_to:
        query = query.where(orders.ordered_on <= filters.ordered_to)
    return query.exists()


def count(filters: Filters, viewer: UUID) -> Count:
    """How many contacts match, counted up to COUNTED."""
    number = _counted(_counting(filters, viewer).limit(COUNTED + 1))
    return Count(min(number, COUNTED), number > COUNTED, _is_cut(filters, number))


def count_all(filters: Filters, viewer: UUID) -> int:
    """How many contacts match, all of them."""
    return _counted(_counting(filters, viewer))


def _counted(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _counting(filters: Filters, viewer: UUID) -> Select[Any]:
    query: Any = select(Contact.id)
    if filters.segment or filters.worth_min is not None or filters.worth_max is not None:
        query = query.join(ContactScore, _is_scored())
    return _narrow(query, filters, viewer)


def _is_cut(filters: Filters, number: int) -> bool:
    if not filters.q or number <= COUNTED:
        return False
    found = found_contacts(filters.q)
    return _counted(select(found.c.contact_id)) >= MOST_FOUND


def alike(filters: Filters, viewer: UUID, found: list[Row]) -> list[Row]:
    """Contacts spelled much like the search, the most alike first, without those found already."""
    near = alike_contacts(filters.q)
    query = (
        _rows(replace(filters, q=""), viewer)
        .join(near, near.c.contact_id == Contact.id)
        .where(Contact.id.not_in([row.contact.id for row in found]))
        .order_by(near.c.likeness.desc(), Contact.sort_key, Contact.id)
    )
    return _fetch(query)
