"""Editing one field in its place on the contact's page."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from app.crm.contacts import actions
from app.crm.contacts.blueprint import blueprint
from app.crm.contacts.fields import EDITABLE, LABELS, column_of, read, written
from app.crm.contacts.lookups import contact_with_id, owners
from app.crm.contacts.models import Contact
from app.crm.contacts.presentation import field_value, head
from app.crm.timeline.queries import event_of
from app.l10n import Unreadable
from app.tenants.access import requires
from app.tenants.permissions import Permission
from app.web import Missing, is_fragment_request, or_missing, render, see_other, toast


@blueprint.get("/<uuid:contact_id>/fields/<field>")
@requires(Permission.CONTACTS_WRITE)
def field(contact_id: UUID, field: str) -> Response:
    """The field as text (`?as=text`) or as an input."""
    contact = _editable(contact_id, field)
    if not is_fragment_request():
        return see_other(url_for("contacts.edit", contact_id=contact.id, _anchor=field))
    if request.args.get("as") == "text":
        return _as_text(contact, field, has_head=False)
    return _as_input(contact, field, written(field, contact))


@blueprint.post("/<uuid:contact_id>/fields/<field>")
@requires(Permission.CONTACTS_WRITE)
def save_field(contact_id: UUID, field: str) -> Response:
    """Store one field; 422 keeps what was typed."""
    contact = _editable(contact_id, field)
    typed = request.form.get("value", "")
    try:
        value = read(field, typed, contact.id)
    except Unreadable as error:
        return _as_input(contact, field, typed, str(error.sentence), 422)
    event = actions.change_field(contact, field, value, request.form.get("was", ""))
    if not is_fragment_request():
        return see_other(url_for("contacts.show", contact_id=contact.id))
    response = _as_text(contact, field)
    if event is None:
        return response
    undo = url_for("contacts.undo", contact_id=contact.id, event_id=event.id)
    return toast(response, _("Saved."), undo_url=undo)


@blueprint.post("/<uuid:contact_id>/changes/<uuid:event_id>/undo")
@requires(Permission.CONTACTS_WRITE)
def undo(contact_id: UUID, event_id: UUID) -> Response:
    """Put one field back to what it was before a change."""
    contact = or_missing(contact_with_id(contact_id))
    event = or_missing(event_of(contact.id, event_id))
    if event.kind != "changed":
        raise Missing
    actions.undo_change(contact, event)
    flash(_("Put back."))
    return see_other(url_for("contacts.show", contact_id=contact.id))


def _editable(contact_id: UUID, field: str) -> Contact:
    if field not in EDITABLE:
        raise Missing
    return or_missing(contact_with_id(contact_id))


def _as_text(contact: Contact, field: str, *, has_head: bool = True) -> Response:
    """The field as its card shows it, and the page's head, which may show it as well."""
    return render(
        "crm/contacts/_field.html",
        **head(contact),
        field=field,
        label=LABELS[field],
        value=field_value(contact, field),
        can_edit=True,
        is_answer=True,
        has_head=has_head,
    )


def _as_input(
    contact: Contact, field: str, typed: str, error: str | None = None, status: int = 200
) -> Response:
    was = getattr(contact, column_of(field))
    return render(
        "crm/contacts/_field_form.html",
        None,
        status,
        contact=contact,
        field=field,
        label=LABELS[field],
        typed=typed,
        was="" if was is None else str(was),
        error=error,
        owners=owners() if field == "owner" else [],
    )
