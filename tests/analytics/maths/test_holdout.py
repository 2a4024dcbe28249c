import numpy as np
import pytest

from app.analytics.maths.bgnbd import BGNBD
from app.analytics.maths.holdout import holdout
from app.analytics.maths.summary import occasions
from tests.analytics.maths import cdnow


def checked_on_cdnow():
    frame, lines = cdnow.summary(), cdnow.orders()
    history = (frame.frequency, frame.recency, frame.age)
    found = occasions(
        lines["customer"],
        lines["date"],
        lines["value"],
        np.ones(len(lines), dtype=bool),
        until=cdnow.OBSERVATION_END,
    )
    days = found.day - cdnow.CALIBRATION_END.astype(np.int64)
    later = days > 0
    row = np.searchsorted(frame["customer"], found.codes[found.customer[later]])
    return holdout(BGNBD().fit(*history), *history, row, days[later] / 7, steps=39, step=1.0)


def test_the_cdnow_holdout_is_foreseen_as_the_literature_has_it():
    checked = checked_on_cdnow()
    assert checked.actual.sum() == cdnow.summary().holdout_frequency.sum()
    assert len(checked.predicted) == len(checked.actual) == 39
    # All 78 weeks within about 5%, which puts the whole error on the last 39.
    repeats = cdnow.summary().frequency.sum()
    foreseen = repeats + checked.predicted.sum()
    assert foreseen / (repeats + checked.actual.sum()) == pytest.approx(0.95, abs=0.01)
    assert checked.error == pytest.approx(-0.12, abs=0.01)
    assert np.corrcoef(np.arange(39), checked.predicted)[0, 1] < -0.9


def test_the_holdout_is_told_by_frequency():
    rows = checked_on_cdnow().by_frequency
    assert [row[0] for row in rows] == list(range(8))
    assert sum(row[1] for row in rows) == 2357
    assert [row[2] for row in rows] == sorted(row[2] for row in rows)


def test_a_holdout_without_purchases_has_no_relative_error():
    model = BGNBD.from_dict(checked_model())
    checked = holdout(model, [0, 1], [0, 3], [9, 9], [], [], steps=4, step=1.0)
    assert np.isnan(checked.error)
    assert checked.predicted.sum() == pytest.approx(
        model.conditional_expected_purchases(4, [0, 1], [0, 3], [9, 9]).sum()
    )


def checked_model():
    frame = cdnow.summary()
    return BGNBD().fit(frame.frequency, frame.recency, frame.age).to_dict()
