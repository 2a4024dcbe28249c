"""Attempts to cross from one tenant into another in SQL; each returns a sentence if it succeeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Connection,
    Engine,
    ForeignKeyConstraint,
    Table,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from app.tenancy import set_tenant
from tests.isolation.rows import ordered_tables, row_for


@dataclass(frozen=True)
class Victims:
    """The attacker's tenant and the other one, with the id of one row of each in every table."""

    attacker: UUID
    other: UUID
    own_ids: dict[str, UUID]
    other_ids: dict[str, UUID]


Connect = Callable[[], AbstractContextManager[Connection]]
Attempts = Iterator[tuple[str, str | None]]


def attempts(connect: Connect, victims: Victims) -> Attempts:
    """Every attempt by name, with what leaked through it or None.

    `connect` gives a connection of the app's role whose work is rolled back when it is closed.
    """
    for table in ordered_tables():
        yield from _reads(connect, table, victims)
        yield from _writes(connect, table, victims)
        yield from _references(connect, table, victims)
    yield "search", _search(connect, victims)


def _count(connection: Connection, query: Any) -> int:
    return int(connection.scalar(query) or 0)


def _reads(connect: Connect, table: Table, victims: Victims) -> Attempts:
    others = select(func.count()).select_from(table).where(table.c.tenant_id == victims.other)
    by_id = (
        select(func.count()).select_from(table).where(table.c.id == victims.other_ids[table.name])
    )
    for name, query in (("by tenant", others), ("by id", by_id)):
        with connect() as connection:
            set_tenant(connection, victims.attacker)
            leaked = _count(connection, query)
        yield f"read {table.name} {name}", f"{table.name} showed {leaked} rows." if leaked else None
    with connect() as connection:
        leaked = _count(connection, select(func.count()).select_from(table))
    yield f"read {table.name} outside", f"{table.name} is open outside." if leaked else None
    for setting in ("", "not-a-uuid", "*"):
        leaked = _with_setting(connect, table, setting)
        name = f"read {table.name} with {setting!r}"
        yield name, f"{table.name} showed rows for {setting!r}." if leaked else None


def _with_setting(connect: Connect, table: Table, setting: str) -> int:
    try:
        with connect() as connection:
            connection.execute(
                text("SELECT set_config('app.tenant_id', :value, true)"), {"value": setting}
            )
            return _count(connection, select(func.count()).select_from(table))
    except DBAPIError:
        return 0


def _writes(connect: Connect, table: Table, victims: Victims) -> Attempts:
    other_id = victims.other_ids[table.name]
    planted = row_for(table, victims.other, victims.other_ids)
    statements = {
        "insert as the other": insert(table).values(planted).inline(),
        "move a row over": update(table)
        .where(table.c.id == victims.own_ids[table.name])
        .values(tenant_id=victims.other),
        "change the other's": update(table).where(table.c.id == other_id).values(id=uuid4()),
        "delete the other's": delete(table).where(table.c.id == other_id),
        "delete all": delete(table).where(table.c.tenant_id == victims.other),
    }
    for name, statement in statements.items():
        touched = _touched(connect, victims.attacker, statement)
        sentence = f"{table.name}: {name} touched {touched} rows." if touched else None
        yield f"{name} in {table.name}", sentence


def _touched(connect: Connect, tenant_id: UUID, statement: Any) -> int:
    """How many rows the statement would have changed; everything is rolled back."""
    with connect() as connection:
        set_tenant(connection, tenant_id)
        try:
            counted = statement.execution_options(preserve_rowcount=True)
            return int(connection.execute(counted).rowcount)
        except DBAPIError:
            return 0


def _references(connect: Connect, table: Table, victims: Victims) -> Attempts:
    for constraint in table.constraints:
        if not isinstance(constraint, ForeignKeyConstraint):
            continue
        target = constraint.referred_table.name
        if target not in victims.other_ids:
            continue
        values = row_for(table, victims.attacker, victims.own_ids)
        values[constraint.column_keys[-1]] = victims.other_ids[target]
        touched = _touched(connect, victims.attacker, insert(table).values(values).inline())
        name = f"point {table.name}.{constraint.column_keys[-1]} at the other's row"
        yield name, f"{name}: accepted." if touched else None


def _search(connect: Connect, victims: Victims) -> str | None:
    with connect() as connection:
        set_tenant(connection, victims.attacker)
        found = set(
            connection.scalars(text("SELECT contact_id FROM search_contacts(ARRAY[''], 10000)"))
        ) | set(
            connection.scalars(text("SELECT contact_id FROM search_contacts(ARRAY['%'], 9999)"))
        )
        close = connection.scalars(
            text("SELECT contact_id FROM resembling_contacts(:phrase, 1000)"), {"phrase": "other"}
        )
        found |= set(close)
    return "Search found the other's contact." if victims.other_ids["contacts"] in found else None


def pool_keeps(engine: Engine, victims: Victims) -> str | None:
    """Whether a tenant set in one transaction is still there in the connection's next one."""
    table = ordered_tables()[0]
    with engine.connect() as connection:
        set_tenant(connection, victims.other)
        connection.commit()
        leaked = _count(connection, select(func.count()).select_from(table))
    return f"The pooled connection still showed {leaked} rows." if leaked else None
