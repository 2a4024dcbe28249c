"""Customers after the sample's: each lives the beginning of a real history once more.

The sample wins customers in its first twelve weeks only; a shop that someone runs keeps winning
them. What a newcomer buys, and at which distances, is what one customer of the sample bought.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.demo.draws import spread
from app.demo.history import Purchase

WEEK = timedelta(weeks=1)
FIRST_WEEK = 13  # a quarter after the first day of the sample
WEEKLY_AT_FIRST, WEEKLY_AT_LAST = 13.0, 15.5
SEASON, PEAK_DAY = 0.08, 340  # so much more in early December than on average, and less in June


@dataclass(frozen=True)
class Arrival:
    """A newcomer, the customer of the sample whose history they live, and so many weeks later."""

    customer: int
    example: int
    delay: timedelta


def with_newcomers(history: list[Purchase]) -> list[Purchase]:
    """The sample's purchases as they are and the newcomers', by day, then customer."""
    everything = [*history, *_purchases_of_newcomers(history)]
    return sorted(everything, key=lambda purchase: (purchase.day, purchase.customer))


def arrivals(history: list[Purchase]) -> list[Arrival]:
    """Who comes when, up to the history's newest day; numbered on from the sample's customers."""
    first_days = _first_days(history)
    coming: list[tuple[date, int, timedelta]] = []
    for example, week in _examples(history, sorted(first_days)):
        delay = week - _week_of(first_days[example], history[0].day)
        coming.append((first_days[example] + delay, example, delay))
    numbered = enumerate(sorted(coming), max(first_days) + 1)
    return [Arrival(customer, example, delay) for customer, (_, example, delay) in numbered]


def _first_days(history: list[Purchase]) -> dict[int, date]:
    first_days: dict[int, date] = {}
    for purchase in history:
        first_days.setdefault(purchase.customer, purchase.day)
    return first_days


def _week_of(day: date, first: date) -> timedelta:
    """Whole weeks from `first` to the day."""
    return (day - first) // WEEK * WEEK


def _examples(history: list[Purchase], customers: list[int]) -> Iterator[tuple[int, timedelta]]:
    """Each newcomer's example, none twice, and how long after the first day their week begins."""
    first, end = history[0].day, history[-1].day + timedelta(days=1)
    weeks = (end - first) // WEEK
    made, due = 0, 0.0
    for week in range(FIRST_WEEK, weeks):
        due += _weekly((week - FIRST_WEEK) / (weeks - FIRST_WEEK), first + week * WEEK)
        while made < min(int(due), len(customers)):
            yield customers[spread(made, len(customers))], week * WEEK
            made += 1


def _weekly(progress: float, day: date) -> float:
    """How many newcomers the week from `day` brings: slowly more, most of them before Christmas."""
    usual = WEEKLY_AT_FIRST + (WEEKLY_AT_LAST - WEEKLY_AT_FIRST) * progress
    season = math.cos((day.timetuple().tm_yday - PEAK_DAY) / 365.25 * math.tau)
    return usual * (1 + SEASON * season)


def _purchases_of_newcomers(history: list[Purchase]) -> Iterator[Purchase]:
    newest = history[-1].day
    bought: defaultdict[int, list[Purchase]] = defaultdict(list)
    for purchase in history:
        bought[purchase.customer].append(purchase)
    for arrival in arrivals(history):
        for purchase in bought[arrival.example]:
            day = purchase.day + arrival.delay
            if day <= newest:
                yield replace(purchase, customer=arrival.customer, day=day)
