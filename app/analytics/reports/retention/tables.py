"""The report's numbers as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.analytics.reports.base import Export, Result, in_major


def cohorts(result: Result, exponent: int) -> Iterator[list[Any]]:
    """A row for each cohort and period: the counts, and the money where that was asked for."""
    has_money = result["measure"] == "revenue"
    yield ["cohort", "first_day", "size", "periods_since", "customers", *["revenue"] * has_money]
    for cohort in result["cohorts"]:
        named = [cohort["period"], cohort["start"], cohort["size"]]
        for age, count in enumerate(cohort["counts"]):
            if count is None:
                continue
            money = [in_major(cohort["revenue"][age], exponent)] if has_money else []
            yield [*named, age, count, *money]


def average(result: Result, exponent: int) -> Iterator[list[Any]]:
    """The weighted share at each age, with its interval where there is one."""
    del exponent
    yield ["periods_since", "share", "low", "high", "customers"]
    lows = result["average_low"] or [None] * len(result["average"])
    highs = result["average_high"] or [None] * len(result["average"])
    rows = zip(result["average"], lows, highs, result["reached"], strict=True)
    for age, (share, low, high, reached) in enumerate(rows):
        yield [age, share, low, high, reached]


TABLES: dict[str, Export] = {"cohorts": cohorts, "average": average}
MONEY = ("cohorts.revenue", "told.before", "told.after", "left_out.anonymous_revenue")
