"""Inviting people and changing what members may do, with the rules of who may do it to whom."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import g
from flask_babel import gettext as _
from sqlalchemy import update

from app.extensions import db
from app.mail import send
from app.tenancy import new_id
from app.tenants.accounts.actions import mail_language
from app.tenants.accounts.models import Account
from app.tenants.accounts.queries import account_of
from app.tenants.accounts.tokens import absolute_url, drop_tokens
from app.tenants.audit.actions import record
from app.tenants.door import Place
from app.tenants.members.models import Invitation, Membership
from app.tenants.members.queries import (
    active_owners,
    membership_of,
    usable_invitation,
    waiting_invitations,
)
from app.tenants.passwords import hash_password
from app.tenants.permissions import Permission, is_allowed
from app.tenants.sessions import end_sessions, hash_token
from app.tenants.workspace.models import Tenant
from app.web import Forbidden, Refused

INVITATION_LIFETIME = timedelta(days=7)


def _check_reach(place: Place, *roles: str) -> None:
    """Owners are made, changed and removed by owners alone."""
    if "owner" in roles and not is_allowed(place.role, Permission.OWNERS_MANAGE):
        raise Forbidden(_("Only an owner can make, change or disable an owner."))


def _check_owner_stays(membership: Membership) -> None:
    owners = db.session.scalars(active_owners(membership.tenant_id)).all()
    if list(owners) == [membership.id]:
        raise Refused(_("A workspace needs an owner. Make somebody else an owner first."))


def change_role(place: Place, membership: Membership, role: str) -> None:
    """Give the member another role."""
    _check_reach(place, membership.role, role)
    if membership.role == role:
        return
    if membership.role == "owner":
        _check_owner_stays(membership)
    record("member.role_changed", membership, before=membership.role, after=role)
    membership.role = role


def disable_member(place: Place, membership: Membership) -> None:
    """Shut the member out at once: they are signed out everywhere."""
    _check_reach(place, membership.role)
    if membership.id == place.membership_id:
        raise Refused(_("You cannot disable yourself. Ask another owner or admin."))
    if membership.disabled_at is not None:
        return
    if membership.role == "owner":
        _check_owner_stays(membership)
    membership.disabled_at = datetime.now(UTC)
    end_sessions(membership.account_id)
    record("member.disabled", membership)


def enable_member(place: Place, membership: Membership) -> None:
    """Let a disabled member in again, in the role they had."""
    _check_reach(place, membership.role)
    if membership.disabled_at is not None:
        membership.disabled_at = None
        record("member.enabled", membership)


def invite(place: Place, inviter_id: UUID, email: str, role: str) -> Invitation:
    """Mail a link by which the owner of the address joins; it replaces an earlier one."""
    _check_reach(place, role)
    tenant_id = place.tenant.id
    existing = membership_of(tenant_id, email)
    if existing is not None and existing.disabled_at is not None:
        raise Refused(_("This person is a disabled member. Enable them in the list below."))
    if existing is not None:
        raise Refused(_("This person is a member already."))
    for earlier in db.session.scalars(waiting_invitations(tenant_id)):
        if earlier.email == email:
            _check_reach(place, earlier.role)
            earlier.revoked_at = datetime.now(UTC)
    invitation = Invitation(
        id=new_id(), tenant_id=tenant_id, email=email, role=role, invited_by=inviter_id
    )
    _mail(place, invitation)
    db.session.add(invitation)
    record("invitation.sent", invitation, email=email, role=role)
    return invitation


def _mail(place: Place, invitation: Invitation) -> None:
    inviter = db.session.get_one(Account, invitation.invited_by)
    known = account_of(invitation.email)
    send(
        invitation.email,
        "invitation",
        (known and known.language) or g.formats.language,
        inviter=inviter.name,
        company=place.tenant.name,
        days=INVITATION_LIFETIME.days,
        link=_new_link(invitation),
    )


def _new_link(invitation: Invitation) -> str:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_token(token)
    invitation.expires_at = datetime.now(UTC) + INVITATION_LIFETIME
    return absolute_url("members.invitation", token=token)


def offer_ownership(tenant: Tenant, account: Account) -> None:
    """Offer a new workspace to an account that exists: signing up again is no way into it."""
    invitation = Invitation(
        id=new_id(),
        tenant_id=tenant.id,
        email=account.email,
        role="owner",
        invited_by=account.id,
    )
    send(
        account.email,
        "existing",
        mail_language(account),
        name=account.name,
        company=tenant.name,
        days=INVITATION_LIFETIME.days,
        link=_new_link(invitation),
        reset_link=absolute_url("accounts.reset"),
    )
    db.session.add(invitation)


def resend(place: Place, invitation: Invitation) -> None:
    """Mail a new link; the earlier one stops working."""
    _check_reach(place, invitation.role)
    _mail(place, invitation)
    record("invitation.resent", invitation, email=invitation.email)


def revoke(place: Place, invitation: Invitation) -> None:
    """Take the invitation back: its link stops working."""
    _check_reach(place, invitation.role)
    invitation.revoked_at = datetime.now(UTC)
    record("invitation.revoked", invitation, email=invitation.email)


def spend_invitation(token: str) -> Invitation | None:
    """Use the link up; of two requests at once only one gets the invitation."""
    found = usable_invitation(token)
    if found is None:
        return None
    return db.session.scalar(
        update(Invitation)
        .where(
            Invitation.id == found.id,
            Invitation.token_hash == found.token_hash,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(accepted_at=datetime.now(UTC))
        .returning(Invitation)
    )


def newcomer(email: str, name: str, password: str) -> Account:
    """The account of somebody who came by a mailed link, which proves their address.

    An account that was never verified is theirs to take over, password and all: whoever made it
    could not read their mail.
    """
    account = account_of(email)
    if account is None:
        account = Account(id=new_id(), email=email)
        db.session.add(account)
    else:
        drop_tokens(account)
    account.name = name
    account.password_hash = hash_password(password)
    account.verified_at = datetime.now(UTC)
    account.language = str(g.formats.language)
    return account


def join(invitation: Invitation, account: Account) -> Membership:
    """Make the account a member in the invitation's role; the tenant is entered already."""
    membership = Membership(
        id=new_id(), tenant_id=invitation.tenant_id, account_id=account.id, role=invitation.role
    )
    db.session.flush()
    db.session.add(membership)
    record("invitation.accepted", membership, email=invitation.email, role=invitation.role)
    return membership


def add_owner(tenant: Tenant, account: Account) -> Membership:
    """Make the account an owner of a workspace that was just opened."""
    membership = Membership(id=new_id(), tenant_id=tenant.id, account_id=account.id, role="owner")
    db.session.add(membership)
    return membership
