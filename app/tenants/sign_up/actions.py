"""A company signs up: account, workspace and ownership in one transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.extensions import db
from app.tenancy import new_id
from app.tenants.accounts.actions import mail_verification
from app.tenants.accounts.models import Account
from app.tenants.accounts.queries import account_of
from app.tenants.door import enter
from app.tenants.members.actions import add_owner, offer_ownership
from app.tenants.passwords import hash_password
from app.tenants.sign_up.forms import OpenForm, SignUpForm
from app.tenants.workspace.actions import money_unit, open_workspace
from app.tenants.workspace.defaults import defaults_for
from app.tenants.workspace.models import Tenant


def settings_from(form: OpenForm, accepted: list[str]) -> dict[str, Any]:
    """The new workspace's settings: what was chosen, and what follows from it."""
    language, currency = form.language.data, form.currency.data
    defaults = defaults_for(language, accepted)
    return {
        "slug": form.slug.data,
        "name": form.company.data,
        "language": language,
        "calendar": form.calendar.data,
        "digits": defaults.digits,
        "timezone": form.timezone.data,
        "currency": currency,
        "money_unit": money_unit(currency, language == "fa"),
        "region": "IR" if currency == "IRR" else defaults.region,
    }


def sign_up(form: SignUpForm, tenant_id: UUID, accepted: list[str]) -> None:
    """Open an account and a workspace and mail the link that proves the address.

    Nothing tells the visitor whether the address had an account: the password is hashed and the
    workspace opened either way, but an existing account is only offered it, by mail.
    """
    password_hash = hash_password(form.password.data)
    enter(tenant_id)
    tenant = open_workspace(tenant_id, **settings_from(form, accepted))
    existing = account_of(form.email.data)
    if existing is not None:
        offer_ownership(tenant, existing)
        return
    account = Account(
        id=new_id(),
        email=form.email.data,
        name=form.name.data,
        password_hash=password_hash,
        language=form.language.data,
    )
    db.session.add(account)
    add_owner(tenant, account)
    mail_verification(account)


def open_another(form: OpenForm, account_id: UUID, tenant_id: UUID, accepted: list[str]) -> Tenant:
    """Open one more workspace for somebody who is signed in."""
    enter(tenant_id)
    tenant = open_workspace(tenant_id, **settings_from(form, accepted))
    add_owner(tenant, db.session.get_one(Account, account_id))
    return tenant
