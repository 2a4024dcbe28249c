"""People who can sign in, their sessions, and the single-use links mailed to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.tenancy import new_id


class Account(Base):
    """A person; may be a member of several tenants. `email` is stored normalised."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    verified_at: Mapped[datetime | None]
    language: Mapped[str | None]
    calendar: Mapped[str | None]
    digits: Mapped[str | None]
    shortcuts: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("language IN ('en', 'fa')", name="language"),
        CheckConstraint("calendar IN ('gregorian', 'jalali')", name="calendar"),
        CheckConstraint("digits IN ('latin', 'persian')", name="digits"),
    )


class AccountSession(Base):
    """One signed-in browser; the cookie holds the token, the table only its hash."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    address: Mapped[str] = mapped_column(server_default="")
    agent: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]

    __table_args__ = (Index(None, "account_id"), Index(None, "expires_at"))


class EmailToken(Base):
    """A single-use link to an address: to verify it, or to set a new password."""

    __tablename__ = "email_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    email: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("purpose IN ('verify', 'reset')", name="purpose"),
        Index(None, "account_id"),
    )


class Attempt(Base):
    """How often something limited was tried in a window of time, by a hashed key."""

    __tablename__ = "attempts"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(server_default="1")
