"""The database: the connection, the models, and the commands that migrate it."""

from __future__ import annotations

import pkgutil
import time
from importlib import import_module
from pathlib import Path

import alembic.command
import click
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.config import Settings
from app.extensions import db
from app.roles import DATABASE, random_passwords, roles_sql

MIGRATIONS = Path(__file__).parent.parent / "migrations"
LOCK_TRIES = 10

commands = AppGroup("db", help="Migrate the database and make its roles.")


def register(app: Flask) -> None:
    """Bind the database to the app, as the role that owns nothing."""
    settings: Settings = app.extensions["settings"]
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": settings.pool_size,
        "max_overflow": settings.pool_size,
        "pool_pre_ping": True,
        "pool_timeout": 10,
        "connect_args": {"connect_timeout": 5, "application_name": "payvand"},
    }
    load_models()
    db.init_app(app)
    app.cli.add_command(commands)


def load_models() -> None:
    """Import every `models` module, so that the metadata knows each table."""
    for module in pkgutil.walk_packages([str(Path(__file__).parent)], "app."):
        if module.name.endswith(".models"):
            import_module(module.name)
    for name in ("app.jobs", "app.mail"):
        import_module(name)


def alembic_config(url: str | None = None) -> Config:
    """Alembic's configuration; the URL is the owner's unless one is given."""
    settings: Settings = current_app.extensions["settings"]
    url = url or settings.database_owner_url
    if url is None:
        raise click.ClickException("Set DATABASE_OWNER_URL: only the owner's role may migrate.")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def expect_many_rows() -> None:
    """Keep the planner from nested loops for the rest of the session's transaction.

    A new tenant has no statistics yet, so PostgreSQL expects one row where there are thousands:
    a loop over both sides then takes minutes instead of a fraction of a second.
    """
    db.session.execute(text("SET LOCAL enable_nestloop = off"))


def is_at_head() -> bool:
    """Whether every migration this code knows has been applied."""
    script = ScriptDirectory(str(MIGRATIONS))
    with db.engine.connect() as connection:
        applied = MigrationContext.configure(connection).get_current_heads()
    return set(applied) == set(script.get_heads())


@commands.command()
def upgrade() -> None:
    """Bring the database to the newest schema, trying again while a lock is held."""
    config = alembic_config()
    for attempt in range(1, LOCK_TRIES + 1):
        try:
            alembic.command.upgrade(config, "head")
        except OperationalError as error:
            if "lock timeout" not in str(error) or attempt == LOCK_TRIES:
                raise
            time.sleep(attempt)
        else:
            return


@commands.command()
@click.option("--message", required=True, help="What the migration does.")
def revision(message: str) -> None:
    """Write a migration from the difference between the models and the database."""
    alembic.command.revision(alembic_config(), message, autogenerate=True)


@commands.command()
def check() -> None:
    """Fail when the models and the database differ."""
    alembic.command.check(alembic_config())


@commands.command()
def sql() -> None:
    """Print the SQL of all migrations, for reading and for the migration lint."""
    alembic.command.upgrade(alembic_config("postgresql+psycopg://"), "head", sql=True)


@commands.command()
def roles() -> None:
    """Print the SQL that makes the three roles on a PostgreSQL server of your own."""
    passwords = random_passwords()
    click.echo(roles_sql(passwords))
    for role, password in passwords.items():
        click.echo(f"-- {role}: postgresql://{role}:{password}@HOST:5432/{DATABASE}")
