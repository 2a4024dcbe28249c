"""The customers who come after the sample's, before they touch a database."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from app.demo.history import Purchase, ending_on, read_history
from app.demo.newcomers import FIRST_WEEK, WEEK, arrivals, with_newcomers

SAMPLE = 2357
NEWEST_DAYS = [date(2025, 11, 19), date(2026, 3, 8), date(2026, 6, 30), date(2028, 2, 29)]


@pytest.fixture(scope="module", params=NEWEST_DAYS, ids=str)
def sample(request: pytest.FixtureRequest) -> list[Purchase]:
    return ending_on(read_history(), request.param)


def by_customer(purchases: list[Purchase]) -> dict[int, list[Purchase]]:
    bought: defaultdict[int, list[Purchase]] = defaultdict(list)
    for purchase in purchases:
        bought[purchase.customer].append(purchase)
    return dict(bought)


def first_days(sample: list[Purchase]) -> list[date]:
    """The newcomers' first days, in the order of their numbers."""
    bought = by_customer(with_newcomers(sample))
    return [bought[customer][0].day for customer in sorted(bought) if customer > SAMPLE]


def test_the_sample_stays_as_it_is(sample: list[Purchase]) -> None:
    everything = with_newcomers(sample)
    assert [purchase for purchase in everything if purchase.customer <= SAMPLE] == sample


def test_a_newcomer_lives_the_beginning_of_a_real_history(sample: list[Purchase]) -> None:
    newest = sample[-1].day
    bought = by_customer(with_newcomers(sample))
    for arrival in arrivals(sample):
        real = [
            (purchase.day + arrival.delay, purchase.quantity, purchase.cents)
            for purchase in bought[arrival.example]
        ]
        lived = [(p.day, p.quantity, p.cents) for p in bought[arrival.customer]]
        assert lived == real[: len(lived)]
        assert len(lived) == len(real) or real[len(lived)][0] > newest
        assert lived[-1][0] <= newest


def test_a_newcomer_comes_whole_weeks_later_than_a_customer_of_the_sample(
    sample: list[Purchase],
) -> None:
    coming = arrivals(sample)
    assert all(arrival.delay >= WEEK and not arrival.delay % WEEK for arrival in coming)
    assert len({arrival.example for arrival in coming}) == len(coming)
    assert all(1 <= arrival.example <= SAMPLE for arrival in coming)


def test_newcomers_are_numbered_on_as_they_come(sample: list[Purchase]) -> None:
    numbers = [arrival.customer for arrival in arrivals(sample)]
    assert numbers == list(range(SAMPLE + 1, SAMPLE + 1 + len(numbers)))
    assert all(one <= next_one for one, next_one in pairwise(first_days(sample)))


def test_each_week_from_the_fourth_month_to_the_end_brings_a_handful(
    sample: list[Purchase],
) -> None:
    weeks = Counter((day - sample[0].day) // WEEK for day in first_days(sample))
    assert sorted(weeks) == list(range(FIRST_WEEK, 78))
    assert min(weeks.values()) >= 11
    assert max(weeks.values()) <= 18
    assert 850 <= weeks.total() <= 950


def test_newcomers_grow_over_the_year_and_peak_before_christmas(sample: list[Purchase]) -> None:
    weeks = Counter((day - sample[0].day) // WEEK for day in first_days(sample))
    assert sum(weeks[week] for week in range(65, 78)) > sum(weeks[week] for week in range(13, 26))
    one_year = Counter((day.year, day.month) for day in first_days(sample)[-730:])
    busy = [count for (_year, month), count in one_year.items() if month in (11, 12)]
    quiet = [count for (_year, month), count in one_year.items() if month in (5, 6)]
    assert busy
    assert quiet
    assert max(busy) > min(quiet)


def test_every_full_month_has_its_cohort(sample: list[Purchase]) -> None:
    bought = by_customer(with_newcomers(sample))
    months = Counter((own[0].day.year, own[0].day.month) for own in bought.values())
    assert len(months) >= 18
    counts = [months[month] for month in sorted(months)]
    assert all(48 <= count <= 82 for count in counts[5:-1])


@pytest.mark.parametrize("day", range(7, 31))
def test_a_month_of_a_week_has_new_customers(day: int) -> None:
    sample = ending_on(read_history(), date(2026, 1, day))
    this_month = [first for first in first_days(sample) if first >= date(2026, 1, 1)]
    assert len(this_month) >= day


def test_the_same_day_brings_the_same_newcomers() -> None:
    history = read_history()
    one, again = (with_newcomers(ending_on(history, NEWEST_DAYS[0])) for _ in range(2))
    assert one == again
    next_day = with_newcomers(ending_on(history, NEWEST_DAYS[0] + timedelta(days=1)))
    assert abs(len(next_day) - len(one)) < 20
