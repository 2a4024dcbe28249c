"""Phone numbers: E.164 inside, the reader's own writing outside."""

from functools import lru_cache

import phonenumbers
from babel import Locale
from flask_babel import lazy_gettext as _
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

from app.l10n.formats import MISSING, Unreadable, current
from app.l10n.text import sort_key, to_ascii_digits

_LONGEST = 64


def parse_phone(text: str, region: str | None = None) -> str:
    """E.164 of a number typed in any digits; without a country code it is one of `region`.

    New ranges come before the library knows them, so a number with the length of a mobile number
    is taken too. Raises Unreadable.
    """
    region = region or current().region
    number = _parsed(text, region)
    if number.extension:
        raise Unreadable(_("Leave out the extension. Keep it in a note."))
    if not _is_plausible(number):
        raise _unreadable(region)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _parsed(text: str, region: str) -> PhoneNumber:
    if len(text) > _LONGEST:
        raise _unreadable(region)
    typed = to_ascii_digits(text).strip()
    try:
        return phonenumbers.parse("+" + typed[2:] if typed.startswith("00") else typed, region)
    except NumberParseException:
        raise _unreadable(region) from None


def _is_plausible(number: PhoneNumber) -> bool:
    if phonenumbers.is_valid_number(number):
        return True
    result = phonenumbers.is_possible_number_for_type_with_reason(number, PhoneNumberType.MOBILE)
    return result == ValidationResult.IS_POSSIBLE and not number.italian_leading_zero


def _unreadable(region: str) -> Unreadable:
    sample = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    sample = sample or phonenumbers.example_number(region)
    if sample is None:
        return Unreadable(_("Write the number with its country code, starting with +."))
    shown = phonenumbers.format_number(sample, PhoneNumberFormat.NATIONAL)
    return Unreadable(
        _(
            "Check the phone number. Write it like %(example)s, or with its country code,"
            " starting with +.",
            example=shown,
        )
    )


def format_phone(e164: str | None) -> str:
    """National in the tenant's own region, else international; text that is no E.164 as it is.

    Digits stay ASCII: a number is shown left to right and copied into other programs.
    """
    if not e164:
        return MISSING
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return e164
    is_home = phonenumbers.country_code_for_region(current().region) == number.country_code
    style = PhoneNumberFormat.NATIONAL if is_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def regions() -> list[tuple[str, str]]:
    """(ISO 3166 code, name) of every region with phone numbers, by name for the reader."""
    return list(_regions(current().language))


@lru_cache(maxsize=4)
def _regions(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(language).territories
    found = ((code, names.get(code, code)) for code in phonenumbers.SUPPORTED_REGIONS)
    return tuple(sorted(found, key=lambda entry: sort_key(entry[1])))
