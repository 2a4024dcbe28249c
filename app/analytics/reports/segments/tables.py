"""The report's numbers as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.analytics.reports.base import Export, Result, in_major
from app.crm.scores.segments import segment_name


def segments(result: Result, exponent: int) -> Iterator[list[Any]]:
    """A row for each segment that has customers."""
    yield [
        "segment", "name", "customers", "value",
        "median_days_since_order", "median_orders", "median_value",
    ]  # fmt: skip
    for one in result["segments"]:
        yield [
            one["name"],
            segment_name(one["name"]),
            one["size"],
            in_major(one["value"], exponent),
            one["days_since"],
            one["orders"],
            in_major(one["median_value"], exponent),
        ]


TABLES: dict[str, Export] = {"segments": segments}
MONEY = ("value", "segments.value", "segments.median_value", "left_out.anonymous_revenue")
