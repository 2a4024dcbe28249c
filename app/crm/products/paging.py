"""Keyset paging of the product and order lists: a page begins after a row, never at an offset."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request, url_for
from sqlalchemy import Select, literal, tuple_

from app.extensions import db

PAGE_SIZE = 50
BIGGEST = 2**63
PARAMETERS = (
    "q", "sort", "state", "from", "to", "contact", "product", "import", "kind", "least",
)  # fmt: skip


@dataclass(frozen=True)
class Key:
    """What a list is sorted by; never NULL. `read` takes the value back from an address."""

    expression: Any
    read: Callable[[str], Any] = str


@dataclass(frozen=True)
class Cursor:
    """The row beside which a page begins, and the place of the page's first row in the list."""

    values: tuple[Any, ...]
    first: int


@dataclass(frozen=True)
class Page:
    """Rows of one page, the place of the first in the list, and the addresses' cursors."""

    rows: list[Any]
    first: int
    before: str | None
    after: str | None

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def whole_number(text: str) -> int:
    """A bigint from an address; ValueError for anything else."""
    number = int(text)
    if abs(number) >= BIGGEST:
        raise ValueError(text)
    return number


def write_cursor(values: Sequence[Any], first: int) -> str:
    packed = json.dumps([*map(str, values), first])
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(text: str | None, keys: Sequence[Key]) -> Cursor | None:
    """The cursor in an address; None when it is broken or belongs to another sort."""
    try:
        packed = base64.urlsafe_b64decode((text or "") + "=" * (-len(text or "") % 4))
        *values, first = json.loads(packed)
        read = tuple(key.read(value) for key, value in zip(keys, values, strict=True))
        if "\x00" in "".join(values) or not isinstance(first, int):
            return None
        return Cursor(read, min(max(first, 1), BIGGEST))
    except (ValueError, TypeError, ArithmeticError, binascii.Error):
        return None


def turn_to(statement: Select[*tuple[Any, ...]], keys: Sequence[Key], *, descending: bool) -> Page:
    """The page that the request's `after` or `before` names, of a select of one record.

    `keys` end with the id, so no two rows stand in the same place.
    """
    backward = "before" in request.args and "after" not in request.args
    given = request.args.get("before" if backward else "after")
    cursor = read_cursor(given, keys)
    backward = backward and cursor is not None
    rows = _rows(statement, keys, cursor, downward=descending != backward)
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    if backward:
        rows.reverse()
    return _page(rows, cursor, backward=backward, more=more)


def _rows(
    statement: Select[*tuple[Any, ...]],
    keys: Sequence[Key],
    cursor: Cursor | None,
    *,
    downward: bool,
) -> list[Any]:
    columns = [key.expression for key in keys]
    if cursor is not None:
        row = tuple_(*columns)
        mark = tuple_(*(literal(v, c.type) for v, c in zip(cursor.values, columns, strict=True)))
        statement = statement.where(row < mark if downward else row > mark)
    order = [column.desc() if downward else column.asc() for column in columns]
    found = statement.add_columns(*columns).order_by(*order).limit(PAGE_SIZE + 1)
    return list(db.session.execute(found).all())


def _page(rows: list[Any], cursor: Cursor | None, *, backward: bool, more: bool) -> Page:
    first = cursor.first if cursor else 1
    has_before, has_after = (more, True) if backward else (cursor is not None, more)
    if not rows:
        return Page([], first, None, None)
    before = write_cursor(rows[0][1:], max(1, first - PAGE_SIZE)) if has_before else None
    after = write_cursor(rows[-1][1:], first + len(rows)) if has_after else None
    return Page([row[0] for row in rows], first, before, after)


def address(**changes: Any) -> str:
    """This page with parameters changed; None takes one away, and paging starts again."""
    wanted = {**parameters(), **changes}
    given: dict[str, Any] = {name: one for name, one in wanted.items() if one is not None}
    return url_for(str(request.endpoint), **given)


def parameters() -> dict[str, Any]:
    """What the address asks of a list, save the page; names that no list knows are left out."""
    return {name: text for name in PARAMETERS if (text := typed(name))}


def typed(name: str) -> str:
    """A parameter as somebody typed it, without characters that no text can hold."""
    return request.args.get(name, "").replace("\x00", "").strip()[:200]


ID: Callable[[str], UUID] = UUID
