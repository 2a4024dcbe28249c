"""Does the model foresee what customers did after the calibration ended?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.analytics.maths.bgnbd import BGNBD, Pairs, active
from app.analytics.maths.expectation import while_active
from app.analytics.maths.kinds import Floats, Ints
from app.analytics.maths.rows import checked


@dataclass(frozen=True)
class Holdout:
    """Purchases in the holdout, as predicted and as they came.

    predicted, actual (w,): in each week (or other step) after the calibration's end, of the
    calibrated customers; error: of the whole, relative to the actual (NaN without any);
    by_frequency: rows of (x, customers, predicted mean, actual mean), the last row of all x from
    `MOST_SHOWN` up.
    """

    predicted: Floats
    actual: Ints
    error: float
    by_frequency: list[tuple[int, int, float, float]]


MOST_SHOWN = 7


def holdout(
    model: BGNBD,
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    customer: npt.ArrayLike,
    later: npt.ArrayLike,
    *,
    steps: int,
    step: float,
) -> Holdout:
    """Compare a model fitted on summaries (n,) with the holdout's occasions (h,).

    customer (h,): the row of each occasion's customer; later (h,): time after the calibration's
    end, above 0; the holdout has `steps` steps of length `step` in the model's unit. Later
    occasions than that are left out.
    """
    x, t_x, T = checked(frequency, recency, age)
    who, when = np.asarray(customer, dtype=np.intp), np.asarray(later, dtype=np.float64)
    slot = np.ceil(when / step - 1e-9).astype(np.int64) - 1
    known = (slot >= 0) & (slot < steps)
    actual = np.bincount(slot[known], minlength=steps)
    each_actual = np.bincount(who[known], minlength=len(x)).astype(np.float64)
    cumulative, each = _predicted(
        model, x, t_x, T, np.arange(1, steps + 1, dtype=np.float64) * step
    )
    total = float(actual.sum())
    return Holdout(
        predicted=np.diff(cumulative, prepend=0.0),
        actual=actual,
        error=float(cumulative[-1]) / total - 1 if total else float("nan"),
        by_frequency=_by_frequency(x, each, each_actual),
    )


def _predicted(
    model: BGNBD, x: Floats, t_x: Floats, T: Floats, times: Floats
) -> tuple[Floats, Floats]:
    """The sum over customers within each of `times` (k,), and each customer's at the last (n,)."""
    pairs, chance = Pairs(x, T), active(model.parameters, x, t_x, T)
    weight = np.bincount(pairs.at, weights=chance, minlength=len(pairs.x))
    expected = while_active(model.parameters, times, pairs.x, pairs.T)
    return weight @ expected, expected[pairs.at, -1] * chance


def _by_frequency(
    x: Floats, predicted: Floats, actual: Floats
) -> list[tuple[int, int, float, float]]:
    shown = np.minimum(x, MOST_SHOWN).astype(np.int64)
    counts = np.bincount(shown)
    foreseen, came = np.bincount(shown, weights=predicted), np.bincount(shown, weights=actual)
    return [
        (int(n), int(counts[n]), float(foreseen[n] / counts[n]), float(came[n] / counts[n]))
        for n in np.flatnonzero(counts)
    ]
