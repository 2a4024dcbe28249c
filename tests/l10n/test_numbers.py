from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.l10n import (
    Unreadable,
    format_compact,
    format_number,
    format_percent,
    number_style,
    parse_integer,
    parse_number,
    parse_numbers,
    parse_percent,
    use,
)
from tests.l10n.combos import ENGLISH, JUNK, TEHRAN, any_formats, read_or_sentence

decimals = st.decimals(
    min_value=-(10**15), max_value=10**15, allow_nan=False, allow_infinity=False, places=4
)


@given(any_formats, decimals)
def test_a_written_number_reads_back_as_itself_in_every_combination(formats, number):
    with use(formats):
        assert parse_number(format_number(number), decimal=".") == number


@given(any_formats, st.integers(-(10**15), 10**15))
def test_a_written_whole_number_needs_no_decimal_mark_to_be_read_back(formats, number):
    with use(formats):
        assert parse_integer(format_number(number)) == number


@given(any_formats, st.integers(-10_000, 10_000))
def test_a_written_share_reads_back_as_itself(formats, hundredths_of_a_percent):
    share = Decimal(hundredths_of_a_percent).scaleb(-4)
    with use(formats):
        assert parse_percent(format_percent(share, 2)) == share


def test_persian_writing_has_its_own_digits_marks_and_minus():
    with use(TEHRAN):
        assert format_number(Decimal("-1234567.5")) == "\u200e−۱٬۲۳۴٬۵۶۷٫۵"
        assert format_percent(0.523, 1) == "۵۲٫۳٪"
    with use(ENGLISH):
        assert format_number(Decimal("-1234567.5")) == "−1,234,567.5"
        assert format_percent(0.523) == "52%"


def test_rounding_is_half_up_and_never_leaves_a_negative_zero():
    with use(ENGLISH):
        assert format_number(Decimal("0.125"), 2) == "0.13"
        assert format_number(2.5, 0) == "3"
        assert format_number(-0.4, 0) == "0"
        assert format_number(-0.5, 0) == "−1"


def test_floats_show_two_decimals_at_most_and_other_numbers_all_they_have():
    with use(ENGLISH):
        assert format_number(1 / 3) == "0.33"
        assert format_number(12.0) == "12"
        assert format_number(Decimal("12.500")) == "12.500"
        assert format_number(np.int64(1240)) == "1,240"
        assert format_number(np.float32(0.5), 1) == "0.5"


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_reads_as_a_dash(nothing):
    assert {format_number(nothing), format_percent(nothing), format_compact(nothing)} == {"–"}


@pytest.mark.parametrize(
    ("value", "english", "persian"),
    [
        (412, "412", "۴۱۲"),
        (1200, "1.2k", "۱٫۲ هزار"),
        (104_700, "105k", "۱۰۵ هزار"),
        (999_950, "1M", "۱ میلیون"),
        (89_000_000, "89M", "۸۹ میلیون"),
        (1_900_000_000, "1.9B", "۱٫۹ میلیارد"),
        (-4_500_000_000_000, "−4.5T", "\u200e−۴٫۵ هزار میلیارد"),
    ],
)
def test_large_numbers_are_shortened_with_the_language_s_own_words(value, english, persian):
    with use(ENGLISH):
        assert format_compact(value) == english
    with use(TEHRAN):
        assert format_compact(value).replace("\u00a0", " ") == persian


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1,234.50", "1234.50"), ("1.234,50", "1234.50"), ("1 234,50", "1234.50"),
        ("1\u00a0234.5", "1234.5"), ("1'234.5", "1234.5"), ("1\u202f234\u202f567", "1234567"),
        ("۱٬۲۳۴٫۵", "1234.5"), ("۱۲۳۴", "1234"), ("١٢٣٤٫٥", "1234.5"), ("۱،۲۳۴", "1234"),
        ("1,234", "1234"), ("1.234", "1.234"), ("1,23", "1.23"), ("0,123", "0.123"),
        ("1.234.567", "1234567"), ("1,234,567", "1234567"), ("12,34,567", "1234567"),
        ("1234,567", "1234.567"), (".5", "0.5"), ("5.", "5"), ("-5", "-5"), ("−5", "-5"),
        ("5-", "-5"), ("(5)", "-5"), ("($1,234.50)", "-1234.50"), ("+5", "5"), ("- 5", "-5"),
        ("\u200e−۵", "-5"), ("$ 12.50", "12.50"), ("12.50 €", "12.50"), ("£3", "3"),
        ("۵۰۰ تومان", "500"), ("۵۰۰ ريال", "500"), ("1.2E+05", "120000"), ("-0", "0"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(typed, number):
    assert parse_number(typed) == Decimal(number)


def test_a_column_s_decimal_mark_leaves_nothing_to_guess():
    assert parse_number("1.234", decimal=",") == 1234
    assert parse_number("1,234", decimal=",") == Decimal("1.234")
    assert parse_number("1,234", decimal=".") == 1234
    with pytest.raises(Unreadable):
        parse_number("1,5", decimal=".")
    with pytest.raises(Unreadable):
        parse_number("1.5", decimal=",")


@pytest.mark.parametrize(
    ("samples", "mark"),
    [
        (["12.50", "1,234"], "."),
        (["12,50", "1.234"], ","),
        (["1.234,5"], ","),
        (["1.234.567", "1.234"], ","),
        (["1,234,567"], "."),
        (["1.234", "1,234", "7"], "."),
        (["12,5", "3,25", "9.5"], ","),
        (["۱۲٫۵", "", "none", "x" * 1000], "."),
    ],
)
def test_the_decimal_mark_of_a_column_is_that_of_the_values_that_tell(samples, mark):
    assert number_style(samples) == mark


@pytest.mark.parametrize("junk", JUNK)
def test_what_is_no_number_is_refused_with_a_sentence(junk):
    with pytest.raises(Unreadable) as refused:
        parse_number(junk)
    assert "1,234.5" in str(refused.value.sentence)


@given(st.text(max_size=80))
def test_any_text_gives_a_number_or_a_sentence(text):
    for mark in (None, ".", ","):
        found = read_or_sentence(parse_number, text, mark)
        assert found if isinstance(found, str) else found.is_finite()


def test_a_column_keeps_the_place_of_what_cannot_be_read():
    first, second, third = parse_numbers(["12,50", "twelve", "1.234,5"], decimal=",")
    assert (first, third) == (Decimal("12.50"), Decimal("1234.5"))
    assert isinstance(second, Unreadable)


def test_a_whole_number_has_no_decimals():
    assert parse_integer("12.0") == 12
    with pytest.raises(Unreadable, match="whole number"):
        parse_integer("12.5")
