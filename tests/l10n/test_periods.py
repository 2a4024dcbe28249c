from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.l10n import (
    Formats,
    next_period_start,
    period_from_index,
    period_index,
    period_label,
    period_start,
    use,
)
from tests.l10n.combos import ENGLISH, TEHRAN

PERIODS = ["day", "week", "month", "quarter", "year"]
CALENDARS = ["gregorian", "jalali"]
periods, calendars = st.sampled_from(PERIODS), st.sampled_from(CALENDARS)
EVERY_DAY = np.arange("1990-01-01", "2041-01-01", dtype="datetime64[D]")


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("calendar", CALENDARS)
def test_the_vectorised_index_agrees_with_the_scalar_functions_on_every_day(period, calendar):
    indexes = period_index(EVERY_DAY, period, calendar)
    days = EVERY_DAY.tolist()
    assert set(np.diff(indexes)) <= {0, 1}
    starts = [period_start(day, period, calendar) for day in days]
    assert starts == [period_from_index(index, period, calendar) for index in indexes]
    begins = np.flatnonzero(np.diff(indexes)) + 1
    assert [days[place] for place in begins] == [starts[place] for place in begins]


@given(st.dates(date(700, 1, 1), date(9000, 1, 1)), periods, calendars)
def test_each_day_lies_between_its_period_s_start_and_the_next(day, period, calendar):
    start, following = (f(day, period, calendar) for f in (period_start, next_period_start))
    assert start <= day < following
    assert period_start(following, period, calendar) == following
    assert period_start(following - timedelta(days=1), period, calendar) == start


def test_nowruz_begins_a_month_a_quarter_and_a_year():
    eve, nowruz = date(2025, 3, 20), date(2025, 3, 21)
    for period in ("month", "quarter", "year"):
        assert period_start(nowruz, period, "jalali") == nowruz
        assert next_period_start(eve, period, "jalali") == nowruz
    assert period_start(eve, "month", "jalali") == date(2025, 2, 19)
    assert period_start(eve, "year", "jalali") == date(2024, 3, 20)


def test_weeks_begin_on_saturday_or_monday():
    wednesday = date(2025, 11, 19)
    assert period_start(wednesday, "week", "jalali") == date(2025, 11, 15)
    assert period_start(wednesday, "week", "gregorian") == date(2025, 11, 17)
    assert period_start(wednesday, "week", "gregorian", week_start=6) == date(2025, 11, 16)
    with use(Formats("fa", "gregorian")):
        assert period_start(wednesday, "week") == date(2025, 11, 15)
        days = np.array([wednesday], dtype="datetime64[D]")
        assert period_from_index(period_index(days, "week")[0], "week") == date(2025, 11, 15)


def test_indexes_keep_the_shape_and_accept_moments():
    moments = np.array([["2025-03-20T23:59", "2025-03-21T00:00"]], dtype="datetime64[m]")
    indexes = period_index(moments, "year", "jalali")
    assert indexes.tolist() == [[1403, 1404]]


def test_a_missing_date_or_one_outside_the_calendar_is_refused():
    with pytest.raises(ValueError, match="missing"):
        period_index(np.array(["NaT"], dtype="datetime64[D]"), "month", "gregorian")
    with pytest.raises(ValueError, match="outside"):
        period_index(np.array(["0600-01-01"], dtype="datetime64[D]"), "month", "jalali")


def test_labels_are_what_a_reader_calls_the_period():
    with use(ENGLISH):
        start = date(2024, 10, 1)
        labels = [period_label(start, period) for period in PERIODS]
        assert labels == ["1 Oct 2024", "Week of 1 Oct 2024", "Oct 2024", "Q4 2024", "2024"]
        assert period_label(date(2025, 9, 23), "quarter", "jalali") == "Autumn 1404"
    with use(TEHRAN):
        assert period_label(date(2024, 10, 22), "month") == "آبان ۱۴۰۳"
        assert period_label(date(2024, 3, 20), "year") == "۱۴۰۳"
