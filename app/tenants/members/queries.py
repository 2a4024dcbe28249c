"""Finding members, invitations and workspaces."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from app.extensions import db
from app.tenants.accounts.models import Account, AccountSession
from app.tenants.members.models import Invitation, Membership
from app.tenants.sessions import hash_token
from app.tenants.workspace.models import Tenant


def workspaces_of(account_id: UUID) -> Select[str, str, str]:
    """(name, slug, role) of every workspace that the account may enter."""
    return (
        select(Tenant.name, Tenant.slug, Membership.role)
        .join(Membership, Membership.tenant_id == Tenant.id)
        .where(Membership.account_id == account_id, Membership.disabled_at.is_(None))
        .order_by(Tenant.name, Tenant.id)
    )


def members_of(tenant_id: UUID) -> Select[Membership, Account, datetime | None]:
    """(membership, account, last seen) of everybody who belongs to the tenant, by name."""
    seen = (
        select(func.max(AccountSession.last_seen_at))
        .where(AccountSession.account_id == Membership.account_id)
        .scalar_subquery()
    )
    return (
        select(Membership, Account, seen.label("last_seen_at"))
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.tenant_id == tenant_id)
        .order_by(Membership.disabled_at.is_not(None), Account.name, Membership.id)
    )


def member(tenant_id: UUID, membership_id: UUID) -> Membership | None:
    """The membership, unless it is another tenant's."""
    return db.session.scalar(
        select(Membership).where(Membership.id == membership_id, Membership.tenant_id == tenant_id)
    )


def membership_of(tenant_id: UUID, email: str) -> Membership | None:
    """The membership of the account with this address, disabled or not."""
    return db.session.scalar(
        select(Membership)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.tenant_id == tenant_id, Account.email == email)
    )


def active_owners(tenant_id: UUID) -> Select[UUID]:
    """The memberships of owners who can sign in, locked so that two cannot leave at once."""
    return (
        select(Membership.id)
        .where(
            Membership.tenant_id == tenant_id,
            Membership.role == "owner",
            Membership.disabled_at.is_(None),
        )
        .order_by(Membership.id)
        .with_for_update()
    )


def waiting_invitations(tenant_id: UUID) -> Select[Invitation]:
    """Invitations that nobody took up or took back, those past their time as well."""
    return (
        select(Invitation)
        .where(
            Invitation.tenant_id == tenant_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .order_by(Invitation.id.desc())
    )


def usable_invitation(token: str) -> Invitation | None:
    """The invitation behind a link, while it may still be taken up."""
    return db.session.scalar(
        select(Invitation).where(
            Invitation.token_hash == hash_token(token),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > datetime.now(UTC),
        )
    )
