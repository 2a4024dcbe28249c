"""What people fill in about themselves."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField

from app.forms import Form
from app.tenants.fields import email_field, name_field, new_password_field, password_field


class SignInForm(Form):
    """An address, a password and where to go afterwards."""

    email = email_field(_l("Email"))
    password = password_field(_l("Password"))
    next = HiddenField()


class ResetRequestForm(Form):
    """The address to which a link goes."""

    email = email_field(_l("Email"))


class ResetForm(Form):
    """A new password."""

    password = new_password_field(_l("New password"))


class ProfileForm(Form):
    """What a person chooses for themselves; an empty choice follows the workspace."""

    name = name_field(_l("Your name"), _l("Write your name."))
    language = RadioField(
        _l("Language"),
        choices=[("", _l("As the workspace")), ("en", "English"), ("fa", "فارسی")],
    )
    calendar = RadioField(
        _l("Calendar"),
        choices=[
            ("", _l("As the workspace")),
            ("gregorian", _l("Gregorian")),
            ("jalali", _l("Jalali")),
        ],
    )
    digits = RadioField(
        _l("Digits"),
        choices=[("", _l("As the workspace")), ("latin", "123"), ("persian", "۱۲۳")],
    )
    shortcuts = BooleanField(_l("Keyboard shortcuts"))


class PasswordForm(Form):
    """The password of today and the one to come."""

    current = password_field(_l("Current password"))
    password = new_password_field(_l("New password"))


class EmailForm(Form):
    """The address to move to, and the password that proves who asks."""

    email = email_field(_l("New email"))
    current = password_field(_l("Current password"))
