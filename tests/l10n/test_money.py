from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.l10n import (
    Unreadable,
    currencies,
    currency_exponent,
    format_money,
    money_label,
    parse_money,
    use,
)
from tests.l10n.combos import ENGLISH, JUNK, TEHRAN, any_formats, read_or_sentence

CODES = [code for code, _name in currencies()]


@given(any_formats, st.integers(-(10**15), 10**15), st.sampled_from(CODES))
def test_written_money_reads_back_as_itself_in_every_combination(formats, minor, code):
    with use(replace(formats, currency=code)):
        assert parse_money(format_money(minor)) == minor


def test_rials_are_shown_and_read_as_tomans_where_the_tenant_says_so():
    with use(TEHRAN):
        assert format_money(284_000_000) == "۲۸٬۴۰۰٬۰۰۰\u00a0تومان"
        assert format_money(15) == "۱٫۵\u00a0تومان"
        assert parse_money("۲۸٬۴۰۰٬۰۰۰") == 284_000_000
        assert parse_money("۲۸۴۰۰۰۰۰۰ ریال") == 284_000_000
        assert money_label() == "تومان"
    with use(replace(TEHRAN, money_unit="")):
        assert format_money(284_000_000) == "۲۸۴٬۰۰۰٬۰۰۰\u00a0ریال"
        assert parse_money("۲۸٬۴۰۰٬۰۰۰ تومان") == 284_000_000


def test_the_toman_setting_leaves_other_currencies_alone():
    with use(TEHRAN):
        assert format_money(128_400, "GBP") == "۱٬۲۸۴٫۰۰\u00a0پوند"
        assert parse_money("12.5", "GBP") == 1250


def test_english_money_has_its_sign_before_the_figure():
    with use(ENGLISH):
        assert format_money(128_400) == "£1,284.00"
        assert format_money(-128_400) == "−£1,284.00"
        assert format_money(820_000, decimals=0) == "£8,200"
        assert format_money(1_234_567, "KWD") == "KWD\u00a01,234.567"
        assert format_money(1_200, "JPY") == "¥1,200"
        assert format_money(None) == "–"


def test_compact_money_is_short_and_exact_below_a_thousand():
    with use(ENGLISH):
        assert format_money(940_000, compact=True) == "£9.4k"
        assert format_money(4_000_000, compact=True) == "£40k"
        assert format_money(70_800, compact=True) == "£708"
        assert format_money(1_280, compact=True) == "£12.80"
    with use(TEHRAN):
        assert format_money(890_000_000, compact=True).replace("\u00a0", " ") == "۸۹ میلیون تومان"


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("£1,284", 128_400), ("1284", 128_400), ("1.284", 128_400), ("1.284,5", 128_450),
        ("12.5", 1250), ("GBP 12", 1200), ("12 gbp", 1200), ("(£12)", -1200), ("£-12", -1200),
        ("12-", -1200), ("9.4k", 940_000), ("£1.2m", 120_000_000), ("۱۲٫۵", 1250),
        ("12.50000", 1250), ("۵ پوند", 500),
    ],
)  # fmt: skip
def test_money_is_read_as_people_write_it(typed, minor):
    with use(ENGLISH):
        assert parse_money(typed) == minor


def test_millions_may_be_written_in_words():
    with use(TEHRAN):
        assert parse_money("۸۹ میلیون تومان") == 890_000_000
        assert parse_money("۱٫۵ میلیارد") == 15_000_000_000


@pytest.mark.parametrize("typed", ["$5", "5 USD", "۵ تومان", "€5", "5 zorkmids"])
def test_another_currency_is_refused_rather_than_taken_for_the_tenant_s(typed):
    with use(ENGLISH), pytest.raises(Unreadable, match="£"):
        parse_money(typed)


def test_a_dollar_sign_serves_every_dollar():
    assert parse_money("$5", "CAD") == parse_money("CA$5", "CAD") == 500


def test_more_decimals_than_the_currency_has_are_refused_unless_rounding_is_asked_for():
    with use(ENGLISH):
        with pytest.raises(Unreadable, match="at most 2 decimals"):
            parse_money("12.3456")
        assert parse_money("12.299999999999", round_to_minor=True) == 1230
        with pytest.raises(Unreadable, match="has none"):
            parse_money("12.5", "JPY")


def test_a_point_before_three_digits_is_a_decimal_mark_in_three_decimal_currencies():
    assert parse_money("1.284", "KWD") == 1284
    assert parse_money("1.284", "EUR") == 128_400
    assert parse_money("1.284", "EUR", decimal=".", round_to_minor=True) == 128


def test_amounts_beyond_a_64_bit_integer_are_refused():
    with pytest.raises(Unreadable, match="too large"):
        parse_money("99999999999999999999")


@pytest.mark.parametrize("junk", JUNK)
def test_what_is_no_amount_is_refused_with_a_sentence(junk):
    with pytest.raises(Unreadable):
        parse_money(junk)


@given(st.text(max_size=80), st.sampled_from(CODES))
def test_any_text_gives_an_amount_or_a_sentence(text, code):
    found = read_or_sentence(parse_money, text, code)
    assert found if isinstance(found, str) else abs(found) < 2**63


def test_exponents_follow_iso_4217_save_for_the_rial():
    exponents = [currency_exponent(code) for code in ("USD", "JPY", "KWD", "IRR", "EUR")]
    assert exponents == [2, 0, 3, 0, 2]


def test_currencies_in_use_are_offered_by_name():
    with use(ENGLISH):
        names = dict(currencies())
    assert names["GBP"] == "British Pound"
    assert {"USD", "EUR", "IRR", "AED"} <= names.keys()
    assert "DEM" not in names
    with use(TEHRAN):
        assert dict(currencies())["IRR"] == "ریال ایران"
