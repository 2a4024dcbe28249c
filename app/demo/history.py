"""The real purchase history that the demo companies live by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Purchase:
    """What one customer of the sample bought at once; money in cents."""

    customer: int
    day: date
    quantity: int
    cents: int


def read_history() -> list[Purchase]:
    """The CDNOW sample by day, then customer (Fader, Hardie and Lee, 2005)."""
    text = (DATA / "cdnow_sample.txt").read_text(encoding="ascii")
    purchases = [_purchase(line.split()) for line in text.splitlines() if line.strip()]
    return sorted(purchases, key=lambda purchase: (purchase.day, purchase.customer))


def _purchase(cells: list[str]) -> Purchase:
    _master, customer, day, quantity, dollars = cells
    return Purchase(
        int(customer),
        datetime.strptime(day, "%Y%m%d").date(),  # noqa: DTZ007 - a day has no zone
        int(quantity),
        round(float(dollars) * 100),
    )


def ending_on(purchases: list[Purchase], newest: date) -> list[Purchase]:
    """The same history moved by whole days, so that its newest purchase is on `newest`."""
    shift = newest - max(purchase.day for purchase in purchases)
    return [replace(purchase, day=purchase.day + shift) for purchase in purchases]
