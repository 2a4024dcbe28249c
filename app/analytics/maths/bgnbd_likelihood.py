"""The BG/NBD log likelihood with its slope and curvature, over compressed rows.

Fader, Hardie and Lee, "Counting your customers the easy way" (2005), equation 6. A customer
adds A1 + A2 + A3 + log(1 + exp(d)), where A1 to A3 depend on x and T alone and d, the log odds
of having dropped out at the last purchase, exists for repeat buyers only.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import gammaln, psi

from app.analytics.maths.kinds import Codes, Floats
from app.analytics.maths.optimise import Surface
from app.analytics.maths.rows import Rows
from app.analytics.maths.special import trigamma


@dataclass(frozen=True)
class _Gone:
    """For each repeat row: weight times P(gone), the log odds, and what their slopes need."""

    weighted: Floats
    share: Floats
    n: Floats
    log_ratio: Floats
    per_age: Floats
    per_recency: Floats


class Likelihood:
    """Parameters are (r, alpha, a, b), natural scale; times are not rescaled."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        repeat = rows.x[rows.x_at] > 0
        self._x_at: Codes = rows.x_at[repeat]
        self._t_at: Codes = rows.t_x_at[repeat]
        self._T_at: Codes = rows.T_at[repeat]
        self._weight: Floats = rows.weight[repeat]
        self._x: Floats = rows.x[self._x_at]
        by_T = len(rows.T)
        self._with_x = np.bincount(rows.x_at, weights=rows.weight, minlength=len(rows.x))
        self._with_T = np.bincount(rows.T_at, weights=rows.weight, minlength=by_T)
        bought = rows.weight * rows.x[rows.x_at]
        self._bought_by_T = np.bincount(rows.T_at, weights=bought, minlength=by_T)

    @cached_property
    def customers(self) -> float:
        """The number of customers."""
        return self.rows.customers

    def value(self, parameters: Floats) -> float:
        """The log likelihood alone."""
        r, alpha, a, b = parameters
        odds = self._log_odds(r, alpha, a, b)
        gone = np.maximum(odds, 0) + np.log1p(np.exp(-np.abs(odds)))
        base = self.buying_surface(parameters[:2]).value + self._leaving_surface(a, b).value
        return base + float(self._weight @ gone)

    def surface(self, parameters: Floats) -> Surface:
        """The log likelihood, its gradient (4,) and Hessian (4, 4)."""
        r, alpha, a, b = parameters
        buying, leaving = self.buying_surface(parameters[:2]), self._leaving_surface(a, b)
        value, slope, hessian = self._gone_surface(r, alpha, a, b)
        slope = slope + np.r_[buying.gradient, leaving.gradient]
        hessian[:2, :2] += buying.hessian
        hessian[2:, 2:] += leaving.hessian
        return Surface(buying.value + leaving.value + value, slope, hessian)

    def buying_surface(self, parameters: Floats) -> Surface:
        """A1 + A3 over (r, alpha): the NBD model, in which nobody ever drops out."""
        (r, alpha), x, with_x = parameters, self.rows.x, self._with_x
        customers, u = self.customers, alpha + self.rows.T
        log_u, n = np.log(u), r * self._with_T + self._bought_by_T
        value = with_x @ gammaln(r + x) + customers * (r * np.log(alpha) - gammaln(r)) - n @ log_u
        slope_r = with_x @ psi(r + x) + customers * (np.log(alpha) - psi(r)) - self._with_T @ log_u
        slope_alpha = customers * r / alpha - n @ (1 / u)
        rr = with_x @ trigamma(r + x) - customers * trigamma(r)
        ra = customers / alpha - self._with_T @ (1 / u)
        aa = -customers * r / alpha**2 + n @ (1 / u**2)
        return Surface(
            float(value), np.array([slope_r, slope_alpha]), np.array([[rr, ra], [ra, aa]])
        )

    def _leaving_surface(self, a: float, b: float) -> Surface:
        """A2 over (a, b): staying after each of x purchases."""
        x, with_x, customers = self.rows.x, self._with_x, self.customers
        both = customers * gammaln(a + b) - with_x @ gammaln(a + b + x)
        value = both + with_x @ gammaln(b + x) - customers * gammaln(b)
        slope_a = customers * psi(a + b) - with_x @ psi(a + b + x)
        slope_b = slope_a + with_x @ psi(b + x) - customers * psi(b)
        aa = customers * trigamma(a + b) - with_x @ trigamma(a + b + x)
        bb = aa + with_x @ trigamma(b + x) - customers * trigamma(b)
        return Surface(float(value), np.array([slope_a, slope_b]), np.array([[aa, aa], [aa, bb]]))

    def _log_ratio(self, alpha: float) -> Floats:
        """log((alpha + T) / (alpha + t_x)) for each repeat row."""
        log_T, log_t = np.log(alpha + self.rows.T), np.log(alpha + self.rows.t_x)
        return np.asarray(log_T[self._T_at] - log_t[self._t_at])

    def _log_odds(self, r: float, alpha: float, a: float, b: float) -> Floats:
        by_x = np.log(a) - np.log(np.maximum(b + self.rows.x - 1, 1e-300))
        return np.asarray(by_x[self._x_at] + (r + self._x) * self._log_ratio(alpha))

    def _gone_surface(
        self, r: float, alpha: float, a: float, b: float
    ) -> tuple[float, Floats, Floats]:
        """Sum of log(1 + exp(d)) over repeat rows, with slope and curvature."""
        n, log_ratio = r + self._x, self._log_ratio(alpha)
        staying = 1 / np.maximum(b + self.rows.x - 1, 1e-300)
        odds = np.log(a * staying)[self._x_at] + n * log_ratio
        small = np.exp(-np.abs(odds))
        share = np.where(odds > 0, 1.0, small) / (1 + small)
        value = float(self._weight @ (np.maximum(odds, 0) + np.log1p(small)))
        per_age = (1 / (alpha + self.rows.T))[self._T_at]
        per_recency = (1 / (alpha + self.rows.t_x))[self._t_at]
        gone = _Gone(self._weight * share, share, n, log_ratio, per_age, per_recency)
        return value, *self._gone_slopes(gone, a, staying[self._x_at])

    @staticmethod
    def _gone_slopes(gone: _Gone, a: float, staying: Floats) -> tuple[Floats, Floats]:
        w, apart = gone.weighted, gone.per_age - gone.per_recency
        slopes = np.stack([gone.log_ratio, gone.n * apart, np.full(len(w), 1 / a), -staying])
        hessian = (slopes * (w * (1 - gone.share))) @ slopes.T
        hessian[0, 1] += w @ apart
        hessian[1, 0] += w @ apart
        hessian[1, 1] -= (w * gone.n * apart) @ (gone.per_age + gone.per_recency)
        hessian[2, 2] -= w.sum() / a**2
        hessian[3, 3] += w @ staying**2
        return slopes @ w, hessian
