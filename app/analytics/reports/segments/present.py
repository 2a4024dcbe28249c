"""The segments page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app import charts
from app.analytics.reports.segments.words import MEANINGS
from app.analytics.reports.words import (
    CARE,
    NOTE,
    Facts,
    Point,
    contacts_url,
    covered_points,
    rough_money,
    sentence,
)
from app.crm.scores.segments import segment_name
from app.l10n import format_money, format_number, format_percent

LEAVING = ("at_risk", "cannot_lose")


@dataclass(frozen=True)
class SegmentRow:
    """A segment as its row shows it; shares are of one."""

    name: str
    meaning: str
    size: str
    url: str | None
    size_share: float
    size_share_text: str
    value: str
    value_share: float
    value_share_text: str
    days_since: str
    orders: str
    median_value: str


@dataclass(frozen=True)
class Cell:
    """A cell of the grid."""

    text: str
    level: int
    url: None = None


@dataclass(frozen=True)
class GridRow:
    """One score of recency."""

    name: str
    size: str
    cells: list[Cell | None]
    name_url: None = None
    size_url: None = None


@dataclass(frozen=True)
class SegmentsPage:
    """Everything that the template shows."""

    headline: Markup | str
    note: str
    rows: list[SegmentRow]
    total: str
    customers: str
    grid: list[GridRow]
    grid_columns: list[str]
    grid_low: str
    grid_high: str
    method: list[str]
    points: list[Point]


def headline(result: Mapping[str, Any]) -> Markup | str:
    """The segment that brought most, and what is about to be lost."""
    best = max(result["segments"], key=lambda segment: segment["value"])
    first = _first_sentence(best, result)
    leaving = [one for one in result["segments"] if one["name"] in LEAVING]
    size = sum(one["size"] for one in leaving)
    if not size:
        return first
    second = ngettext(
        "%(count)s customer who brought %(money)s has not ordered for a long time.",
        "%(count)s customers who brought %(money)s have not ordered for a long time.",
        size,
        count=format_number(size),
        money=format_money(sum(one["value"] for one in leaving), compact=True),
    )
    return sentence("%(first)s %(second)s", first=first, second=second)


def _first_sentence(best: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    value = max(result["value"], 1)
    return _(
        "%(name)s are %(share)s of your customers and brought %(value)s of the money.",
        name=segment_name(best["name"]),
        share=format_percent(best["size"] / result["customers"]),
        value=format_percent(best["value"] / value),
    )


def present(result: dict[str, Any], facts: Facts) -> SegmentsPage:
    """The page of a result that is not thin."""
    rows = sorted(result["segments"], key=lambda segment: -segment["value"])
    return SegmentsPage(
        headline=headline(result),
        note=_("What customers have brought so far, returns taken off. It is no forecast."),
        rows=[_row(segment, result, facts) for segment in rows],
        total=format_money(result["value"]),
        customers=format_number(result["customers"]),
        grid=_grid(result["grid"]),
        grid_columns=[format_number(score) for score in range(1, 6)],
        grid_low=format_number(0),
        grid_high=format_number(max(max(row) for row in result["grid"])),
        method=_method(),
        points=_points(result, facts),
    )


def _row(segment: Mapping[str, Any], result: Mapping[str, Any], facts: Facts) -> SegmentRow:
    size_share = segment["size"] / result["customers"]
    value_share = segment["value"] / max(result["value"], 1)
    return SegmentRow(
        name=segment_name(segment["name"]),
        meaning=str(MEANINGS[segment["name"]]),
        size=format_number(segment["size"]),
        url=contacts_url(segment=segment["name"]) if facts.is_linked else None,
        size_share=size_share,
        size_share_text=format_percent(size_share),
        value=rough_money(segment["value"]),
        value_share=value_share,
        value_share_text=format_percent(value_share),
        days_since=format_number(segment["days_since"], 0),
        orders=format_number(segment["orders"]),
        median_value=rough_money(segment["median_value"]),
    )


def _grid(counts: list[list[int]]) -> list[GridRow]:
    highest = max(max(row) for row in counts)
    return [
        GridRow(
            format_number(5 - index),
            format_number(sum(row)),
            [Cell(format_number(n), charts.heat_level(n, 0, highest)) for n in row],
        )
        for index, row in enumerate(counts)
    ]


def _method() -> list[str]:
    return [
        _("Each customer gets a score from 1 to 5 for how lately, how often and how much."),
        _(
            "5 means better than four fifths of your own customers. Customers who are equal score"
            " equally, so where most ordered once, most score 1 for how often."
        ),
        _(
            "The segment follows from how lately, and from the mean of how often and how much."
            " Several orders on one day are one; returns are taken off the money."
        ),
    ]


def _points(result: Mapping[str, Any], facts: Facts) -> list[Point]:
    found = [
        Point(
            NOTE,
            _(
                "Fifths compare your customers with one another: there is always a best and a"
                " worst fifth, in a good year and in a bad one."
            ),
        )
    ]
    if not facts.is_linked:
        text = _("Contacts carry the segments of another run, so the numbers here are no links.")
        found.append(Point(CARE, text))
    return [*found, *covered_points(result)]
