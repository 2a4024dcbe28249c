import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betaln, hyp2f1

from app.analytics.maths.bgnbd import BGNBD
from app.analytics.maths.bgnbd_likelihood import Likelihood
from app.analytics.maths.expectation import while_active
from app.analytics.maths.rows import compress
from app.analytics.maths.simulate import simulate
from app.analytics.maths.thin import ThinData
from tests.analytics.maths import cdnow

PUBLISHED = np.array([0.243, 4.414, 0.793, 2.426])


def fitted(**options):
    frame = cdnow.summary()
    return BGNBD(**options).fit(frame.frequency, frame.recency, frame.age)


@pytest.mark.parametrize("prior", [None, "weak"])
def test_the_published_cdnow_figures_come_out(prior):
    model = fitted(prior=prior)
    assert model.parameters.round(3).tolist() == PUBLISHED.tolist()
    assert round(model.log_likelihood_, 1) == -9582.4
    assert model.converged_
    assert model.drop_out_visible_
    assert model.customers_ == 2357


def test_the_published_conditional_expectation_comes_out():
    expected = fitted().conditional_expected_purchases(39, [2], [30.43], [38.86])
    assert expected[0] == pytest.approx(1.226, abs=0.0005)


def test_the_order_of_customers_does_not_matter():
    frame = cdnow.summary().sample(frac=1, random_state=8)
    model = BGNBD().fit(frame.frequency, frame.recency, frame.age)
    assert model.parameters.tolist() == fitted().parameters.tolist()


def test_days_and_weeks_tell_the_same_story():
    frame = cdnow.summary()
    days = BGNBD().fit(frame.frequency, frame.recency * 7, frame.age * 7)
    np.testing.assert_allclose(days.parameters, fitted().parameters * [1, 7, 1, 1], rtol=1e-4)
    repeats = frame.frequency.sum() * np.log(7)
    assert days.log_likelihood_ + repeats == pytest.approx(fitted().log_likelihood_, abs=1e-4)


def test_weights_stand_for_equal_customers():
    one = BGNBD().fit([0, 1, 2, 5], [0, 3, 9, 20], [30, 31, 28, 25], weight=[60, 20, 10, 10])
    many = np.repeat([[0, 0, 30], [1, 3, 31], [2, 9, 28], [5, 20, 25]], [60, 20, 10, 10], axis=0)
    np.testing.assert_allclose(one.parameters, BGNBD().fit(*many.T).parameters, rtol=1e-9)


parameters = st.tuples(
    st.floats(0.05, 8), st.floats(0.2, 80), st.floats(0.05, 8), st.floats(0.1, 30)
)


@settings(max_examples=60, deadline=None)
@given(parameters, st.integers(0, 2**20))
def test_slope_and_curvature_agree_with_finite_differences(point, seed):
    random, point = np.random.default_rng(seed), np.array(point)
    x = random.integers(0, 30, 40)
    T = random.uniform(1, 60, 40)
    likelihood = Likelihood(compress(x, np.where(x > 0, T * random.uniform(0.01, 1, 40), 0), T))
    surface = likelihood.surface(point)
    assert surface.value == pytest.approx(likelihood.value(point), rel=1e-12)
    for axis, size in enumerate(1e-5 * point):
        step = np.eye(4)[axis] * size
        up, down = likelihood.surface(point + step), likelihood.surface(point - step)
        slope = (up.value - down.value) / (2 * size)
        scale = abs(surface.gradient[axis]) + 1e-10 * abs(surface.value) / size
        assert slope == pytest.approx(surface.gradient[axis], abs=1e-4 * scale + 1e-6)
        curve = (up.gradient - down.gradient) / (2 * size)
        room = (
            1e-4 * (np.abs(surface.hessian[axis]) + np.abs(surface.gradient) / point[axis]) + 1e-5
        )
        assert (np.abs(curve - surface.hessian[axis]) <= room).all()


def test_simulated_customers_give_their_parameters_back():
    truth = np.array([0.6, 9.0, 0.8, 2.5])
    ages = np.random.default_rng(2).uniform(20, 100, 30_000)
    customers = simulate(truth, ages, seed=4)
    model = BGNBD().fit(customers.frequency, customers.recency, customers.age)
    errors = np.array(list(model.standard_errors_.values()))
    assert (np.abs(model.parameters - truth) < 3 * errors).all()
    assert (errors / truth < 0.1).all()


def test_expectations_match_what_simulated_customers_do():
    truth = np.array([0.6, 9.0, 0.8, 2.5])
    customers = simulate(truth, np.full(200_000, 40.0), horizon=30, seed=5)
    model = BGNBD().fit(customers.frequency, customers.recency, customers.age)
    expected = model.conditional_expected_purchases(
        30, customers.frequency, customers.recency, customers.age
    )
    for x in (0, 1, 3):
        alike = customers.frequency == x
        assert expected[alike].mean() == pytest.approx(customers.future[alike].mean(), rel=0.05)


def textbook(parameters, t, x, t_x, T):
    """Equation 10 of the paper, as printed."""
    r, alpha, a, b = parameters
    hyper = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
    top = (a + b + x - 1) / (a - 1) * (1 - ((alpha + T) / (alpha + T + t)) ** (r + x) * hyper)
    gone = (x > 0) * a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x)
    return top / (1 + gone)


