"""What the reports' pages share in words: headlines, intervals, what is missing, what to trust."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.crm.contacts.filters import Filters
from app.l10n import (
    currency_exponent,
    current,
    format_compact,
    format_date,
    format_money,
    format_number,
    money_label,
)

GOOD, CARE, NOTE = "good", "care", "note"


@dataclass(frozen=True)
class Facts:
    """What a page knows beside the stored result.

    is_linked: whether the contacts' scores are still this result's, so that numbers made of them
    can lead to the people behind them. people: contacts by id, for those that the result names.
    """

    is_linked: bool = False
    people: Callable[[Sequence[str]], Mapping[str, Any]] = field(default=lambda _contacts: {})


@dataclass(frozen=True)
class Point:
    """A reason to trust the numbers or not: kind is good, care or note."""

    kind: str
    text: str

    @property
    def icon(self) -> str:
        return {GOOD: "circle-check", CARE: "triangle-alert", NOTE: "info"}[self.kind]

    @property
    def colour(self) -> str:
        return {GOOD: "c-pos", CARE: "c-warn", NOTE: "muted"}[self.kind]


@dataclass(frozen=True)
class Table:
    """Formatted cells: `columns` are (label, is_number), the first cell names its row."""

    caption: str
    columns: list[tuple[str, bool]]
    rows: list[list[Any]]


def interval(low: str, high: str) -> Markup:
    """An interval as it follows its figure: (44 to 52)."""
    words = _("(%(low)s to %(high)s)", low=low, high=high)
    return Markup('<span class="ci">{}</span>').format(words)


def sentence(text: str, **values: Any) -> Markup:
    """A translated sentence with values in it, of which an interval keeps its markup."""
    return Markup(text) % values  # noqa: S704 - the text is our catalogue's


def contacts_url(sort: str | None = None, **narrowed: Any) -> str:
    """The contacts behind a number: the list narrowed to them."""
    arguments: dict[str, Any] = {**Filters(**narrowed).arguments()}
    if sort:
        arguments["sort"] = sort
    return f"{_contacts_page()}?{urlencode(arguments)}" if arguments else _contacts_page()


def _contacts_page() -> str:
    """Its address, built once for a page: a report links to it from more than a hundred cells."""
    if "contacts_page" not in g:
        g.contacts_page = url_for("contacts.page")
    page: str = g.contacts_page
    return page


def rough_money(minor: float) -> str:
    """Money as an estimate deserves it: $1.6k, $953, $4.20, never $953.04."""
    unit = 10 ** currency_exponent(current().currency)
    if 10 * unit <= abs(minor) < 1000 * unit:
        return format_money(round(minor), decimals=0)
    return format_money(round(minor), compact=True)


def axis_money(amounts: Sequence[float]) -> tuple[list[str], str]:
    """Short texts for a money axis, without the unit, and the unit that they are in.

    Latin text has k and M beside the figure; Persian words are too long for an axis, so all its
    figures share one power of a thousand, which goes into the unit.
    """
    formats = current()
    step = 0
    unit = 10 ** currency_exponent(formats.currency) * (10 if formats.money_unit else 1)
    if formats.language == "fa":
        least = min([abs(amount) for amount in amounts if amount], default=0) / unit
        step = next((power for power in (9, 6, 3) if least >= 10**power), 0)
    if not step:
        return [format_compact(amount / unit) for amount in amounts], money_label()
    word = format_compact(10**step).partition("\u00a0")[2]
    scaled = [amount / unit / 10**step for amount in amounts]
    return [format_number(round(amount, 1)) for amount in scaled], f"{word} {money_label()}"


def rough_figure(minor: float) -> str:
    """`rough_money` without the currency, for cells whose column head names it."""
    formats = current()
    unit = 10 ** currency_exponent(formats.currency) * (10 if formats.money_unit else 1)
    amount = minor / unit
    return format_compact(round(amount)) if abs(amount) >= 10 else format_number(amount)


def round_ticks(highest: float, wanted: int = 4) -> list[float]:
    """Round steps from 0 up to the first one that is not below the highest value."""
    step = max(highest, 1e-9) / wanted
    power = 10.0 ** math.floor(math.log10(step))
    size = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= step * 0.999)
    return [size * index for index in range(math.ceil(highest / size - 1e-9) + 1)]


def day(text: str) -> date:
    return date.fromisoformat(text)


def day_before(text: str) -> date:
    return day(text) - timedelta(days=1)


def percent_points(share: float) -> str:
    """A share as a number of a hundred."""
    return format_number(share * 100, 0)


def missing(result: Mapping[str, Any]) -> tuple[str, str] | None:
    """Title and sentence where the data were too thin for the report; None where they were not."""
    reason = result.get("thin")
    if reason is None:
        return None
    numbers = {name: format_number(value) for name, value in result["numbers"].items()}
    return _too_thin(reason, {"customers": "0", "needed": "0", **numbers})


def _too_thin(reason: str, numbers: Mapping[str, str]) -> tuple[str, str]:
    if reason == "too_few_customers":
        return _("Too few customers yet"), _(
            "This report needs %(needed)s customers with an order; so far there are"
            " %(customers)s. Import more orders or come back later.",
            needed=numbers["needed"],
            customers=numbers["customers"],
        )
    if reason == "no_repeat_buyers":
        return _("Nobody has come back yet"), _(
            "All %(customers)s customers have ordered once, on one day. Until some order again,"
            " nothing says how often they will.",
            customers=numbers["customers"],
        )
    if reason == "no_value":
        return _("The orders carry no money"), _(
            "What customers are worth can be told once orders have totals above zero."
        )
    if reason == "no_time_passed":
        return _("Too early to tell"), _(
            "Every customer ordered for the first time on the last day looked at. Come back when"
            " some time has passed."
        )
    return _("No orders in this time"), _(
        "There is no order of a known customer up to the day this report looks back from. Choose a"
        " later day, or import orders that name their customers."
    )


def covered_points(result: Mapping[str, Any]) -> list[Point]:
    """What the numbers leave out, and how old they are."""
    left = result["left_out"]
    points = []
    if result["is_old"]:
        points.append(Point(CARE, _old(result)))
    if left["anonymous_orders"]:
        points.append(Point(NOTE, _anonymous(left)))
    if left["binned_orders"]:
        orders = left["binned_orders"]
        text = ngettext(
            "%(count)s order of a contact in the bin is left out.",
            "%(count)s orders of contacts in the bin are left out.",
            orders,
            count=format_number(orders),
        )
        points.append(Point(NOTE, text))
    if left["later_orders"]:
        points.append(Point(NOTE, _later(result)))
    return points


def _old(result: Mapping[str, Any]) -> str:
    return _(
        "The newest order is of %(day)s. So this report looks from that day on, as if it were"
        " today; what customers did since is not known here.",
        day=format_date(day(result["as_of"])),
    )


def _anonymous(left: Mapping[str, int]) -> str:
    orders = left["anonymous_orders"]
    return ngettext(
        "%(count)s order without a customer, worth %(money)s, is left out: nobody knows who came"
        " back.",
        "%(count)s orders without a customer, worth %(money)s, are left out: nobody knows who came"
        " back.",
        orders,
        count=format_number(orders),
        money=format_money(left["anonymous_revenue"]),
    )


def _later(result: Mapping[str, Any]) -> str:
    orders = result["left_out"]["later_orders"]
    return ngettext(
        "%(count)s order after %(day)s is not in these numbers.",
        "%(count)s orders after %(day)s are not in these numbers.",
        orders,
        count=format_number(orders),
        day=format_date(day(result["as_of"])),
    )
