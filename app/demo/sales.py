"""The purchases of the history as orders with lines, and a few returns."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.demo.catalogue import PRICES, Catalogue, Ware
from app.demo.draws import draw
from app.demo.history import Purchase

FIRST_NUMBER = 10001
RETURN_MARK = "R"
RETURN_EVERY = 280


@dataclass(frozen=True)
class SaleLine:
    """So many of a product for so much together, in cents; both negative for a return."""

    ware: Ware
    quantity: int
    cents: int


@dataclass(frozen=True)
class Sale:
    """One order of a customer of the history."""

    number: str
    customer: int
    day: date
    lines: tuple[SaleLine, ...]

    @property
    def is_return(self) -> bool:
        return self.number.startswith(RETURN_MARK)


def sales_of(purchases: list[Purchase], catalogue: Catalogue) -> list[Sale]:
    """An order for each purchase, and returns to some of them, by day."""
    sales = [
        Sale(str(number), purchase.customer, purchase.day, _lines(purchase, number, catalogue))
        for number, purchase in enumerate(purchases, FIRST_NUMBER)
    ]
    newest = max(sale.day for sale in sales)
    return sorted([*sales, *_returns(sales, newest)], key=lambda sale: sale.day)


def _lines(purchase: Purchase, number: int, catalogue: Catalogue) -> tuple[SaleLine, ...]:
    taken: set[str] = set()
    lines: list[SaleLine] = []
    for quantity, unit in split(purchase.quantity, purchase.cents, number):
        ware = catalogue.pick(unit, taken, number, len(lines))
        taken.add(ware.code)
        lines.append(SaleLine(ware, quantity, quantity * unit))
    return tuple(lines)


def split(quantity: int, cents: int, key: object) -> list[tuple[int, int]]:
    """One to four (quantity, price for one) that add up to both exactly, in whole cents."""
    if quantity == 1 or not cents:
        return [(quantity, cents // quantity)]
    parts = list(_quantities(quantity, key))
    lines: list[tuple[int, int]] = []
    left, pieces = cents, quantity
    for place, part in enumerate(parts[:-1]):
        mean = left // pieces
        is_wide = part > 2 and place == len(parts) - 2
        unit = mean if is_wide else _near(mean, key, place)
        lines.append((part, unit))
        left, pieces = left - part * unit, pieces - part
    return [*lines, (1, left)]


def _quantities(quantity: int, key: object) -> Iterator[int]:
    """Two to four parts; the last is a single piece, which can cost what is left over."""
    parts = min(quantity, 4 if quantity > 4 else 2 + draw(3, key, "parts"))
    for place in range(parts - 1):
        yield (quantity - 1 + place) // (parts - 1)
    yield 1


def _near(mean: int, key: object, place: int) -> int:
    """A list price within a quarter of the mean, or the mean where there is none."""
    low, high = bisect_left(PRICES, mean * 4 // 5), bisect_left(PRICES, mean * 5 // 4)
    return PRICES[low + draw(high - low, key, place)] if high > low else mean


def _returns(sales: Iterable[Sale], newest: date) -> Iterator[Sale]:
    for sale in sales:
        day = sale.day + timedelta(days=4 + draw(14, sale.number, "days"))
        line = sale.lines[-1]
        if draw(RETURN_EVERY, sale.number, "return") or day > newest or not line.cents:
            continue
        unit = line.cents // line.quantity
        back = SaleLine(line.ware, -1, -unit)
        yield Sale(f"{RETURN_MARK}{sale.number}", sale.customer, day, (back,))
