"""Migrations of the embedded database, run when the code has other ones than the last time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from app.embedded.environment import ROOT, flask, process_environment
from app.embedded.errors import EmbeddedError
from app.embedded.stoppable import Stoppable


def is_current(data: Path) -> bool:
    """Whether the last upgrade in this folder was with these very migrations."""
    stamp = _stamp(data)
    return stamp.exists() and stamp.read_text() == _fingerprint()


def upgrade(data: Path, settings: Mapping[str, str], stoppable: Stoppable) -> None:
    """Bring the schema to the newest migration; the output goes to `log/setup.log`."""
    done = stoppable.run(
        flask("db", "upgrade"),
        environment=process_environment(settings),
        log=data / "log" / "setup.log",
    )
    if done.returncode != 0:
        raise EmbeddedError(f"The database could not be migrated:\n{done.error_tail}")
    _stamp(data).write_text(_fingerprint())


def forget(data: Path) -> None:
    """Have the next command migrate again, after somebody moved the schema by hand."""
    _stamp(data).unlink(missing_ok=True)


def _stamp(data: Path) -> Path:
    return data / "migrated"


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
