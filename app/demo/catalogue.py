"""The records that a demo company sells, at prices that its history could have been paid at."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from app.demo.draws import draw, spread
from app.demo.story import Story

PRICES = (
    399, 499, 599, 699, 799, 849, 899, 949, 977, 1049, 1077, 1149, 1177, 1249, 1277, 1299, 1349,
    1397, 1437, 1477, 1499, 1549, 1599, 1649, 1699, 1799, 1899, 1999, 2149, 2299, 2499, 2799,
    2999, 3499, 3999, 4499, 4999, 5999, 6999, 7999, 9999, 10999, 12999, 14999, 17499,
)  # fmt: skip


@dataclass(frozen=True)
class Ware:
    """A product; `cents` is its list price in cents of the history."""

    code: str
    name: str
    cents: int


class Catalogue:
    """Every product by price."""

    def __init__(self, story: Story) -> None:
        self.shelves: list[list[Ware]] = []
        number = 0
        for price in PRICES:
            numbers = range(number, number + _titles_at(price))
            self.shelves.append([_ware(story, n, price) for n in numbers])
            number = numbers.stop

    def wares(self) -> list[Ware]:
        return [ware for shelf in self.shelves for ware in shelf]

    def pick(self, cents: int, taken: set[str], *key: object) -> Ware:
        """A product whose list price is `cents` or the next above, and whose code is not taken.

        The first titles of a shelf sell most.
        """
        wanted = cents or PRICES[draw(12, *key)]
        place = min(bisect_left(PRICES, wanted), len(PRICES) - 1)
        while True:
            shelf = self.shelves[place % len(PRICES)]
            first = len(shelf) * draw(1000, *key) ** 2 // 1_000_000
            for ware in shelf[first:] + shelf[:first]:
                if ware.code not in taken:
                    return ware
            place += 1


def _titles_at(cents: int) -> int:
    if 1100 <= cents < 1600:
        return 14
    if 900 <= cents < 2000:
        return 8
    return 5 if cents < 3000 else 2


def _ware(story: Story, number: int, cents: int) -> Ware:
    artists, starts, ends = map(story.words, ("artists", "title_starts", "title_ends"))
    place = spread(number, len(artists) * len(starts) * len(ends))
    place, artist = divmod(place, len(artists))
    end, start = divmod(place, len(starts))
    name = story.data["product_pattern"].format(
        artist=artists[artist].text,
        title=f"{starts[start].text} {ends[end].text}",
        format=_format(story, number, cents),
    )
    return Ware(f"A{number + 101:04d}", name, cents)


def _format(story: Story, number: int, cents: int) -> str:
    names = next(f["names"] for f in story.data["formats"] if cents < f["below"])
    return str(names[draw(len(names), "format", number)])
