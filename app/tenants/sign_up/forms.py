"""Opening a workspace, with an account or for somebody who has one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, ValidationError

from app.tenants.fields import email_field, name_field, new_password_field, tidy
from app.tenants.sign_up.slugs import SHAPE, free_neighbour, is_free
from app.tenants.workspace.forms import FormatsForm


def _small(text: str | None) -> str:
    return (tidy(text) or "").lower()


class OpenForm(FormatsForm):
    """The company, its address and its formats; `id` makes a second sending harmless."""

    id = HiddenField()
    company = name_field(_l("Company"), _l("Write the company's name."))
    slug = StringField(
        _l("Address"),
        filters=[_small],
        validators=[InputRequired(_l("Write an address in small Latin letters."))],
    )

    neighbour: str | None = None

    def validate_slug(self, field: StringField) -> None:
        if not SHAPE.fullmatch(field.data):
            raise ValidationError(
                _l("Use 3 to 40 small Latin letters, digits and hyphens, a hyphen only inside.")
            )
        if not is_free(field.data):
            self.neighbour = free_neighbour(field.data)
            raise ValidationError(_l("That address is taken."))


class SignUpForm(OpenForm):
    """The same with the person who opens it."""

    name = name_field(_l("Your name"), _l("Write your name."))
    email = email_field(_l("Work email"))
    password = new_password_field(_l("Password"), "company", "name", "email", "slug")
