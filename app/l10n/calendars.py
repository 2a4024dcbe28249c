"""The two calendars: names, lengths and conversion."""

from datetime import date
from functools import lru_cache

from babel import Locale
from persiantools.jdatetime import MONTH_NAMES_EN, MONTH_NAMES_FA, JalaliDate


def split_date(day: date, calendar: str) -> tuple[int, int, int]:
    """(year, month, day) in the calendar. Raises ValueError before the Jalali year 1."""
    if calendar != "jalali":
        return day.year, day.month, day.day
    jalali = JalaliDate(day)
    return jalali.year, jalali.month, jalali.day


def join_date(year: int, month: int, day: int, calendar: str) -> date:
    """The reverse of `split_date`. Raises ValueError for a day that does not exist."""
    if calendar != "jalali":
        return date(year, month, day)
    return JalaliDate(year, month, day).to_gregorian()


def month_length(year: int, month: int, calendar: str) -> int:
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    start = join_date(year, month, 1, calendar)
    return (join_date(*following, 1, calendar) - start).days


@lru_cache(maxsize=16)
def month_names(calendar: str, language: str, short: bool = False) -> tuple[str, ...]:
    """Twelve names; Jalali ones and Persian ones have no short form."""
    if calendar == "jalali":
        names = MONTH_NAMES_FA if language == "fa" else MONTH_NAMES_EN
        return tuple(str(name) for name in names[1:])
    width = "abbreviated" if short or language == "fa" else "wide"
    months = Locale.parse(language).months["format"][width]
    return tuple(months[number] for number in range(1, 13))


@lru_cache(maxsize=4)
def weekday_names(language: str) -> tuple[str, ...]:
    """Seven names from Monday."""
    days = Locale.parse(language).days["format"]["wide"]
    return tuple(days[number] for number in range(7))
