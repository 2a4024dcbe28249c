"""What templates use of this package."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from flask import Flask
from jinja2 import pass_context

from app.l10n.dates import format_date, format_datetime, format_day_heading, format_time, today
from app.l10n.formats import current
from app.l10n.money import format_money, money_label
from app.l10n.numbers import format_compact, format_number, format_percent
from app.l10n.phones import format_phone
from app.l10n.text import initials, to_digits


def format_month(day: date | datetime | None) -> str:
    return format_date(day, "month")


FILTERS: dict[str, Callable[..., str]] = {
    "number": format_number,
    "compact": format_compact,
    "percent": format_percent,
    "money": format_money,
    "date": format_date,
    "time": format_time,
    "datetime": format_datetime,
    "day_heading": format_day_heading,
    "month": format_month,
    "phone": format_phone,
    "digits": to_digits,
    "initials": initials,
}
GLOBALS = {"formats": current, "today": today, "money_label": money_label}


def _per_request(function: Callable[..., str]) -> Callable[..., str]:
    """Jinja works out `10|number` once for all readers, unless the filter takes the context."""

    @pass_context
    @wraps(function)
    def filtered(_context: object, *values: Any, **options: Any) -> str:
        return function(*values, **options)

    return filtered


def register(app: Flask) -> None:
    """Give Jinja the filters above, and `formats()`, `today()` and `money_label()`."""
    app.jinja_env.filters.update({name: _per_request(one) for name, one in FILTERS.items()})
    app.jinja_env.globals.update(GLOBALS)
