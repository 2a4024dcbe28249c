"""The timeline of a contact and the notes in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.crm.contacts.models import Contact
from app.crm.timeline.actions import record_event
from app.crm.timeline.queries import stream
from app.extensions import db
from app.tenancy import new_id
from tests.cast import Cast, Company, Member

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def contact_id(cast: Cast, company: Company) -> UUID:
    with cast.inside(company):
        contact = Contact(name="Iris Calloway")
        db.session.add(contact)
        db.session.flush()
        return contact.id


def write(member: Member, contact_id: UUID, text: str, **more: str) -> object:
    url = member.url(f"contacts/{contact_id}/notes")
    return member.client.post(url, data={"text": text, **more}, headers=HTMX)


def note_id(cast: Cast, company: Company, contact_id: UUID) -> UUID:
    with cast.inside(company):
        days = stream(contact_id, "notes").days
        return days[0][1][0].event.id


def test_a_note_appears_with_its_author(owner: Member, contact_id: UUID) -> None:
    answer = write(owner, contact_id, "She prefers\nmornings <b>")
    page = owner.client.get(owner.url(f"contacts/{contact_id}")).text
    for text in (answer.text, page):  # type: ignore[attr-defined]
        assert "She prefers\nmornings &lt;b&gt;" in text
        assert "Ada Owner" in text


def test_the_same_note_sent_twice_is_one(
    cast: Cast, company: Company, owner: Member, contact_id: UUID
) -> None:
    same = str(new_id())
    write(owner, contact_id, "Once", id=same)
    write(owner, contact_id, "Once", id=same)
    with cast.inside(company):
        assert len(stream(contact_id).days[0][1]) == 1


@pytest.mark.parametrize(
    ("text", "sentence"), [("  ", "Write something first"), ("x" * 10001, "at most 10,000")]
)
def test_a_note_that_cannot_be_kept_is_refused_with_its_text(
    owner: Member, contact_id: UUID, text: str, sentence: str
) -> None:
    for headers in (HTMX, {}):
        answer = owner.client.post(
            owner.url(f"contacts/{contact_id}/notes"), data={"text": text}, headers=headers
        )
        assert answer.status_code == 422
        assert sentence in answer.text
        assert text in answer.text


def test_only_its_author_changes_or_deletes_a_note(
    cast: Cast, company: Company, owner: Member, colleague: Member, contact_id: UUID
) -> None:
    write(colleague, contact_id, "Mine")
    base = f"contacts/{contact_id}/notes/{note_id(cast, company, contact_id)}"
    for path in ("edit", "delete", "restore"):
        answer = owner.client.post(owner.url(f"{base}/{path}"), data={"text": "Theirs"})
        assert answer.status_code == 403
    assert owner.client.get(owner.url(f"{base}/edit")).status_code == 403
    changed = colleague.client.post(colleague.url(f"{base}/edit"), data={"text": "Better"})
    assert changed.status_code == 303
    page = colleague.client.get(colleague.url(f"contacts/{contact_id}")).text
    assert "Better" in page
    assert ", edited" in page


def test_a_deleted_note_comes_back_with_undo(
    cast: Cast, company: Company, owner: Member, contact_id: UUID
) -> None:
    write(owner, contact_id, "Keep this")
    base = f"contacts/{contact_id}/notes/{note_id(cast, company, contact_id)}"
    gone = owner.client.post(owner.url(f"{base}/delete"), headers=HTMX)
    assert "Keep this" not in gone.text
    undo = json.loads(gone.headers["HX-Trigger"])["toast"]["undo"]
    assert owner.client.post(undo).status_code == 303
    assert "Keep this" in owner.client.get(owner.url(f"contacts/{contact_id}")).text


def test_an_event_that_is_no_note_cannot_be_edited(
    cast: Cast, company: Company, owner: Member, contact_id: UUID
) -> None:
    with cast.inside(company):
        event = record_event(contact_id, "created", {})
        db.session.flush()
        event_id = event.id
    url = owner.url(f"contacts/{contact_id}/notes/{event_id}/edit")
    assert owner.client.post(url, data={"text": "x"}).status_code == 404


def test_a_note_of_another_workspace_does_not_exist(
    cast: Cast, company: Company, owner: Member, stranger: Member, contact_id: UUID
) -> None:
    write(owner, contact_id, "Ours")
    base = f"contacts/{contact_id}/notes/{note_id(cast, company, contact_id)}"
    for path in ("edit", "delete", "restore"):
        answer = stranger.client.post(stranger.url(f"{base}/{path}"), data={"text": "x"})
        assert answer.status_code == 404


def test_pages_of_the_timeline_hold_every_event_once_under_ties(
    cast: Cast, company: Company, contact_id: UUID
) -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with cast.inside(company):
        wanted = {
            record_event(
                contact_id, "note", {"text": str(n)}, happened_at=start + timedelta(hours=n // 4)
            )
            for n in range(17)
        }
        db.session.flush()
        met, page = [], stream(contact_id, size=3)
        while True:
            met += [entry.event.id for _day, entries in page.days for entry in entries]
            if not page.older:
                break
            page = stream(contact_id, mark=page.older, size=3)
        assert len(met) == 17
        assert set(met) == {event.id for event in wanted}


def test_filters_show_one_sort_of_event(
    cast: Cast, company: Company, owner: Member, contact_id: UUID
) -> None:
    with cast.inside(company):
        record_event(contact_id, "order", {"number": "A-17", "total": 128400})
        record_event(contact_id, "changed", {"field": "city", "old": "Leeds", "new": "York"})
    write(owner, contact_id, "A note here")
    seen = {
        shown: owner.client.get(owner.url(f"contacts/{contact_id}?show={shown}")).text
        for shown in ("all", "notes", "orders", "changes", "nonsense")
    }
    assert "A note here" in seen["notes"]
    assert "A-17" not in seen["notes"]
    assert "$1,284.00" in seen["orders"]
    assert "City changed" in seen["changes"]
    assert all(text in seen["nonsense"] for text in ("A note here", "A-17", "City changed"))


def test_a_broken_mark_shows_the_newest(owner: Member, contact_id: UUID) -> None:
    write(owner, contact_id, "The newest")
    for mark in ("x", "AAAA", "é", "MjAyNi0wMS0wMSB4"):
        page = owner.client.get(owner.url(f"contacts/{contact_id}"), query_string={"older": mark})
        assert "The newest" in page.text


def test_an_unknown_kind_of_event_is_a_mistake_of_ours(
    cast: Cast, company: Company, contact_id: UUID
) -> None:
    with cast.inside(company), pytest.raises(ValueError, match="no timeline event"):
        record_event(contact_id, "dreamt", {})
