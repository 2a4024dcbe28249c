# ruff: noqa: DTZ001 - naive times are what the tenant's clock reads
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.l10n import (
    Unreadable,
    date_order,
    from_excel_serial,
    parse_date,
    parse_dates,
    parse_datetime,
    use,
)
from tests.l10n.combos import AMERICAN, ENGLISH, JUNK, TEHRAN, read_or_sentence

DAY = date(2025, 11, 19)


@pytest.mark.parametrize(
    "typed",
    [
        "2025-11-19", "2025/11/19", "2025.11.19", "20251119", "19.11.2025", "19/11/2025",
        "11/19/2025", "19-11-2025", "19. 11. 2025", "19.11.25", "19 Nov 2025", "19-Nov-25",
        "19 nov. 2025", "Nov 19, 2025", "November 19th, 2025", "the 19th of November 2025",
        "Wednesday 19 November 2025", "Wed, 19 Nov 2025", "2025 Nov 19", "2025-11-19T10:20:30",
        "2025-11-19 10:20", "19/11/2025, 10:20 pm", " 2025-11-19 ", "\u200e2025-11-19\u200f",
        "۲۰۲۵-۱۱-۱۹", "٢٠٢٥/١١/١٩", "۱۹ نوامبر ۲۰۲۵", "1404/08/28", "۱۴۰۴/۰۸/۲۸", "1404-8-28",
        "14040828", "28/08/1404", "28 Aban 1404", "۲۸ آبان ۱۴۰۴", "چهارشنبه ۲۸ آبان ماه ۱۴۰۴",
        "چهار\u200cشنبه ۲۸ آبان ۱۴۰۴", "۲۸ ابان ۰۴",
    ],
)  # fmt: skip
def test_dates_are_read_as_people_and_files_write_them(typed):
    with use(ENGLISH):
        assert parse_date(typed) == DAY


def test_day_and_month_follow_the_column_then_the_region():
    assert parse_date("03/04/2025", order="dmy") == date(2025, 4, 3)
    assert parse_date("03/04/2025", order="mdy") == date(2025, 3, 4)
    with use(ENGLISH):
        assert parse_date("03/04/2025") == date(2025, 4, 3)
    with use(AMERICAN):
        assert parse_date("03/04/2025") == date(2025, 3, 4)
        assert parse_date("19/11/2025") == DAY


def test_a_date_against_its_column_s_order_is_refused():
    with pytest.raises(Unreadable, match="month"):
        parse_date("19/11/2025", order="mdy")


def test_years_of_two_digits_follow_the_calendar():
    with use(TEHRAN):
        assert parse_date("04/08/28") == DAY
        assert parse_date("۹۹/۱۲/۳۰") == date(2021, 3, 20)
        assert parse_date("28/08/04", order="dmy") == DAY
    with use(ENGLISH):
        assert parse_date("01/02/69") == date(2069, 2, 1)
        assert parse_date("01/02/70") == date(1970, 2, 1)
        assert parse_date("04/08/28", calendar="jalali") == DAY


def test_the_thirtieth_of_esfand_exists_in_leap_years_only():
    assert parse_date("1403/12/30") == date(2025, 3, 20)
    assert parse_date("30 Esfand 1403") == date(2025, 3, 20)
    with pytest.raises(Unreadable, match="Esfand 1404 has 29 days"):
        parse_date("1404/12/30")
    with use(TEHRAN), pytest.raises(Unreadable, match="۲۹"):
        parse_date("۳۰ اسفند ۱۴۰۴")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2025-02-30", "Check the day: February 2025 has 28 days."),
        ("31.04.2025", "Check the day: April 2025 has 30 days."),
        ("1404/07/31", "Check the day: Mehr 1404 has 30 days."),
        ("2025-13-01", "Check the month: it must be from 1 to 12."),
        ("2025-11-00", "Check the day: November 2025 has 30 days."),
        ("1650-01-01", "Check the year 1650."),
        ("28 Aban 2025", "Check the year 2025."),
        ("19 Nov 1404", "Check the year 1404."),
        ("2025-11-19 24:10", "Write the time as hours and minutes, such as 14:30."),
        ("2025-11-19 13:10 pm", "Write the time as hours and minutes, such as 14:30."),
    ],
)
def test_an_impossible_date_is_refused_with_what_is_wrong(typed, sentence):
    with use(ENGLISH), pytest.raises(Unreadable) as refused:
        parse_date(typed)
    assert str(refused.value.sentence) == sentence


