"""What may be set on the report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from flask_babel import gettext as _

from app.analytics.reports.parameters import (
    BadParameter,
    Given,
    Parameters,
    one_of,
    past_day,
    per_cent,
)

HORIZONS = (12, 24, 36)


@dataclass(frozen=True)
class ClvParameters(Parameters):
    """horizon: months; discount: per cent a year; model and unit: of the purchase model.

    With calibration_end the model learns only from orders up to that day, and the orders after
    it, up to observation_end, are what its predictions are held against.
    """

    horizon: int = 24
    discount: float = 10.0
    model: str = "bgnbd"
    unit: str = "day"
    calibration_end: date | None = None

    @classmethod
    def parse(cls, given: Given) -> Self:
        parsed = cls(
            observation_end=past_day(given, "observation_end"),
            horizon=int(one_of(given, "horizon", [str(months) for months in HORIZONS], "24")),
            discount=per_cent(given, "discount", 10.0, 0.0, 100.0),
            model=one_of(given, "model", ["bgnbd"], "bgnbd"),
            unit=one_of(given, "unit", ["day", "week"], "day"),
            calibration_end=past_day(given, "calibration_end"),
        )
        first, last = parsed.calibration_end, parsed.observation_end
        if first and last and first > last:
            raise BadParameter(
                "calibration_end", _("calibration_end must not lie after observation_end.")
            )
        return parsed
