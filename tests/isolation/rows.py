"""One row in every tenant table, made from the metadata, so that new tables join by themselves."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKeyConstraint,
    LargeBinary,
    Numeric,
    Table,
    Uuid,
    insert,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import Boolean, Float, Integer, Text

from app.extensions import Base
from app.tenancy import set_tenant, tenant_tables


def value_for(column: Column[Any]) -> Any:
    """Something that fits the column's type; texts differ from row to row."""
    kinds: list[tuple[type[Any] | tuple[type[Any], ...], Any]] = [
        (Uuid, uuid4()),
        (Boolean, False),
        (Integer, 1),
        ((Float, Numeric), 1),
        (DateTime, datetime.now(UTC)),
        (Date, date(2026, 1, 2)),
        (LargeBinary, secrets.token_bytes(8)),
        (JSONB, {}),
        (Text, secrets.token_hex(6)),
    ]
    for kind, value in kinds:
        if isinstance(column.type, kind):
            return value
    raise TypeError(f"No value for {column.table.name}.{column.name}: {column.type!r}")


def ordered_tables() -> list[Table]:
    owned = {table.name for table in tenant_tables()}
    return [table for table in Base.metadata.sorted_tables if table.name in owned]


def row_for(table: Table, tenant_id: UUID, ids: dict[str, UUID]) -> dict[str, Any]:
    """Values for each column that has no default; references point at the tenant's own rows."""
    values: dict[str, Any] = {"tenant_id": tenant_id, "id": uuid4()}
    for column in table.columns:
        if column.name not in values and column.server_default is None and not column.nullable:
            values[column.name] = value_for(column)
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            target = constraint.referred_table.name
            key = constraint.column_keys[-1]
            if target in ids and target != table.name:
                values[key] = ids[target]
    return values


def plant(connection: Connection, tenant_id: UUID) -> dict[str, UUID]:
    """Put a row into every tenant table; returns each row's id by table."""
    set_tenant(connection, tenant_id)
    ids: dict[str, UUID] = {}
    for table in ordered_tables():
        values = row_for(table, tenant_id, ids)
        connection.execute(insert(table).values(values).inline())
        ids[table.name] = values["id"]
    return ids