def test_a_date_without_a_year_is_not_guessed():
    with pytest.raises(Unreadable, match="the year"):
        parse_date("19 Nov")


def test_times_are_kept_and_other_zones_brought_to_the_tenant_s():
    with use(TEHRAN):
        assert parse_datetime("۲۸ آبان ۱۴۰۴، ۱۷:۱۵") == datetime(2025, 11, 19, 17, 15)
        assert parse_datetime("2025-11-19 12:30:15 am") == datetime(2025, 11, 19, 0, 30, 15)
        assert parse_datetime("۱۴۰۴/۰۸/۲۸ ۵:۱۵ ب.ظ") == datetime(2025, 11, 19, 17, 15)
        assert parse_datetime("2025-11-19T20:30:00Z") == datetime(2025, 11, 20)
        assert parse_date("2025-11-19T20:30:00.000+00:00") == date(2025, 11, 20)
        assert parse_datetime("2025-11-19") == datetime(2025, 11, 19)


@pytest.mark.parametrize("junk", JUNK)
def test_what_is_no_date_is_refused_with_a_sentence(junk):
    with pytest.raises(Unreadable) as refused:
        parse_date(junk)
    assert str(refused.value.sentence)


@given(st.text(alphabet=st.sampled_from("0123456789۰۴/-. :,تآبانNovpamZ+\u200c"), max_size=24))
def test_any_text_gives_a_date_or_a_sentence(text):
    for order in (None, "ymd", "dmy", "mdy"):
        found = read_or_sentence(parse_date, text, None, order)
        assert found if isinstance(found, str) else 1800 <= found.year <= 2221


@pytest.mark.parametrize(
    ("samples", "order"),
    [
        (["03/04/2025", "19/11/2025"], "dmy"),
        (["03/04/2025", "11/19/2025"], "mdy"),
        (["03/04/2025", "05/06/2025"], None),
        (["19/11/2025", "11/19/2025"], None),
        (["2025-11-19", "1404/08/28"], "ymd"),
        (["2025-11-19", "19/11/2025"], "dmy"),
        (["99/03/04", "02/03/14", "02/03/31"], "ymd"),
        (["19.11.25 10:00", "31.12.69"], "dmy"),
        (["19 Nov 2025", "", "x" * 1000], None),
        ([], None),
    ],
)
def test_the_order_of_a_column_is_the_only_one_that_fits_all(samples, order):
    assert date_order(samples) == order


def test_a_column_keeps_the_place_of_what_cannot_be_read():
    first, second, third = parse_dates(["19/11/2025", "never", "19/11/2025"], order="dmy")
    assert first == third == DAY
    assert isinstance(second, Unreadable)


def test_spreadsheet_day_numbers_become_dates():
    assert from_excel_serial(45980) == datetime(2025, 11, 19)
    assert from_excel_serial(45980.75) == datetime(2025, 11, 19, 18)
    assert from_excel_serial(59) == datetime(1900, 2, 28)
    assert from_excel_serial(61) == datetime(1900, 3, 1)
    assert from_excel_serial(44518, date1904=True) == datetime(2025, 11, 19)


@pytest.mark.parametrize("serial", [60, -1, 2_958_466, float("nan"), float("inf")])
def test_spreadsheet_numbers_that_are_no_day_are_refused(serial):
    with pytest.raises(Unreadable):
        from_excel_serial(serial)
