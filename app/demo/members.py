"""The people who run a demo company, with sign-ins."""

from __future__ import annotations

from datetime import UTC, datetime

from app.demo.story import Story
from app.extensions import db
from app.tenancy import current_tenant_id, new_id
from app.tenants.accounts.models import Account
from app.tenants.accounts.queries import account_of
from app.tenants.members.models import Membership
from app.tenants.passwords import hash_password

PASSWORD = "a-side-b-side"  # noqa: S105 - shown to everybody who starts the demo


class AddressTaken(Exception):
    """Somebody else holds a demo company's web or email address; the message says which."""


def add_members(story: Story) -> list[Membership]:
    """Owner, manager and rep of the tenant entered, verified at once and with `PASSWORD`."""
    password_hash = hash_password(PASSWORD)
    return [_add_member(member, password_hash) for member in story.members]


def _add_member(member: dict[str, str], password_hash: str) -> Membership:
    if account_of(member["email"]) is not None:
        raise AddressTaken(f"{member['email']} is in use: change that account's address first.")
    account = Account(
        id=new_id(),
        email=member["email"],
        name=member["name"],
        password_hash=password_hash,
        verified_at=datetime.now(UTC),
    )
    membership = Membership(
        id=new_id(), tenant_id=current_tenant_id(), account_id=account.id, role=member["role"]
    )
    db.session.add(account)
    db.session.flush()
    db.session.add(membership)
    db.session.flush()
    return membership
