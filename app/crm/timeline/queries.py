"""Reading a contact's timeline, newest first, in pages that begin after an event."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, not_, select, tuple_

from app.crm.timeline.models import TimelineEvent
from app.extensions import db
from app.l10n import local_date
from app.tenants.accounts.models import Account

PAGE = 30
SHOWN = {
    "all": None,
    "notes": ("note",),
    "orders": ("order", "return"),
    "changes": ("created", "changed", "imported", "deleted", "restored"),
}


@dataclass(frozen=True)
class Entry:
    """An event with the name of who did it; None for a job or an import."""

    event: TimelineEvent
    author: str | None
    day: date


@dataclass(frozen=True)
class Stream:
    """One page of a timeline by day; `after` is the day that the page before ended in."""

    days: list[tuple[date, list[Entry]]]
    older: str | None = None
    after: date | None = None


def stream(contact_id: UUID, shown: str = "all", mark: str = "", size: int = PAGE) -> Stream:
    """A page of the contact's timeline; an unknown mark gives the first page."""
    cursor = read_mark(mark) if mark else None
    query = (
        select(TimelineEvent, Account.name)
        .outerjoin(Account, Account.id == TimelineEvent.account_id)
        .where(TimelineEvent.contact_id == contact_id, *_shown(shown))
        .order_by(TimelineEvent.happened_at.desc(), TimelineEvent.id.desc())
        .limit(size + 1)
    )
    if cursor is not None:
        row = tuple_(TimelineEvent.happened_at, TimelineEvent.id)
        query = query.where(row < tuple_(*cursor))
    found = [
        Entry(event, author, local_date(event.happened_at))
        for event, author in db.session.execute(query)
    ]
    older = write_mark(found[size - 1].event) if len(found) > size else None
    return Stream(_by_day(found[:size]), older, local_date(cursor[0]) if cursor else None)


def _shown(shown: str) -> list[ColumnElement[bool]]:
    kinds = SHOWN.get(shown)
    visible = not_(TimelineEvent.details.has_key("deleted"))
    return [visible] if kinds is None else [visible, TimelineEvent.kind.in_(kinds)]


def _by_day(entries: list[Entry]) -> list[tuple[date, list[Entry]]]:
    days: dict[date, list[Entry]] = {}
    for entry in entries:
        days.setdefault(entry.day, []).append(entry)
    return list(days.items())


def write_mark(event: TimelineEvent) -> str:
    """An event's place in the timeline, as it stands in an address."""
    packed = f"{event.happened_at.isoformat()} {event.id}"
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_mark(text: str) -> tuple[datetime, UUID] | None:
    """The place that an address names; None when it is broken."""
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        moment, event_id = packed.split(" ")
        happened_at = datetime.fromisoformat(moment)
        return (happened_at, UUID(event_id)) if happened_at.tzinfo else None
    except (ValueError, binascii.Error):
        return None


def event_of(contact_id: UUID, event_id: UUID) -> TimelineEvent | None:
    """One event of a contact's timeline."""
    return db.session.scalar(
        select(TimelineEvent).where(
            TimelineEvent.contact_id == contact_id, TimelineEvent.id == event_id
        )
    )
