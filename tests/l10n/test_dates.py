# ruff: noqa: DTZ001 - naive times are what the tenant's clock reads
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.l10n import (
    Formats,
    format_date,
    format_datetime,
    format_day_heading,
    format_time,
    from_local,
    local_date,
    parse_date,
    parse_datetime,
    time_zones,
    to_local,
    today,
    use,
)
from tests.l10n.combos import ENGLISH, TEHRAN, any_formats

dates = st.dates(date(1825, 1, 1), date(2199, 12, 31))
DAY = date(2025, 11, 19)
MOMENT = datetime(2025, 11, 19, 13, 45, tzinfo=UTC)


@given(any_formats, dates, st.sampled_from(["medium", "long", "numeric", "iso"]))
def test_a_written_date_reads_back_as_itself_in_every_combination(formats, day, style):
    with use(formats):
        assert parse_date(format_date(day, style)) == day


@given(any_formats, st.datetimes(datetime(2023, 1, 1), datetime(2190, 1, 1)))
def test_a_written_moment_reads_back_as_itself_on_the_tenant_s_clock(formats, moment):
    moment = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    with use(formats):
        assert from_local(parse_datetime(format_datetime(moment))) == moment


@pytest.mark.parametrize(
    ("style", "english", "persian"),
    [
        ("medium", "19 Nov 2025", "۲۸ آبان ۱۴۰۴"),
        ("long", "Wednesday 19 November 2025", "چهارشنبه ۲۸ آبان ۱۴۰۴"),
        ("month", "Nov 2025", "آبان ۱۴۰۴"),
        ("numeric", "2025-11-19", "۱۴۰۴/۰۸/۲۸"),
        ("iso", "2025-11-19", "2025-11-19"),
    ],
)
def test_each_style_in_both_languages(style, english, persian):
    with use(ENGLISH):
        assert format_date(DAY, style) == english
    with use(TEHRAN):
        assert format_date(DAY, style) == persian


def test_language_calendar_and_digits_are_separate_choices():
    with use(Formats("en", "jalali")):
        assert format_date(date(2025, 3, 20)) == "30 Esfand 1403"
    with use(Formats("fa", "gregorian", "persian")):
        assert format_date(DAY) == "۱۹ نوامبر ۲۰۲۵"


def test_the_short_style_names_the_year_only_when_it_is_another_one():
    with use(ENGLISH):
        now = today()
        assert str(now.year) not in format_date(now, "short")
        assert format_date(date(2004, 2, 29), "short") == "29 Feb 2004"


def test_day_headings_say_what_is_near_and_leave_out_this_year():
    with use(ENGLISH):
        assert format_day_heading(DAY, DAY) == "Today, Wednesday 19 November"
        assert format_day_heading(date(2025, 11, 18), DAY) == "Yesterday, Tuesday 18 November"
        assert format_day_heading(date(2025, 11, 20), DAY) == "Tomorrow, Thursday 20 November"
        assert format_day_heading(date(2025, 11, 13), DAY) == "Thursday 13 November"
        assert format_day_heading(date(2024, 11, 13), DAY) == "Wednesday 13 November 2024"


def test_this_year_ends_at_nowruz_in_the_jalali_calendar():
    eve, nowruz = date(2025, 3, 20), date(2025, 3, 21)
    with use(TEHRAN):
        assert format_date(eve) == "۳۰ اسفند ۱۴۰۳"
        assert format_date(nowruz) == "۱ فروردین ۱۴۰۴"
        assert format_day_heading(eve, nowruz).endswith("پنجشنبه ۳۰ اسفند ۱۴۰۳")
        assert format_day_heading(nowruz, nowruz).endswith("جمعه ۱ فروردین")


def test_times_are_those_of_the_tenant_s_clock():
    with use(TEHRAN):
        assert format_time(MOMENT) == "۱۷:۱۵"
        assert format_datetime(MOMENT) == "۲۸ آبان ۱۴۰۴، ۱۷:۱۵"
        assert format_datetime(MOMENT, "iso") == "2025-11-19T13:45:00+00:00"
    with use(ENGLISH):
        assert format_datetime(MOMENT) == "19 Nov 2025, 13:45"


def test_tehran_has_had_no_daylight_saving_since_2022():
    with use(TEHRAN):
        offsets = [to_local(datetime(y, 7, 1, tzinfo=UTC)).utcoffset() for y in (2021, 2023, 2026)]
    assert offsets == [timedelta(hours=4.5), timedelta(hours=3.5), timedelta(hours=3.5)]


def test_the_local_date_changes_at_the_tenant_s_midnight():
    late = datetime(2025, 3, 20, 20, 30, tzinfo=UTC)
    with use(TEHRAN):
        assert local_date(late) == date(2025, 3, 21)
        assert format_date(late) == "۱ فروردین ۱۴۰۴"
        assert local_date(late - timedelta(seconds=1)) == date(2025, 3, 20)
        assert local_date(late.replace(tzinfo=None)) == date(2025, 3, 21)


def test_a_zone_with_daylight_saving_shifts_its_clock():
    with use(ENGLISH):
        assert format_time(datetime(2025, 7, 1, 12, tzinfo=UTC)) == "13:00"
        assert from_local(datetime(2025, 7, 1, 13)) == datetime(2025, 7, 1, 12, tzinfo=UTC)
        skipped = from_local(datetime(2025, 3, 30, 1, 30))
        assert skipped == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)


def test_a_moment_of_any_zone_is_shown_in_the_tenant_s():
    with use(TEHRAN):
        assert format_time(MOMENT.astimezone(timezone(timedelta(hours=-8)))) == "۱۷:۱۵"


def test_a_missing_date_reads_as_a_dash():
    assert {format_date(None), format_time(None), format_datetime(None)} == {"–"}


def test_time_zones_are_offered_by_city():
    with use(ENGLISH):
        assert ("Asia/Tehran", "Tehran (UTC+03:30)") in time_zones()
    with use(TEHRAN):
        assert ("Asia/Tehran", "تهران (UTC+۰۳:۳۰)") in time_zones()
