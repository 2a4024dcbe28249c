"""BG/NBD: how often customers buy and when they silently leave.

Fader, Hardie and Lee, "Counting your customers the easy way: an alternative to the Pareto/NBD
model", Marketing Science 24 (2005). While active a customer buys at random at his own rate; after
each purchase he may leave for good, with his own chance. Rates are Gamma(r, alpha) over the
customers and chances Beta(a, b).
"""

from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from app.analytics.maths.bgnbd_likelihood import Likelihood
from app.analytics.maths.expectation import while_active
from app.analytics.maths.kinds import Codes, Floats
from app.analytics.maths.optimise import Optimum, Posterior, SoftBox, Surface, in_logs, maximise
from app.analytics.maths.posterior import normal_draws, resampled_draws
from app.analytics.maths.rows import checked, compress
from app.analytics.maths.thin import require

NAMES = ("r", "alpha", "a", "b")
FEWEST_CUSTOMERS = 10
MOST_ROWS_RESAMPLED = 5000
VISIBLE = 5.99
Prior = Literal["weak"]


def weak_prior(typical_age: float) -> SoftBox:
    """Flat over every shape seen in practice; alpha is measured against the typical age."""
    lower = np.log([0.02, 0.001 * typical_age, 0.005, 0.05])
    upper = np.log([50.0, 100 * typical_age, 50.0, 500.0])
    return SoftBox(lower, upper)


