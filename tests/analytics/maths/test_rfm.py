from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics.maths.rfm import SEGMENTS, fifths, score, segment_of, segments
from app.analytics.maths.thin import ThinData


def test_every_combination_of_scores_belongs_to_one_group():
    grid = np.array(list(product(range(1, 6), repeat=3)))
    found = [SEGMENTS[index] for index in segments(*grid.T)]
    assert len(found) == 125
    assert found == [segment_of(*scores) for scores in grid.tolist()]
    assert set(found) == set(SEGMENTS)
    assert len(SEGMENTS) == 11


@pytest.mark.parametrize(
    ("scores", "group"),
    [
        ((5, 5, 5), "champions"),
        ((3, 5, 5), "loyal"),
        ((5, 1, 1), "new"),
        ((4, 1, 1), "promising"),
        ((1, 5, 5), "cannot_lose"),
        ((2, 4, 4), "at_risk"),
        ((1, 1, 1), "lost"),
    ],
)
def test_the_groups_mean_what_their_names_say(scores, group):
    assert segment_of(*scores) == group


def test_scores_outside_one_to_five_are_refused():
    with pytest.raises(ValueError, match="1 to 5"):
        segment_of(0, 3, 3)


def test_distinct_values_make_even_fifths():
    assert np.bincount(fifths(np.arange(100.0)))[1:].tolist() == [20] * 5


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.randoms())
def test_equal_values_score_the_same_in_any_order(values, random):
    scores = dict(zip(values, fifths(np.array(values, float)).tolist(), strict=True))
    random.shuffle(values)
    assert fifths(np.array(values, float)).tolist() == [scores[value] for value in values]
    assert set(scores.values()) <= {1, 2, 3, 4, 5}
    ordered = [scores[value] for value in sorted(scores)]
    assert ordered == sorted(ordered)


def test_one_time_buyers_score_one_however_many_they_are():
    values = np.r_[np.ones(60), np.full(20, 2.0), np.arange(3.0, 23.0)]
    assert fifths(values)[[0, 60, 80]].tolist() == [1, 4, 5]


def test_values_that_are_all_equal_score_the_middle():
    assert fifths(np.full(9, 4.0)).tolist() == [3] * 9


def test_recent_customers_score_high():
    scores = score([1, 50, 100, 200, 400], [9, 3, 2, 1, 1], [900, 90, 50, 20, 10])
    assert scores.recency.tolist() == [5, 4, 3, 2, 1]
    assert scores.names()[0] == "champions"
    assert scores.names()[-1] == "lost"
    assert sum(scores.sizes().values()) == 5
    assert sum(scores.totals([1.5] * 5).values()) == 7.5


def test_fewer_than_five_customers_are_thin_data():
    with pytest.raises(ThinData) as caught:
        score([1, 2], [1, 2], [3, 4])
    assert caught.value.numbers == {"customers": 2, "needed": 5}


def test_missing_values_are_refused():
    with pytest.raises(ValueError, match="finite"):
        score([1, 2, 3, 4, np.nan], [1] * 5, [1] * 5)
