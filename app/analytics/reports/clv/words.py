"""The report in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.analytics.reports.words import (
    CARE,
    GOOD,
    NOTE,
    Facts,
    Point,
    covered_points,
    day,
    interval,
)
from app.l10n import format_date, format_money, format_number, format_percent

UNRELATED = 0.2
FAIR_ERROR = 0.1
FEWEST_INSIDE = 0.65


def headline(result: Mapping[str, Any]) -> Markup:
    """The total with its interval, and how few customers carry most of it."""
    customers, carriers = result["customers"], result["carriers"]
    span = interval(
        format_money(result["total_low"], compact=True),
        format_money(result["total_high"], compact=True),
    )
    first = ngettext(
        "Your %(customers)s customer should bring %(total)s in the next %(months)s months"
        " %(interval)s.",
        "Your %(customers)s customers should bring %(total)s in the next %(months)s months"
        " %(interval)s.",
        customers,
        customers=format_number(customers),
        total=format_money(result["total"], compact=True),
        months=format_number(result["horizon"]),
        interval=span,
    )
    second = ngettext(
        "%(carriers)s of them carries %(share)s of it.",
        "%(carriers)s of them carry %(share)s of it.",
        carriers,
        carriers=format_number(carriers),
        share=format_percent(0.8),
    )
    return Markup(f"{first} {second}")  # noqa: S704 - figures and our own words only


def note(result: Mapping[str, Any]) -> str:
    """What the total is, beside what customers brought so far."""
    return _(
        "Expected orders times expected spend, discounted at %(discount)s a year; the interval is"
        " %(coverage)s. Bought so far, which is another number: %(historic)s. No costs are taken"
        " off.",
        discount=format_percent(result["discount"] / 100, 1 if result["discount"] % 1 else 0),
        coverage=format_percent(result["coverage"]),
        historic=format_money(result["historic_total"], compact=True),
    )


def holdout_sentence(check: Mapping[str, Any]) -> str:
    """How the held-out weeks came out."""
    return _(
        "Held-out weeks, from %(day)s: %(predicted)s repeat orders predicted, %(actual)s came;"
        " %(inside)s of %(weeks)s weeks inside the %(coverage)s band.",
        day=format_date(day(check["from"])),
        predicted=format_number(sum(check["predicted"]), 0),
        actual=format_number(sum(check["actual"])),
        inside=format_number(check["inside"]),
        weeks=format_number(check["weeks"]),
        coverage=format_percent(0.8),
    )


def points(result: Mapping[str, Any], facts: Facts) -> list[Point]:
    """How far to trust it."""
    found = [
        _held(result["holdout"]),
        _spend(result["spend"]),
        _one_time(result),
    ]
    if not result["drop_out_visible"]:
        text = _(
            "No drop-out is visible in these orders, so the model takes almost everybody as still"
            " active. With a longer history it will see who leaves; until then read the total as"
            " an upper bound."
        )
        found.append(Point(CARE, text))
    if _swings(result["holdout"]):
        text = _(
            "Weeks swing more than chance alone would have them, by seasons or campaigns: timing"
            " is rough, totals are fairer."
        )
        found.append(Point(CARE, text))
    if not result["converged"]:
        text = _("The fit did not settle. Read the numbers as rough ones.")
        found.append(Point(CARE, text))
    if not facts.is_linked:
        text = _(
            "Contacts carry the values of another run, so the bars lead nowhere. Compute this one"
            " again to lead to the people behind them."
        )
        found.append(Point(CARE, text))
    text = _(
        "The model knows no seasons, prices or campaigns: it takes tomorrow's customers to behave"
        " as yesterday's did. New customers are not counted in."
    )
    return [one for one in found if one] + [Point(NOTE, text), *covered_points(result)]


def _swings(check: Mapping[str, Any] | None) -> bool:
    return check is not None and check["inside"] < FEWEST_INSIDE * check["weeks"]


def _held(check: Mapping[str, Any] | None) -> Point:
    if check is None or check["error"] is None:
        return Point(
            CARE, _("The history is too short to hold the model against weeks it has not seen.")
        )
    off = abs(check["error"])
    values = {"share": format_percent(off), "weeks": format_number(check["weeks"])}
    if check["error"] >= 0:
        text = _(
            "Fitted without the last %(weeks)s weeks, the model foresaw %(share)s too many repeat"
            " orders.",
            **values,
        )
    else:
        text = _(
            "Fitted without the last %(weeks)s weeks, the model foresaw %(share)s too few repeat"
            " orders.",
            **values,
        )
    return Point(GOOD if off <= FAIR_ERROR else CARE, text)


def _spend(spend: Mapping[str, Any]) -> Point | None:
    if spend["model"] == "mean":
        text = _(
            "Too few customers have ordered again to tell big spenders from small ones: everybody"
            " is taken to spend the mean of all orders."
        )
        return Point(CARE, text)
    correlation = spend["correlation"]
    if correlation is None:
        return None
    shown = format_number(correlation, 2)
    if abs(correlation) <= UNRELATED:
        text = _(
            "Spend and frequency hardly move together (correlation %(correlation)s), as the spend"
            " model needs.",
            correlation=shown,
        )
        return Point(GOOD, text)
    text = _(
        "Spend and frequency move together (correlation %(correlation)s), which the spend model"
        " does not expect: the values of the busiest customers are off.",
        correlation=shown,
    )
    return Point(CARE, text)


def _one_time(result: Mapping[str, Any]) -> Point | None:
    count = result["one_time_buyers"]
    if not count:
        return None
    text = ngettext(
        "%(count)s customer bought once. The value leans on everybody else's behaviour; read its"
        " interval, not the point.",
        "%(count)s customers bought once. Their value leans on everybody else's behaviour; read"
        " their intervals, not the points.",
        count,
        count=format_number(count),
    )
    return Point(CARE, text)


def method(result: Mapping[str, Any]) -> list[str]:
    """How it was computed."""
    spend = result["spend"]
    return [
        _(
            "How often: BG/NBD (Fader, Hardie and Lee 2005). Customers order at random at a rate of"
            " their own and may leave for good after any order. Several orders on one day are one;"
            " returns are taken off the money and never count as orders."
        ),
        _("How much: Gamma-Gamma (Fader and Hardie 2013), from repeat orders.")
        if spend["model"] == "gamma_gamma"
        else _("How much: the plain mean of all orders."),
        _(
            "Parameters: %(parameters)s; log-likelihood %(likelihood)s over %(customers)s"
            " customers, times in %(unit)s.",
            parameters=", ".join(_parameters(result)),
            likelihood=format_number(result["log_likelihood"], 1),
            customers=format_number(result["customers"]),
            unit=_("weeks") if result["unit"] == "week" else _("days"),
        ),
        _(
            "Each interval holds %(coverage)s of drawn futures: what the parameters leave open and,"
            " for a single customer, plain luck.",
            coverage=format_percent(result["coverage"]),
        ),
    ]


def _parameters(result: Mapping[str, Any]) -> list[str]:
    fitted = dict(result["parameters"])
    if result["spend"]["model"] == "gamma_gamma":
        fitted |= result["spend"]["parameters"]
    return [f"{name} {format_number(value, 3)}" for name, value in fitted.items()]
