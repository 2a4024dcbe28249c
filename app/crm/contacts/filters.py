"""The state of the contact list as its address holds it: search, tab, filters, order, page.

Dates and sums are read in any spelling that the workspace knows; links carry ISO dates, and sums
as "m" and minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.crm.contacts.models import KINDS
from app.crm.contacts.paging import Cursor, Order, read_cursor, read_order
from app.crm.contacts.search import LONGEST_SEARCH
from app.crm.scores.segments import SEGMENT_NAMES
from app.l10n import Unreadable, parse_date, parse_money
from app.web import given_uuid

TABS = ("all", "people", "companies", "customers")
DATES = (
    "won_from",
    "won_to",
    "ordered_from",
    "ordered_to",
    "last_from",
    "last_to",
)
MONEY = ("worth_min", "worth_max")
LABELS = {
    "won_from": _l("First order from"),
    "won_to": _l("First order to"),
    "ordered_from": _l("Ordered from"),
    "ordered_to": _l("Ordered to"),
    "last_from": _l("Last order from"),
    "last_to": _l("Last order to"),
    "worth_min": _l("Worth at least"),
    "worth_max": _l("Worth at most"),
}
LONGEST_CITY = 120


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; None everywhere is the whole list.

    owner is a membership id, "me" or "none". won is the first order, ordered any purchase, last
    the last order, each within days that both count. worth is in minor units.
    """

    q: str = ""
    tab: str = "all"
    kind: str | None = None
    owner: UUID | str | None = None
    city: str | None = None
    segment: str | None = None
    won_from: date | None = None
    won_to: date | None = None
    ordered_from: date | None = None
    ordered_to: date | None = None
    last_from: date | None = None
    last_to: date | None = None
    worth_min: int | None = None
    worth_max: int | None = None

    @property
    def names(self) -> list[str]:
        """The filters set, without the search and the tab."""
        return [
            one.name
            for one in fields(self)
            if one.name not in ("q", "tab") and getattr(self, one.name) is not None
        ]

    @property
    def is_empty(self) -> bool:
        return not self.q and self.tab == "all" and not self.names

    def without(self, *names: str) -> Filters:
        return replace(self, **dict.fromkeys(names, None))  # type: ignore[arg-type]

    def arguments(self) -> dict[str, str]:
        """The filters as the address holds them."""
        found = {name: _written(name, getattr(self, name)) for name in self.names}
        if self.q:
            found["q"] = self.q
        if self.tab != "all":
            found["tab"] = self.tab
        return found


@dataclass
class ListState:
    """The list's whole state: what could not be read is in `errors` by name, or in `notes`."""

    filters: Filters
    order: Order = field(default_factory=Order)
    cursor: Cursor | None = None
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def arguments(self, **changes: Any) -> dict[str, str]:
        """The address's arguments with some changed; a change to None takes one out."""
        found = self.filters.arguments()
        if self.order != Order():
            found["sort"] = str(self.order)
        for name, value in changes.items():
            if value is None:
                found.pop(name, None)
            else:
                found[name] = str(value)
        return found


def _written(name: str, value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return f"m{value}" if name in MONEY else str(value)


def read_state(arguments: Mapping[str, str]) -> ListState:
    """The state that an address asks for. Never raises: what is broken is told in the state."""
    given = {name: value.strip() for name, value in arguments.items() if value.strip()}
    state = ListState(Filters(), typed=given)
    values: dict[str, Any] = {"q": given.get("q", "")[:LONGEST_SEARCH].replace("\x00", "")}
    values["tab"] = _choice(state, "tab", TABS, _("There is no such list.")) or "all"
    values["kind"] = _choice(state, "kind", KINDS, _("There is no such kind of contact."))
    values["segment"] = _choice(
        state, "segment", tuple(SEGMENT_NAMES), _("There is no such segment.")
    )
    values["owner"] = _owner(state)
    values["city"] = given.get("city", "")[:LONGEST_CITY].replace("\x00", "") or None
    values |= {name: _read(state, name, parse_date) for name in DATES}
    values |= {name: _read(state, name, _money) for name in MONEY}
    state.filters = Filters(**values)
    _check_spans(state)
    _read_place(state)
    return state


def _choice(state: ListState, name: str, known: tuple[str, ...], sentence: str) -> str | None:
    text = state.typed.get(name)
    if text is None or text in known:
        return text
    state.notes.append(_("%(sentence)s That part of the address was left out.", sentence=sentence))
    return None


def _owner(state: ListState) -> UUID | str | None:
    text = state.typed.get("owner")
    if text is None or text in ("me", "none"):
        return text
    owner = given_uuid(text)
    if owner is None:
        state.notes.append(_("There is no such owner. That part of the address was left out."))
    return owner


def _read(state: ListState, name: str, read: Callable[[str], Any]) -> Any:
    text = state.typed.get(name)
    if text is None:
        return None
    try:
        return read(text)
    except Unreadable as error:
        state.errors[name] = str(error.sentence)
        return None


def _money(text: str) -> int:
    """Money as people type it, or "m" and minor units, as `Filters.arguments` writes it."""
    minor = text[1:] if text.startswith("m") else ""
    if minor.isascii() and minor.isdecimal() and len(minor) <= 18:
        return int(minor)
    return parse_money(text)


def _check_spans(state: ListState) -> None:
    for start, end in (
        ("won_from", "won_to"),
        ("ordered_from", "ordered_to"),
        ("last_from", "last_to"),
    ):
        first, last = getattr(state.filters, start), getattr(state.filters, end)
        if first and last and first > last:
            state.errors[end] = _("The last day is before the first. Swap the two dates.")


def _read_place(state: ListState) -> None:
    text = state.typed.get("sort", "")
    order = read_order(text) if text else Order()
    if order is None:
        state.notes.append(_("The list cannot be sorted that way; it is sorted by name."))
    state.order = order or Order()
    mark = state.typed.get("at", "")
    state.cursor = read_cursor(mark, state.order) if mark else None
    if mark and state.cursor is None:
        state.notes.append(_("That page is not there any more. This is the first page."))
