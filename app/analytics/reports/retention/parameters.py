"""What may be set on the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from app.analytics.reports.parameters import Given, Parameters, one_of, past_day

PERIODS = ("week", "month", "quarter")
KINDS = ("on", "on_or_after")
MEASURES = ("customers", "revenue")


@dataclass(frozen=True)
class RetentionParameters(Parameters):
    """kind: `on` counts who ordered in that very period, `on_or_after` in it or later."""

    period: str = "month"
    kind: str = "on"
    measure: str = "customers"

    @classmethod
    def parse(cls, given: Given) -> Self:
        return cls(
            observation_end=past_day(given, "observation_end"),
            period=one_of(given, "period", PERIODS, "month"),
            kind=one_of(given, "kind", KINDS, "on"),
            measure=one_of(given, "measure", MEASURES, "customers"),
        )
