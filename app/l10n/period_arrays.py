"""The period of each day of a whole array; `periods.period_index` is the way in."""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from persiantools.jdatetime import JalaliDate

from app.l10n.periods import EPOCH, EPOCH_WEEKDAY, MONTHS, Period

Days = npt.NDArray[np.datetime64]
Indexes = npt.NDArray[np.int64]

_LAST_JALALI_YEAR = 9370


def indexes(days: npt.NDArray[Any], period: Period, calendar: str, week_start: int) -> Indexes:
    """See `period_index`: the same shape as `days`, which is datetime64 of any unit."""
    if np.isnat(days).any():
        raise ValueError("A missing date has no period.")
    whole = days.astype("datetime64[D]")
    if period == "day":
        return whole.astype(np.int64)
    if period == "week":
        weeks: Indexes = (whole.astype(np.int64) + (EPOCH_WEEKDAY - week_start)) // 7
        return weeks
    months = _jalali_months(whole) if calendar == "jalali" else _gregorian_months(whole)
    found: Indexes = months // MONTHS[period]
    return found


def _gregorian_months(days: Days) -> Indexes:
    months: Indexes = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return months


def _jalali_months(days: Days) -> Indexes:
    """Months since the Jalali year 0."""
    starts = _jalali_month_starts()
    months = np.searchsorted(starts, days.astype(np.int64), side="right") + 11
    if (months < 12).any() or (months >= len(starts) + 11).any():
        raise ValueError("A date lies outside the Jalali calendar.")
    return months.astype(np.int64)


@lru_cache(maxsize=1)
def _jalali_month_starts() -> Indexes:
    """Day of the Unix epoch on which each month begins, from Farvardin of the year 1."""
    lengths = np.array([31] * 6 + [30] * 5)
    within = np.concatenate([[0], np.cumsum(lengths)])
    years = [
        JalaliDate(year, 1, 1).to_gregorian().toordinal() - EPOCH
        for year in range(1, _LAST_JALALI_YEAR + 1)
    ]
    starts: Indexes = (np.array(years, dtype=np.int64)[:, None] + within).ravel()
    return starts
