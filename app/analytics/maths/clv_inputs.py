"""What customer values are computed from: a horizon and what customers did so far."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.analytics.maths.kinds import Codes, Floats


@dataclass(frozen=True)
class Horizon:
    """Whole months ahead, the length of a month in the model's unit, and a yearly rate.

    `month` is 30.4375 for days and 4.348214 for weeks. What is bought within a month is
    discounted to that month's end.
    """

    months: int
    month: float
    yearly_rate: float = 0.1

    def __post_init__(self) -> None:
        if self.months < 1 or self.month <= 0 or self.yearly_rate <= -1:
            raise ValueError("a horizon needs at least one month and a rate above -100%")

    @cached_property
    def ends(self) -> Floats:
        """The end of each month (months,), in the model's unit."""
        return np.arange(1, self.months + 1, dtype=np.float64) * self.month

    @cached_property
    def weights(self) -> Floats:
        """Weights (months,) on cumulative sums that make them a discounted sum."""
        factors = (1 + self.yearly_rate) ** (-np.arange(1, self.months + 1) / 12)
        return np.asarray(factors - np.r_[factors[1:], 0.0])


@dataclass(frozen=True)
class Histories:
    """Customer summaries (n,): x, t_x, T and the mean net value m of repeat occasions."""

    x: Floats
    t_x: Floats
    T: Floats
    m: Floats

    def take(self, rows: Codes) -> "Histories":
        """The histories of some rows."""
        return Histories(self.x[rows], self.t_x[rows], self.T[rows], self.m[rows])
