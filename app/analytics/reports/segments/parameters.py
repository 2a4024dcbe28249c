"""What may be set on the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from app.analytics.reports.parameters import Given, Parameters, past_day


@dataclass(frozen=True)
class SegmentsParameters(Parameters):
    """Only the last day that counts: the fifths come from the data."""

    @classmethod
    def parse(cls, given: Given) -> Self:
        return cls(observation_end=past_day(given, "observation_end"))
