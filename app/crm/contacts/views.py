"""The contact list and the contact's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask, Response, request, url_for

from app.crm.contacts import form_views, inline_views, list_views  # noqa: F401 - they add routes
from app.crm.contacts.blueprint import blueprint
from app.crm.contacts.fields import EDITABLE, LABELS
from app.crm.contacts.lookups import contact_with_id, people_of
from app.crm.contacts.models import Contact
from app.crm.contacts.presentation import field_values, head
from app.crm.scores.queries import score_of
from app.crm.scores.segments import segment_name
from app.crm.timeline.presentation import section
from app.tenants.access import requires
from app.tenants.permissions import Permission
from app.web import or_missing, render


@blueprint.get("/<uuid:contact_id>")
@requires(Permission.CONTACTS_READ)
def show(contact_id: UUID) -> Response:
    """One contact with everything known about them."""
    contact = or_missing(contact_with_id(contact_id, deleted=True))
    return render("crm/contacts/show.html", **_page(contact))


def _page(contact: Contact) -> dict[str, Any]:
    values = field_values(contact)
    return {
        "values": values,
        "filled": sum(value is not None for value in values.values()),
        "labels": LABELS,
        "editable": EDITABLE,
        "score": score_of(contact.id),
        "segment_name": segment_name,
        "people": people_of(contact.id) if contact.kind == "company" else [],
        "orders_url": (
            None if contact.deleted_at else url_for("orders.of_contact", contact_id=contact.id)
        ),
        "new_order_url": url_for("orders.new", contact=contact.id),
        "values_url": url_for("clv.page"),
        **head(contact),
        **section(contact, request.args.get("show", "all"), request.args.get("older", "")),
    }


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
