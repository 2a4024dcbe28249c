"""Customer lifetime value: expected discounted money over a stated horizon, with intervals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.analytics.maths.bgnbd import BGNBD, Pairs, active
from app.analytics.maths.clv_draws import Draws, spread
from app.analytics.maths.clv_inputs import Histories, Horizon
from app.analytics.maths.expectation import while_active
from app.analytics.maths.gamma_gamma import GammaGamma, checked_spend, expected_value
from app.analytics.maths.kinds import Codes, Floats
from app.analytics.maths.rows import checked

SAMPLE = 500
PAIRS_AT_ONCE = 20_000
CARRIED = 0.8


@dataclass(frozen=True)
class CustomerValues:
    """What each customer (n,) and all together are worth over the horizon.

    value, lower, upper: discounted money and its interval for that very customer (what he may
    really come to bring, his own luck included); expected_purchases: undiscounted;
    expected_spend: money for an occasion, before the margin; probability_active: means nothing
    for one-time buyers, whom the model gives 1. total_lower and total_upper: the interval of the
    sum. sensitivity: relative change of the total for 1% more retention (the chance to stay after
    each future purchase), buying rate, or spend.
    """

    value: Floats
    lower: Floats
    upper: Floats
    expected_purchases: Floats
    expected_spend: Floats
    probability_active: Floats
    total: float
    total_lower: float
    total_upper: float
    sensitivity: dict[str, float]
    coverage: float

    def carriers(self, share: float = CARRIED) -> int:
        """How many customers, the best first, carry `share` of the total."""
        ladder = np.cumsum(np.sort(self.value)[::-1])
        return int(np.searchsorted(ladder, share * self.total * (1 - 1e-12))) + 1


def customer_values(
    purchases: BGNBD,
    spend: GammaGamma | float,
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    monetary_value: npt.ArrayLike,
    *,
    horizon: Horizon,
    margin: float = 1.0,
    coverage: float = 0.8,
    draws: int = 100,
    seed: int = 0,
) -> CustomerValues:
    """The value of customers with the given summaries (n,), times in the model's unit.

    `spend` is a fitted model or, where data are too thin for one, a plain mean for everybody.
    `margin` is the share of the money that counts. The intervals hold what the parameters leave
    open and each customer's own randomness; `seed` makes them repeatable. ValueError for bad
    input.
    """
    _check(spend, margin, coverage, draws)
    histories = Histories(
        *checked(frequency, recency, age), checked_spend(frequency, monetary_value)[1]
    )
    point = _point(purchases, spend, histories, horizon)
    value = margin * point.discounted * point.spend
    taken = Draws.of(purchases, spend, draws, seed)
    around = spread(histories, taken, horizon, coverage, seed)
    whole = _Whole(purchases.parameters, histories, value, horizon)
    total = whole.interval(taken, margin**2 * around.variance, coverage, seed)
    bounds = (margin * around.lower, margin * around.upper)
    return CustomerValues(
        *(value, *bounds, point.purchases, point.spend, point.active),
        *(float(value.sum()), *total, whole.sensitivity(), coverage),
    )


def _check(spend: GammaGamma | float, margin: float, coverage: float, draws: int) -> None:
    if not 0 < coverage < 1 or draws < 10 or margin <= 0:
        raise ValueError("coverage must be in (0, 1), draws at least 10, margin above 0")
    if not isinstance(spend, GammaGamma) and not spend > 0:
        raise ValueError("a plain mean spend must be above 0")


@dataclass(frozen=True)
class _Point:
    """Point estimates (n,): purchases undiscounted and discounted, spend, P(active)."""

    purchases: Floats
    discounted: Floats
    spend: Floats
    active: Floats


def _point(
    purchases: BGNBD, spend: GammaGamma | float, histories: Histories, horizon: Horizon
) -> _Point:
    parameters, pairs = purchases.parameters, Pairs(histories.x, histories.T)
    both = np.empty((len(pairs.x), 2))
    for start in range(0, len(pairs.x), PAIRS_AT_ONCE):
        block = slice(start, start + PAIRS_AT_ONCE)
        expected = while_active(parameters, horizon.ends, pairs.x[block], pairs.T[block])
        both[block, 0], both[block, 1] = expected[:, -1], expected @ horizon.weights
    chance = active(parameters, histories.x, histories.t_x, histories.T)
    each = both[pairs.at] * chance[:, None]
    if isinstance(spend, GammaGamma):
        money = spend.conditional_expected_value(histories.x, histories.m)
    else:
        money = np.full(len(chance), float(spend))
    return _Point(each[:, 0], each[:, 1], money, chance)


class _Whole:
    """All customers together, seen through a sample drawn in proportion to value."""

    def __init__(
        self, parameters: Floats, histories: Histories, value: Floats, horizon: Horizon
    ) -> None:
        self._parameters, self._horizon = parameters, horizon
        self._total = float(value.sum())
        rows, counts = _by_value(value)
        self._sample, self._share = histories.take(rows), counts / max(counts.sum(), 1)
        self._base = self._discounted(parameters, 1.0, 1.0)

    def _discounted(self, parameters: Floats, retention: float, pace: float) -> Floats:
        """Expected discounted purchases of the sample, were everything so much better."""
        sample, horizon = self._sample, self._horizon
        expected = while_active(
            parameters, horizon.ends * pace, sample.x, sample.T, retention=retention
        )
        chance = active(parameters, sample.x, sample.t_x, sample.T)
        return np.asarray((expected @ horizon.weights) * chance)

    def sensitivity(self) -> dict[str, float]:
        """Relative change of the total for 1% more of each driver."""
        retention = self._discounted(self._parameters, 1.01, 1.0)
        pace = self._discounted(self._parameters, 1.0, 1.01)
        return {
            "retention": float(self._share @ (retention / self._base)) - 1,
            "buying_rate": float(self._share @ (pace / self._base)) - 1,
            "spend": 0.01,
        }

    def interval(
        self, draws: Draws, variance: Floats, coverage: float, seed: int
    ) -> tuple[float, float]:
        """The total's interval: parameters move all customers together, luck each alone."""
        sample, tail = self._sample, (1 - coverage) / 2
        before = draws.centre_spend(sample.x, sample.m)
        ratios = []
        for buying, spending in zip(draws.buying, draws.spending, strict=True):
            moved = self._discounted(buying, 1.0, 1.0) / self._base
            money = expected_value(spending, sample.x, sample.m, fallback=draws.pooled_mean)
            ratios.append(self._share @ (moved * money / before))
        luck = np.random.default_rng([seed, 2]).standard_normal(len(ratios))
        totals = self._total * np.array(ratios) + np.sqrt(variance.sum()) * luck
        low, high = np.quantile(np.maximum(totals, 0), [tail, 1 - tail])
        return float(low), float(high)


def _by_value(value: Floats) -> tuple[Codes, Floats]:
    """Rows at equal steps of the cumulated value, and how often each was hit."""
    ladder = np.cumsum(value)
    steps = (np.arange(SAMPLE) + 0.5) / SAMPLE * ladder[-1]
    rows, counts = np.unique(np.searchsorted(ladder, steps), return_counts=True)
    return np.minimum(rows, len(value) - 1), counts.astype(np.float64)
