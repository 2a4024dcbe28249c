"""Cohort retention: how many customers of each first period came back, and with how much."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from app.analytics.maths.kinds import Flags, Floats, Ints
from app.analytics.maths.thin import require

Kind = Literal["on", "on_or_after"]


@dataclass(frozen=True)
class CohortMatrix:
    """Cohorts (c,) by the periods since their first (k,).

    cohorts: period indexes of the first purchases, ascending, only those with customers; sizes
    (c,): customers; counts (c, k): customers kept, NaN where the period is not finished.
    A cohort born in an unfinished period has a size so far and no counts.
    """

    cohorts: Ints
    sizes: Ints
    counts: Floats

    def shares(self) -> Floats:
        """Counts over sizes (c, k), NaN where unfinished."""
        return self.counts / self.sizes[:, None]

    def average(self) -> Floats:
        """The share kept (k,) over all cohorts that reached each age, weighted by their size."""
        finished = ~np.isnan(self.counts)
        reached = self.sizes @ finished
        kept = np.where(finished, self.counts, 0).sum(axis=0)
        return np.asarray(kept / np.where(reached > 0, reached, np.nan))

    def intervals(self, coverage: float = 0.95) -> tuple[Floats, Floats]:
        """Wilson intervals of the shares: lower and upper (c, k), NaN where unfinished."""
        return wilson(self.counts, self.sizes[:, None], coverage)

    def rows(self) -> list[list[int | None]]:
        """Counts as whole numbers for each cohort, None where unfinished."""
        return [[None if np.isnan(n) else int(n) for n in row] for row in self.counts.tolist()]


def cohort_matrix(
    customers: npt.ArrayLike,
    periods: npt.ArrayLike,
    *,
    last_finished: int,
    kind: Kind = "on",
    is_purchase: npt.ArrayLike | None = None,
) -> CohortMatrix:
    """Head counts, from the customer codes and period indexes of order lines (n,).

    `on`: bought in the k-th period after the first; `on_or_after`: in that period or any later
    one in the data. Periods after `last_finished` are blank. Lines with `is_purchase` (n,) false
    count nowhere. Raises ThinData (no_purchases), ValueError.
    """
    if kind not in ("on", "on_or_after"):
        raise ValueError("kind must be 'on' or 'on_or_after'")
    lines = _Lines(customers, periods, is_purchase)
    kept = lines.distinct_ages() if kind == "on" else lines.all_ages()
    return lines.matrix(np.bincount(kept, minlength=lines.cells).astype(np.float64), last_finished)


@dataclass(frozen=True)
class RevenueMatrix:
    """Cohorts (c,) and their net money in each period since the first (c, k), NaN if unfinished."""

    cohorts: Ints
    revenue: Floats

    def shares(self) -> Floats:
        """Money over that of the first period (c, k); NaN where that is not above 0."""
        first = self.revenue[:, :1]
        return self.revenue / np.where(first > 0, first, np.nan)

    def average(self) -> Floats:
        """The share (k,) over all cohorts that reached each age, weighted by their first money."""
        finished = ~np.isnan(self.revenue)
        first = np.nan_to_num(self.revenue[:, 0]) @ finished
        kept = np.where(finished, self.revenue, 0).sum(axis=0)
        return np.asarray(kept / np.where(first > 0, first, np.nan))


def revenue_matrix(
    customers: npt.ArrayLike,
    periods: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    last_finished: int,
    is_purchase: npt.ArrayLike | None = None,
) -> RevenueMatrix:
    """Net money by cohort and age, from order lines (n,) with values (n,).

    Returns (`is_purchase` false, value negative) count in their own period, except those before
    their customer's first purchase. Raises ThinData (no_purchases), ValueError.
    """
    lines = _Lines(customers, periods, is_purchase)
    matrix = lines.matrix(lines.money(np.asarray(values, dtype=np.float64)), last_finished)
    return RevenueMatrix(matrix.cohorts, matrix.counts)


def wilson(
    successes: npt.ArrayLike, trials: npt.ArrayLike, coverage: float = 0.95
) -> tuple[Floats, Floats]:
    """Wilson's score interval (1927) of shares; arrays broadcast, NaN stays NaN."""
    k, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    z = float(ndtri((1 + coverage) / 2))
    share, scale = k / n, 1 + z**2 / n
    middle = (share + z**2 / (2 * n)) / scale
    half = z / scale * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


