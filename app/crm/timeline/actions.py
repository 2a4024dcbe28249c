"""Writing the timeline: events that features record, and notes that people keep."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import has_request_context
from flask_babel import gettext as _
from flask_login import current_user

from app.crm.timeline.models import TimelineEvent
from app.extensions import db
from app.l10n import format_number
from app.tenancy import new_id
from app.web import Forbidden, Refused

KINDS = ("note", "created", "changed", "order", "return", "imported", "deleted", "restored")
LONGEST_NOTE = 10_000


def record_event(
    contact_id: UUID,
    kind: str,
    details: dict[str, Any],
    *,
    happened_at: datetime | None = None,
    order_id: UUID | None = None,
) -> TimelineEvent:
    """Add to a contact's timeline what happened, now or at `happened_at`, by the person at work.

    `details` by kind: note {text}; changed {field, old, new}, with stored values as text and
    {old_label, new_label} where those are ids; order and return {number, total} in minor units;
    created, imported, deleted and restored {}.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no timeline event of the kind {kind}.")
    event = TimelineEvent(
        contact_id=contact_id,
        kind=kind,
        details=details,
        account_id=_account_at_work(),
        order_id=order_id,
        happened_at=happened_at or datetime.now(UTC),
    )
    db.session.add(event)
    return event


def _account_at_work() -> UUID | None:
    return getattr(current_user, "account_id", None) if has_request_context() else None


def read_note(text: str) -> str:
    """A note's text, cleaned. Raises Refused when it is empty or too long."""
    cleaned = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not cleaned:
        raise Refused(_("Write something first."))
    if len(cleaned) > LONGEST_NOTE:
        raise Refused(
            _(
                "A note has at most %(most)s characters; this one has %(number)s.",
                most=format_number(LONGEST_NOTE),
                number=format_number(len(cleaned)),
            )
        )
    return cleaned


def add_note(contact_id: UUID, text: str, note_id: UUID | None = None) -> TimelineEvent:
    """Keep a note that `read_note` accepted; its id comes from the form that it was typed into."""
    note = record_event(contact_id, "note", {"text": text})
    note.id = note_id or new_id()
    return note


def change_note(note: TimelineEvent, text: str) -> None:
    """Give a note a text that `read_note` accepted. Only its author may; raises Forbidden."""
    check_author(note)
    note.details = {**note.details, "text": text, "edited": True}


def delete_note(note: TimelineEvent) -> None:
    """Take a note away; `deleted` keeps it for the way back. Only its author may."""
    check_author(note)
    note.details = {**note.details, "deleted": True}


def restore_note(note: TimelineEvent) -> None:
    """Bring a deleted note back. Only its author may."""
    check_author(note)
    note.details = {name: value for name, value in note.details.items() if name != "deleted"}


def check_author(note: TimelineEvent) -> None:
    """Raises Forbidden when the person at work did not write the note."""
    if note.account_id != _account_at_work():
        raise Forbidden(_("Only the person who wrote a note may change it."))
