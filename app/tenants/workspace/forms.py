"""What a workspace is called and how it writes dates, numbers and money."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField

from app.forms import Form
from app.l10n import currencies, regions, time_zones
from app.tenants.fields import name_field

LANGUAGES = [("en", "English"), ("fa", "فارسی")]
CALENDARS = [("gregorian", _l("Gregorian")), ("jalali", _l("Jalali"))]
DIGITS = [("latin", "123"), ("persian", "۱۲۳")]


def choice_field(label: Any, choices: Any) -> SelectField:
    """A choice from a list that is made for the reader's language at each request."""
    return SelectField(label, choices=choices, validate_choice=True)


def currency_choices() -> list[tuple[str, str]]:
    return [(code, f"{name} ({code})") for code, name in currencies()]


class FormatsForm(Form):
    """The formats that every workspace has, in sign-up and in settings."""

    language = RadioField(_l("Language"), choices=LANGUAGES)
    calendar = RadioField(_l("Calendar"), choices=CALENDARS)
    currency = choice_field(_l("Currency"), currency_choices)
    timezone = choice_field(_l("Time zone"), time_zones)


class WorkspaceForm(FormatsForm):
    """The settings of a workspace."""

    name = name_field(_l("Company"), _l("Write the company's name."))
    digits = RadioField(_l("Digits"), choices=DIGITS)
    toman = BooleanField(_l("Show rials as tomans"))
    region = choice_field(_l("Country"), regions)
