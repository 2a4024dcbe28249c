"""A contact's fields as people read them, and the links that its data allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.crm.contacts.fields import EDITABLE, column_of
from app.crm.contacts.lookups import contact_with_id, owner_name
from app.crm.contacts.models import Contact
from app.l10n import format_phone

_LTR = ("email", "reference")


@dataclass(frozen=True)
class Link:
    """A way to reach a contact outside the app."""

    label: str
    icon: str
    url: str


def field_values(contact: Contact) -> dict[str, Markup | None]:
    """Every field as its card shows it; None for an empty one."""
    return {field: field_value(contact, field) for field in EDITABLE}


def field_value(contact: Contact, field: str) -> Markup | None:
    """One field as its card shows it; None when it is empty."""
    value = getattr(contact, column_of(field))
    if value is None:
        return None
    if field == "kind":
        return escape(_("Company") if value == "company" else _("Person"))
    if field == "owner":
        return _bdi(owner_name(value) or _("Somebody who left"))
    if field == "company":
        return _company(value)
    if field == "phone":
        return _ltr(format_phone(value))
    return _ltr(value) if field in _LTR else _bdi(value)


def _company(company_id: Any) -> Markup | None:
    company = contact_with_id(company_id, deleted=True)
    return _bdi(company.name) if company else None


def _bdi(text: str) -> Markup:
    return Markup('<span class="clip" dir="auto">{}</span>').format(text)


def _ltr(text: str) -> Markup:
    return Markup('<span class="ltr clip" dir="ltr">{}</span>').format(text)


def head(contact: Contact) -> dict[str, Any]:
    """The context of the page's head: `crm/contacts/_head.html`."""
    return {
        "contact": contact,
        "owner_name": owner_name(contact.owner_id),
        "links": links_of(contact),
    }


def links_of(contact: Contact) -> list[Link]:
    """Call, mail, WhatsApp and map, as far as the data is there."""
    found = []
    if contact.phone:
        digits = contact.phone.removeprefix("+")
        found.append(Link(_("Call"), "phone", f"tel:{contact.phone}"))
        found.append(Link(_("WhatsApp"), "message-circle", f"https://wa.me/{digits}"))
    if contact.email:
        found.append(Link(_("Email"), "mail", f"mailto:{quote(contact.email, safe='@')}"))
    place = ", ".join(part for part in (contact.address, contact.city) if part)
    if place:
        query = quote(place.replace("\n", " "))
        url = f"https://www.openstreetmap.org/search?query={query}"
        found.append(Link(_("Map"), "map-pin", url))
    return found
