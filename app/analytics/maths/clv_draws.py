"""What single customers may really come to bring: draws of their futures."""

from dataclasses import dataclass

import numpy as np

from app.analytics.maths.bgnbd import BGNBD, active
from app.analytics.maths.clv_inputs import Histories, Horizon
from app.analytics.maths.gamma_gamma import GammaGamma, expected_value
from app.analytics.maths.kinds import Codes, Floats

DRAWS_AT_ONCE = 1_000_000
SURE_P, SURE_Q = 1e9, 1e20


@dataclass(frozen=True)
class Draws:
    """Parameter draws: buying (d, 4) of r, alpha, a, b and spending (d, 3) of p, q, v."""

    buying: Floats
    spending: Floats
    centre: Floats
    pooled_mean: float

    @classmethod
    def of(cls, purchases: BGNBD, spend: GammaGamma | float, count: int, seed: int) -> "Draws":
        """Draws from the fitted models; a plain mean becomes a spend that never varies."""
        buying = purchases.parameter_draws(count, seed=seed)
        if isinstance(spend, GammaGamma):
            spending = spend.parameter_draws(count, seed=seed + 1)
            return cls(buying, spending, spend.parameters, spend.pooled_mean_)
        fixed = np.array([SURE_P, SURE_Q, float(spend) * SURE_Q / SURE_P])
        return cls(buying, np.tile(fixed, (count, 1)), fixed, float(spend))

    def centre_spend(self, x: Floats, m: Floats) -> Floats:
        """Expected spend (n,) at the point estimate."""
        return expected_value(self.centre, x, m, fallback=self.pooled_mean)


@dataclass(frozen=True)
class Spread:
    """The interval of each customer's discounted value (n,), and its variance (n,)."""

    lower: Floats
    upper: Floats
    variance: Floats


def spread(
    histories: Histories, draws: Draws, horizon: Horizon, coverage: float, seed: int
) -> Spread:
    """Intervals that hold each customer's own future with probability `coverage`.

    One-time buyers of one age are alike, so each age is drawn once. Works through the rows in
    blocks: memory stays flat.
    """
    rows, at = _distinct(histories)
    random, tail = np.random.default_rng([seed, 1]), (1 - coverage) / 2
    found = np.empty((len(rows), 3))
    size = max(1, DRAWS_AT_ONCE // len(draws.buying))
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        values = _futures(histories, block, draws, horizon, random)
        found[start : start + size, 2] = values.var(axis=1)
        values.sort(axis=1)
        found[start : start + size, :2] = _quantiles(values, tail)
    return Spread(*(np.ascontiguousarray(column) for column in found[at].T))


def _distinct(histories: Histories) -> tuple[Codes, Codes]:
    """One row for each repeat buyer and each age of one-time buyers, and where all are."""
    ages, age_at = np.unique(histories.T, return_inverse=True)
    key = np.where(histories.x > 0, len(ages) + np.arange(len(age_at)), age_at)
    _, rows, at = np.unique(key, return_index=True, return_inverse=True)
    return rows, at


def _quantiles(ordered: Floats, tail: float) -> Floats:
    """The lower and upper quantile (n, 2) of each sorted row (n, d)."""
    last = ordered.shape[1] - 1
    below = int(np.floor(tail * last))
    return ordered[:, [below, last - below]]


def _futures(
    histories: Histories,
    rows: Codes,
    draws: Draws,
    horizon: Horizon,
    random: np.random.Generator,
) -> Floats:
    """Discounted value (n, d): one drawn future for each row and parameter draw.

    Purchases are a Poisson count M in the horizon, cut at the purchase after which the customer
    leaves; the first N of M arrivals lie on average at t (N + 1) / (2 (M + 1)).
    """
    shape = (len(rows), len(draws.buying))
    column = {name: getattr(histories, name)[rows, None] for name in ("x", "t_x", "T", "m")}
    chance = active(draws.buying.T, column["x"], column["t_x"], column["T"])
    who, which = np.nonzero(random.random(shape) < chance)
    r, alpha, a, b = draws.buying.T
    x, T = column["x"][who, 0], column["T"][who, 0]
    reach = horizon.months * horizon.month
    rate = random.standard_gamma(r[which] + x) / (alpha[which] + T)
    wanted = random.poisson(np.minimum(rate * reach, 1e15))
    buys = np.flatnonzero(wanted)
    who, which, wanted, x = who[buys], which[buys], wanted[buys].astype(np.float64), x[buys]
    leaving = random.beta(a[which], b[which] + x)
    bought = np.minimum(wanted, _stays(leaving, random))
    months = horizon.months * (bought + 1) / (2 * (wanted + 1)) + 0.5
    money = _money(bought, x, column["m"][who, 0], draws.spending[which].T, random)
    values = np.zeros(shape)
    values[who, which] = money * (1 + horizon.yearly_rate) ** (-months / 12)
    return values


def _stays(leaving: Floats, random: np.random.Generator) -> Floats:
    """The purchase (n,) after which each customer leaves: 1, 2, ... with chance `leaving`."""
    wait = random.standard_exponential(len(leaving))
    hazard = -np.log1p(-np.clip(leaving, 1e-300, 1 - 1e-16))
    return np.asarray(np.ceil(np.maximum(wait / hazard, 1e-300)))


def _money(
    bought: Floats, x: Floats, m: Floats, spending: Floats, random: np.random.Generator
) -> Floats:
    """What `bought` purchases bring (n,), from the customer's own drawn mean spend."""
    p, q, v = spending
    nu = random.standard_gamma(q + p * x) / (v + x * np.maximum(m, 0))
    return np.asarray(random.standard_gamma(p * bought) / np.maximum(nu, 1e-300))
