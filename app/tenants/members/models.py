"""Who belongs to a tenant, in which role, and who was invited."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.tenancy import new_id
from app.tenants.accounts.models import Account
from app.tenants.workspace.models import Tenant

ROLES = ("owner", "admin", "manager", "rep", "read-only")
_ROLE_CHECK = "role IN ('owner', 'admin', 'manager', 'rep', 'read-only')"


class Membership(Base):
    """A person's place in a tenant; disabled rather than deleted, so history keeps its names."""

    __tablename__ = "memberships"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    role: Mapped[str]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    account: Mapped[Account] = relationship(lazy="raise_on_sql")
    tenant: Mapped[Tenant] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint(_ROLE_CHECK, name="role"),
        UniqueConstraint("tenant_id", "account_id"),
        UniqueConstraint("tenant_id", "id"),
        Index(None, "account_id"),
    )


class Invitation(Base):
    """A link that lets the owner of an address join a tenant; single use, expiring."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(_ROLE_CHECK, name="role"),
        Index(None, "tenant_id"),
    )
