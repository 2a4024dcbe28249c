"""Finding accounts and their sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Select, select

from app.extensions import db
from app.tenants.accounts.models import Account, AccountSession
from app.tenants.sessions import IDLE_LIMIT


def account_of(email: str) -> Account | None:
    """The account with this normalised address."""
    return db.session.scalar(select(Account).where(Account.email == email))


def open_sessions(account_id: UUID) -> Select[AccountSession]:
    """The account's browsers that are still signed in, the last used first."""
    now = datetime.now(UTC)
    return (
        select(AccountSession)
        .where(
            AccountSession.account_id == account_id,
            AccountSession.expires_at > now,
            AccountSession.last_seen_at > now - IDLE_LIMIT,
        )
        .order_by(AccountSession.last_seen_at.desc())
    )
