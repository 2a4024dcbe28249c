"""The form that a contact is created and edited with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice

from app.crm.contacts import fields
from app.crm.contacts.lookups import owner_name, owners
from app.crm.contacts.models import Contact
from app.forms import Form
from app.l10n import Unreadable
from app.tenancy import new_id


class Reads:
    """A validator that reads a field with `fields.read` into the form's `values`."""

    def __call__(self, form: ContactForm, field: Field) -> None:
        try:
            form.values[field.name] = fields.read(field.name, field.data or "", form.contact_id)
        except Unreadable as error:
            raise ValidationError(str(error.sentence)) from None


class ContactForm(Form):
    """What people type about a contact; after validation `values` holds what to store by field."""

    id = HiddenField()
    version = HiddenField()
    name = StringField(_l("Name"), [Reads()])
    kind = RadioField(
        _l("Kind"),
        [Reads()],
        validate_choice=False,
    )
    company = StringField(_l("Company"), [Reads()])
    email = StringField(_l("Email"), [Reads()])
    phone = StringField(_l("Phone"), [Reads()])
    city = StringField(_l("City"), [Reads()])
    address = TextAreaField(_l("Address"), [Reads()])
    source = StringField(
        _l("Source"), [Reads()], description=_l("Where you met: a fair, a friend.")
    )
    owner = SelectField(_l("Owner"), [Reads()], validate_choice=False)
    reference = StringField(
        _l("Reference"), [Reads()], description=_l("Your own number or code for this contact.")
    )
    note = TextAreaField(_l("Note"), [Reads()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.values: dict[str, Any] = {}
        self.contact_id: UUID | None = None
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            SelectChoice("person", _("Person")),
            SelectChoice("company", _("Company")),
        ]
        self.owner.choices = [
            SelectChoice("", _("Nobody")),
            *(SelectChoice(str(id_), name) for id_, name in owners()),
        ]

    @classmethod
    def blank(cls, **given: str) -> ContactForm:
        """A form for a new contact, with what the address already knows."""
        return cls(data={"id": str(new_id()), "kind": "person", **given})

    @classmethod
    def filled(cls, contact: Contact) -> ContactForm:
        """A form with the contact as it stands."""
        data = {name: fields.written(name, contact) for name in fields.EDITABLE}
        form = cls(data={**data, "id": str(contact.id), "version": str(contact.version)})
        form.keep_owner(contact)
        return form

    def is_good(self) -> bool:
        """Whether everything can be read; `values` is whole then."""
        good: bool = self.validate_on_submit()
        return good

    def keep_owner(self, contact: Contact) -> None:
        """Offer the present owner even when they left, so that saving does not lose them."""
        known = {choice.value for choice in self.owner.choices}
        if contact.owner_id and str(contact.owner_id) not in known:
            name = owner_name(contact.owner_id) or _("Somebody who left")
            self.owner.choices.append(SelectChoice(str(contact.owner_id), name))