class _Lines:
    """Order lines (n,) with each customer's first and last period of purchase."""

    def __init__(
        self, customers: npt.ArrayLike, periods: npt.ArrayLike, is_purchase: npt.ArrayLike | None
    ) -> None:
        codes, period = np.asarray(customers), np.asarray(periods)
        if codes.shape != period.shape or codes.ndim != 1:
            raise ValueError("customers and periods must have one length")
        bought = np.ones(len(codes), bool) if is_purchase is None else np.asarray(is_purchase, bool)
        require(bool(bought.any()), "no_purchases", rows=len(codes))
        self._bought: Flags = bought
        self._customer: Ints = _dense(codes)
        self._origin, self._span = int(period[bought].min()), int(period.max()) + 1
        self._span -= self._origin
        self._period: Ints = period.astype(np.int64) - self._origin
        self._first = np.full(int(self._customer.max()) + 1, self._span, dtype=np.int64)
        np.minimum.at(self._first, self._customer[bought], self._period[bought])
        self._buyers: Flags = self._first < self._span
        self.cells = self._span * self._span

    def distinct_ages(self) -> Ints:
        """A cell (cohort, age) for each customer and period with a purchase."""
        seen = self._customer[self._bought] * self._span + self._period[self._bought]
        if len(self._first) * self._span <= 50_000_000:
            met = np.zeros(len(self._first) * self._span, dtype=np.bool_)
            met[seen] = True
            seen = np.flatnonzero(met)
        else:
            seen = np.unique(seen)
        customer, period = seen // self._span, seen % self._span
        first = self._first[customer]
        return np.asarray(first * self._span + (period - first), dtype=np.int64)

    def all_ages(self) -> Ints:
        """A cell (cohort, age) for each customer and every age up to his last purchase."""
        last = np.zeros_like(self._first)
        np.maximum.at(last, self._customer[self._bought], self._period[self._bought])
        first, lasting = self._first[self._buyers], (last - self._first)[self._buyers]
        ends = np.cumsum(lasting + 1)
        ages = np.arange(ends[-1]) - np.repeat(ends - lasting - 1, lasting + 1)
        return np.asarray(np.repeat(first * self._span, lasting + 1) + ages, dtype=np.int64)

    def money(self, values: Floats) -> Floats:
        """The values of each cell (cohort, age), flat."""
        if len(values) != len(self._customer):
            raise ValueError("customers and values must have one length")
        first = self._first[self._customer]
        age = self._period - first
        known = (first < self._span) & (age >= 0) & (self._period < self._span)
        cell = first[known] * self._span + age[known]
        return np.bincount(cell, weights=values[known], minlength=self.cells).astype(np.float64)

    def matrix(self, flat: Floats, last_finished: int) -> CohortMatrix:
        """The cells of the cohorts that exist, blank after the last finished period."""
        sizes = np.bincount(self._first[self._buyers], minlength=self._span)
        cohorts = np.flatnonzero(sizes)
        last = last_finished - self._origin
        width = max(0, last - int(cohorts[0]) + 1)
        counts = np.zeros((len(cohorts), max(width, self._span)))
        counts[:, : self._span] = flat.reshape(self._span, self._span)[cohorts]
        unfinished = cohorts[:, None] + np.arange(width) > last
        counts = np.where(unfinished, np.nan, counts[:, :width])
        return CohortMatrix(cohorts + self._origin, sizes[cohorts], counts)


def _dense(codes: Ints) -> Ints:
    """Codes from 0 up; those that already are dense stay as they are."""
    whole = codes.astype(np.int64)
    if whole.min() >= 0 and whole.max() < 4 * len(whole):
        return whole
    return np.unique(whole, return_inverse=True)[1].astype(np.int64)
