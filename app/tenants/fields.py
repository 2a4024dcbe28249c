"""Form fields that accounts, members and workspaces share, and how typed text is tidied."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, Form, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from app.l10n import lazy_number
from app.tenants.passwords import LONGEST, weakness

NAME_LENGTH = 120
EMAIL_LENGTH = 254


def tidy(text: str | None) -> str | None:
    """Typed text on one line, without control characters and outer or doubled spaces."""
    if text is None:
        return None
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
    return " ".join(kept.split())


def normal_email(text: str | None) -> str:
    """The address as accounts store it: one spelling for one mailbox."""
    return unicodedata.normalize("NFKC", text or "").strip().lower()


def readable_email(text: str) -> str:
    """The normalised address; raises ValueError when it is none.

    Delivery is not looked up: the mail that proves the address does that.
    """
    try:
        found = validate_email(
            normal_email(text), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
    return str(found.normalized).lower()


def _is_email(_form: Form, field: Field) -> None:
    try:
        field.data = readable_email(field.data)
    except ValueError:
        raise ValidationError(_l("Write the address in full, like name@company.com.")) from None


def name_field(label: Any, required: Any, **options: Any) -> StringField:
    """A name of a person or a company."""
    too_long = _l("Use at most %(most)s characters.", most=lazy_number(NAME_LENGTH))
    return StringField(
        label,
        filters=[tidy],
        validators=[DataRequired(required), Length(max=NAME_LENGTH, message=too_long)],
        **options,
    )


def email_field(label: Any) -> EmailField:
    """An email address, normalised when it can be read."""
    return EmailField(
        label,
        validators=[
            InputRequired(_l("Write your email address.")),
            Length(max=EMAIL_LENGTH, message=_l("This address is too long.")),
            _is_email,
        ],
    )


def password_field(label: Any) -> PasswordField:
    """A password that is checked against a stored one."""
    return PasswordField(
        label,
        validators=[
            InputRequired(_l("Write your password.")),
            Length(
                max=LONGEST,
                message=_l("Use at most %(most)s characters.", most=lazy_number(LONGEST)),
            ),
        ],
    )


def new_password_field(label: Any, *known: str) -> PasswordField:
    """A new password; it must not be made of what the fields named `known` hold."""

    def is_strong(form: Form, field: Field) -> None:
        names = [str(form[name].data or "") for name in known if name in form]
        sentence = weakness(field.data, *names)
        if sentence is not None:
            raise ValidationError(sentence)

    return PasswordField(label, validators=[InputRequired(_l("Choose a password.")), is_strong])


def local_path(text: str | None) -> str | None:
    """The path to return to when it leads to this site; None for everything else."""
    if text and re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", text):
        return text
    return None


def submitted_status(form: Any) -> int:
    """422 for a form that came back, 200 for a fresh one."""
    return 422 if form.is_submitted() else 200


def return_path(default: str) -> str:
    """Where the form asks to go back to, if that is on this site."""
    return local_path(request.values.get("next")) or default
