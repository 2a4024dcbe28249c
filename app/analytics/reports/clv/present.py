"""The customer value page: distribution, concentration, levers, top customers, check."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app import charts
from app.analytics.reports.clv import words
from app.analytics.reports.clv.words import headline
from app.analytics.reports.words import (
    Facts,
    Point,
    Table,
    axis_money,
    contacts_url,
    day,
    rough_figure,
    rough_money,
    round_ticks,
)
from app.l10n import format_date, format_money, format_number, format_percent, money_label

__all__ = ["headline", "present"]

MOST_SHOWN = 25
LRM = "\u200e"


@dataclass(frozen=True)
class Customer:
    """One of the customers worth most."""

    name: str
    is_company: bool
    url: str
    worth: str
    interval: str
    whisker: Markup
    orders: str
    historic: str
    last_order: str


@dataclass(frozen=True)
class Lever:
    """What one per cent more of a driver does to the total."""

    label: str
    change: str
    note: str


@dataclass(frozen=True)
class Check:
    """The held-out weeks."""

    drawing: Markup
    sentence: str
    table: Table


@dataclass(frozen=True)
class ClvPage:
    """Everything that the template shows."""

    headline: Markup
    note: str
    histogram: Markup
    histogram_unit: str
    histogram_table: Table
    typical: str
    concentration: Markup
    concentration_table: Table
    levers: list[Lever]
    customers: list[Customer]
    whisker_axis: Markup
    worth_label: str
    interval_label: str
    historic_label: str
    all_url: str | None
    check: Check | None
    method: list[str]
    points: list[Point]


def present(result: dict[str, Any], facts: Facts) -> ClvPage:
    """The page of a result that is not thin."""
    largest = max((one["high"] for one in result["top"]), default=1)
    return ClvPage(
        headline=headline(result),
        note=words.note(result),
        histogram=_histogram(result["histogram"]),
        histogram_unit=_("Bars by %(unit)s", unit=axis_money(result["histogram"]["edges"])[1]),
        histogram_table=_histogram_table(result, facts),
        typical=_(
            "median %(median)s, mean %(mean)s",
            median=rough_money(result["median"]),
            mean=rough_money(result["mean"]),
        ),
        concentration=_concentration(result),
        concentration_table=_concentration_table(result),
        levers=_levers(result["sensitivity"]),
        customers=_customers(result, facts, largest),
        whisker_axis=charts.whisker_axis(_axis(largest), largest, root=True),
        worth_label=_("Worth in %(months)s months", months=format_number(result["horizon"])),
        interval_label=_(
            "%(share)s interval, %(unit)s",
            share=format_percent(result["coverage"]),
            unit=money_label(),
        ),
        historic_label=_("Bought so far, %(unit)s", unit=money_label()),
        all_url=contacts_url("-worth", worth_min=0) if facts.is_linked else None,
        check=_check(result["holdout"]) if result["holdout"] else None,
        method=words.method(result),
        points=words.points(result, facts),
    )


def _histogram(bars: Mapping[str, Any]) -> Markup:
    counts, edges = bars["counts"], bars["edges"]
    return charts.histogram(
        counts,
        [format_number(count) for count in counts],
        [*axis_money(edges)[0], ""],
        [(tick, format_number(tick)) for tick in round_ticks(max(counts))],
        _("Customers by expected value"),
    )


def _histogram_table(result: Mapping[str, Any], facts: Facts) -> Table:
    edges, counts = result["histogram"]["edges"], result["histogram"]["counts"]
    rows: list[list[Any]] = []
    for index, (edge, count) in enumerate(zip(edges, counts, strict=True)):
        last = edges[index + 1] - 1 if index + 1 < len(edges) else None
        rows.append([_span(edge, last), _counted(count, edge, last, facts)])
    columns = [(_("Expected value"), True), (_("Customers"), True)]
    return Table(_("Customers by expected value"), columns, rows)


def _span(first: int, last: int | None) -> str:
    if last is None:
        return _("%(money)s and more", money=format_money(first))
    return _("%(low)s to %(high)s", low=format_money(first), high=format_money(last))


def _counted(count: int, first: int, last: int | None, facts: Facts) -> Markup | str:
    if not facts.is_linked:
        return format_number(count)
    url = contacts_url(worth_min=first, worth_max=last)
    return Markup('<a class="drill" href="{}">{}</a>').format(url, format_number(count))


def _concentration(result: Mapping[str, Any]) -> Markup:
    customers, carriers = result["customers"], result["carriers"]
    return charts.area_chart(
        [(x, y) for x, y in result["concentration"]],
        [(share, format_number(round(share * customers))) for share in (0, 0.25, 0.5, 0.75, 1)],
        [(share, format_percent(share)) for share in (0, 0.25, 0.5, 0.75, 1)],
        _("Share of the total carried by the customers worth most"),
        mark=(
            carriers / customers,
            0.8,
            _(
                "%(count)s carry %(share)s",
                count=format_number(carriers),
                share=format_percent(0.8),
            ),
        ),
    )


def _concentration_table(result: Mapping[str, Any]) -> Table:
    rows: list[list[Any]] = [
        [format_number(round(x * result["customers"])), format_percent(x), format_percent(y)]
        for x, y in result["concentration"][::4]
    ]
    columns = [
        (_("Customers, best first"), True),
        (_("Share of customers"), True),
        (_("Share of the total"), True),
    ]
    return Table(_("How concentrated it is"), columns, rows)


def _levers(sensitivity: Mapping[str, float]) -> list[Lever]:
    def change(name: str) -> str:
        return f"{LRM}+" + format_percent(sensitivity[name], 1)

    return [
        Lever(
            _("Retention, one per cent more"),
            change("retention"),
            _("the chance to stay after each order"),
        ),
        Lever(
            _("Order rate, one per cent more"),
            change("buying_rate"),
            _("orders in a year while active"),
        ),
        Lever(_("Spend, one per cent more"), change("spend"), _("by definition")),
    ]


def _customers(result: Mapping[str, Any], facts: Facts, largest: int) -> list[Customer]:
    shown = result["top"][:MOST_SHOWN]
    people = facts.people([one["contact"] for one in shown])
    return [
        _customer(one, people[one["contact"]], largest) for one in shown if one["contact"] in people
    ]


def _customer(one: Mapping[str, Any], person: Any, largest: int) -> Customer:
    span = _("%(low)s to %(high)s", low=rough_figure(one["low"]), high=rough_figure(one["high"]))
    return Customer(
        name=person.name,
        is_company=person.kind == "company",
        url=url_for("contacts.show", contact_id=one["contact"]),
        worth=rough_money(one["worth"]),
        interval=span,
        whisker=charts.whisker(
            one["low"], one["worth"], one["high"], largest, label=span, root=True
        ),
        orders=format_number(one["purchases"]),
        historic=rough_figure(one["historic"]),
        last_order=format_date(person.last_order_on),
    )


def _axis(largest: int) -> list[tuple[float, str]]:
    power = 10 ** math.floor(math.log10(max(largest, 1)))
    top = largest // power * power
    ticks = (0.0, top / 4, float(top))
    return list(zip(ticks, axis_money(ticks)[0], strict=True))


def _check(check: Mapping[str, Any]) -> Check:
    weeks = check["weeks"]
    step = max(1, weeks // 5)
    top = max([*check["high"], *check["actual"], 1])
    first = day(check["from"])
    drawing = charts.line_chart(
        [
            charts.Series(check["predicted"], low=check["low"], high=check["high"]),
            charts.Series(check["actual"], "actual"),
        ],
        [(week, _week(first, week)) for week in range(0, weeks, step)],
        [(tick, format_number(tick)) for tick in round_ticks(top)],
        _("Repeat orders in each held-out week, predicted and actual"),
    )
    return Check(drawing, words.holdout_sentence(check), _check_table(check, first))


def _week(first: date, week: int) -> str:
    return format_date(first + timedelta(weeks=week), "short")


def _check_table(check: Mapping[str, Any], first: date) -> Table:
    rows: list[list[Any]] = [
        [
            format_date(first + timedelta(weeks=week)),
            format_number(predicted, 1),
            _("%(low)s to %(high)s", low=format_number(low, 1), high=format_number(high, 1)),
            format_number(actual),
        ]
        for week, (predicted, low, high, actual) in enumerate(
            zip(check["predicted"], check["low"], check["high"], check["actual"], strict=True)
        )
    ]
    columns = [
        (_("Week from"), False),
        (_("Predicted"), True),
        (_("%(share)s band", share=format_percent(0.8)), True),
        (_("Actual"), True),
    ]
    return Table(_("Repeat orders by week"), columns, rows)
