"""Keyset paging of the contact list: a page begins after a row, never at an offset.

Where a sort column may be empty, the rows with a value come first in both directions and the rest
follow by id, so a list has two phases and a cursor names the phase it stands in.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.crm.contacts.models import Contact
from app.crm.scores.models import ContactScore

VALUED, EMPTY = "v", "e"
BIGGEST = 2**63


@dataclass(frozen=True)
class Sort:
    """A column to sort by and how its values travel in a cursor."""

    column: InstrumentedAttribute[Any]
    type: type
    nullable: bool = False

    @property
    def tie(self) -> InstrumentedAttribute[Any]:
        """The id beside the column, in the same table, so that one index serves both."""
        return ContactScore.contact_id if self.column is ContactScore.worth else Contact.id


SORTS = {
    "name": Sort(Contact.sort_key, str),
    "last": Sort(Contact.last_order_on, date, nullable=True),
    "bought": Sort(Contact.revenue, int),
    "worth": Sort(ContactScore.worth, int, nullable=True),
    "added": Sort(Contact.created_at, datetime),
}


@dataclass(frozen=True)
class Order:
    """A sort and its direction; written ``name`` or ``-name`` in the address."""

    name: str = "name"
    descending: bool = False

    @property
    def sort(self) -> Sort:
        return SORTS[self.name]

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


def read_order(text: str) -> Order | None:
    """The order that the address names; None when there is no such order."""
    name = text.removeprefix("-")
    return Order(name, text.startswith("-")) if name in SORTS else None


@dataclass(frozen=True)
class Cursor:
    """The row beside which a page begins; `value` is None in the phase of empty values."""

    order: str
    phase: str
    value: Any
    id: UUID
    backward: bool = False


def write_cursor(order: Order, value: Any, row_id: UUID, *, backward: bool) -> str:
    """The cursor of a row as it stands in the address."""
    phase = EMPTY if value is None else VALUED
    plain = value.isoformat() if isinstance(value, date) else value
    packed = json.dumps([str(order), phase, plain, str(row_id), int(backward)])
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(text: str, order: Order) -> Cursor | None:
    """The cursor in an address; None when it is broken or belongs to another order."""
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        named, phase, plain, row_id, backward = json.loads(packed)
        if named != str(order) or phase not in (VALUED, EMPTY):
            return None
        value = _value(order.sort, plain) if phase == VALUED else None
        return Cursor(named, phase, value, UUID(row_id), backward == 1)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        return None


def _value(sort: Sort, plain: Any) -> Any:
    if sort.type is datetime:
        moment = datetime.fromisoformat(plain)
        if moment.tzinfo is None:
            raise ValueError(plain)
        return moment
    if sort.type is date:
        return date.fromisoformat(plain)
    if type(plain) is not sort.type or "\x00" in str(plain):
        raise ValueError(plain)
    if isinstance(plain, int) and not -BIGGEST <= plain < BIGGEST:
        raise ValueError(plain)
    return plain


def phases(order: Order, cursor: Cursor | None) -> list[str]:
    """The phases that a page may draw from, in the order in which it reads them."""
    found = [VALUED, EMPTY] if order.sort.nullable else [VALUED]
    if cursor is None:
        return found
    if cursor.backward:
        found.reverse()
    return found[found.index(cursor.phase) :] if cursor.phase in found else found


def is_downward(order: Order, cursor: Cursor | None) -> bool:
    """Whether the index is read from its end: descending, or going back in an ascending list."""
    return order.descending != bool(cursor and cursor.backward)


def beyond(order: Order, phase: str, cursor: Cursor | None) -> list[ColumnElement[bool]]:
    """The conditions for a phase's rows beyond the cursor."""
    sort, down = order.sort, is_downward(order, cursor)
    conditions: list[ColumnElement[bool]] = []
    if sort.nullable:
        empty = phase == EMPTY
        conditions.append(sort.column.is_(None) if empty else sort.column.is_not(None))
    if cursor is None or cursor.phase != phase:
        return conditions
    if phase == EMPTY:
        row: Any = Contact.id
        mark: Any = cursor.id
    else:
        row = tuple_(sort.column, sort.tie)
        mark = tuple_(cursor.value, cursor.id)
    conditions.append(row < mark if down else row > mark)
    return conditions


def ordering(order: Order, phase: str, cursor: Cursor | None) -> list[ColumnElement[Any]]:
    """What a phase is ordered by."""
    columns = [Contact.id] if phase == EMPTY else [order.sort.column, order.sort.tie]
    down = is_downward(order, cursor)
    return [column.desc() if down else column.asc() for column in columns]
