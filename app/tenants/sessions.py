"""Signed-in browsers: a random token in the cookie, its hash in the database."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Response, request, session
from sqlalchemy import delete

from app.config import Settings
from app.extensions import db
from app.tenants.accounts.models import AccountSession
from app.web import current_settings

IDLE_LIMIT = timedelta(days=14)
ABSOLUTE_LIMIT = timedelta(days=90)
_AGENT_LENGTH = 300


def session_cookie(settings: Settings) -> str:
    """The sign-in cookie's name: `__Host-` where HTTPS makes browsers honour it."""
    return "__Host-payvand" if settings.is_secure else "payvand"


def hash_token(token: str) -> bytes:
    """What the database keeps of a secret link or cookie."""
    return hashlib.sha256(token.encode()).digest()


def start_session(response: Response, account_id: UUID) -> Response:
    """Sign the browser in under a new token; whatever it carried before ends."""
    forget_session()
    token = secrets.token_urlsafe(32)
    db.session.add(
        AccountSession(
            account_id=account_id,
            token_hash=hash_token(token),
            address=request.remote_addr or "",
            agent=request.user_agent.string[:_AGENT_LENGTH],
            expires_at=datetime.now(UTC) + ABSOLUTE_LIMIT,
        )
    )
    session.clear()
    settings = current_settings()
    response.set_cookie(
        session_cookie(settings),
        token,
        max_age=ABSOLUTE_LIMIT,
        secure=settings.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def end_session(response: Response) -> Response:
    """Sign this browser out: its row and its cookie go."""
    forget_session()
    session.clear()
    settings = current_settings()
    response.delete_cookie(
        session_cookie(settings), secure=settings.is_secure, httponly=True, samesite="Lax"
    )
    return response


def forget_session() -> None:
    """Remove the row behind the cookie that came with this request."""
    token = request.cookies.get(session_cookie(current_settings()))
    if token:
        found = AccountSession.token_hash == hash_token(token)
        db.session.execute(delete(AccountSession).where(found))


def end_sessions(account_id: UUID, keep: UUID | None = None) -> None:
    """Sign the account out everywhere, but for the session to keep."""
    ended = delete(AccountSession).where(AccountSession.account_id == account_id)
    if keep is not None:
        ended = ended.where(AccountSession.id != keep)
    db.session.execute(ended)
