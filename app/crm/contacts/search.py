"""Finding contacts by what people type: words in any spelling, phones in any writing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    Subquery,
    Text,
    Uuid,
    cast,
    column,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import CTE

from app.extensions import db
from app.l10n import Unreadable, fold, parse_phone

MOST_FOUND = 5_000
FEW_FOUND = 5
MOST_ALIKE = 20
LONGEST_SEARCH = 200
MOST_WORDS = 8

_PHONE_LIKE = re.compile(r"[+(0-9][0-9 ()./-]{2,}")


def words_of(text: str) -> list[str]:
    """The folded words that every contact found must contain."""
    return fold(text[:LONGEST_SEARCH].replace("\x00", " ")).split()[:MOST_WORDS]


def phone_of(text: str) -> str | None:
    """The digits that a stored E.164 number contains, when the text reads like a phone."""
    folded = fold(text)
    if not _PHONE_LIKE.fullmatch(folded):
        return None
    try:
        return parse_phone(folded).removeprefix("+")
    except Unreadable:
        digits = re.sub(r"[^0-9]", "", folded).lstrip("0")
        return digits if len(digits) >= 3 else None


@dataclass(frozen=True)
class Found:
    """What one search found: the ids as a PostgreSQL array in text, and how many they are."""

    ids: str
    number: int

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than the search looks through."""
        return self.number >= MOST_FOUND

    def has(self, contact_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
        """The condition that a contact was found."""
        ids = cast(literal(self.ids, Text), ARRAY(Uuid))
        return contact_id.in_(select(func.unnest(ids)))


def search(text: str) -> Found:
    """Search once; several statements of a page may then use what was found."""
    found = found_contacts(text)
    ids = func.coalesce(cast(func.array_agg(found.c.contact_id), Text), "{}")
    row = db.session.execute(select(ids, func.count()).select_from(found)).one()
    return Found(row[0], row[1])


def found_contacts(text: str) -> CTE:
    """The ids of the contacts that the text finds, at most MOST_FOUND of them."""
    searches = [words_of(text)]
    phone = phone_of(text)
    if phone and [phone] not in searches:
        searches.append([phone])
    queries = [_search(words) for words in searches]
    body: Any = union(*queries) if len(queries) > 1 else queries[0]
    found: CTE = body.cte("found").prefix_with("MATERIALIZED")
    return found


def _search(words: list[str]) -> Select[Any]:
    # Written as a cast: an empty list of words has no type of its own.
    typed = cast(literal(words, ARRAY(Text)), ARRAY(Text))
    found = func.search_contacts(typed, MOST_FOUND).table_valued(column("contact_id", Uuid))
    return select(found.c.contact_id)


def alike_contacts(text: str) -> Subquery:
    """The contacts whose text looks most like the search, with their `likeness` from 0 to 1."""
    found = func.resembling_contacts(" ".join(words_of(text)), MOST_ALIKE).table_valued(
        column("contact_id", Uuid), column("likeness", Float)
    )
    return select(found.c.contact_id, found.c.likeness).subquery()
