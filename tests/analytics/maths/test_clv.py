import numpy as np
import pytest

from app.analytics.maths.bgnbd import BGNBD
from app.analytics.maths.clv import customer_values
from app.analytics.maths.clv_inputs import Horizon
from app.analytics.maths.gamma_gamma import GammaGamma
from app.analytics.maths.simulate import simulate
from tests.analytics.maths import cdnow

WEEKS = 365.25 / 12 / 7
TRUTH = (0.6, 9.0, 0.8, 2.5)


def cdnow_values(**options):
    frame = cdnow.summary()
    history = (frame.frequency, frame.recency, frame.age)
    return customer_values(
        BGNBD().fit(*history),
        options.pop("spend", None) or GammaGamma().fit(frame.frequency, frame.monetary_value),
        *history,
        frame.monetary_value,
        **{"horizon": Horizon(12, WEEKS), **options},
    )


def simulated(count, seed):
    """Customers of known parameters: their history, spend so far and spend in the next year."""
    random = np.random.default_rng([seed, 7])
    people = simulate(TRUTH, random.uniform(5, 100, count), horizon=12 * WEEKS, seed=seed)
    nu, x = random.gamma(4, 1 / 15, count), people.frequency
    m = np.where(x > 0, random.gamma(6 * np.maximum(x, 1), 1 / nu) / np.maximum(x, 1), 0)
    later = np.where(people.future > 0, random.gamma(6 * np.maximum(people.future, 1), 1 / nu), 0)
    return (x, people.recency, people.age), m, later


def valued(history, m, **options):
    return customer_values(
        BGNBD().fit(*history),
        GammaGamma().fit(history[0], m),
        *history,
        m,
        **{"horizon": Horizon(12, WEEKS, 0.0), **options},
    )


def test_without_discount_the_value_is_expected_purchases_times_expected_spend():
    values = cdnow_values(horizon=Horizon(12, WEEKS, 0.0))
    frame = cdnow.summary()
    model = BGNBD().fit(frame.frequency, frame.recency, frame.age)
    expected = model.conditional_expected_purchases(
        12 * WEEKS, frame.frequency, frame.recency, frame.age
    )
    np.testing.assert_allclose(values.expected_purchases, expected)
    np.testing.assert_allclose(values.value, expected * values.expected_spend)
    assert values.total == pytest.approx(values.value.sum())


def test_each_months_purchases_are_discounted_to_its_end():
    values = cdnow_values(horizon=Horizon(2, WEEKS, 0.21))
    frame = cdnow.summary()
    model, history = BGNBD(), (frame.frequency, frame.recency, frame.age)
    one, two = (
        model.fit(*history).conditional_expected_purchases(k * WEEKS, *history) for k in (1, 2)
    )
    discounted = one * 1.21 ** (-1 / 12) + (two - one) * 1.21 ** (-2 / 12)
    np.testing.assert_allclose(values.value, discounted * values.expected_spend)


def test_a_margin_scales_all_money():
    whole, part = cdnow_values(), cdnow_values(margin=0.3)
    for name in ("value", "lower", "upper", "total", "total_lower", "total_upper"):
        np.testing.assert_allclose(getattr(part, name), 0.3 * np.array(getattr(whole, name)))


def test_a_seed_repeats_the_intervals_exactly():
    assert cdnow_values(seed=3).upper.tolist() == cdnow_values(seed=3).upper.tolist()
    assert cdnow_values(seed=3).upper.tolist() != cdnow_values(seed=4).upper.tolist()


def test_single_customers_fall_above_their_interval_as_seldom_as_they_should():
    history, m, later = simulated(6000, 1)
    values = valued(history, m, draws=200)
    assert (later > values.upper).mean() == pytest.approx(0.1, abs=0.02)
    covered = (values.lower <= later) & (later <= values.upper)
    assert covered.mean() >= 0.8
    assert values.value.sum() == pytest.approx(later.sum(), rel=0.1)


