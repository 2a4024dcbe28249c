"""Taking a demo company away, with everything that belongs to it."""

from __future__ import annotations

from uuid import UUID

from flask import current_app
from sqlalchemy import Connection, create_engine, text

from app.config import Settings
from app.demo.story import Story
from app.extensions import Base
from app.jobs import relay_engine
from app.tenancy import set_tenant, tenant_tables

_ACCOUNTS = text("""
    DELETE FROM accounts WHERE email = ANY (:emails) AND id IN (
        SELECT account_id FROM memberships WHERE tenant_id = :tenant_id
    ) AND id NOT IN (SELECT account_id FROM memberships WHERE tenant_id <> :tenant_id)
""")


class CannotRemove(Exception):
    """The removal is not possible as things stand; the message says what to do."""


def remove(story: Story, tenant_id: UUID) -> None:
    """Delete the tenant's rows in every table, its members' demo accounts and its waiting jobs.

    People who were invited keep their accounts, and so do members who joined other workspaces.
    """
    settings: Settings = current_app.extensions["settings"]
    if settings.database_owner_url is None:
        raise CannotRemove("Set DATABASE_OWNER_URL: only the owner's role may delete a workspace.")
    engine = create_engine(settings.database_owner_url)
    try:
        with engine.begin() as connection:
            _delete_all(connection, story, tenant_id)
    finally:
        engine.dispose()
    with relay_engine().begin() as connection:
        connection.execute(
            text("DELETE FROM outbox WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id}
        )


def _delete_all(connection: Connection, story: Story, tenant_id: UUID) -> None:
    set_tenant(connection, tenant_id)
    owned = set(tenant_tables())
    # Row-level security limits each statement to the tenant; the condition says so again.
    for table in reversed(Base.metadata.sorted_tables):
        if table in owned:
            connection.execute(table.delete().where(table.c.tenant_id == tenant_id))
    emails = [member["email"] for member in story.members]
    connection.execute(_ACCOUNTS, {"emails": emails, "tenant_id": tenant_id})
    connection.execute(text("DELETE FROM tenants WHERE id = :id"), {"id": tenant_id})
