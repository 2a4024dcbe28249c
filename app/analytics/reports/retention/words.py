"""The report in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.analytics.reports.words import (
    CARE,
    NOTE,
    Point,
    covered_points,
    interval,
    percent_points,
    sentence,
)
from app.l10n import format_number, format_percent

SMALL_COHORT = 30


def headline(result: Mapping[str, Any]) -> Markup | str:
    """The share that came back, with its interval."""
    told = result["told"]
    if told is None:
        return _("No period after a first order has finished yet.")
    return sentence(
        _headline_text(result),
        share=percent_points(told["share"]),
        interval=interval(percent_points(told["low"]), percent_points(told["high"])),
        age=format_number(told["age"]),
    )


def _headline_text(result: Mapping[str, Any]) -> str:
    if result["measure"] == "revenue":
        return _money_texts()[result["period"]]
    texts = _on_texts() if result["kind"] == "on" else _later_texts()
    return texts[result["period"]]


def _money_texts() -> dict[str, str]:
    """By period, for money."""
    return {
        "week": _(
            "For every 100 that new customers spend in their first week, they spend %(share)s"
            " %(interval)s in week %(age)s after it."
        ),
        "month": _(
            "For every 100 that new customers spend in their first month, they spend %(share)s"
            " %(interval)s in month %(age)s after it."
        ),
        "quarter": _(
            "For every 100 that new customers spend in their first quarter, they spend"
            " %(share)s %(interval)s in quarter %(age)s after it."
        ),
    }


def _on_texts() -> dict[str, str]:
    """By period, for customers who ordered in that very period."""
    return {
        "week": _(
            "Of every 100 new customers, %(share)s %(interval)s order again in week %(age)s"
            " after their first."
        ),
        "month": _(
            "Of every 100 new customers, %(share)s %(interval)s order again in month %(age)s"
            " after their first."
        ),
        "quarter": _(
            "Of every 100 new customers, %(share)s %(interval)s order again in quarter %(age)s"
            " after their first."
        ),
    }


def _later_texts() -> dict[str, str]:
    """By period, for customers who ordered then or later."""
    return {
        "week": _(
            "Of every 100 new customers, %(share)s %(interval)s order again in week %(age)s after"
            " their first, or later."
        ),
        "month": _(
            "Of every 100 new customers, %(share)s %(interval)s order again in month %(age)s after"
            " their first, or later."
        ),
        "quarter": _(
            "Of every 100 new customers, %(share)s %(interval)s order again in quarter %(age)s"
            " after their first, or later."
        ),
    }


def note(result: Mapping[str, Any]) -> str:
    """How much lies behind the headline."""
    told = result["told"]
    if told is None:
        return ""
    return ngettext(
        "From %(count)s customer who has been here long enough; the interval is %(coverage)s.",
        "From %(count)s customers who have been here long enough; the interval is %(coverage)s.",
        told["size"],
        count=format_number(told["size"]),
        coverage=format_percent(result["coverage"]),
    )


def title(result: Mapping[str, Any]) -> str:
    """The table's title."""
    if result["measure"] == "revenue":
        return {
            "week": _("Money from each cohort, by week since the first order"),
            "month": _("Money from each cohort, by month since the first order"),
            "quarter": _("Money from each cohort, by quarter since the first order"),
        }[result["period"]]
    return {
        "week": _("Who ordered again, by week since the first order"),
        "month": _("Who ordered again, by month since the first order"),
        "quarter": _("Who ordered again, by quarter since the first order"),
    }[result["period"]]


def foot(result: Mapping[str, Any]) -> str:
    """What the table's numbers are."""
    if result["measure"] == "revenue":
        return _("Per cent of the cohort's first period. Periods not yet finished stay blank.")
    return _("Per cent of the cohort. Periods not yet finished stay blank.")


def method(result: Mapping[str, Any]) -> list[str]:
    """How it was computed."""
    if result["measure"] == "revenue":
        what = _(
            "Each cell is the cohort's net money in that period over that of its first period;"
            " returns count in the period they came back in."
        )
    elif result["kind"] == "on":
        what = _("Each cell counts the customers who ordered in that very period.")
    else:
        what = _("Each cell counts the customers who ordered in that period or in any later one.")
    return [
        _("A cohort is everybody whose first order fell into one period of your calendar."),
        what,
        _(
            "Several orders on one day are one. A return never counts as coming back. The bottom"
            " row weighs each cohort by its size and takes only cohorts that have come that far."
        ),
        _("Intervals of shares are Wilson's, those of money come from how customers differ."),
    ]


def points(result: Mapping[str, Any]) -> list[Point]:
    """How far to trust it."""
    found = []
    small = sum(1 for cohort in result["cohorts"] if cohort["size"] < SMALL_COHORT)
    if small:
        text = ngettext(
            "%(count)s cohort has fewer than %(few)s customers: its per cents jump by chance.",
            "%(count)s cohorts have fewer than %(few)s customers: their per cents jump by chance.",
            small,
            count=format_number(small),
            few=format_number(SMALL_COHORT),
        )
        found.append(Point(CARE, text))
    if result["kind"] == "on_or_after" and result["measure"] == "customers":
        text = _(
            "“Or later” can only fall from left to right, and recent cohorts have had less time to"
            " come back: read them as a floor."
        )
        found.append(Point(CARE, text))
    text = _(
        "A change from cohort to cohort is an association: without a control group nothing says"
        " what caused it."
    )
    return [*found, Point(NOTE, text), *covered_points(result)]
