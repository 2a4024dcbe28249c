"""`bin/flask`: any Flask command, with the services up for as long as it runs."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app.embedded import schema
from app.embedded.environment import (
    app_settings,
    flask,
    given_settings,
    needed_servers,
    process_environment,
)
from app.embedded.errors import EmbeddedError
from app.embedded.folder import Folder
from app.embedded.servers import Servers
from app.embedded.stoppable import Stoppable

_DEFAULT_PORT = 8000
# An owner of the folder that has just begun may be making the database.
_PUBLISH_SECONDS = 300.0
# These need no database, or are about to change its schema themselves.
_WITHOUT_MIGRATION = ("db", "assets", "routes", "--help", "--version")


def run_flask(data: Path, arguments: Sequence[str]) -> int:
    """Run `flask ARGUMENTS` and return its exit code."""
    folder = Folder(data)
    if arguments[:1] == ["db"]:
        schema.forget(folder)
    with _services(folder, arguments) as settings:
        return _run(flask(*arguments), process_environment(settings))


@contextlib.contextmanager
def _services(folder: Folder, arguments: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Settings of the services that run in the folder, or of ones started for this command."""
    if given_settings().keys() >= {"DATABASE_URL", "REDIS_URL"}:
        yield app_settings(needed_servers(folder.path), _DEFAULT_PORT)
        return
    end = time.monotonic() + _PUBLISH_SECONDS
    while time.monotonic() < end:
        with folder.held("bin/flask") as is_ours:
            if is_ours:
                with _own_services(folder, arguments) as settings:
                    yield settings
                return
        with folder.used():
            if (published := folder.state()) is not None:
                yield {**published, **given_settings()}
                return
        time.sleep(0.1)
    raise EmbeddedError(f"Another command has been starting in {folder.path} for too long.")


@contextlib.contextmanager
def _own_services(folder: Folder, arguments: Sequence[str]) -> Iterator[Mapping[str, str]]:
    folder.withdraw()
    with needed_servers(folder.path) as servers:
        settings = app_settings(servers, _DEFAULT_PORT)
        if servers.has_database:
            _migrate(servers, settings, arguments)
        folder.publish(settings)
        try:
            yield settings
        finally:
            with folder.unused():
                folder.withdraw()


def _migrate(servers: Servers, settings: Mapping[str, str], arguments: Sequence[str]) -> None:
    command = next(iter(arguments), "--help")
    if command not in _WITHOUT_MIGRATION and not schema.is_current(servers):
        sys.stderr.write("Bringing the database up to date ...\n")
        schema.upgrade(servers, settings, Stoppable())


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run in the foreground; Ctrl-C reaches the command from the terminal, SIGTERM from us."""
    child = subprocess.Popen(command, env=environment)
    # Handlers, as an ignored signal would stay ignored in the child's children.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    signal.signal(signal.SIGTERM, lambda _number, _frame: child.terminate())
    code = child.wait()
    return code if code >= 0 else 128 - code