@pytest.mark.parametrize(("x", "t_x", "T"), [(0, 0, 20), (1, 3, 38), (12, 30, 35), (40, 30, 31)])
def test_expectations_agree_with_the_papers_formula(x, t_x, T):
    model = fitted()
    ours = model.conditional_expected_purchases(52, [x], [t_x], [T])[0]
    assert ours == pytest.approx(textbook(model.parameters, 52, x, t_x, T), rel=1e-9)


def by_integration(parameters, t, x, T):
    r, alpha, a, b = parameters

    def mass(p):
        bought = -np.expm1(-(r + x) * np.log1p(p * t / (alpha + T))) / p
        beta = (a - 1) * np.log(p) + (b + x - 1) * np.log1p(-p) - betaln(a, b + x)
        return bought * np.exp(beta)

    cuts = np.r_[0, np.geomspace(1e-9, 0.9, 40), 1]
    return sum(quad(mass, low, high)[0] for low, high in pairwise(cuts))


@pytest.mark.parametrize("x", [301, 900, 4000])
@pytest.mark.parametrize("a", [1.0, 1.7])
def test_hundreds_of_purchases_stay_exact(x, a):
    parameters = np.array([0.243, 4.414, a, 2.426])
    ours = while_active(parameters, np.array([39.0]), np.array([float(x)]), np.array([38.86]))
    assert ours[0, 0] == pytest.approx(by_integration(parameters, 39, x, 38.86), rel=1e-6)


def test_a_buyer_of_hundreds_does_not_upset_the_fit():
    frame = cdnow.summary()
    x, t_x, T = (
        np.r_[frame[n], last] for n, last in (("frequency", 800), ("recency", 38.0), ("age", 38.5))
    )
    model = BGNBD().fit(x, t_x, T)
    assert model.converged_
    assert np.isfinite(model.conditional_expected_purchases(39, x, t_x, T)).all()


def test_a_new_customer_of_long_standing_models_buys_more_with_time():
    expected = fitted().expected_purchases([1, 10, 100, 1000])
    assert (np.diff(expected) > 0).all()
    textbook_new = textbook(fitted().parameters, 10, 0, 0, 0)
    assert expected[1] == pytest.approx(textbook_new, rel=1e-9)


def test_one_time_buyers_always_get_an_activity_of_one():
    assert fitted().probability_active([0, 0, 2], [0, 0, 5], [1, 38, 38]).tolist()[:2] == [1, 1]


@pytest.mark.parametrize("seed", range(12))
def test_forty_customers_give_finite_sane_numbers(seed):
    frame = cdnow.summary().sample(40, random_state=seed)
    model = BGNBD().fit(frame.frequency, frame.recency, frame.age)
    expected = model.conditional_expected_purchases(39, frame.frequency, frame.recency, frame.age)
    draws = model.parameter_draws(50, seed=1)
    assert model.converged_
    assert np.isfinite(model.parameters).all()
    assert np.isfinite(model.covariance_).all()
    assert np.isfinite(draws).all()
    assert 0 < expected.sum() < 10 * max(frame.frequency.sum(), 5)


@pytest.mark.parametrize("prior", [None, "weak"])
def test_customers_who_never_leave_are_seen_as_such(prior):
    random = np.random.default_rng(6)
    T = random.uniform(20, 60, 3000)
    counts = random.poisson(random.gamma(2, 1 / 10, 3000) * T)
    last = np.where(counts > 0, T * random.beta(np.maximum(counts, 1), 1), 0)
    model = BGNBD(prior=prior).fit(counts, last, T)
    assert not model.drop_out_visible_
    assert np.isnan(model.standard_errors_["a"])
    assert np.isfinite(model.parameters).all()
    assert model.r_ == pytest.approx(2, rel=0.15)
    expected = model.conditional_expected_purchases(10, counts, last, T)
    assert expected.sum() == pytest.approx(10 * counts.sum() / T.mean(), rel=0.1)


def test_a_model_comes_back_from_json():
    model = fitted()
    again = BGNBD.from_dict(json.loads(json.dumps(model.to_dict())))
    np.testing.assert_array_equal(again.parameters, model.parameters)
    assert again.standard_errors_ == model.standard_errors_
    assert again.log_likelihood_ == model.log_likelihood_
    assert again.parameter_draws(5, seed=1).shape == (5, 4)


def test_something_else_is_no_stored_model():
    with pytest.raises(ValueError, match="not a stored"):
        BGNBD.from_dict({"model": "gamma_gamma"})


@pytest.mark.parametrize(
    ("x", "t_x", "T", "reason"),
    [
        ([1] * 9, [1] * 9, [2] * 9, "too_few_customers"),
        ([0] * 50, [0] * 50, [2] * 50, "no_repeat_buyers"),
        ([0] * 50, [0] * 50, [0] * 50, "no_time_passed"),
    ],
)
def test_thin_data_say_what_is_missing(x, t_x, T, reason):
    with pytest.raises(ThinData) as caught:
        BGNBD().fit(x, t_x, T)
    assert caught.value.reason == reason
    assert caught.value.numbers["customers"] == len(x)


def test_draws_have_the_spread_of_the_standard_errors_and_a_seed():
    model = fitted()
    draws = model.parameter_draws(400, seed=9)
    np.testing.assert_allclose(draws[:, 0].std(), model.standard_errors_["r"], rtol=0.25)
    assert draws.tolist() == model.parameter_draws(400, seed=9).tolist()
    assert draws.tolist() != model.parameter_draws(400, seed=10).tolist()
