import time
from datetime import date

import numpy as np
import pytest

from app.analytics.maths.rows import compress
from app.analytics.maths.summary import summarise
from app.analytics.maths.thin import ThinData
from tests.analytics.maths import cdnow


def told(lines, **options):
    """Lines are (customer, ISO date, value); negative values are returns."""
    customers, days, values = zip(*lines, strict=True)
    return summarise(
        customers,
        [date.fromisoformat(day) for day in days],
        values,
        [value > 0 for value in values],
        **{"observation_end": date(2024, 3, 1), **options},
    )


def test_orders_of_one_day_are_one_occasion():
    frame = told([(7, "2024-01-01", 5), (7, "2024-01-11", 20), (7, "2024-01-11", 30)])
    row = frame.iloc[0]
    assert (row.customer, row.frequency, row.recency, row.age) == (7, 1, 10, 60)
    assert row.monetary_value == 50
    assert row.total_value == 55
    assert row.first_date == np.datetime64("2024-01-01")


def test_a_return_is_netted_from_the_occasion_before_it_and_is_no_purchase():
    frame = told([(1, "2024-01-01", 5), (1, "2024-01-11", 20), (1, "2024-01-20", -8)])
    assert frame.frequency.tolist() == [1]
    assert frame.recency.tolist() == [10]
    assert frame.monetary_value.tolist() == [12]


def test_a_return_of_the_first_order_leaves_the_repeat_spend_alone():
    frame = told([(1, "2024-01-01", 5), (1, "2024-01-03", -5), (1, "2024-01-11", 20)])
    assert frame.monetary_value.tolist() == [20]
    assert frame.total_value.tolist() == [20]


def test_a_return_before_any_purchase_is_left_out():
    frame = told([(1, "2023-12-01", -5), (2, "2023-11-01", 7), (1, "2024-01-11", 20)])
    assert frame.total_value.tolist() == [20, 7]


def test_what_happens_after_the_calibration_is_only_counted():
    lines = [
        (1, "2024-01-01", 5),
        (1, "2024-02-10", 9),
        (1, "2024-02-12", -9),
        (2, "2024-02-05", 3),
    ]
    frame = told(lines, calibration_end=date(2024, 2, 1))
    assert frame.customer.tolist() == [1]
    assert frame.frequency.tolist() == [0]
    assert frame.holdout_frequency.tolist() == [1]
    assert frame.total_value.tolist() == [5]


def test_weeks_keep_their_fractions():
    frame = told([(1, "2024-01-01", 5), (1, "2024-01-11", 9)], unit="week")
    assert frame.recency.tolist() == [10 / 7]


def test_the_order_of_lines_does_not_matter():
    lines = cdnow.orders().sample(frac=1, random_state=3)
    shuffled = summarise(
        lines["customer"],
        lines["date"],
        lines["value"],
        np.ones(len(lines), dtype=bool),
        observation_end=cdnow.OBSERVATION_END,
        calibration_end=cdnow.CALIBRATION_END,
        unit="week",
    )
    np.testing.assert_allclose(
        shuffled.drop(columns="first_date"), cdnow.summary().drop(columns="first_date")
    )


def test_no_purchase_in_time_is_thin_data():
    with pytest.raises(ThinData) as caught:
        told([(1, "2024-05-01", 5)])
    assert caught.value.reason == "no_purchases"


def test_a_calibration_after_the_observation_is_refused():
    with pytest.raises(ValueError, match="must not be after"):
        told([(1, "2024-01-01", 5)], calibration_end=date(2025, 1, 1))


def test_a_missing_day_is_refused():
    with pytest.raises(ValueError, match="must not be missing"):
        summarise([1], [np.datetime64("NaT")], [1.0], [True], observation_end=date(2024, 1, 1))


def test_compression_keeps_every_customer():
    frame = cdnow.summary()
    rows = compress(frame.frequency, frame.recency, frame.age)
    assert rows.customers == 2357
    assert len(rows) < 2357
    assert (rows.weight * rows.x[rows.x_at]).sum() == frame.frequency.sum()
    assert (rows.weight * rows.t_x[rows.t_x_at]).sum() == pytest.approx(frame.recency.sum())


@pytest.mark.parametrize(
    ("x", "t_x", "T"), [(1, 5, 4), (-1, 1, 4), (1.5, 1, 4), (0, 1, 4), (1, 0, 4), (1, 1, np.nan)]
)
def test_impossible_summaries_are_refused(x, t_x, T):
    with pytest.raises(ValueError, match="must"):
        compress([x], [t_x], [T])


def test_four_hundred_thousand_lines_take_well_below_a_second():
    random = np.random.default_rng(1)
    days = np.datetime64("2022-01-01") + random.integers(0, 700, 400_000)
    started = time.process_time()
    frame = summarise(
        random.integers(0, 90_000, 400_000),
        days,
        random.gamma(2, 20, 400_000),
        np.ones(400_000, dtype=bool),
        observation_end=np.datetime64("2024-01-01"),
    )
    assert time.process_time() - started < 1
    assert len(frame) > 80_000
