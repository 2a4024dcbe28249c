"""The purchase model, the spend model and what they say about each customer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from app.analytics.datasets import OrderDays
from app.analytics.maths.bgnbd import BGNBD
from app.analytics.maths.clv import CustomerValues, customer_values
from app.analytics.maths.clv_inputs import Horizon
from app.analytics.maths.gamma_gamma import GammaGamma
from app.analytics.maths.holdout import holdout
from app.analytics.maths.kinds import Ints
from app.analytics.maths.summary import DAYS_IN, Unit, occasions, summarise
from app.analytics.maths.thin import ThinData
from app.analytics.reports.base import Basis, Lacking, Outcome, Tell
from app.analytics.reports.clv.parameters import ClvParameters
from app.analytics.reports.common import covered
from app.crm.scores.actions import Valued

MONTH_DAYS = 365.25 / 12
COVERAGE = 0.8
DRAWS = 200
TOP = 50
CURVE_POINTS = 41
BARS = 10
LEAST_HOLDOUT_WEEKS, MOST_HOLDOUT_WEEKS = 4, 39
BAND = 1.2816  # standard deviations on either side that hold 80%


def compute(days: OrderDays, parameters: ClvParameters, basis: Basis, tell: Tell) -> Outcome:
    """Fit, value and check; money in minor units throughout the result. Raises ThinData."""
    known = parameters.calibration_end or basis.as_of
    models = _Models.fit(days, known, parameters.unit, 10.0**basis.exponent)
    tell(0.3)
    values = models.values(parameters)
    tell(0.7)
    scores = _scores(days, models, values, parameters.horizon)
    result = {
        **models.described(),
        **_worth(models, values, scores),
        "horizon": parameters.horizon,
        "discount": parameters.discount,
        "coverage": COVERAGE,
        "calibration_end": known.isoformat(),
        "holdout": _check(days, models, parameters, basis),
        "top": _top(scores, models),
        **covered(days, basis),
    }
    is_usual = parameters.observation_end is None and parameters.calibration_end is None
    return Outcome(result, scores if is_usual else None)


@dataclass(frozen=True)
class _Models:
    """The two fitted models with the customers (n,) they were fitted on; money in major units.

    spend is a plain mean where too few came back for a model of it.
    """

    customers: pd.DataFrame
    buying: BGNBD
    spend: GammaGamma | float
    unit: Unit
    scale: float

    @classmethod
    def fit(cls, days: OrderDays, known: date, unit: str, scale: float) -> _Models:
        kind: Unit = "week" if unit == "week" else "day"
        contact, day, value, is_purchase = days.columns
        frame = summarise(
            contact, day, value / scale, is_purchase, observation_end=known, unit=kind
        )
        buying = BGNBD().fit(frame["frequency"], frame["recency"], frame["age"])
        return cls(frame, buying, _spend(frame), kind, scale)

    def values(self, parameters: ClvParameters) -> CustomerValues:
        month = MONTH_DAYS / DAYS_IN[self.unit]
        frame = self.customers
        return customer_values(
            self.buying,
            self.spend,
            frame["frequency"],
            frame["recency"],
            frame["age"],
            frame["monetary_value"],
            horizon=Horizon(parameters.horizon, month, parameters.discount / 100),
            coverage=COVERAGE,
            draws=DRAWS,
        )

    def described(self) -> dict[str, Any]:
        model = self.buying
        names = ("r", "alpha", "a", "b")
        repeat = int((self.customers["frequency"] > 0).sum())
        return {
            "model": "bgnbd",
            "unit": self.unit,
            "parameters": dict(zip(names, model.parameters.tolist(), strict=True)),
            "standard_errors": {
                name: None if math.isnan(error) else error
                for name, error in model.standard_errors_.items()
            },
            "log_likelihood": model.log_likelihood_,
            "customers": model.customers_,
            "converged": model.converged_,
            "drop_out_visible": model.drop_out_visible_,
            "repeat_buyers": repeat,
            "one_time_buyers": model.customers_ - repeat,
            "spend": _described_spend(self.spend),
        }


def _spend(frame: pd.DataFrame) -> GammaGamma | float:
    """The spend model, or the mean of all occasions where repeat buyers are too few for one."""
    try:
        return GammaGamma().fit(frame["frequency"], frame["monetary_value"])
    except ThinData:
        mean = float(frame["total_value"].sum() / (frame["frequency"] + 1).sum())
        if mean <= 0:
            raise Lacking("no_value", customers=len(frame)) from None
        return mean


def _described_spend(spend: GammaGamma | float) -> dict[str, Any]:
    if not isinstance(spend, GammaGamma):
        return {"model": "mean", "mean": spend}
    correlation = spend.correlation_
    return {
        "model": "gamma_gamma",
        "parameters": {"p": spend.p_, "q": spend.q_, "v": spend.v_},
        "log_likelihood": spend.log_likelihood_,
        "customers": spend.customers_,
        "excluded": spend.excluded_,
        "correlation": None if math.isnan(correlation) else correlation,
        "mean_exists": spend.mean_exists_,
    }


def _minor(values: Any, scale: float) -> list[int]:
    rounded: list[int] = np.rint(np.asarray(values) * scale).astype(np.int64).tolist()
    return rounded


def _scores(days: OrderDays, models: _Models, values: CustomerValues, months: int) -> Valued:
    codes = models.customers["customer"].tolist()
    return Valued(
        contacts=[days.contacts[code] for code in codes],
        worth=_minor(values.value, models.scale),
        low=_minor(values.lower, models.scale),
        high=_minor(values.upper, models.scale),
        expected_purchases=np.round(values.expected_purchases, 4).tolist(),
        months=months,
    )


def _worth(models: _Models, values: CustomerValues, scores: Valued) -> dict[str, Any]:
    worth = np.array(scores.worth, dtype=np.int64)
    total, low, high = _minor([values.total, values.total_lower, values.total_upper], models.scale)
    edges = bar_edges(int(np.median(worth)), int(worth.max()))
    return {
        "total": total,
        "total_low": low,
        "total_high": high,
        "mean": int(worth.mean()),
        "median": int(np.median(worth)),
        "carriers": values.carriers(),
        "historic_total": _minor([models.customers["total_value"].sum()], models.scale)[0],
        "expected_purchases": float(values.expected_purchases.sum()),
        "sensitivity": values.sensitivity,
        "histogram": {"edges": edges, "counts": bar_counts(worth, edges)},
        "concentration": _concentration(worth),
    }


def bar_edges(median: int, largest: int) -> list[int]:
    """Lower edges of the bars in minor units: 0, then doubling from a round number.

    The median falls into one of the lower bars; the last bar is open to the top.
    """
    first = _round_number(max(median, 1) / 4)
    edges = [0]
    while edges[-1] < largest and len(edges) < BARS:
        edges.append(first * 2 ** (len(edges) - 1))
    return edges[:-1] if len(edges) > 1 and edges[-1] > largest else edges


def _round_number(value: float) -> int:
    """1, 2 or 5 times a power of ten, at most `value` (at least 1)."""
    power: int = 10 ** max(0, math.floor(math.log10(max(value, 1))))
    return next((step * power for step in (5, 2) if step * power <= value), power)


def bar_counts(worth: Ints, edges: list[int]) -> list[int]:
    """How many of `worth` (n,) lie from each edge up to below the next."""
    place = np.searchsorted(np.array(edges), np.maximum(worth, 0), side="right") - 1
    counts: list[int] = np.bincount(place, minlength=len(edges)).tolist()
    return counts


def _concentration(worth: Ints) -> list[list[float]]:
    """Shares of customers, best first, and of the total that they carry."""
    ladder = np.r_[0, np.cumsum(np.sort(np.maximum(worth, 0))[::-1])]
    at = np.unique(np.linspace(0, len(worth), CURVE_POINTS).astype(np.int64))
    shares = np.column_stack([at / len(worth), ladder[at] / max(int(ladder[-1]), 1)])
    points: list[list[float]] = np.round(shares, 5).tolist()
    return points


def _top(scores: Valued, models: _Models) -> list[dict[str, Any]]:
    best = np.argsort(-np.array(scores.worth), kind="stable")[:TOP]
    historic = _minor(models.customers["total_value"], models.scale)
    repeats = models.customers["frequency"].to_numpy(dtype=np.int64).tolist()
    return [
        {
            "contact": scores.contacts[row],
            "worth": scores.worth[row],
            "low": scores.low[row],
            "high": scores.high[row],
            "purchases": repeats[row] + 1,
            "historic": historic[row],
        }
        for row in best.tolist()
    ]


def _check(
    days: OrderDays, models: _Models, parameters: ClvParameters, basis: Basis
) -> dict[str, Any] | None:
    """Predicted against actual weekly repeat purchases after the calibration; None if too short."""
    span = days.span()
    if span is None:
        return None
    known = parameters.calibration_end
    if known is None:
        weeks = (basis.as_of - span[0]).days // 7
        steps = min(weeks // 4, MOST_HOLDOUT_WEEKS)
        known = basis.as_of - timedelta(weeks=steps)
        try:
            models = _Models.fit(days, known, models.unit, models.scale)
        except ThinData:
            return None
    else:
        steps = (basis.as_of - known).days // 7
    if steps < LEAST_HOLDOUT_WEEKS:
        return None
    return _checked(days, models, known, steps, basis)


def _checked(
    days: OrderDays, models: _Models, known: date, steps: int, basis: Basis
) -> dict[str, Any]:
    frame, scale = models.customers, DAYS_IN[models.unit]
    later = occasions(*days.columns, until=basis.as_of)
    after = later.day - (known - date(1970, 1, 1)).days
    codes = frame["customer"].to_numpy()
    held = (after > 0) & np.isin(later.codes[later.customer], codes)
    who = np.searchsorted(codes, later.codes[later.customer[held]])
    found = holdout(
        models.buying, frame["frequency"], frame["recency"], frame["age"],
        who, after[held] / scale, steps=steps, step=7 / scale,
    )  # fmt: skip
    predicted, actual = found.predicted, found.actual
    reach = BAND * np.sqrt(predicted)
    inside = np.abs(actual - predicted) <= reach
    return {
        "from": (known + timedelta(days=1)).isoformat(),
        "weeks": steps,
        "customers": len(frame),
        "predicted": np.round(predicted, 3).tolist(),
        "actual": actual.tolist(),
        "low": np.round(np.maximum(predicted - reach, 0), 3).tolist(),
        "high": np.round(predicted + reach, 3).tolist(),
        "inside": int(inside.sum()),
        "error": None if math.isnan(found.error) else found.error,
        "by_frequency": [list(row) for row in found.by_frequency],
    }
