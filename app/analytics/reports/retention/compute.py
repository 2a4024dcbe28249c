"""Cohorts by the period of the first order, and who came back."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np

from app.analytics.datasets import OrderDays
from app.analytics.maths.kinds import Floats, Ints
from app.analytics.maths.retention import CohortMatrix, cohort_matrix, revenue_matrix, wilson
from app.analytics.reports.base import Basis, Outcome, Tell
from app.analytics.reports.common import covered
from app.analytics.reports.retention.parameters import RetentionParameters
from app.l10n import Period, period_from_index, period_index
from app.l10n.calendars import split_date

TOLD_AGE = {"week": 4, "month": 3, "quarter": 2}
COVERAGE = 0.95
STANDARD_NORMAL_95 = 1.959964
MONDAY = 0


def compute(days: OrderDays, parameters: RetentionParameters, basis: Basis, tell: Tell) -> Outcome:
    """The cohort matrix with its average and the figure that the headline tells.

    Raises ThinData.
    """
    calendar = _Calendar(parameters.period, basis)
    contact, day, value, is_purchase = days.columns
    periods = calendar.indexes(day)
    matrix = cohort_matrix(
        contact,
        periods,
        last_finished=calendar.last_finished,
        kind="on" if parameters.kind == "on" else "on_or_after",
        is_purchase=is_purchase,
    )
    tell(0.6)
    result = {
        "period": parameters.period,
        "kind": parameters.kind,
        "measure": parameters.measure,
        "calendar": basis.calendar,
        "coverage": COVERAGE,
        "cohorts": calendar.cohorts(matrix),
        **_average(matrix),
        "told": _told(matrix, parameters.period),
        "starts": calendar.starts(matrix),
        **covered(days, basis),
    }
    if parameters.measure == "revenue":
        money = _Money(contact, periods, value, is_purchase, calendar.last_finished)
        result.update(money.described(result, parameters.period))
    return Outcome(result)


class _Calendar:
    """The tenant's periods of one length."""

    def __init__(self, period: str, basis: Basis) -> None:
        self.period: Period = _PERIODS[period]
        self._calendar, self._week_start = basis.calendar, basis.week_start
        open_day = np.array([basis.open_day], dtype="datetime64[D]")
        self.last_finished = int(self.indexes(open_day)[0]) - 1

    def indexes(self, days: Any) -> Ints:
        found: Ints = period_index(days, self.period, self._calendar, self._week_start)
        return found

    def start(self, index: int) -> date:
        return period_from_index(index, self.period, self._calendar, self._week_start)

    def cohorts(self, matrix: CohortMatrix) -> list[dict[str, Any]]:
        rows = zip(matrix.cohorts.tolist(), matrix.sizes.tolist(), matrix.rows(), strict=True)
        return [
            {
                "period": self._code(self.start(index)),
                "start": self.start(index).isoformat(),
                "size": size,
                "counts": counts,
            }
            for index, size, counts in rows
        ]

    def starts(self, matrix: CohortMatrix) -> list[str]:
        """First days of all periods from the first cohort's to the one after the last finished."""
        first = int(matrix.cohorts[0])
        last = max(self.last_finished + 1, int(matrix.cohorts[-1]) + 1)
        return [self.start(index).isoformat() for index in range(first, last + 1)]

    def _code(self, start: date) -> str:
        """A short name that sorts: 1997-01, 1997-W03, 1997-Q1; a plain day for other weeks."""
        year, month, day = split_date(start, self._calendar)
        if self.period == "month":
            return f"{year:04}-{month:02}"
        if self.period == "quarter":
            return f"{year:04}-Q{(month - 1) // 3 + 1}"
        if self._week_start == MONDAY and self._calendar == "gregorian":
            iso = start.isocalendar()
            return f"{iso.year:04}-W{iso.week:02}"
        return f"{year:04}-{month:02}-{day:02}"


_PERIODS: dict[str, Period] = {"week": "week", "month": "month", "quarter": "quarter"}


def _plain(values: Floats) -> list[float | None]:
    return [None if math.isnan(value) else round(value, 5) for value in values.tolist()]


def _average(matrix: CohortMatrix) -> dict[str, Any]:
    """Over all cohorts that reached each age: the share kept, its interval, how many customers."""
    finished = ~np.isnan(matrix.counts)
    reached = matrix.sizes @ finished
    kept = np.where(finished, matrix.counts, 0).sum(axis=0)
    low, high = wilson(kept, np.where(reached > 0, reached, np.nan), COVERAGE)
    return {
        "average": _plain(matrix.average()),
        "average_low": _plain(low),
        "average_high": _plain(high),
        "reached": reached.tolist(),
    }


def _told(matrix: CohortMatrix, period: str) -> dict[str, Any] | None:
    """The pooled share at the age that people speak of, or the last age there is before it."""
    age = min(TOLD_AGE[period], matrix.counts.shape[1] - 1)
    if age < 1:
        return None
    counts = matrix.counts[:, age]
    known = ~np.isnan(counts)
    size, kept = int(matrix.sizes[known].sum()), int(counts[known].sum())
    low, high = wilson(kept, size, COVERAGE)
    return {
        "age": age,
        "share": kept / size,
        "low": float(low),
        "high": float(high),
        "size": size,
        "kept": kept,
        "cohorts": int(known.sum()),
    }


class _Money:
    """Revenue kept: each cohort's net money in a period over that of its first."""

    def __init__(
        self, contact: Ints, periods: Ints, value: Ints, is_purchase: Any, last_finished: int
    ) -> None:
        self._last = last_finished
        self._matrix = revenue_matrix(
            contact, periods, value, last_finished=last_finished, is_purchase=is_purchase
        )
        first = np.full(int(contact.max()) + 1, np.iinfo(np.int64).max)
        np.minimum.at(first, contact[is_purchase], periods[is_purchase])
        self._first, self._contact, self._value = first, contact, value
        self._age = periods - first[contact]

    def described(self, result: dict[str, Any], period: str) -> dict[str, Any]:
        rows = self._matrix.revenue
        cohorts = [
            {**cohort, "revenue": [None if math.isnan(v) else int(v) for v in row]}
            for cohort, row in zip(result["cohorts"], rows.tolist(), strict=True)
        ]
        return {
            "cohorts": cohorts,
            "average": _plain(self._matrix.average()),
            "average_low": None,
            "average_high": None,
            "told": self._told(min(TOLD_AGE[period], rows.shape[1] - 1)),
        }

    def _told(self, age: int) -> dict[str, Any] | None:
        """A ratio of sums over customers; its interval from the linearised variance.

        Cochran, Sampling Techniques (1977), section 6.4.
        """
        reached = np.flatnonzero(self._first + age <= self._last)
        if age < 1 or len(reached) < 2:
            return None
        before, after = (self._sums(at)[reached] for at in (0, age))
        if before.sum() <= 0:
            return None
        ratio = float(after.sum() / before.sum())
        error = math.sqrt(len(reached) * float(np.var(after - ratio * before, ddof=1)))
        reach = STANDARD_NORMAL_95 * error / float(before.sum())
        return {
            "age": age,
            "share": ratio,
            "low": max(ratio - reach, 0.0),
            "high": ratio + reach,
            "size": len(reached),
            "before": int(before.sum()),
            "after": int(after.sum()),
        }

    def _sums(self, age: int) -> Floats:
        at = self._age == age
        whole = np.bincount(self._contact[at], weights=self._value[at], minlength=len(self._first))
        return whole.astype(np.float64)
