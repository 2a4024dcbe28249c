"""Reading each field of a contact from what people type; Unreadable says what to do instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.crm.contacts.lookups import (
    companies_named,
    contact_with_id,
    contact_with_reference,
    owner_name,
    owners,
)
from app.crm.contacts.models import KINDS, Contact
from app.l10n import Unreadable, format_number, parse_phone
from app.web import given_uuid

LONGEST = {
    "name": 200,
    "email": 254,
    "phone": 64,
    "city": 120,
    "address": 500,
    "source": 120,
    "reference": 120,
    "note": 5000,
    "company": 200,
}
LABELS = {
    "name": _l("Name"),
    "kind": _l("Kind"),
    "company": _l("Company"),
    "email": _l("Email"),
    "phone": _l("Phone"),
    "city": _l("City"),
    "address": _l("Address"),
    "source": _l("Source"),
    "owner": _l("Owner"),
    "reference": _l("Reference"),
    "note": _l("Note"),
}
COLUMNS = {name: f"{name}_id" if name in ("company", "owner") else name for name in LABELS}
EDITABLE = tuple(LABELS)
_LINES = ("note", "address")


def column_of(field: str) -> str:
    """The contact's attribute that a field is kept in."""
    return COLUMNS[field]


def read(field: str, text: str, contact_id: UUID | None) -> Any:
    """The value to store for what was typed; None for an empty field. Raises Unreadable."""
    cleaned = clean(text, keep_lines=field in _LINES)
    longest = LONGEST.get(field, 200)
    if len(cleaned) > longest:
        raise Unreadable(
            _(
                "Use at most %(most)s characters; these are %(number)s.",
                most=format_number(longest),
                number=format_number(len(cleaned)),
            )
        )
    reader = _READERS.get(field)
    if reader is not None:
        return reader(cleaned, contact_id)
    return cleaned or None


def clean(text: str, *, keep_lines: bool = False) -> str:
    """The text without control characters and without space around it."""
    kept = "\n\t" if keep_lines else ""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if not keep_lines:
        plain = re.sub(r"\s+", " ", plain)
    return "".join(
        c for c in plain if c in kept or unicodedata.category(c) not in ("Cc", "Cs")
    ).strip()


def _name(text: str, _contact_id: UUID | None) -> str:
    if not text:
        raise Unreadable(_("Write a name."))
    return text


def _kind(text: str, _contact_id: UUID | None) -> str:
    if text not in KINDS:
        raise Unreadable(_("Choose person or company."))
    return text


def _email(text: str, _contact_id: UUID | None) -> str | None:
    if not text:
        return None
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Unreadable(_("Check the email address. Write it like name@example.com.")) from None


def _phone(text: str, _contact_id: UUID | None) -> str | None:
    return parse_phone(text) if text else None


def _reference(text: str, contact_id: UUID | None) -> str | None:
    if not text:
        return None
    other = contact_with_reference(text)
    if other is not None and other.id != contact_id:
        raise Unreadable(
            _(
                "%(name)s has this reference already. Choose another, or leave it empty.",
                name=other.name,
            )
        )
    return text


def _owner(text: str, _contact_id: UUID | None) -> UUID | None:
    if not text:
        return None
    owner = given_uuid(text)
    if owner not in dict(owners()):
        raise Unreadable(_("Choose somebody from the list: this member is not active here."))
    return owner


def _company(text: str, contact_id: UUID | None) -> UUID | None:
    if not text:
        return None
    found = companies_named(text)
    if not found:
        raise Unreadable(
            _(
                "There is no company called %(name)s. Add it first, or leave this empty.",
                name=text,
            )
        )
    if len(found) > 1:
        raise Unreadable(
            _("Several companies are called %(name)s. Write the reference of one.", name=text)
        )
    if found[0].id == contact_id:
        raise Unreadable(_("A company cannot belong to itself. Choose another, or leave it empty."))
    return found[0].id


_READERS: dict[str, Callable[[str, UUID | None], Any]] = {
    "name": _name,
    "kind": _kind,
    "email": _email,
    "phone": _phone,
    "reference": _reference,
    "owner": _owner,
    "company": _company,
}


def written(field: str, contact: Contact) -> str:
    """The field as it stands in its input, ready to be typed over."""
    value = getattr(contact, column_of(field))
    if value is None:
        return ""
    if field == "company":
        company = contact_with_id(value)
        return company.name if company else ""
    return str(value)


def label_of(field: str, value: Any) -> str | None:
    """A stored value as the timeline keeps it: names for ids, so that history stays readable."""
    if value is None:
        return None
    if field == "owner":
        return owner_name(value)
    if field == "company":
        company = contact_with_id(value, deleted=True)
        return company.name if company else None
    return str(value)