def test_the_intervals_of_regular_buyers_are_no_wider_than_needed():
    history, m, later = simulated(30_000, 2)
    values = valued(history, m, draws=100)
    regular = values.lower > 0
    covered = (values.lower <= later) & (later <= values.upper)
    assert regular.sum() > 300
    assert covered[regular].mean() == pytest.approx(0.8, abs=0.04)


def test_the_interval_of_the_total_holds_the_total_about_as_often_as_stated():
    hits = 0
    for seed in range(30):
        history, m, later = simulated(1000, 100 + seed)
        values = valued(history, m, draws=40)
        hits += values.total_lower <= later.sum() <= values.total_upper
    assert 19 <= hits <= 29


def test_a_wider_coverage_gives_wider_intervals():
    narrow, wide = cdnow_values(coverage=0.5), cdnow_values(coverage=0.9)
    assert (wide.upper >= narrow.upper).all()
    assert wide.total_upper - wide.total_lower > narrow.total_upper - narrow.total_lower


def test_the_best_customers_carry_most():
    values = cdnow_values()
    carriers = values.carriers()
    best = np.sort(values.value)[::-1]
    assert best[:carriers].sum() >= 0.8 * values.total > best[: carriers - 1].sum()


def test_a_per_cent_of_retention_is_worth_what_a_simulation_says():
    history, m, _ = simulated(20_000, 3)
    values = valued(history, m)
    r, alpha, a, b = BGNBD().fit(*history).parameters
    random = np.random.default_rng(1)
    x, t_x, T = (np.tile(v, 40) for v in history)
    gone = np.where(
        x > 0, a / np.maximum(b + x - 1, 1e-9) * ((alpha + T) / (alpha + t_x)) ** (r + x), 0
    )
    rate = random.gamma(r + x, 1 / (alpha + T)) * (random.random(len(x)) < 1 / (1 + gone))
    leaving = random.beta(a, b + x)
    spend = np.tile(values.expected_spend, 40)

    def total(p):
        # Expected purchases over the year, given the rate and the chance of leaving.
        reach = rate * 12 * WEEKS
        return (
            spend * np.where(p > 1e-9, -np.expm1(-reach * p) / np.maximum(p, 1e-9), reach)
        ).sum()

    gain = total(np.maximum(1 - 1.01 * (1 - leaving), 0)) / total(leaving) - 1
    assert values.sensitivity["retention"] == pytest.approx(gain, rel=0.1)
    assert values.sensitivity["spend"] == 0.01
    assert 0 < values.sensitivity["buying_rate"] < 0.01


def test_a_plain_mean_stands_in_for_a_spend_model():
    values = cdnow_values(spend=30.0)
    assert set(values.expected_spend) == {30.0}
    assert values.total_lower < values.total < values.total_upper
    # With a spend that never varies, single futures are whole numbers of purchases.
    undiscounted = cdnow_values(spend=30.0, horizon=Horizon(12, WEEKS, 0.0)).upper / 30
    np.testing.assert_allclose(undiscounted, undiscounted.round(), atol=0.01)


def test_forty_customers_get_finite_intervals():
    frame = cdnow.summary().sample(40, random_state=3)
    history = (frame.frequency, frame.recency, frame.age)
    values = valued(tuple(np.array(v) for v in history), frame.monetary_value.to_numpy())
    assert np.isfinite(values.upper).all()
    assert 0 <= values.total_lower < values.total < values.total_upper


@pytest.mark.parametrize("bad", [{"coverage": 1.0}, {"draws": 3}, {"margin": 0}, {"spend": -1.0}])
def test_bad_settings_are_refused(bad):
    with pytest.raises(ValueError, match=r"must"):
        cdnow_values(**bad)


def test_a_horizon_of_no_months_is_refused():
    with pytest.raises(ValueError, match="at least one month"):
        Horizon(0, WEEKS)
