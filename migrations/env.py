"""Alembic's environment: the owner's role, short lock waits, protection for each tenant table."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.autogenerate import rewriter
from alembic.operations import ops
from sqlalchemy import create_engine, text

from app.database import load_models
from app.extensions import Base
from app.tenancy import protection_sql, tenant_tables

load_models()
metadata = Base.metadata
writer = rewriter.Rewriter()


@writer.rewrites(ops.CreateTableOp)
def protect(_context: Any, _revision: Any, operation: ops.CreateTableOp) -> list[Any]:
    """Follow each new tenant table with its row-level security and grants."""
    if operation.table_name not in {table.name for table in tenant_tables()}:
        return [operation]
    statements = protection_sql(operation.table_name)
    return [operation, *(ops.ExecuteSQLOp(statement) for statement in statements)]


def options() -> dict[str, Any]:
    return {
        "target_metadata": metadata,
        "process_revision_directives": writer,
        "compare_server_default": False,
        "transaction_per_migration": True,
        "include_name": lambda name, kind, _parents: (
            not (kind == "table" and name == "contact_search")
        ),
    }


def run_offline() -> None:
    context.configure(url=context.config.attributes["url"], literal_binds=True, **options())
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    engine = create_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '2s'"))
        connection.commit()
        context.configure(connection=connection, **options())
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
