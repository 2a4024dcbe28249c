"""Gamma-Gamma: what customers spend on an occasion.

Fader and Hardie, "The Gamma-Gamma model of monetary value" (2013). A customer's spends are
Gamma(p, nu) around his own mean, and nu is Gamma(q, gamma) over the customers. Software for the
model calls the scale gamma `v`, and so does this module.
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, psi

from app.analytics.maths.bgnbd import Prior
from app.analytics.maths.kinds import Codes, Floats
from app.analytics.maths.optimise import Optimum, Posterior, SoftBox, Surface, maximise
from app.analytics.maths.posterior import normal_draws, resampled_draws
from app.analytics.maths.special import trigamma
from app.analytics.maths.thin import require

NAMES = ("p", "q", "v")
FEWEST_BUYERS = 5
MOST_ROWS_RESAMPLED = 5000


class SpendLikelihood:
    """Equation 1a of the note over repeat buyers: x (n,) occasions of mean value m (n,)."""

    def __init__(self, x: Floats, m: Floats) -> None:
        self.x, self.m = x, m
        self._table, at = np.unique(x, return_inverse=True)
        self._at: Codes = at
        self._logs = np.log(x) + np.log(m)
        self._fixed = float(np.log(m).sum())

    def value(self, parameters: Floats) -> float:
        """The log likelihood alone; parameters (3,) are p, q, v."""
        p, q, v = parameters
        table = gammaln(p * self._table + q) - gammaln(p * self._table)
        n, mass = p * self.x, np.log(v + self.m * self.x)
        value = table[self._at].sum() + len(n) * (q * np.log(v) - gammaln(q))
        return float(value + n @ self._logs - self._fixed - (n + q) @ mass)

    def surface(self, parameters: Floats) -> Surface:
        """The log likelihood, its gradient (3,) and Hessian (3, 3)."""
        (p, q, v), x, count = parameters, self.x, len(self.x)
        top, inner = psi(p * self._table + q)[self._at], psi(p * self._table)[self._at]
        mass = v + self.m * x
        log_mass, shape = np.log(mass), p * x + q
        slope_p = x @ (top - inner + self._logs - log_mass)
        slope_q = top.sum() - log_mass.sum() + count * (np.log(v) - psi(q))
        slope_v = count * q / v - (shape / mass).sum()
        gradient = np.array([slope_p, slope_q, slope_v])
        return Surface(self.value(parameters), gradient, self._hessian(p, q, v, shape / mass))

    def _hessian(self, p: float, q: float, v: float, ratio: Floats) -> Floats:
        x, count, mass = self.x, len(self.x), v + self.m * self.x
        top = trigamma(p * self._table + q)[self._at]
        inner = trigamma(p * self._table)[self._at]
        pp, pq, pv = x**2 @ (top - inner), x @ top, -(x / mass).sum()
        qq, qv = top.sum() - count * trigamma(q), count / v - (1 / mass).sum()
        vv = (ratio / mass).sum() - count * q / v**2
        return np.array([[pp, pq, pv], [pq, qq, qv], [pv, qv, vv]])


class GammaGamma:
    """The Gamma-Gamma model of spend.

    `prior="weak"` is flat within wide bounds, soft outside; `prior=None` is maximum likelihood
    alone. Learned by `fit`: p_, q_, v_ (v in the unit of money), log_likelihood_, covariance_
    (3, 3) and standard_errors_ in the order p, q, v, converged_, customers_ (repeat buyers used),
    excluded_ (repeat buyers without a positive mean), correlation_ of spend and frequency (the
    model takes them as unrelated; NaN when either does not vary), mean_exists_ (q above 1: else
    the spends' tail is too heavy for a population mean) and pooled_mean_, the plain mean over all
    repeat occasions, which stands in where the mean does not exist.
    """

    p_: float
    q_: float
    v_: float
    log_likelihood_: float
    covariance_: Floats
    standard_errors_: dict[str, float]
    converged_: bool
    customers_: int
    excluded_: int
    correlation_: float
    mean_exists_: bool
    pooled_mean_: float

    def __init__(self, *, prior: Prior | None = "weak") -> None:
        self.prior = prior
        self._likelihood: SpendLikelihood | None = None
        self._box: SoftBox | None = None

    def fit(self, frequency: npt.ArrayLike, monetary_value: npt.ArrayLike) -> Self:
        """Learn from repeat occasions x (n,) and their mean net value (n,).

        One-time buyers, and repeat buyers whose returns ate all they spent, are left out.
        Raises ThinData (too_few_repeat_buyers), ValueError.
        """
        x, m = checked_spend(frequency, monetary_value)
        used = (x > 0) & (m > 0)
        self.customers_, self.excluded_ = int(used.sum()), int(((x > 0) & (m <= 0)).sum())
        require(
            self.customers_ >= FEWEST_BUYERS,
            "too_few_repeat_buyers",
            repeat_buyers=self.customers_,
            needed=FEWEST_BUYERS,
        )
        x, m = x[used], m[used]
        self.correlation_, self.pooled_mean_ = _correlation(x, m), float(np.average(m, weights=x))
        likelihood = self._likelihood = SpendLikelihood(x, m)
        self._box = weak_prior(self.pooled_mean_) if self.prior == "weak" else None
        start = np.log([2.0, 3.0, self.pooled_mean_])
        self._learn(maximise(Posterior(likelihood, self._box).surface, start))
        self.log_likelihood_ = likelihood.value(self.parameters)
        return self

    def _learn(self, optimum: Optimum) -> None:
        self._theta, self._theta_covariance = optimum.theta, optimum.covariance()
        self.converged_ = optimum.converged
        self._set(np.exp(optimum.theta))

    def _set(self, parameters: Floats) -> None:
        self.p_, self.q_, self.v_ = (float(value) for value in parameters)
        self.mean_exists_ = self.q_ > 1
        self.covariance_ = self._theta_covariance * np.outer(parameters, parameters)
        errors = np.sqrt(np.diag(self.covariance_))
        self.standard_errors_ = dict(zip(NAMES, errors.tolist(), strict=True))

    @property
    def parameters(self) -> Floats:
        """p, q, v as an array (3,)."""
        return np.array([self.p_, self.q_, self.v_])

    def conditional_expected_value(
        self, frequency: npt.ArrayLike, monetary_value: npt.ArrayLike
    ) -> Floats:
        """Expected value of an occasion (n,), given x (n,) repeat occasions of mean m (n,).

        Equation 5 of the note. A negative m counts as 0. One-time buyers get the population's
        mean; where that does not exist, `pooled_mean_`.
        """
        x, m = checked_spend(frequency, monetary_value)
        return expected_value(self.parameters, x, m, fallback=self.pooled_mean_)

    def parameter_draws(self, count: int, *, seed: int) -> Floats:
        """Plausible parameters (count, 3); as in `BGNBD.parameter_draws`."""
        random, likelihood = np.random.default_rng(seed), self._likelihood
        normal = (self._theta, self._theta_covariance)
        if likelihood is None or len(likelihood.x) > MOST_ROWS_RESAMPLED:
            return np.exp(normal_draws(*normal, count, random))
        posterior = Posterior(likelihood, self._box)
        return np.exp(resampled_draws(posterior.value, *normal, count, random))

    def to_dict(self) -> dict[str, Any]:
        """What `from_dict` needs, as plain JSON values."""
        return {
            "model": "gamma_gamma",
            "prior": self.prior,
            "parameters": dict(zip(NAMES, self.parameters.tolist(), strict=True)),
            "log_covariance": self._theta_covariance.tolist(),
            "log_likelihood": self.log_likelihood_,
            "customers": self.customers_,
            "excluded": self.excluded_,
            "converged": self.converged_,
            "correlation": None if np.isnan(self.correlation_) else self.correlation_,
            "pooled_mean": self.pooled_mean_,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The fitted model that `to_dict` described; ValueError for anything else."""
        if stored.get("model") != "gamma_gamma":
            raise ValueError("not a stored Gamma-Gamma model")
        model = cls(prior=stored["prior"])
        parameters = np.array([float(stored["parameters"][name]) for name in NAMES])
        model._theta = np.log(parameters)
        model._theta_covariance = np.array(stored["log_covariance"], dtype=np.float64)
        model._set(parameters)
        model.log_likelihood_ = float(stored["log_likelihood"])
        model.customers_, model.excluded_ = int(stored["customers"]), int(stored["excluded"])
        model.converged_, model.pooled_mean_ = stored["converged"], float(stored["pooled_mean"])
        correlation = stored["correlation"]
        model.correlation_ = float("nan") if correlation is None else float(correlation)
        return model


def weak_prior(typical_spend: float) -> SoftBox:
    """Flat over every shape seen in practice; v is measured against the typical spend."""
    lower = np.log([0.05, 1.05, 0.001 * typical_spend])
    return SoftBox(lower, np.log([500.0, 500.0, 1000 * typical_spend]))


def checked_spend(frequency: npt.ArrayLike, monetary_value: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Both as float arrays (n,); ValueError unless finite and of one length."""
    x = np.asarray(frequency, dtype=np.float64).ravel()
    m = np.asarray(monetary_value, dtype=np.float64).ravel()
    if len(x) != len(m) or not bool(np.isfinite(x).all() and np.isfinite(m).all()):
        raise ValueError("frequency and monetary_value must be finite numbers of one length")
    if bool((x < 0).any()):
        raise ValueError("frequency must be whole numbers from 0 up")
    return x, m


def expected_value(parameters: Floats, x: Floats, m: Floats, *, fallback: float) -> Floats:
    """Mean value of an occasion (n,) given parameters (3,); `fallback` where it is infinite."""
    p, q, v = parameters
    freedom = p * x + q - 1
    mean = p * (v + x * np.maximum(m, 0)) / np.where(freedom > 0, freedom, 1)
    return np.asarray(np.where(freedom > 0, mean, fallback))


def _correlation(x: Floats, m: Floats) -> float:
    """Pearson's, or NaN when either does not vary."""
    if np.ptp(x) == 0 or np.ptp(m) == 0:
        return float("nan")
    return float(np.corrcoef(x, m)[0, 1])
