"""The app on servers of its own, for drills that need no browser and no worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import create_app
from app.config import Settings
from app.embedded import Servers
from app.web import Payvand


@contextmanager
def prepared_app(folder: Path, **settings: str) -> Iterator[Payvand]:
    """The app on a fresh, migrated database; forms need no CSRF token."""
    with Servers(folder, durable=False) as servers:
        environment = {
            **servers.urls,
            "SECRET_KEY": servers.secret_key,
            "PAYVAND_ENVIRONMENT": "test",
            **settings,
        }
        app = create_app(Settings.from_env(environment))
        app.config["WTF_CSRF_ENABLED"] = False
        result = app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        yield app
