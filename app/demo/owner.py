"""What only the owner of the tables may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import Connection, create_engine, text

from app.config import Settings
from app.tenancy import tenant_tables


class OwnerUnknown(Exception):
    """The owner's connection is not configured; the message says what to do."""


@contextmanager
def owner_connection() -> Iterator[Connection]:
    """A transaction as the owner's role; raises OwnerUnknown without its URL."""
    settings: Settings = current_app.extensions["settings"]
    if settings.database_owner_url is None:
        raise OwnerUnknown("Set DATABASE_OWNER_URL: only the owner's role may do this.")
    engine = create_engine(settings.database_owner_url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def refresh_statistics() -> None:
    """Tell the planner about rows that came in bulk; autovacuum would do so a minute later."""
    with owner_connection() as connection:
        for table in tenant_tables():
            connection.execute(text(f"ANALYZE {table.name}"))
