"""Creating, editing, deleting and restoring contacts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.crm.contacts import actions
from app.crm.contacts.blueprint import blueprint
from app.crm.contacts.fields import LABELS, read
from app.crm.contacts.forms import ContactForm
from app.crm.contacts.lookups import companies_like, contact_with_id, duplicates_of
from app.crm.contacts.models import Contact
from app.l10n import Unreadable
from app.tenants.access import requires
from app.tenants.permissions import Permission
from app.web import given_uuid, or_missing, render, see_other


@blueprint.get("/new")
@requires(Permission.CONTACTS_WRITE)
def new() -> Response:
    """An empty form; the address may name what is known already."""
    given = {name: request.args[name] for name in LABELS if name in request.args}
    return _form(ContactForm.blank(**given), None)


@blueprint.post("/new")
@requires(Permission.CONTACTS_WRITE)
def create() -> Response:
    """Add the contact; the same form sent twice makes one."""
    form = ContactForm()
    contact_id = given_uuid(form.id.data)
    if contact_id is None:
        form.id.data = ContactForm.blank().id.data
    elif contact_with_id(contact_id, deleted=True):
        return see_other(_url(contact_id))
    if not form.is_good() or contact_id is None:
        return _form(form, None, status=422)
    twins = _twins(form, None)
    if twins:
        return _form(form, None, status=422, twins=twins)
    contact = actions.create_contact(contact_id, form.values)
    flash(_("Contact added."))
    return see_other(_url(contact.id))


@blueprint.get("/<uuid:contact_id>/edit")
@requires(Permission.CONTACTS_WRITE)
def edit(contact_id: UUID) -> Response:
    """The form with the contact as it stands."""
    contact = or_missing(contact_with_id(contact_id))
    return _form(ContactForm.filled(contact), contact)


@blueprint.post("/<uuid:contact_id>/edit")
@requires(Permission.CONTACTS_WRITE)
def update(contact_id: UUID) -> Response:
    """Store the form; what somebody else changed since it was opened is not overwritten unseen."""
    contact = or_missing(contact_with_id(contact_id))
    form = ContactForm()
    form.contact_id = contact.id
    form.keep_owner(contact)
    if not form.is_good():
        return _form(form, contact, status=422)
    if form.version.data != str(contact.version):
        form.version.data = str(contact.version)
        return _form(form, contact, status=409, is_stale=True)
    twins = _twins(form, contact.id)
    if twins:
        return _form(form, contact, status=422, twins=twins)
    actions.update_contact(contact, form.values)
    flash(_("Contact saved."))
    return see_other(_url(contact.id))


def _twins(form: ContactForm, but: UUID | None) -> list[Contact]:
    if request.form.get("anyway"):
        return []
    return duplicates_of(form.values["email"], form.values["phone"], but)


def _form(
    form: ContactForm, contact: Contact | None, status: int = 200, **context: Any
) -> Response:
    given = {"twins": [], "is_stale": False, **context}
    return render("crm/contacts/form.html", None, status, form=form, contact=contact, **given)


def _url(contact_id: UUID) -> str:
    return url_for("contacts.show", contact_id=contact_id)


@blueprint.get("/duplicates")
@requires(Permission.CONTACTS_WRITE)
def duplicates() -> Response:
    """Contacts with the email or phone being typed, as a block beside the form."""
    found = duplicates_of(
        _readable("email"), _readable("phone"), given_uuid(request.args.get("id"))
    )
    return render("crm/contacts/_twins.html", twins=found)


def _readable(field: str) -> str | None:
    try:
        value: str | None = read(field, request.args.get(field, ""), None)
        return value
    except Unreadable:
        return None


@blueprint.get("/companies")
@requires(Permission.CONTACTS_READ)
def companies() -> Response:
    """The companies that match what is being typed, as options."""
    return render(
        "crm/contacts/_companies.html", companies=companies_like(request.args.get("company", ""))
    )


@blueprint.post("/<uuid:contact_id>/delete")
@requires(Permission.CONTACTS_WRITE)
def delete(contact_id: UUID) -> Response:
    """Take the contact out of the lists, with a way back."""
    contact = or_missing(contact_with_id(contact_id))
    actions.delete_contact(contact)
    flash(Markup(render_template("crm/contacts/_deleted.html", contact=contact)))  # noqa: S704
    return see_other(url_for("contacts.page"))


@blueprint.post("/<uuid:contact_id>/restore")
@requires(Permission.CONTACTS_WRITE)
def restore(contact_id: UUID) -> Response:
    """Bring a deleted contact back."""
    contact = or_missing(contact_with_id(contact_id, deleted=True))
    actions.restore_contact(contact)
    flash(_("Contact restored."))
    return see_other(_url(contact.id))