class BGNBD:
    """The BG/NBD model.

    `prior="weak"` (the default) is flat within wide bounds and pulls back softly outside them:
    the estimate is the maximum likelihood estimate unless that runs off to nowhere, as it does
    for a few dozen customers. `prior=None` is maximum likelihood alone.

    Learned by `fit`: r_, alpha_, a_, b_ (times in the unit of the input), log_likelihood_ (of
    the unscaled times, without the prior), covariance_ (4, 4) and standard_errors_ in the order
    r, alpha, a, b, converged_, customers_, drop_out_visible_. Where the data show no drop-out (an
    NBD without it explains them about as well) drop_out_visible_ is False and the standard errors
    of a and b, which would mean nothing, are NaN.
    """

    r_: float
    alpha_: float
    a_: float
    b_: float
    log_likelihood_: float
    covariance_: Floats
    standard_errors_: dict[str, float]
    converged_: bool
    drop_out_visible_: bool
    customers_: int

    def __init__(self, *, prior: Prior | None = "weak") -> None:
        self.prior = prior
        self._likelihood: Likelihood | None = None
        self._box: SoftBox | None = None

    def fit(
        self,
        frequency: npt.ArrayLike,
        recency: npt.ArrayLike,
        age: npt.ArrayLike,
        weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Learn from customer summaries (n,): repeat occasions, first to last, first to now.

        Raises ThinData (too_few_customers, no_repeat_buyers, no_time_passed), ValueError.
        """
        rows = compress(frequency, recency, age, weight)
        _require_enough(rows.customers, float(rows.weight @ (rows.x[rows.x_at] > 0)), rows.T)
        likelihood = self._likelihood = Likelihood(rows)
        typical = float(np.average(rows.T[rows.T_at], weights=rows.weight))
        self._box = weak_prior(typical) if self.prior == "weak" else None
        start = np.log([0.5, 0.25 * typical, 1.0, 3.0])
        self._learn(maximise(Posterior(likelihood, self._box).surface, start), likelihood)
        return self

    def _learn(self, optimum: Optimum, likelihood: Likelihood) -> None:
        self._theta, self._theta_covariance = optimum.theta, optimum.covariance()
        self._set(np.exp(optimum.theta))
        self.log_likelihood_ = likelihood.value(self.parameters)
        self.converged_, self.customers_ = optimum.converged, round(likelihood.customers)
        self.drop_out_visible_ = self._sees_drop_out(likelihood)
        self._set_errors()

    def _set(self, parameters: Floats) -> None:
        self.r_, self.alpha_, self.a_, self.b_ = (float(value) for value in parameters)

    def _set_errors(self) -> None:
        parameters = self.parameters
        self.covariance_ = self._theta_covariance * np.outer(parameters, parameters)
        errors = np.sqrt(np.diag(self.covariance_))
        if not self.drop_out_visible_:
            errors[2:] = np.nan
        self.standard_errors_ = dict(zip(NAMES, errors.tolist(), strict=True))

    def _sees_drop_out(self, likelihood: Likelihood) -> bool:
        """Twice the gain in log likelihood over an NBD without drop-out, against 5% of chi2(2)."""

        def without(theta: Floats) -> Surface:
            return in_logs(likelihood.buying_surface(np.exp(theta)), np.exp(theta))

        nobody_leaves = maximise(without, self._theta[:2]).surface.value
        return 2 * (self.log_likelihood_ - nobody_leaves) > VISIBLE

    @property
    def parameters(self) -> Floats:
        """r, alpha, a, b as an array (4,)."""
        return np.array([self.r_, self.alpha_, self.a_, self.b_])

    def conditional_expected_purchases(
        self, t: float, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> Floats:
        """Expected purchases (n,) in the next `t` of customers with the given histories (n,).

        Equation 10 of the paper, by quadrature: also right for hundreds of purchases.
        """
        x, t_x, T = checked(frequency, recency, age)
        pairs = Pairs(x, T)
        expected = while_active(self.parameters, np.array([float(t)]), pairs.x, pairs.T)[:, 0]
        return np.asarray(expected[pairs.at] * active(self.parameters, x, t_x, T))

    def expected_purchases(self, t: npt.ArrayLike) -> Floats:
        """Expected purchases (k,) of a new customer within each of `t` (k,) after the first."""
        times = np.atleast_1d(np.asarray(t, dtype=np.float64))
        return while_active(self.parameters, times, np.zeros(1), np.zeros(1)).ravel()

    def probability_active(
        self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> Floats:
        """The chance (n,) that a customer has not left.

        In this model nobody can leave before a repeat purchase: one-time buyers get 1, which says
        nothing about them. Never show it for them; show their expected purchases.
        """
        return active(self.parameters, *checked(frequency, recency, age))

    def parameter_draws(self, count: int, *, seed: int) -> Floats:
        """Plausible parameters (count, 4), drawn from the posterior.

        Thin data are resampled from the posterior itself, large data (and a model restored from
        JSON, which has no data any more) from its normal approximation in logs.
        """
        random, likelihood = np.random.default_rng(seed), self._likelihood
        normal = (self._theta, self._theta_covariance)
        if likelihood is None or len(likelihood.rows) > MOST_ROWS_RESAMPLED:
            return np.exp(normal_draws(*normal, count, random))
        posterior = Posterior(likelihood, self._box)
        return np.exp(resampled_draws(posterior.value, *normal, count, random))

    def to_dict(self) -> dict[str, Any]:
        """What `from_dict` needs, as plain JSON values."""
        return {
            "model": "bgnbd",
            "prior": self.prior,
            "parameters": dict(zip(NAMES, self.parameters.tolist(), strict=True)),
            "log_covariance": self._theta_covariance.tolist(),
            "log_likelihood": self.log_likelihood_,
            "customers": self.customers_,
            "converged": self.converged_,
            "drop_out_visible": self.drop_out_visible_,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The fitted model that `to_dict` described; ValueError for anything else."""
        if stored.get("model") != "bgnbd":
            raise ValueError("not a stored BG/NBD model")
        model = cls(prior=stored["prior"])
        parameters = np.array([float(stored["parameters"][name]) for name in NAMES])
        model._theta, model._theta_covariance = (
            np.log(parameters),
            np.array(stored["log_covariance"], dtype=np.float64),
        )
        model._set(parameters)
        model.log_likelihood_ = float(stored["log_likelihood"])
        model.customers_, model.converged_ = int(stored["customers"]), bool(stored["converged"])
        model.drop_out_visible_ = bool(stored["drop_out_visible"])
        model._set_errors()
        return model


class Pairs:
    """The distinct (x, T) among customers (n,), and which of them each customer has."""

    x: Floats
    T: Floats
    at: Codes

    def __init__(self, x: Floats, T: Floats) -> None:
        T_at, table = pd.factorize(T)
        self.at, keys = pd.factorize(x.astype(np.int64) * len(table) + T_at)
        self.x = np.asarray(keys // max(len(table), 1), dtype=np.float64)
        self.T = np.asarray(table, dtype=np.float64)[keys % max(len(table), 1)]


def active(parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> Floats:
    """P(still active) (n,) given parameters (4,): 1 where x is 0."""
    r, alpha, a, b = parameters
    odds = (r + x) * np.log((alpha + T) / (alpha + t_x))
    odds += np.log(a) - np.log(np.maximum(b + x - 1, 1e-300))
    return np.where(x > 0, expit(-odds), 1.0)


def _require_enough(customers: float, repeat: float, ages: Floats) -> None:
    require(
        customers >= FEWEST_CUSTOMERS,
        "too_few_customers",
        customers=round(customers),
        needed=FEWEST_CUSTOMERS,
    )
    require(bool((ages > 0).any()), "no_time_passed", customers=round(customers))
    require(repeat > 0, "no_repeat_buyers", customers=round(customers))
