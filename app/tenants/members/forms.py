"""Inviting somebody, and joining by an invitation."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import SelectField

from app.forms import Form
from app.tenants.fields import email_field, name_field, new_password_field
from app.tenants.permissions import Permission, is_allowed

ROLE_NAMES: dict[str, Any] = {
    "owner": lazy_pgettext("role", "Owner"),
    "admin": _l("Admin"),
    "manager": _l("Manager"),
    "rep": _l("Rep"),
    "read-only": _l("Read-only"),
}
ROLE_NOTES: dict[str, Any] = {
    "owner": _l("everything, owners too"),
    "admin": _l("everything but owners"),
    "manager": _l("records, imports and reports"),
    "rep": _l("contacts and orders"),
    "read-only": _l("looks, changes nothing"),
}


def role_choices(role: str) -> list[tuple[str, Any]]:
    """The roles that a member of this role may give."""
    may_make_owners = is_allowed(role, Permission.OWNERS_MANAGE)
    return [
        (name, label) for name, label in ROLE_NAMES.items() if name != "owner" or may_make_owners
    ]


def explained_choices(role: str) -> list[tuple[str, str]]:
    """The same with what each role may do."""
    return [(name, f"{label}: {ROLE_NOTES[name]}") for name, label in role_choices(role)]


class InviteForm(Form):
    """An address and the role it gets."""

    email = email_field(_l("Email"))
    role = SelectField(_l("Role"), default="rep")


class JoinForm(Form):
    """A name and a password for somebody who has no account."""

    name = name_field(_l("Your name"), _l("Write your name."))
    password = new_password_field(_l("Password"), "name")
