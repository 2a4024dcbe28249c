"""The timeline as a part of the contact's page, and the notes written into it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Flask, Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.crm.contacts.models import Contact
from app.crm.timeline import actions
from app.crm.timeline.models import TimelineEvent
from app.crm.timeline.presentation import section
from app.crm.timeline.queries import event_of
from app.extensions import db
from app.tenants.access import requires
from app.tenants.permissions import Permission
from app.web import (
    Missing,
    Refused,
    given_uuid,
    is_fragment_request,
    or_missing,
    render,
    see_other,
    toast,
)

blueprint = Blueprint(
    "timeline", __name__, url_prefix="/<slug:tenant_slug>/contacts/<uuid:contact_id>"
)


@blueprint.get("/timeline")
@requires(Permission.CONTACTS_READ)
def page(contact_id: UUID) -> Response:
    """The section, or only the older days when the address has a place; without htmx the page."""
    contact = _contact(contact_id)
    shown, older = request.args.get("show", "all"), request.args.get("older", "")
    if not is_fragment_request():
        return see_other(
            url_for("contacts.show", contact_id=contact.id, show=shown, older=older or None)
        )
    template = "crm/timeline/_days.html" if older else "crm/timeline/section.html"
    return render(template, **section(contact, shown, older))


@blueprint.post("/notes")
@requires(Permission.CONTACTS_WRITE)
def add_note(contact_id: UUID) -> Response:
    """Write a note; the same form sent twice writes one."""
    contact = _contact(contact_id)
    typed = request.form.get("text", "")
    try:
        text = actions.read_note(typed)
    except Refused as refusal:
        return _refused(contact, typed, refusal.sentence)
    note_id = given_uuid(request.form.get("id"))
    if note_id is None or event_of(contact.id, note_id) is None:
        actions.add_note(contact.id, text, note_id)
    return _answer(contact, _("Note saved."))


@blueprint.get("/notes/<uuid:event_id>/edit")
@requires(Permission.CONTACTS_WRITE)
def edit_note(contact_id: UUID, event_id: UUID) -> Response:
    """The note's text, ready to be typed over."""
    contact, note = _contact(contact_id), _note(contact_id, event_id)
    actions.check_author(note)
    return render(
        "crm/timeline/edit.html", contact=contact, text=note.details.get("text", ""), error=""
    )


@blueprint.post("/notes/<uuid:event_id>/edit")
@requires(Permission.CONTACTS_WRITE)
def update_note(contact_id: UUID, event_id: UUID) -> Response:
    """Store the note's new text."""
    contact, note = _contact(contact_id), _note(contact_id, event_id)
    actions.check_author(note)
    typed = request.form.get("text", "")
    try:
        actions.change_note(note, actions.read_note(typed))
    except Refused as refusal:
        return render(
            "crm/timeline/edit.html", None, 422, contact=contact, text=typed, error=refusal.sentence
        )
    return see_other(_url(contact))


@blueprint.post("/notes/<uuid:event_id>/delete")
@requires(Permission.CONTACTS_WRITE)
def remove_note(contact_id: UUID, event_id: UUID) -> Response:
    """Take the note away, with a way back."""
    contact, note = _contact(contact_id), _note(contact_id, event_id)
    actions.delete_note(note)
    undo = url_for("timeline.restore_note", contact_id=contact.id, event_id=note.id)
    return _answer(contact, _("Note deleted."), undo)


@blueprint.post("/notes/<uuid:event_id>/restore")
@requires(Permission.CONTACTS_WRITE)
def restore_note(contact_id: UUID, event_id: UUID) -> Response:
    """Bring a deleted note back."""
    contact, note = _contact(contact_id), _note(contact_id, event_id)
    actions.restore_note(note)
    return see_other(_url(contact))


def _contact(contact_id: UUID) -> Contact:
    return or_missing(db.session.scalar(select(Contact).where(Contact.id == contact_id)))


def _note(contact_id: UUID, event_id: UUID) -> TimelineEvent:
    event = or_missing(event_of(contact_id, event_id))
    if event.kind != "note":
        raise Missing
    return event


def _url(contact: Contact) -> str:
    return url_for("contacts.show", contact_id=contact.id, _anchor="timeline")


def _answer(contact: Contact, message: str, undo: str | None = None) -> Response:
    db.session.flush()
    if not is_fragment_request():
        return see_other(_url(contact))
    return toast(
        render("crm/timeline/section.html", **section(contact, "all")), message, undo_url=undo
    )


def _refused(contact: Contact, typed: str, sentence: str) -> Response:
    if is_fragment_request():
        context = section(contact, "all", note_text=typed, note_error=sentence)
        return render("crm/timeline/section.html", None, 422, **context)
    context = {"contact": contact, "text": typed, "error": sentence}
    return render("crm/timeline/edit.html", None, 422, **context)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
