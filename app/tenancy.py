"""Tenants kept apart by the database: the scope, the columns and the row-level security.

A tenant is entered once, with `acting_for`. Every transaction begun inside sets `app.tenant_id`
for that transaction alone, and the policies on each tenant table compare against it. With no
tenant entered there are no rows and no inserts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Table,
    Uuid,
    and_,
    event,
    text,
)
from sqlalchemy.orm import (
    Mapped,
    MappedColumn,
    Session,
    SessionTransaction,
    declared_attr,
    foreign,
    mapped_column,
    relationship,
)

from app.extensions import Base, db

CURRENT_TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"

_tenant: ContextVar[UUID | None] = ContextVar("tenant", default=None)


class TenantScopeError(RuntimeError):
    """Code asked for tenant data outside a tenant, or tried to switch tenants inside one."""


def new_id() -> UUID:
    """A UUIDv7: grows with time, so indexes stay dense, and a phone can make one offline."""
    return uuid_utils.compat.uuid7()


def current_tenant_id() -> UUID:
    """The tenant entered; raises TenantScopeError outside `acting_for`."""
    tenant_id = _tenant.get()
    if tenant_id is None:
        raise TenantScopeError("No tenant has been entered: use acting_for(tenant_id).")
    return tenant_id


def is_inside_tenant() -> bool:
    return _tenant.get() is not None


@contextmanager
def acting_for(tenant_id: UUID) -> Iterator[None]:
    """Enter a tenant on a fresh session; refuses to switch from one tenant to another.

    The session is thrown away on both sides: its identity map would otherwise hand one tenant's
    objects to the next.
    """
    entered = _tenant.get()
    if entered == tenant_id:
        yield
        return
    if entered is not None:
        raise TenantScopeError(f"Already inside tenant {entered}: leave it before another.")
    db.session.remove()
    token = _tenant.set(tenant_id)
    try:
        yield
    finally:
        db.session.remove()
        _tenant.reset(token)


@event.listens_for(Session, "after_begin")
def _set_tenant(
    _session: Session, _transaction: SessionTransaction, connection: Connection
) -> None:
    tenant_id = _tenant.get()
    if tenant_id is not None:
        set_tenant(connection, tenant_id)


def set_tenant(connection: Connection, tenant_id: UUID) -> None:
    """Set the tenant for this connection's transaction only: a pooled connection keeps nothing."""
    connection.execute(
        text("SELECT set_config('app.tenant_id', :tenant_id, true)"), {"tenant_id": str(tenant_id)}
    )


class TenantOwned:
    """Columns of every table that belongs to a tenant; its primary key begins with the tenant."""

    @declared_attr
    def tenant_id(cls) -> Mapped[UUID]:  # noqa: N805
        return mapped_column(
            Uuid,
            primary_key=True,
            default=current_tenant_id,
            server_default=text(CURRENT_TENANT),
            sort_order=-20,
        )

    @declared_attr
    def id(cls) -> Mapped[UUID]:  # noqa: N805
        return mapped_column(Uuid, primary_key=True, default=new_id, sort_order=-10)


def references(
    target: str,
    *,
    nullable: bool = False,
    ondelete: str | None = None,
    primary_key: bool = False,
    index: bool = True,
) -> MappedColumn[Any]:
    """A column that points at another row of the same tenant.

    Foreign-key checks bypass row-level security, so the constraint carries the tenant too.
    """
    key = mapped_column(Uuid, nullable=nullable and not primary_key, primary_key=primary_key)

    @event.listens_for(key.column, "after_parent_attach")
    def _attach(column: Column[Any], table: Table) -> None:
        table.append_constraint(
            ForeignKeyConstraint(
                ["tenant_id", column.name],
                [f"{target}.tenant_id", f"{target}.id"],
                ondelete=f"SET NULL ({column.name})" if ondelete == "SET NULL" else ondelete,
            )
        )
        if index:
            Index(None, table.c.tenant_id, column)

    return key


def belongs_to(key: Any, target: Callable[[], type[Any]], **options: Any) -> Any:
    """The relationship that follows a `references` column, joined within the tenant."""

    def join() -> Any:
        column, model = key.column, target()
        return and_(foreign(column) == model.id, column.table.c.tenant_id == model.tenant_id)

    return relationship(target, primaryjoin=join, **options)


def protection_sql(table: str, *, grants: str = "SELECT, INSERT, UPDATE, DELETE") -> list[str]:
    """The statements that put a table under row-level security and grant it to the app's role."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant_only ON {table} "
        f"USING (tenant_id = {CURRENT_TENANT}) WITH CHECK (tenant_id = {CURRENT_TENANT})",
        f"GRANT {grants} ON {table} TO payvand_app",
    ]


def tenant_tables() -> list[Table]:
    """Every mapped table that belongs to a tenant, by name."""
    tables = [
        mapper.local_table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantOwned) and isinstance(mapper.local_table, Table)
    ]
    return sorted(tables, key=lambda table: table.name)
