"""The retention page: heat table, curve and the people behind each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app import charts
from app.analytics.reports.retention import words
from app.analytics.reports.retention.words import headline
from app.analytics.reports.words import (
    Facts,
    Point,
    Table,
    contacts_url,
    day,
    day_before,
    percent_points,
    round_ticks,
)
from app.l10n import Period, format_number, format_percent, period_label

__all__ = ["headline", "present"]

SHOWN = {"week": (26, 20), "month": (24, 18), "quarter": (16, 15)}
PERIODS: dict[str, Period] = {"week": "week", "month": "month", "quarter": "quarter"}


@dataclass(frozen=True)
class Cell:
    """A cell of the heat table."""

    text: str
    level: int
    url: str | None


@dataclass(frozen=True)
class Row:
    """A cohort: None cells are unfinished periods."""

    name: str
    name_url: str | None
    size: str
    size_url: str | None
    cells: list[Cell | None]


@dataclass(frozen=True)
class Foot:
    """The weighted row."""

    name: str
    size: str
    cells: list[str | None]


@dataclass(frozen=True)
class RetentionPage:
    """Everything that the template shows."""

    headline: Markup | str
    note: str
    title: str
    ages: list[str]
    rows: list[Row]
    foot: Foot
    cut: str
    low: str
    high: str
    caption: str
    foot_note: str
    curve: Markup
    curve_table: Table
    method: list[str]
    points: list[Point]


def present(result: dict[str, Any], facts: Facts) -> RetentionPage:
    """The page of a result that is not thin; its links need no scores."""
    del facts
    grid = _Grid(result)
    return RetentionPage(
        headline=headline(result),
        note=words.note(result),
        title=words.title(result),
        ages=[format_number(age) for age in grid.ages],
        rows=grid.rows(),
        foot=grid.foot(),
        cut=grid.cut(),
        low=format_percent(grid.low),
        high=format_percent(grid.high),
        caption=_("Per cent of each cohort, by periods since the first order"),
        foot_note=words.foot(result),
        curve=_curve(result),
        curve_table=_curve_table(result),
        method=words.method(result),
        points=words.points(result),
    )


class _Grid:
    """The newest cohorts and the first ages: what fits on a page."""

    def __init__(self, result: dict[str, Any]) -> None:
        most_cohorts, most_ages = SHOWN[result["period"]]
        self._result = result
        self._all = result["cohorts"]
        self._cohorts = self._all[-most_cohorts:]
        self._skipped = len(self._all) - len(self._cohorts)
        self._key = "revenue" if result["measure"] == "revenue" else "counts"
        widest = max((self._reached(cohort) for cohort in self._cohorts), default=0)
        self.ages = list(range(1, min(widest - 1, most_ages) + 1))
        shares = [
            share
            for cohort in self._cohorts
            for age in self.ages
            if (share := self._share(cohort, age)) is not None
        ]
        self.low, self.high = min(shares, default=0.0), max(shares, default=1.0)

    def _reached(self, cohort: Mapping[str, Any]) -> int:
        return sum(1 for value in cohort[self._key] if value is not None)

    def _share(self, cohort: Mapping[str, Any], age: int) -> float | None:
        value = cohort[self._key][age]
        if value is None:
            return None
        whole = cohort[self._key][0] if self._key == "revenue" else cohort["size"]
        return value / whole if whole > 0 else None

    def rows(self) -> list[Row]:
        return [self._row(cohort) for cohort in self._cohorts]

    def _row(self, cohort: Mapping[str, Any]) -> Row:
        result = self._result
        start = day(cohort["start"])
        return Row(
            name=period_label(start, PERIODS[result["period"]], result["calendar"]),
            name_url=None,
            size=format_number(cohort["size"]),
            size_url=contacts_url(**self._won(cohort)),
            cells=[self._cell(cohort, age) for age in self.ages],
        )

    def _won(self, cohort: Mapping[str, Any]) -> dict[str, Any]:
        """The days of the cohort's first orders, as far as the report looks."""
        start = cohort["start"]
        last = day_before(self._start_after(start, 1))
        return {"won_from": day(start), "won_to": min(last, day(self._result["as_of"]))}

    def _start_after(self, start: str, periods: int) -> str:
        starts: list[str] = self._result["starts"]
        return starts[starts.index(start) + periods]

    def _cell(self, cohort: Mapping[str, Any], age: int) -> Cell | None:
        share = self._share(cohort, age)
        if share is None:
            return None
        level = charts.heat_level(share, self.low, self.high)
        return Cell(percent_points(share), level, self._people(cohort, age))

    def _people(self, cohort: Mapping[str, Any], age: int) -> str:
        """Those who ordered in that period; for “or later” everybody from its first day on."""
        as_of = day(self._result["as_of"])
        since = day(self._start_after(cohort["start"], age))
        is_later = self._result["kind"] == "on_or_after" and self._key == "counts"
        if is_later:
            until = as_of if self._result["left_out"]["later_orders"] else None
        else:
            until = day_before(self._start_after(cohort["start"], age + 1))
        return contacts_url(**self._won(cohort), ordered_from=since, ordered_to=until)

    def foot(self) -> Foot:
        average = self._result["average"]
        cells = [
            percent_points(average[age]) if average[age] is not None else None for age in self.ages
        ]
        size = sum(cohort["size"] for cohort in self._all)
        return Foot(_("All, weighted"), format_number(size), cells)

    def cut(self) -> str:
        """Says that older cohorts are not shown; empty where all are."""
        if not self._skipped:
            return ""
        return ngettext(
            "%(count)s older cohort is in the export and in the bottom row.",
            "%(count)s older cohorts are in the export and in the bottom row.",
            self._skipped,
            count=format_number(self._skipped),
        )


def _ages(result: Mapping[str, Any]) -> list[int]:
    most = SHOWN[result["period"]][1]
    shares = enumerate(result["average"][: most + 1])
    return [age for age, share in shares if age > 0 and share is not None]


def _curve(result: Mapping[str, Any]) -> Markup:
    ages = _ages(result)
    shares = [result["average"][age] for age in ages]
    bounds = [
        [values[age] for age in ages] if (values := result[name]) else None
        for name in ("average_low", "average_high")
    ]
    step = max(1, len(ages) // 6)
    top = max([*shares, *(value for value in bounds[1] or () if value is not None)], default=1.0)
    return charts.line_chart(
        [charts.Series(shares, low=bounds[0], high=bounds[1], end_label=_last(shares))],
        [(at, format_number(ages[at])) for at in range(0, len(ages), step)],
        [(tick, percent_points(tick)) for tick in round_ticks(top)],
        _("Share kept by periods since the first order, all cohorts"),
        width=960,
        height=220,
    )


def _last(shares: list[float]) -> str:
    return percent_points(shares[-1]) if shares else ""


def _curve_table(result: Mapping[str, Any]) -> Table:
    has_interval = result["average_low"] is not None
    columns = [(_("Periods since the first order"), True), (_("Share kept"), True)]
    columns += (
        [(_("%(share)s interval", share=format_percent(result["coverage"])), True)]
        if has_interval
        else []
    )
    columns.append((_("Customers"), True))
    rows = []
    for age in _ages(result):
        row = [format_number(age), format_percent(result["average"][age], 1)]
        if has_interval:
            row.append(_range(result["average_low"][age], result["average_high"][age]))
        rows.append([*row, format_number(result["reached"][age])])
    return Table(_("Share kept, all cohorts"), columns, rows)


def _range(low: float, high: float) -> str:
    return _("%(low)s to %(high)s", low=format_percent(low, 1), high=format_percent(high, 1))
