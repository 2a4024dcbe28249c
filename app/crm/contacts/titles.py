"""What a narrowed list shows, in words, and the chips of its filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from app.crm.contacts.filters import Filters, ListState
from app.crm.scores.segments import segment_name
from app.l10n import (
    Period,
    format_date,
    format_money,
    next_period_start,
    period_label,
    period_start,
)

PERIODS: tuple[Period, ...] = ("month", "quarter", "year", "week")


@dataclass(frozen=True)
class Chip:
    """One filter as a sentence: field, operator, value; `arguments` is the address without it."""

    field: str
    operator: str
    value: str
    arguments: dict[str, str]


def span_words(start: date | None, end: date | None) -> str:
    """ "in Mar 2026" for a whole period of the reader's calendar, else its days."""
    if start and end:
        label = _whole_period(start, end)
        if label:
            return _("in %(period)s", period=label)
        return _("from %(start)s to %(end)s", start=format_date(start), end=format_date(end))
    if start:
        return _("since %(start)s", start=format_date(start))
    return _("until %(end)s", end=format_date(end))


def _whole_period(start: date, end: date) -> str | None:
    following = end + timedelta(days=1)
    for period in PERIODS:
        starts = period_start(start, period) == start
        if starts and next_period_start(start, period) == following:
            return period_label(start, period)
    return None


def title(filters: Filters) -> str | None:
    """The list in words when it shows a cohort or a segment; None for any other list."""
    won = _span(filters, "won")
    ordered = _span(filters, "ordered")
    if won and ordered:
        return _("Customers won %(won)s who ordered %(ordered)s", won=won, ordered=ordered)
    if won:
        return _("Customers won %(won)s", won=won)
    if ordered:
        return _("Customers who ordered %(ordered)s", ordered=ordered)
    if filters.segment:
        return _("Customers in the segment %(segment)s", segment=segment_name(filters.segment))
    return None


def _span(filters: Filters, name: str) -> str | None:
    start, end = getattr(filters, f"{name}_from"), getattr(filters, f"{name}_to")
    return span_words(start, end) if start or end else None


def chips(state: ListState, owners: list[tuple[UUID, str]]) -> list[Chip]:
    """The filters set, in the order in which the panel offers them."""
    filters, found = state.filters, []

    def add(names: tuple[str, ...], field: str, operator: str, value: Any) -> None:
        arguments = state.arguments(**dict.fromkeys(names))
        found.append(Chip(field, operator, str(value), arguments))

    if filters.kind:
        add(("kind",), _("Kind"), _("is"), _kind(filters.kind))
    if filters.owner is not None:
        add(("owner",), _("Owner"), _("is"), _owner(filters.owner, owners))
    if filters.city:
        add(("city",), _("City"), _("is"), filters.city)
    if filters.segment:
        add(("segment",), _("Segment"), _("is"), segment_name(filters.segment))
    for name, field in (
        ("won", _("First order")),
        ("ordered", _("Ordered")),
        ("last", _("Last order")),
    ):
        words = _span(filters, name)
        if words:
            add((f"{name}_from", f"{name}_to"), field, "", words)
    if filters.worth_min is not None:
        add(("worth_min",), _("Worth"), _("at least"), format_money(filters.worth_min))
    if filters.worth_max is not None:
        add(("worth_max",), _("Worth"), _("at most"), format_money(filters.worth_max))
    return found


def _kind(kind: str) -> str:
    return _("Company") if kind == "company" else _("Person")


def _owner(owner: UUID | str, owners: list[tuple[UUID, str]]) -> str:
    if owner == "me":
        return _("me")
    if owner == "none":
        return _("nobody")
    return next((name for id_, name in owners if id_ == owner), _("somebody who left"))
