"""Taking up an invitation, and choosing among several workspaces: pages outside of any."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, flash, request
from flask_babel import gettext as _

from app.extensions import db
from app.tenants.access import public, signed_in
from app.tenants.accounts.models import Account
from app.tenants.accounts.queries import account_of
from app.tenants.door import current_user, enter
from app.tenants.fields import submitted_status
from app.tenants.members import actions
from app.tenants.members.forms import ROLE_NAMES, JoinForm
from app.tenants.members.models import Invitation
from app.tenants.members.queries import usable_invitation, workspaces_of
from app.tenants.sessions import start_session
from app.tenants.shell import home_url
from app.tenants.workspace.models import Tenant
from app.web import render, see_other


@signed_in
def workspaces() -> Response:
    found = db.session.execute(workspaces_of(current_user.account_id)).all()
    links = [(name, home_url(slug), ROLE_NAMES[role]) for name, slug, role in found]
    return render("members/workspaces.html", links=links)


@public
def invitation(token: str) -> Response:
    found = usable_invitation(token)
    if found is None:
        return render("members/invitation_over.html", status=410)
    account = account_of(found.email)
    if account is None or account.verified_at is None:
        return _join_as_newcomer(token, found)
    if request.method == "POST" and _is_viewer(account):
        return _join(token, account)
    return _page(found, is_known=True, is_viewer=_is_viewer(account))


def _is_viewer(account: Account) -> bool:
    return current_user.is_authenticated and current_user.account_id == account.id


def _page(found: Invitation, status: int = 200, **context: Any) -> Response:
    tenant = db.session.get_one(Tenant, found.tenant_id)
    return render(
        "members/invitation.html",
        status=status,
        invitation=found,
        company=tenant.name,
        role=ROLE_NAMES[found.role],
        viewer=current_user if current_user.is_authenticated else None,
        **{"form": None, "is_known": False, "is_viewer": False, **context},
    )


def _join_as_newcomer(token: str, found: Invitation) -> Response:
    form = JoinForm()
    if not form.validate_on_submit():
        return _page(found, submitted_status(form), form=form)
    return _join(token, None, form)


def _join(token: str, account: Account | None, form: JoinForm | None = None) -> Response:
    found = usable_invitation(token)
    if found is not None:
        enter(found.tenant_id)
        found = actions.spend_invitation(token)
    if found is None:
        return render("members/invitation_over.html", status=410)
    if form is not None:
        account = actions.newcomer(found.email, form.name.data, form.password.data)
    else:
        account = db.session.get_one(Account, account.id)  # type: ignore[union-attr]
    actions.join(found, account)
    tenant = db.session.get_one(Tenant, found.tenant_id)
    answer = see_other(home_url(tenant.slug))
    if form is not None:
        start_session(answer, account.id)
    flash(_("You are a member of %(company)s.", company=tenant.name))
    return answer


def register(app: Flask) -> None:
    app.add_url_rule("/workspaces", "members.workspaces", workspaces)
    app.add_url_rule(
        "/invitations/<token>", "members.invitation", invitation, methods=["GET", "POST"]
    )
