"""Dates as people and files write them.

Read are: ISO, 2025/11/19, 19.11.2025, 11/19/2025, 20251119, two-digit years, month names in both
languages, any of them with a time after it. Years 1200-1599 are Jalali and 1800-2199 Gregorian,
whatever the calendar in use; two digits mean 1970-2069, or 1350-1449 in the Jalali calendar. Day
and month follow `order`; without it the region decides, and the other way is tried when the first
makes no date.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Literal

from flask_babel import lazy_gettext as _

from app.l10n.calendars import join_date, month_length, month_names, weekday_names
from app.l10n.dates import format_date, to_local, today
from app.l10n.formats import Unreadable, current
from app.l10n.text import fold, to_digits

DateOrder = Literal["ymd", "dmy", "mdy"]

_LONGEST = 64
_ORDERS: tuple[DateOrder, ...] = ("ymd", "dmy", "mdy")
_MONTH_FIRST_REGIONS = frozenset({"US", "AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "UM", "VI"})
_ISO = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_NUMERIC = re.compile(r"([0-9]{1,4})[-/. ]{1,3}([0-9]{1,2})[-/. ]{1,3}([0-9]{1,4})\.?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CLOCK = re.compile(
    r"[ t,،]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r" ?(am|pm|ق\.?ظ\.?|ب\.?ظ\.?)? ?(z|utc|gmt|[+-][0-9]{2}:?[0-9]{2})?$"
)
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_OTHER_SPELLINGS = {
    "sept": ("gregorian", 9), "امرداد": ("jalali", 5), "amordad": ("jalali", 5),
    "می": ("gregorian", 5), "جولای": ("gregorian", 7), "ژوییه": ("gregorian", 7),
    "آگوست": ("gregorian", 8),
}  # fmt: skip


def _known_months() -> Iterator[tuple[str, tuple[str, int]]]:
    for calendar in ("gregorian", "jalali"):
        for language in ("en", "fa"):
            for short in (True, False):
                for number, name in enumerate(month_names(calendar, language, short), 1):
                    yield fold(name), (calendar, number)


_MONTHS = {**dict(_known_months()), **{fold(k): v for k, v in _OTHER_SPELLINGS.items()}}
_IGNORED = (
    frozenset(["st", "nd", "rd", "th", "of", "the", "ام", "م", "ماه", "سال"])
    | {"یک", "دو", "سه", "چهار", "پنج", "شنبه"}
    | {"mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"}
    | {fold(name) for language in ("en", "fa") for name in weekday_names(language)}
)


def parse_date(text: str, calendar: str | None = None, order: DateOrder | None = None) -> date:
    """The date, in the tenant's zone if the text names another. Raises Unreadable.

    `calendar` is only for two-digit years; `order` is that of the column, see `date_order`.
    """
    return parse_datetime(text, calendar, order).date()


def parse_datetime(
    text: str, calendar: str | None = None, order: DateOrder | None = None
) -> datetime:
    """As `parse_date`, with the time: naive, on the tenant's clock; midnight without a time."""
    if len(text) > _LONGEST:
        raise not_a_date()
    calendar = calendar or current().calendar
    if plain := _ISO.fullmatch(text):
        year, month, day = map(int, plain.groups())
        return datetime.combine(_existing(year, month, day), time())
    day_text, clock, zone = _split_clock(fold(text))
    moment = datetime.combine(_read_day(day_text, calendar, order), clock)
    return to_local(moment.replace(tzinfo=zone)).replace(tzinfo=None) if zone else moment


def _split_clock(folded: str) -> tuple[str, time, timezone | None]:
    match = _CLOCK.search(folded)
    if not match:
        return folded, time(), None
    hour, minute, second, half, zone = match.groups()
    try:
        clock = time(_hour(int(hour), half), int(minute), int(second or 0))
        return folded[: match.start()], clock, _zone(zone)
    except ValueError:
        raise Unreadable(_("Write the time as hours and minutes, such as 14:30.")) from None


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half[0] in "pب" else 0)


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(ahead if text[0] == "+" else -ahead)


def _read_day(folded: str, calendar: str, order: DateOrder | None) -> date:
    match = _NUMERIC.fullmatch(folded) or _COMPACT.fullmatch(folded)
    if not match:
        return _read_named(folded, calendar)
    first, second, third = match.groups()
    parts = (int(first), int(second), int(third))
    if len(first) == 4 and len(third) <= 2:
        return _existing(*parts)
    if len(first) > 2 or len(third) not in (2, 4):
        raise not_a_date()
    return _first_that_exists(parts, _orders(parts[2], len(third), calendar, order), calendar)


def _orders(last: int, width: int, calendar: str, order: DateOrder | None) -> tuple[DateOrder, ...]:
    """The orders to try for numbers that do not begin with a whole year, likeliest first."""
    if order and not (order == "ymd" and width == 4):
        return (order,)
    if width == 2 and calendar == "jalali":
        return ("ymd", "dmy")
    if last < 1600 and width == 4:
        return ("dmy",)
    return ("mdy", "dmy") if current().region in _MONTH_FIRST_REGIONS else ("dmy", "mdy")


