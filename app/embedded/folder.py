"""A data folder: who holds it, its secrets, and the state that other commands read."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import secrets
from collections.abc import Iterator
from pathlib import Path

from app import roles
from app.embedded.errors import EmbeddedError
from app.embedded.postgresql import SUPERUSER

_SECRETS = (SUPERUSER, *roles.ROLES, "valkey", "SECRET_KEY")


class Folder:
    """`var/`, or the folder given instead; of mode 700, and its user's alone."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(
                f"The data folder {path} cannot be made: {error.strerror}.", 2
            ) from None
        owner = self.path.stat().st_uid
        if owner != os.geteuid():
            raise EmbeddedError(
                f"The data folder {self.path} belongs to {_user_name(owner)}: run as that user, "
                "or choose another folder with --data or PAYVAND_DATA.",
                2,
            )

    @property
    def _state_file(self) -> Path:
        return self.path / "state.json"

    @contextlib.contextmanager
    def held(self, holder: str) -> Iterator[bool]:
        """Hold the folder for starting servers in it; yields whether that was possible."""
        with _lock_file(self.path / "lock") as descriptor:
            is_ours = _try_lock(descriptor, fcntl.LOCK_EX)
            if is_ours:
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"{holder}, process {os.getpid()}".encode())
            yield is_ours

    def holder(self) -> str:
        """Who holds the folder, or held it last."""
        return (self.path / "lock").read_text()

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """Keep a servers' owner that waits for its users from stopping them."""
        with _lock_file(self.path / "users") as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield

    @contextlib.contextmanager
    def unused(self) -> Iterator[None]:
        """Wait until nobody is inside `used`, and keep newcomers out."""
        with _lock_file(self.path / "users") as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield

    def secrets(self) -> dict[str, str]:
        """The passwords of this folder's servers and the SECRET_KEY, made at the first call."""
        place = self.path / "secrets.json"
        try:
            known: dict[str, str] = json.loads(place.read_text())
        except FileNotFoundError:
            known = {}
        if missing := [name for name in _SECRETS if name not in known]:
            known |= {name: secrets.token_urlsafe(32) for name in missing}
            _write_private(place, json.dumps(known, indent=2))
        return known

    def state(self) -> dict[str, str] | None:
        """The environment that the running servers' owner published; None when there is none."""
        try:
            environment: dict[str, str] = json.loads(self._state_file.read_text())
        except FileNotFoundError:
            return None
        return environment

    def publish(self, environment: dict[str, str]) -> None:
        """Let other commands use these servers."""
        _write_private(self._state_file, json.dumps(environment, indent=2))

    def withdraw(self) -> None:
        """Say that the servers are no longer there."""
        self._state_file.unlink(missing_ok=True)


@contextlib.contextmanager
def _lock_file(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_private(path: Path, text: str) -> None:
    """Replace `path` in one step by a file that only its user reads."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
