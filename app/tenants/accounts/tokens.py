"""Single-use links to an address: the link holds the token, the database its hash."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from flask import url_for
from sqlalchemy import delete, select, update

from app.extensions import db
from app.tenants.accounts.models import Account, EmailToken
from app.tenants.sessions import hash_token
from app.web import current_settings

LIFETIMES = {"verify": timedelta(days=3), "reset": timedelta(hours=1)}


def absolute_url(endpoint: str, **values: object) -> str:
    """A link for mails: under the address people type, whatever host the request named."""
    return current_settings().public_url + url_for(endpoint, **values)  # type: ignore[arg-type]


def issue_token(account: Account, purpose: str, email: str | None = None) -> str:
    """A new link's token; `email` is the address it proves, by default the account's own."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        EmailToken(
            account_id=account.id,
            purpose=purpose,
            email=email or account.email,
            token_hash=hash_token(token),
            expires_at=datetime.now(UTC) + LIFETIMES[purpose],
        )
    )
    return token


def usable_token(token: str, purpose: str) -> EmailToken | None:
    """The link's record while it may still be used."""
    return db.session.scalar(
        select(EmailToken).where(
            EmailToken.token_hash == hash_token(token),
            EmailToken.purpose == purpose,
            EmailToken.used_at.is_(None),
            EmailToken.expires_at > datetime.now(UTC),
        )
    )


def spend_token(token: str, purpose: str) -> EmailToken | None:
    """Use the link up and return its record; of two requests at once only one gets it."""
    now = datetime.now(UTC)
    return db.session.scalar(
        update(EmailToken)
        .where(
            EmailToken.token_hash == hash_token(token),
            EmailToken.purpose == purpose,
            EmailToken.used_at.is_(None),
            EmailToken.expires_at > now,
        )
        .values(used_at=now)
        .returning(EmailToken)
    )


def drop_tokens(account: Account) -> None:
    """Make every open link of the account useless."""
    open_ones = EmailToken.account_id == account.id, EmailToken.used_at.is_(None)
    db.session.execute(delete(EmailToken).where(*open_ones))
