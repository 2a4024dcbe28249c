"""Days, weeks, months, quarters and years of either calendar, for reports.

A period is "day", "week", "month", "quarter" or "year". Its index is a whole number that grows by
one from each period to the next, so the difference of two indexes is a number of periods. Jalali
quarters are the seasons, from Nowruz. Weeks begin on `week_start` as `date.weekday()` counts it:
without it Saturday in the Jalali calendar and Monday in the Gregorian one, or `Formats.week_start`
where the calendar too is left to the reader's formats.
"""

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from flask_babel import gettext as _

from app.l10n.calendars import join_date, split_date
from app.l10n.dates import format_date
from app.l10n.formats import MONDAY, SATURDAY, current
from app.l10n.text import to_digits

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Period = Literal["day", "week", "month", "quarter", "year"]

EPOCH = date(1970, 1, 1).toordinal()
EPOCH_WEEKDAY = date(1970, 1, 1).weekday()
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _settled(calendar: str | None, week_start: int | None) -> tuple[str, int]:
    if calendar is None:
        formats = current()
        return formats.calendar, formats.week_start if week_start is None else week_start
    usual = SATURDAY if calendar == "jalali" else MONDAY
    return calendar, usual if week_start is None else week_start


def _index(day: date, period: Period, calendar: str, week_start: int) -> int:
    days = day.toordinal() - EPOCH
    if period == "day":
        return days
    if period == "week":
        return (days + EPOCH_WEEKDAY - week_start) // 7
    year, month, _number = split_date(day, calendar)
    return (year * 12 + month - 1) // MONTHS[period]


def _start(index: int, period: Period, calendar: str, week_start: int) -> date:
    if period == "day":
        return date.fromordinal(index + EPOCH)
    if period == "week":
        return date.fromordinal(index * 7 + week_start - EPOCH_WEEKDAY + EPOCH)
    year, month = divmod(index * MONTHS[period], 12)
    return join_date(year, month + 1, 1, calendar)


def period_start(
    day: date, period: Period, calendar: str | None = None, week_start: int | None = None
) -> date:
    """First day of the period that holds `day`."""
    settled = _settled(calendar, week_start)
    return _start(_index(day, period, *settled), period, *settled)


def next_period_start(
    day: date, period: Period, calendar: str | None = None, week_start: int | None = None
) -> date:
    """First day of the period after the one that holds `day`."""
    settled = _settled(calendar, week_start)
    return _start(_index(day, period, *settled) + 1, period, *settled)


def period_from_index(
    index: int, period: Period, calendar: str | None = None, week_start: int | None = None
) -> date:
    """First day of the period with this index: the reverse of `period_index`."""
    return _start(int(index), period, *_settled(calendar, week_start))


def period_index(
    days: "npt.NDArray[Any]",
    period: Period,
    calendar: str | None = None,
    week_start: int | None = None,
) -> "npt.NDArray[np.int64]":
    """Index of the period of each day; `days` is datetime64 of any unit and any shape.

    Raises ValueError for NaT, and for days before the Jalali year 1 in that calendar.
    """
    from app.l10n.period_arrays import indexes  # NumPy is heavy, and web processes rarely need it

    return indexes(days, period, *_settled(calendar, week_start))


def period_label(start: date, period: Period, calendar: str | None = None) -> str:
    """What a reader calls the period: Nov 2024, Q4 2024, Week of 18 Nov 2024, «پاییز ۱۴۰۳»."""
    calendar = calendar or current().calendar
    if period == "day":
        return format_date(start, "medium", calendar)
    if period == "week":
        return _("Week of %(date)s", date=format_date(start, "medium", calendar))
    if period == "month":
        return format_date(start, "month", calendar)
    year, month, _number = split_date(start, calendar)
    if period == "year":
        return to_digits(str(year))
    return _quarter(to_digits(str(year)), (month - 1) // 3, calendar)


def _quarter(year: str, quarter: int, calendar: str) -> str:
    if calendar == "jalali":
        return _season(year, quarter)
    return _("Q%(quarter)s %(year)s", quarter=to_digits(str(quarter + 1)), year=year)


def _season(year: str, quarter: int) -> str:
    if quarter == 0:
        return _("Spring %(year)s", year=year)
    if quarter == 1:
        return _("Summer %(year)s", year=year)
    if quarter == 2:
        return _("Autumn %(year)s", year=year)
    return _("Winter %(year)s", year=year)
