import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics.maths.gamma_gamma import GammaGamma, SpendLikelihood
from app.analytics.maths.thin import ThinData
from tests.analytics.maths import cdnow


def fitted(**options):
    frame = cdnow.summary()
    return GammaGamma(**options).fit(frame.frequency, frame.monetary_value)


@pytest.mark.parametrize("prior", [None, "weak"])
def test_the_published_cdnow_figures_come_out(prior):
    model = fitted(prior=prior)
    assert model.parameters.round(2).tolist() == [6.25, 3.74, 15.44]
    assert round(model.log_likelihood_, 2) == -4055.92
    assert (model.customers_, model.excluded_) == (946, 0)
    assert model.converged_


def test_spend_and_frequency_are_reported_as_hardly_related():
    assert fitted().correlation_ == pytest.approx(0.11, abs=0.01)


@settings(max_examples=60, deadline=None)
@given(st.tuples(st.floats(0.2, 20), st.floats(0.5, 20), st.floats(0.5, 80)), st.integers(0, 2**20))
def test_slope_and_curvature_agree_with_finite_differences(point, seed):
    random, point = np.random.default_rng(seed), np.array(point)
    likelihood = SpendLikelihood(
        random.integers(1, 30, 40).astype(float), random.gamma(2, 20, 40) + 0.1
    )
    surface = likelihood.surface(point)
    for axis, size in enumerate(1e-5 * point):
        step = np.eye(3)[axis] * size
        up, down = likelihood.surface(point + step), likelihood.surface(point - step)
        slope = (up.value - down.value) / (2 * size)
        noise = 1e-9 * abs(surface.value) / point[axis]
        assert slope == pytest.approx(surface.gradient[axis], rel=1e-3, abs=noise + 1e-3)
        curve = (up.gradient - down.gradient) / (2 * size)
        room = 1e-3 * (np.abs(surface.hessian[axis]) + np.abs(surface.gradient) / point[axis])
        assert (np.abs(curve - surface.hessian[axis]) <= room + 1e-3).all()


def test_the_expected_spend_lies_between_the_customer_and_the_population():
    model = fitted()
    population = model.p_ * model.v_ / (model.q_ - 1)
    expected = model.conditional_expected_value([0, 1, 30], [0, 100, 100])
    assert expected[0] == pytest.approx(population)
    assert population < expected[1] < expected[2] < 100


def test_simulated_spends_give_their_parameters_back():
    random, truth = np.random.default_rng(3), np.array([6.0, 4.0, 15.0])
    x = random.integers(1, 9, 20_000)
    m = random.gamma(6 * x, 1 / random.gamma(4, 1 / 15, 20_000)) / x
    model = GammaGamma().fit(x, m)
    errors = np.array(list(model.standard_errors_.values()))
    assert (np.abs(model.parameters - truth) < 3 * errors).all()


def test_money_in_other_units_scales_only_v():
    frame = cdnow.summary()
    cents = GammaGamma().fit(frame.frequency, frame.monetary_value * 100)
    np.testing.assert_allclose(cents.parameters, fitted().parameters * [1, 1, 100], rtol=1e-3)


def test_repeat_buyers_whose_returns_ate_everything_are_left_out_and_counted():
    frame = cdnow.summary()
    x, m = np.r_[frame.frequency, 2, 3], np.r_[frame.monetary_value, 0, -4]
    model = GammaGamma().fit(x, m)
    assert model.excluded_ == 2
    assert model.parameters.tolist() == fitted().parameters.tolist()
    assert model.conditional_expected_value([3], [-4])[0] > 0


@pytest.mark.parametrize("seed", range(8))
def test_a_dozen_buyers_give_finite_sane_numbers(seed):
    repeat = cdnow.summary().query("frequency > 0").sample(12, random_state=seed)
    model = GammaGamma().fit(repeat.frequency, repeat.monetary_value)
    assert np.isfinite(model.covariance_).all()
    assert np.isfinite(model.parameter_draws(50, seed=1)).all()
    assert 0 < model.conditional_expected_value([0], [0])[0] < 5 * repeat.monetary_value.max()


def test_equal_spends_still_give_a_finite_model():
    model = GammaGamma().fit([1] * 20, [10.0] * 20)
    assert np.isnan(model.correlation_)
    assert model.conditional_expected_value([0, 4], [0, 10]) == pytest.approx([10, 10], rel=0.1)


def test_an_infinite_population_mean_falls_back_on_the_pooled_one():
    random = np.random.default_rng(1)
    m = random.gamma(2.0, 1 / random.gamma(0.5, 1 / 15, 4000))
    model = GammaGamma(prior=None).fit(np.ones(4000), m)
    assert not model.mean_exists_
    assert model.conditional_expected_value([0], [0])[0] == pytest.approx(m.mean())


def test_too_few_repeat_buyers_are_thin_data():
    with pytest.raises(ThinData) as caught:
        GammaGamma().fit([0, 0, 1, 2], [0, 0, 5, 6])
    assert caught.value.reason == "too_few_repeat_buyers"
    assert caught.value.numbers == {"repeat_buyers": 2, "needed": 5}


def test_a_model_comes_back_from_json():
    model = fitted()
    again = GammaGamma.from_dict(json.loads(json.dumps(model.to_dict())))
    np.testing.assert_array_equal(again.parameters, model.parameters)
    np.testing.assert_array_equal(again.covariance_, model.covariance_)
    assert again.pooled_mean_ == model.pooled_mean_
