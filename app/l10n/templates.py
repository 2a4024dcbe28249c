"""What templates use of this package."""

from datetime import date, datetime

from flask import Flask

from app.l10n.dates import format_date, format_datetime, format_day_heading, format_time, today
from app.l10n.formats import current
from app.l10n.money import format_money, money_label
from app.l10n.numbers import format_compact, format_number, format_percent
from app.l10n.phones import format_phone
from app.l10n.text import initials, to_digits


def format_month(day: date | datetime | None) -> str:
    return format_date(day, "month")


FILTERS = {
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


def register(app: Flask) -> None:
    """Give Jinja the filters above, and `formats()`, `today()` and `money_label()`."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(GLOBALS)
