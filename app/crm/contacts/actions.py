"""Changing contacts. Each change leaves an event in the timeline; the request commits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from app.crm.contacts.fields import column_of, label_of
from app.crm.contacts.models import Contact
from app.crm.timeline.actions import record_event
from app.crm.timeline.models import TimelineEvent
from app.extensions import db
from app.web import Conflicting

_IDS = ("company", "owner")


def create_contact(contact_id: UUID, values: dict[str, Any]) -> Contact:
    """Add a contact; `values` is stored values by field, as `fields.read` gives them."""
    contact = Contact(id=contact_id)
    for field, value in values.items():
        setattr(contact, column_of(field), value)
    db.session.add(contact)
    db.session.flush()
    record_event(contact.id, "created", {})
    return contact


def update_contact(contact: Contact, values: dict[str, Any]) -> list[TimelineEvent]:
    """Store what differs; one event for each field changed. Raises Conflicting."""
    events = []
    for field, value in values.items():
        old = getattr(contact, column_of(field))
        if old != value:
            events.append(_record_change(contact.id, field, old, value))
            setattr(contact, column_of(field), value)
    save()
    return events


def _record_change(contact_id: UUID, field: str, old: Any, new: Any) -> TimelineEvent:
    details = {"field": field, "old": _plain(old), "new": _plain(new)}
    if field in _IDS:
        details |= {"old_label": label_of(field, old), "new_label": label_of(field, new)}
    return record_event(contact_id, "changed", details)


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def change_field(contact: Contact, field: str, value: Any, was: str) -> TimelineEvent | None:
    """Store one field; `was` is its stored text when it was opened. Raises Conflicting.

    Another field may have changed since: only a change to this one is a conflict.
    """
    if (_plain(getattr(contact, column_of(field))) or "") != was:
        raise Conflicting(
            _("Somebody else changed this field in the meantime. Reload the page to see it.")
        )
    events = update_contact(contact, {field: value})
    return events[0] if events else None


def undo_change(contact: Contact, event: TimelineEvent) -> None:
    """Put a field back to what it was before the event. Raises Conflicting when it moved on."""
    field = event.details["field"]
    column = column_of(field)
    if _plain(getattr(contact, column)) != event.details["new"]:
        raise Conflicting(_("The field was changed again since, so it was left as it is."))
    old = event.details["old"]
    update_contact(contact, {field: UUID(old) if old and field in _IDS else old})


def delete_contact(contact: Contact) -> None:
    """Take a contact out of lists; its orders and its timeline stay. Raises Conflicting."""
    contact.deleted_at = datetime.now(UTC)
    record_event(contact.id, "deleted", {})
    save()


def restore_contact(contact: Contact) -> None:
    """Bring a deleted contact back; nothing happens to one that is there."""
    if contact.deleted_at is not None:
        contact.deleted_at = None
        record_event(contact.id, "restored", {})
        save()


def save() -> None:
    """Write now, so that somebody else's newer version is met here. Raises Conflicting."""
    try:
        db.session.flush()
    except StaleDataError:
        raise Conflicting(
            _("Somebody else changed this contact at the same moment. Reload the page.")
        ) from None
