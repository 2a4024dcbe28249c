"""What a timeline section needs to be drawn, on the contact's page and alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app, url_for
from flask_babel import gettext as _

from app.crm.contacts.models import Contact
from app.crm.timeline.queries import SHOWN, stream
from app.l10n import format_phone
from app.tenancy import new_id


def section(
    contact: Contact, shown: str, older: str = "", *, note_text: str = "", note_error: str = ""
) -> dict[str, Any]:
    """The context of `crm/timeline/section.html`; an unknown `shown` shows everything."""
    shown = shown if shown in SHOWN else "all"
    return {
        "contact": contact,
        "shown": shown,
        "stream": stream(contact.id, shown, older),
        "note_id": str(new_id()),
        "note_text": note_text,
        "note_error": note_error,
        "change_of": change_of,
        "order_link": _order_link(),
    }


def _order_link() -> Callable[[UUID], str] | None:
    if "orders.show" not in current_app.view_functions:
        return None
    return lambda order_id: url_for("orders.show", order_id=order_id)


@dataclass(frozen=True)
class Change:
    """A field that became another, in words; None for an empty value."""

    field: str
    old: str | None
    new: str | None


def change_of(details: dict[str, Any]) -> Change:
    """What a `changed` event says, as people read it."""
    return Change(
        _field_name(details.get("field", "")), _shown(details, "old"), _shown(details, "new")
    )


def _shown(details: dict[str, Any], side: str) -> str | None:
    value = details.get(f"{side}_label") or details.get(side)
    if value is None:
        return None
    if details.get("field") == "phone":
        return format_phone(value)
    if details.get("field") == "kind":
        return _("Company") if value == "company" else _("Person")
    return str(value)


def _field_name(field: str) -> str:
    names = {
        "name": _("Name"),
        "kind": _("Kind"),
        "company": _("Company"),
        "email": _("Email"),
        "phone": _("Phone"),
        "city": _("City"),
        "address": _("Address"),
        "source": _("Source"),
        "owner": _("Owner"),
        "reference": _("Reference"),
        "note": _("Note"),
    }
    return names.get(field, field)
