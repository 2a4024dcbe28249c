"""Reading contacts: one page of the list, its count, one record and what stands around it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.crm.contacts.filters import Filters
from app.crm.contacts.models import Contact
from app.crm.contacts.paging import Cursor, Order, beyond, ordering, phases, write_cursor
from app.crm.contacts.search import Found, alike_contacts, search
from app.crm.scores.models import ContactScore
from app.extensions import Base, db
from app.l10n import sort_key
from app.tenants.accounts.models import Account
from app.tenants.members.models import Membership

PAGE = 30
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
    """How many contacts match; `more` when only the first COUNTED were counted."""

    number: int
    more: bool = False


@dataclass(frozen=True)
class Scope:
    """Which contacts the list shows, to whom; `found` holds what the search found, if any."""

    filters: Filters
    viewer: UUID
    found: Found | None = None


def scope_of(filters: Filters, viewer: UUID) -> Scope:
    """Search, if there is something to search for; `viewer` is the membership of "me"."""
    return Scope(filters, viewer, search(filters.q) if filters.q else None)


def list_page(scope: Scope, order: Order, cursor: Cursor | None, size: int = PAGE) -> Page:
    """One page of the list."""
    found: list[Row] = []
    for phase in phases(order, cursor):
        if len(found) <= size:
            query = narrowed(scope, phase, order, cursor)
            query = query.order_by(*ordering(order, phase, cursor))
            found += _fetch(_detailed(query.limit(size + 1 - len(found)), order, phase, cursor))
    return _paged(found, order, cursor, size)


def narrowed(scope: Scope, phase: str, order: Order, cursor: Cursor | None = None) -> Select[Any]:
    """The ids of one phase of the list beyond the cursor, neither ordered nor cut."""
    needs_score = order.sort.column.class_ is ContactScore
    return _ids(scope, needs_score).where(*beyond(order, phase, cursor))


def _detailed(ids: Select[Any], order: Order, phase: str, cursor: Cursor | None) -> Select[Any]:
    """Rows for a page of ids: the ids are cut first, so that only a page's rows are joined."""
    page = ids.cte("page").prefix_with("MATERIALIZED")
    return rows().where(Contact.id.in_(select(page.c.id))).order_by(*ordering(order, phase, cursor))


def rows() -> Select[Any]:
    """Contacts with score and owner."""
    chosen: Any = select(Contact, ContactScore, Account.name)
    found: Select[Any] = (
        chosen.outerjoin(ContactScore, _is_scored())
        .outerjoin(Membership, Membership.id == Contact.owner_id)
        .outerjoin(Account, Account.id == Membership.account_id)
    )
    return found


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


def _is_scored() -> ColumnElement[bool]:
    return (ContactScore.tenant_id == Contact.tenant_id) & (ContactScore.contact_id == Contact.id)


def _ids(scope: Scope, needs_score: bool = False) -> Select[Any]:
    """The ids of the contacts in the scope."""
    filters = scope.filters
    query: Any = select(Contact.id)
    if filters.segment or filters.worth_min is not None or filters.worth_max is not None:
        query = query.join(ContactScore, _is_scored())
    elif needs_score:
        query = query.outerjoin(ContactScore, _is_scored())
    narrow = [
        *conditions(filters, scope.viewer),
        *([scope.found.has(Contact.id)] if scope.found else []),
    ]
    return _whole_cohort(query.where(Contact.deleted_at.is_(None), *narrow), filters)


def _whole_cohort(query: Select[Any], filters: Filters) -> Select[Any]:
    """A cohort that ordered again is found first and sorted then.

    The database takes the two days for independent and would read the whole list in its order.
    """
    is_won, has_ordered = (
        any(getattr(filters, f"{name}_{side}") for side in ("from", "to"))
        for name in ("won", "ordered")
    )
    if not (is_won and has_ordered):
        return query
    cohort = query.cte("cohort").prefix_with("MATERIALIZED")
    return query.where(Contact.id.in_(select(cohort.c.id)))


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


def count(scope: Scope) -> Count:
    """How many contacts the list holds, counted up to COUNTED."""
    number = _counted(_ids(scope).limit(COUNTED + 1))
    return Count(min(number, COUNTED), number > COUNTED)


def count_all(scope: Scope) -> int:
    """How many contacts the list holds, all of them."""
    return _counted(_ids(scope))


def _counted(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def alike(scope: Scope, found: list[Row]) -> list[Row]:
    """Contacts spelled much like the search, the most alike first, without those found already."""
    near = alike_contacts(scope.filters.q)
    ids = _ids(replace(scope, found=None)).where(
        Contact.id.in_(select(near.c.contact_id)),
        Contact.id.not_in([row.contact.id for row in found]),
    )
    query = rows().where(Contact.id.in_(ids)).join(near, near.c.contact_id == Contact.id)
    return _fetch(query.order_by(near.c.likeness.desc(), Contact.sort_key, Contact.id))
