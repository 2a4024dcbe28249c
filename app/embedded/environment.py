"""The environment that web, worker and commands get, and the servers that people give."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg

from app.embedded.errors import EmbeddedError
from app.embedded.servers import Servers
from app.roles import MINIMUM_POSTGRESQL

ROOT = Path(__file__).resolve().parents[2]
_DATABASE_URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_RELAY_URL")
_SETTINGS = ("PAYVAND_ENVIRONMENT", "PUBLIC_URL", "SECRET_KEY", "REDIS_URL", *_DATABASE_URLS)


def needed_servers(data: Path) -> Servers:
    """The servers that our environment does not give, after checking the database it gives."""
    has_database = bool(os.environ.get("DATABASE_URL"))
    if has_database:
        _check_given_database(os.environ)
    has_redis = bool(os.environ.get("REDIS_URL"))
    return Servers(data, with_postgresql=not has_database, with_valkey=not has_redis)


def app_settings(servers: Servers, port: int) -> dict[str, str]:
    """The settings of web, worker and commands; what our environment gives goes before defaults."""
    defaults = {
        "PAYVAND_ENVIRONMENT": "development",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": servers.secret_key,
    }
    return {**defaults, **servers.urls, **given_settings()}


def given_settings() -> dict[str, str]:
    """The settings in our environment; other databases' URLs count only beside DATABASE_URL."""
    given = {name: os.environ[name] for name in _SETTINGS if os.environ.get(name)}
    ignored = () if "DATABASE_URL" in given else _DATABASE_URLS
    return {name: value for name, value in given.items() if name not in ignored}


def process_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Our own environment with `settings`, for a child process that imports the app."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}


def python(*arguments: str) -> list[str]:
    """This Python with `arguments`; the folder it runs in is not searched for modules."""
    return [sys.executable, "-P", *arguments]


def flask(*arguments: str) -> list[str]:
    """The Flask command line of this checkout."""
    return python("-m", "flask", "--app", str(ROOT / "wsgi.py"), *arguments)


def _check_given_database(given: Mapping[str, str]) -> None:
    missing = [name for name in _DATABASE_URLS if not given.get(name)]
    if missing:
        raise EmbeddedError(
            f"With DATABASE_URL set, {' and '.join(missing)} must be set too: "
            "`bin/flask db roles` prints the SQL that makes the roles.",
            2,
        )
    for name in _DATABASE_URLS:
        _check_version(name, given[name])


def _check_version(name: str, url: str) -> None:
    address = "postgresql://" + url.partition("://")[2]
    try:
        with psycopg.connect(address, connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise EmbeddedError(f"{name} does not lead to a PostgreSQL server: {error}", 2) from None
    if version < MINIMUM_POSTGRESQL:
        raise EmbeddedError(
            f"{name} leads to PostgreSQL {version // 10000}; "
            f"Payvand needs {MINIMUM_POSTGRESQL // 10000} or newer.",
            2,
        )
