"""The members of a workspace: list, roles, invitations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, flash, g, request, url_for
from flask_babel import gettext as _

from app.extensions import db
from app.tenants import limits
from app.tenants.access import requires
from app.tenants.door import current_user
from app.tenants.members import actions, joining
from app.tenants.members.forms import ROLE_NAMES, InviteForm, explained_choices, role_choices
from app.tenants.members.models import ROLES, Invitation, Membership
from app.tenants.members.queries import member, members_of, waiting_invitations
from app.tenants.permissions import Permission
from app.tenants.refusals import refused
from app.web import Refused, or_missing, render, see_other

blueprint = Blueprint("members", __name__, url_prefix="/<slug:tenant_slug>/settings/members")
_PAGE = "members/page.html"


def _form(fresh: bool = False) -> InviteForm:
    form = InviteForm(fresh=fresh)
    form.role.choices = explained_choices(g.place.role)
    return form


def _context() -> dict[str, Any]:
    tenant_id = g.place.tenant.id
    return {
        "members": db.session.execute(members_of(tenant_id)).all(),
        "invitations": db.session.scalars(waiting_invitations(tenant_id)).all(),
        "role_names": ROLE_NAMES,
        "choices": role_choices(g.place.role),
        "own_id": g.place.membership_id,
    }


def _back(sentence: str) -> Response:
    flash(sentence)
    return see_other(url_for("members.page"))


@blueprint.get("")
@requires(Permission.MEMBERS_READ)
def page() -> Response:
    return render(_PAGE, form=_form(), **_context())


@blueprint.post("/invitations")
@requires(Permission.MEMBERS_MANAGE)
def invite() -> Response:
    form = _form()
    if not form.validate_on_submit():
        return render(_PAGE, form=form, status=422, **_context())
    try:
        limits.spend(
            (limits.INVITATION_MEMBER, str(current_user.account_id)),
            (limits.INVITATION_ADDRESS, limits.visitor_address()),
        )
        actions.invite(g.place, current_user.account_id, form.email.data, form.role.data)
    except Refused as error:
        return refused(_PAGE, form, error, **_context())
    return _back(_("%(email)s is invited.", email=form.email.data))


def _invitation(invitation_id: UUID) -> Invitation:
    waiting = waiting_invitations(g.place.tenant.id).where(Invitation.id == invitation_id)
    return or_missing(db.session.scalar(waiting))


def _changed(change: Callable[[], object], sentence: str) -> Response:
    """Do it and go back to the list; a rule that forbids it is told on the list itself."""
    try:
        change()
    except Refused as error:
        return refused(_PAGE, _form(fresh=True), error, **_context())
    return _back(sentence)


@blueprint.post("/invitations/<uuid:invitation_id>/resend")
@requires(Permission.MEMBERS_MANAGE)
def resend(invitation_id: UUID) -> Response:
    invitation = _invitation(invitation_id)

    def change() -> None:
        limits.spend((limits.INVITATION_MEMBER, str(current_user.account_id)))
        actions.resend(g.place, invitation)

    return _changed(change, _("A new link is on its way to %(email)s.", email=invitation.email))


@blueprint.post("/invitations/<uuid:invitation_id>/revoke")
@requires(Permission.MEMBERS_MANAGE)
def revoke(invitation_id: UUID) -> Response:
    invitation = _invitation(invitation_id)
    sentence = _("The invitation of %(email)s is taken back.", email=invitation.email)
    return _changed(lambda: actions.revoke(g.place, invitation), sentence)


def _member(membership_id: UUID) -> Membership:
    return or_missing(member(g.place.tenant.id, membership_id))


@blueprint.post("/<uuid:membership_id>/role")
@requires(Permission.MEMBERS_MANAGE)
def change_role(membership_id: UUID) -> Response:
    found, role = _member(membership_id), request.form.get("role", "")
    if role not in ROLES:
        return refused(_PAGE, _form(fresh=True), _("Choose a role of the list."), **_context())
    sentence = _("The role is changed.")
    return _changed(lambda: actions.change_role(g.place, found, role), sentence)


@blueprint.post("/<uuid:membership_id>/disable")
@requires(Permission.MEMBERS_MANAGE)
def disable(membership_id: UUID) -> Response:
    found = _member(membership_id)
    sentence = _("The member is shut out and signed out.")
    return _changed(lambda: actions.disable_member(g.place, found), sentence)


@blueprint.post("/<uuid:membership_id>/enable")
@requires(Permission.MEMBERS_MANAGE)
def enable(membership_id: UUID) -> Response:
    found = _member(membership_id)
    sentence = _("The member may come in again.")
    return _changed(lambda: actions.enable_member(g.place, found), sentence)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    joining.register(app)
