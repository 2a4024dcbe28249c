"""The embedded PostgreSQL: SCRAM over TCP on 127.0.0.1, data in `<folder>/pg`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg

from app import roles
from app.embedded.binaries import namespace_prefix, postgresql_binary
from app.embedded.errors import EmbeddedError
from app.embedded.ports import HOST, free_port
from app.embedded.processes import Supervised, wait_until

SUPERUSER = "postgres"
# Recovery after a crash may take long; a server that died is noticed at once.
_START_SECONDS = 300.0
_PATIENCE: tuple[tuple[signal.Signals, float], ...] = (
    (signal.SIGINT, 20.0),  # fast shutdown
    (signal.SIGQUIT, 5.0),  # immediate shutdown
)
_FAST_AND_LOSSY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgreSQL:
    """One server and one database `payvand` with its three roles.

    `passwords` maps `postgres` and each of `roles.ROLES` to a password. With `durable` off,
    a crash may lose data: for tests only.
    """

    def __init__(
        self,
        folder: Path,
        passwords: Mapping[str, str],
        *,
        port: int | None = None,
        durable: bool = True,
    ) -> None:
        self.data = folder / "pg"
        self.passwords = passwords
        self.port = port
        self.durable = durable
        self.process = Supervised("postgresql", folder, _PATIENCE, sweeps=False)

    def start(self) -> None:
        """Start, making the cluster, database and roles where they are missing."""
        if not self.data.exists():
            self._initialise()
        self.port = self.port or free_port()
        self.process.start(self._command(), environment=_environment(), cwd=self.data)
        if not wait_until(self._is_settled, _START_SECONDS) or self.process.pid() is None:
            tail = self.process.log_tail()
            self.stop()
            raise EmbeddedError(f"PostgreSQL did not start; its log ends with:\n{tail}")
        self._prepare()

    def stop(self) -> None:
        """Stop; committed data is on disk."""
        self.process.stop()

    def url(self, role: str, database: str = roles.DATABASE) -> str:
        """SQLAlchemy's URL for `role`, which is a name in `passwords`."""
        password = self.passwords[role]
        return f"postgresql+psycopg://{role}:{password}@{HOST}:{self.port}/{database}"

    def urls(self) -> dict[str, str]:
        """The three URLs, named as the environment variables that carry them."""
        return {
            "DATABASE_URL": self.url(roles.APP),
            "DATABASE_OWNER_URL": self.url(roles.OWNER),
            "DATABASE_RELAY_URL": self.url(roles.RELAY),
        }

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "log_timezone": "UTC",
            **({} if self.durable else _FAST_AND_LOSSY),
        }
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        binary = str(postgresql_binary("postgres"))
        return [*namespace_prefix(), binary, "-D", str(self.data), *flags]

    def _initialise(self) -> None:
        """initdb beside the final place, so that a kill leaves nothing half made in it."""
        unfinished = self.data.with_name("pg.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = self.data.with_name("pg.password")
        password_file.touch(mode=0o600)
        password_file.write_text(self.passwords[SUPERUSER])
        try:
            self._initdb(unfinished, password_file)
        finally:
            password_file.unlink()
        unfinished.rename(self.data)

    def _initdb(self, place: Path, password_file: Path) -> None:
        command = [
            *namespace_prefix(),
            str(postgresql_binary("initdb")),
            f"--pgdata={place}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            *([] if self.durable else ["--no-sync"]),
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=_environment(), cwd="/"
        )
        if done.returncode != 0:
            raise EmbeddedError(
                f"PostgreSQL's initdb failed:\n{(done.stdout + done.stderr)[-2000:]}"
            )

    def _is_settled(self) -> bool:
        """Whether the server answers, or died."""
        if self.process.pid() is None:
            return True
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _prepare(self) -> None:
        with self._connect("postgres") as connection:
            known = connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", [roles.DATABASE]
            ).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {roles.DATABASE}".encode())
        with self._connect(roles.DATABASE) as connection:
            connection.execute(roles.roles_sql(self.passwords).encode())

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=HOST,
            port=self.port,
            user=SUPERUSER,
            password=self.passwords[SUPERUSER],
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )


def _environment() -> dict[str, str]:
    """Ours without PG* settings, which would bend the server and initdb."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