def _first_that_exists(
    parts: tuple[int, int, int], orders: tuple[DateOrder, ...], calendar: str
) -> date:
    refused: list[Unreadable] = []
    for order in orders:
        year, month, day = (parts[order.index(part)] for part in "ymd")
        try:
            return _existing(_whole_year(year, calendar), month, day)
        except Unreadable as error:
            refused.append(error)
    raise refused[0]


def _whole_year(year: int, calendar: str) -> int:
    if year > 99:
        return year
    if calendar == "jalali":
        return year + (1400 if year < 50 else 1300)
    return year + (2000 if year < 70 else 1900)


def _read_named(folded: str, calendar: str) -> date:
    """19 Nov 2025, Nov 19, 2025, 30 Esfand 1403, «چهارشنبه ۲۸ آبان ۱۴۰۴»."""
    tokens = [token for token in _TOKEN.findall(folded) if token not in _IGNORED]
    months = [_MONTHS[token] for token in tokens if token in _MONTHS]
    numbers = [token for token in tokens if token[0] in "0123456789"]
    if len(months) != 1 or len(months) + len(numbers) != len(tokens):
        raise not_a_date()
    if len(numbers) == 1:
        raise Unreadable(_("Write the day, the month and the year, such as %(example)s.", **_now()))
    if len(numbers) != 2 or sorted(map(len, numbers)) not in ([1, 2], [1, 4], [2, 2], [2, 4]):
        raise not_a_date()
    (own_calendar, month), (day, year) = months[0], numbers
    if len(day) > len(year) or (len(day) == 2 and len(year) == 1):
        day, year = year, day
    whole = _whole_year(int(year), own_calendar if len(year) == 2 else calendar)
    return _existing(whole, month, int(day), own_calendar)


def _calendar_of(year: int) -> str | None:
    if 1200 <= year <= 1599:
        return "jalali"
    return "gregorian" if 1800 <= year <= 2199 else None


def _existing(year: int, month: int, day: int, expected: str | None = None) -> date:
    """The date with this whole year, or a sentence that says what is wrong with it."""
    calendar = _calendar_of(year)
    if calendar is None or expected not in (None, calendar):
        raise Unreadable(_("Check the year %(year)s.", year=to_digits(str(year))))
    if not 1 <= month <= 12:
        raise Unreadable(_("Check the month: it must be from %(first)s to %(last)s.", **_months()))
    try:
        return join_date(year, month, day, calendar)
    except ValueError:
        raise _no_such_day(year, month, calendar) from None


def _no_such_day(year: int, month: int, calendar: str) -> Unreadable:
    return Unreadable(
        _(
            "Check the day: %(month)s %(year)s has %(days)s days.",
            month=month_names(calendar, current().language)[month - 1],
            year=to_digits(str(year)),
            days=to_digits(str(month_length(year, month, calendar))),
        )
    )


def _months() -> dict[str, str]:
    return {"first": to_digits("1"), "last": to_digits("12")}


def _now() -> dict[str, str]:
    return {"example": format_date(today())}


def not_a_date() -> Unreadable:
    return Unreadable(_("Write a date such as %(example)s.", **_now()))


class _Memo(dict[str, "date | Unreadable"]):
    """Each distinct text is read once."""

    def __init__(self, calendar: str | None, order: DateOrder | None) -> None:
        self.calendar, self.order = calendar, order

    def __missing__(self, text: str) -> "date | Unreadable":
        try:
            found: date | Unreadable = parse_date(text, self.calendar, self.order)
        except Unreadable as error:
            found = error.with_traceback(None)
        self[text] = found
        return found


def parse_dates(
    texts: Iterable[str], order: DateOrder | None = None, calendar: str | None = None
) -> list[date | Unreadable]:
    """`parse_date` over a column; what cannot be read stands in its place as Unreadable."""
    memo = _Memo(calendar, order)
    return [memo[text] for text in texts]


def date_order(samples: Iterable[str]) -> DateOrder | None:
    """The one order that fits every numeric date of a column; None when several or none do.

    Dates that begin with a whole year speak for themselves and count only if all are such.
    """
    numeric = [found.groups() for sample in samples if (found := _numeric_date(sample))]
    doubtful = [parts for parts in numeric if len(parts[0]) < 4]
    if numeric and not doubtful:
        return "ymd"
    fitting: list[DateOrder] = [
        order for order in _ORDERS if all(_fits(parts, order) for parts in doubtful)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _numeric_date(sample: str) -> re.Match[str] | None:
    return _NUMERIC.fullmatch(_CLOCK.sub("", fold(sample[:_LONGEST])))


def _fits(parts: Sequence[str], order: DateOrder) -> bool:
    """Whether the numbers make a month and a day in this order."""
    if len(parts[2]) == 4 and order == "ymd":
        return False
    month, day = (int(parts[order.index(part)]) for part in "md")
    return 1 <= month <= 12 and 1 <= day <= 31


def from_excel_serial(serial: float, date1904: bool = False) -> datetime:
    """A spreadsheet's day number as naive local time, to the second (ECMA-376 part 1, 18.17.4).

    Day 60 of the 1900 system is a 29 February that never was. Raises Unreadable.
    """
    if not 0 <= serial < 2_958_466 or (60 <= serial < 61 and not date1904):
        raise not_a_date()
    epoch = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30)  # noqa: DTZ001
    shift = 1 if not date1904 and serial < 60 else 0
    return epoch + timedelta(days=shift, seconds=round(serial * 86_400))
