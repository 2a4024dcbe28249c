import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics.maths.retention import cohort_matrix, revenue_matrix, wilson
from app.analytics.maths.thin import ThinData

lines = st.lists(
    st.tuples(st.integers(-3, 12), st.integers(5, 14), st.integers(-20, 50), st.booleans()),
    min_size=1,
    max_size=60,
).filter(lambda rows: any(row[3] for row in rows))


def slowly(rows, last_finished, kind):
    """The definition, word for word: cohort -> (size, counts)."""
    bought = {}
    for customer, period, _, is_purchase in rows:
        if is_purchase:
            bought.setdefault(customer, set()).add(period)
    cohorts = {}
    for periods in bought.values():
        cohorts.setdefault(min(periods), []).append(periods)
    width = max(0, last_finished - min(cohorts) + 1)
    return {
        cohort: (
            len(members),
            [
                None
                if cohort + k > last_finished
                else sum(cohort + k in p if kind == "on" else max(p) >= cohort + k for p in members)
                for k in range(width)
            ],
        )
        for cohort, members in sorted(cohorts.items())
    }


@settings(deadline=None)
@given(lines, st.integers(3, 17), st.sampled_from(["on", "on_or_after"]))
def test_the_matrix_is_the_definition(rows, last_finished, kind):
    customers, periods, _, is_purchase = zip(*rows, strict=True)
    matrix = cohort_matrix(
        customers, periods, last_finished=last_finished, kind=kind, is_purchase=is_purchase
    )
    found = zip(matrix.cohorts.tolist(), matrix.sizes.tolist(), matrix.rows(), strict=True)
    assert {c: (size, row) for c, size, row in found} == slowly(rows, last_finished, kind)


@settings(deadline=None)
@given(lines, st.integers(3, 17))
def test_the_revenue_is_the_definition(rows, last_finished):
    customers, periods, values, is_purchase = (np.array(v) for v in zip(*rows, strict=True))
    matrix = revenue_matrix(
        customers, periods, values, last_finished=last_finished, is_purchase=is_purchase
    )
    birth = {c: periods[(customers == c) & is_purchase].min() for c in set(customers[is_purchase])}
    for row, cohort in enumerate(matrix.cohorts):
        for age, money in enumerate(matrix.revenue[row]):
            members = np.isin(customers, [c for c, first in birth.items() if first == cohort])
            exact = values[members & (periods == cohort + age)].sum()
            blank = cohort + age > last_finished
            assert np.isnan(money) if blank else money == exact


def example(**options):
    return cohort_matrix(
        [1, 1, 1, 2, 2, 3, 3, 4], [0, 0, 1, 0, 2, 1, 2, 2], **{"last_finished": 1, **options}
    )


def test_unfinished_periods_are_blank_and_never_low():
    matrix = example()
    assert matrix.sizes.tolist() == [2, 1, 1]
    assert matrix.rows() == [[2, 1], [1, None], [None, None]]


def test_on_or_after_keeps_everybody_who_came_later():
    assert example(kind="on_or_after", last_finished=2).rows() == [
        [2, 2, 1],
        [1, 1, None],
        [1, None, None],
    ]


def test_the_average_weighs_cohorts_and_respects_blanks():
    average = example(last_finished=2).average()
    assert average.tolist() == pytest.approx([1.0, 2 / 3, 1 / 2])


def test_an_age_that_no_cohort_reached_has_no_average():
    assert np.isnan(cohort_matrix([1], [5], last_finished=6).average()).tolist() == [False, False]
    assert cohort_matrix([1], [5], last_finished=3).average().tolist() == []


def test_revenue_nets_returns_in_their_own_period():
    matrix = revenue_matrix(
        [1, 1, 1], [0, 1, 1], [10, 8, -3], last_finished=1, is_purchase=[True, True, False]
    )
    assert matrix.revenue.tolist() == [[10, 5]]
    assert matrix.shares().tolist() == [[1, 0.5]]
    assert matrix.average().tolist() == [1, 0.5]


def test_wilson_intervals_match_a_worked_example():
    low, high = wilson([10, 0], [100, 20])
    assert low.tolist() == pytest.approx([0.0552, 0.0], abs=1e-4)
    assert high.tolist() == pytest.approx([0.1744, 0.1611], abs=1e-4)


def test_intervals_of_blanks_are_blank():
    low, high = example().intervals()
    assert np.isnan(low[2]).all()
    assert (low[0] <= example().shares()[0]).all()
    assert (example().shares()[0] <= high[0]).all()


def test_no_purchase_is_thin_data():
    with pytest.raises(ThinData):
        cohort_matrix([1], [1], last_finished=3, is_purchase=[False])


def test_four_hundred_thousand_lines_take_a_blink():
    random = np.random.default_rng(1)
    customers, periods = random.integers(0, 90_000, 400_000), random.integers(0, 36, 400_000)
    started = time.process_time()
    for kind in ("on", "on_or_after"):
        cohort_matrix(customers, periods, last_finished=35, kind=kind)
    assert time.process_time() - started < 0.5
