"""Dates and times as people read them, in the reader's calendar, digits and zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location
from flask_babel import gettext as _

from app.l10n.calendars import month_names, split_date, weekday_names
from app.l10n.formats import MISSING, current
from app.l10n.text import sort_key, to_digits


def to_local(moment: datetime) -> datetime:
    """The moment in the tenant's zone; one without a zone is taken as UTC, as it is stored."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(current().timezone))


def from_local(moment: datetime) -> datetime:
    """The UTC moment of a naive time on the tenant's clock (what `parse_datetime` gives)."""
    return moment.replace(tzinfo=ZoneInfo(current().timezone)).astimezone(UTC)


def local_date(moment: datetime) -> date:
    return to_local(moment).date()


def today() -> date:
    """The date on the tenant's clock."""
    return to_local(datetime.now(UTC)).date()


def _day_of(day: date | datetime) -> date:
    return local_date(day) if isinstance(day, datetime) else day


def format_date(
    day: date | datetime | None, style: str = "medium", calendar: str | None = None
) -> str:
    """A date, or the local date of a moment; None reads "–".

    short: 19 Nov (with the year unless it is this one). medium: 19 Nov 2025. month: Nov 2025.
    long: Wednesday 19 November 2025. numeric: 2025-11-19 or 1404/08/28, to type over.
    iso: 2025-11-19 for machines, always Gregorian and ASCII. `calendar` is the tenant's if None.
    """
    if day is None:
        return MISSING
    day = _day_of(day)
    if style == "iso":
        return day.isoformat()
    return to_digits(_in_style(day, style, calendar or current().calendar))


def _in_style(day: date, style: str, calendar: str) -> str:
    year, month, number = split_date(day, calendar)
    if style == "numeric":
        mark = "/" if calendar == "jalali" else "-"
        return mark.join((f"{year:04}", f"{month:02}", f"{number:02}"))
    language = current().language
    name = month_names(calendar, language, style != "long")[month - 1]
    if style == "month":
        return f"{name} {year}"
    if style == "long":
        return f"{weekday_names(language)[day.weekday()]} {number} {name} {year}"
    this_year = style == "short" and split_date(today(), calendar)[0] == year
    return f"{number} {name}" if this_year else f"{number} {name} {year}"


def format_time(moment: datetime | None) -> str:
    """Hours and minutes on the tenant's clock: 17:05."""
    return MISSING if moment is None else to_digits(f"{to_local(moment):%H:%M}")


def format_datetime(moment: datetime | None, style: str = "medium") -> str:
    """A date in `format_date`'s style and the time; iso is in UTC, for machines."""
    if moment is None:
        return MISSING
    if style == "iso":
        return to_local(moment).astimezone(UTC).isoformat(timespec="seconds")
    comma = "،" if current().language == "fa" else ","
    return f"{format_date(moment, style)}{comma} {format_time(moment)}"


def format_day_heading(day: date | datetime, now: date | None = None) -> str:
    """The head of a day in a timeline: Today, Wednesday 19 November. `now` is today's date."""
    day, now = _day_of(day), now or today()
    formats = current()
    name = format_date(day, "long")
    if split_date(day, formats.calendar)[0] == split_date(now, formats.calendar)[0]:
        name = name.rsplit(" ", 1)[0]
    if day == now:
        return _("Today, %(date)s", date=name)
    if day == now - timedelta(days=1):
        return _("Yesterday, %(date)s", date=name)
    if day == now + timedelta(days=1):
        return _("Tomorrow, %(date)s", date=name)
    return name


def time_zones() -> list[tuple[str, str]]:
    """(IANA name, city with its offset today) of every zone, by city in the reader's language."""
    now = datetime.now(UTC)
    return [(name, f"{city} ({_offset(name, now)})") for name, city in _cities(current().language)]


def _offset(zone: str, now: datetime) -> str:
    text = f"{now.astimezone(ZoneInfo(zone)):%z}"
    return to_digits(f"UTC{text[:3]}:{text[3:]}")


@lru_cache(maxsize=4)
def _cities(language: str) -> tuple[tuple[str, str], ...]:
    known = available_timezones()
    names = [name for name in get_global("zone_territories") if name in known and "/" in name]
    cities = [
        (name, str(get_timezone_location(name, locale=language, return_city=True)))
        for name in names
    ]
    return (("UTC", "UTC"), *sorted(cities, key=lambda entry: sort_key(entry[1])))
