import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.l10n import Unreadable, format_phone, parse_phone, regions, use
from tests.l10n.combos import ENGLISH, JUNK, TEHRAN


@pytest.mark.parametrize(
    "typed",
    [
        "0912 123 4567", "۰۹۱۲۱۲۳۴۵۶۷", "٠٩١٢-١٢٣-٤٥٦٧", "9121234567", "989121234567",
        "+98 912 123 4567", "0098 912 1234567", "\u200e+98 (912) 123-4567", "tel:+989121234567",
    ],
)  # fmt: skip
def test_a_number_is_read_in_any_digits_and_any_writing(typed):
    with use(TEHRAN):
        assert parse_phone(typed) == "+989121234567"


def test_numbers_are_national_at_home_and_international_abroad():
    with use(ENGLISH):
        assert format_phone("+442079460112") == "020 7946 0112"
        assert format_phone("+989121234567") == "+98 912 123 4567"
    with use(TEHRAN):
        assert format_phone("+989121234567") == "0912 123 4567"
    assert format_phone("call Maud") == "call Maud"
    assert format_phone(None) == format_phone("") == "–"


def test_ranges_that_the_library_does_not_know_are_taken():
    assert parse_phone("07700 900341", "GB") == "+447700900341"


@pytest.mark.parametrize(
    ("typed", "region"),
    [("0912 123 456", "IR"), ("555-1234", "US"), ("123", "GB"), ("+", "IR"), ("+999123", "GB")],
)
def test_a_number_too_short_or_without_a_country_is_refused_with_an_example(typed, region):
    with pytest.raises(Unreadable, match="country code"):
        parse_phone(typed, region)


def test_an_extension_is_not_dropped_in_silence():
    with pytest.raises(Unreadable, match="extension"):
        parse_phone("020 7946 0112 ext. 12", "GB")


@pytest.mark.parametrize("junk", JUNK)
def test_what_is_no_phone_number_is_refused(junk):
    with pytest.raises(Unreadable):
        parse_phone(junk, "IR")


@given(st.from_regex(r"\+44 ?7[0-9]{3} ?[0-9]{6}", fullmatch=True))
def test_a_written_number_reads_back_as_itself(typed):
    with use(ENGLISH):
        number = parse_phone(typed)
        assert parse_phone(format_phone(number)) == number


def test_regions_are_offered_by_name():
    with use(TEHRAN):
        assert ("IR", "ایران") in regions()
    with use(ENGLISH):
        assert ("GB", "United Kingdom") in regions()
