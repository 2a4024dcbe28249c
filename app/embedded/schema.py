"""Migrations, skipped where the embedded database has had these very ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from app.embedded.environment import ROOT, flask, process_environment
from app.embedded.errors import EmbeddedError
from app.embedded.folder import Folder
from app.embedded.servers import Servers
from app.embedded.stoppable import Stoppable


def is_current(servers: Servers) -> bool:
    """Whether this is our own database and its last upgrade was with these migrations."""
    stamp = _stamp(servers.folder)
    return servers.has_database and stamp.exists() and stamp.read_text() == _fingerprint()


def upgrade(servers: Servers, settings: Mapping[str, str], stoppable: Stoppable) -> None:
    """Bring the schema to the newest migration; the output goes to `log/setup.log`."""
    done = stoppable.run(
        flask("db", "upgrade"),
        environment=process_environment(settings),
        log=servers.folder.path / "log" / "setup.log",
    )
    if done.returncode != 0:
        raise EmbeddedError(f"The database could not be migrated:\n{done.error_tail}")
    if servers.has_database:
        _stamp(servers.folder).write_text(_fingerprint())


def forget(folder: Folder) -> None:
    """Have the next start migrate again, since somebody may move the schema by hand."""
    _stamp(folder).unlink(missing_ok=True)


def _stamp(folder: Folder) -> Path:
    return folder.path / "migrated"


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
