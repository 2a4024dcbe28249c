"""The report's numbers as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from app.analytics.reports.base import Export, Result, in_major


def distribution(result: Result, exponent: int) -> Iterator[list[Any]]:
    """How many customers are worth how much; the last row is open to the top."""
    yield ["worth_from", "worth_below", "customers"]
    edges, counts = result["histogram"]["edges"], result["histogram"]["counts"]
    for low, high, count in zip(edges, [*edges[1:], None], counts, strict=True):
        yield [in_major(low, exponent), in_major(high, exponent), count]


def holdout(result: Result, exponent: int) -> Iterator[list[Any]]:
    """Predicted and actual repeat orders of each held-out week."""
    del exponent
    yield ["week_from", "predicted", "low", "high", "actual"]
    check = result["holdout"]
    if check is None:
        return
    first = date.fromisoformat(check["from"])
    names = ("predicted", "low", "high", "actual")
    for week, row in enumerate(zip(*(check[name] for name in names), strict=True)):
        yield [(first + timedelta(weeks=week)).isoformat(), *row]


TABLES: dict[str, Export] = {"distribution": distribution, "holdout": holdout}
MONEY = (
    *("total", "total_low", "total_high", "mean", "median", "historic_total"),
    *("histogram.edges", "top.worth", "top.low", "top.high", "top.historic"),
    "left_out.anonymous_revenue",
)
