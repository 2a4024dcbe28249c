"""PostgreSQL and Valkey together, in one data folder."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from app import roles
from app.embedded.folder import Folder
from app.embedded.postgresql import PostgreSQL
from app.embedded.processes import Supervised
from app.embedded.valkey import Valkey


class Servers:
    """Both servers below `folder`, or one of them where the other is given.

    With `durable` off they trade safety on disk for speed: for tests only. A start first ends
    what a killed owner left running in the folder; who may share a folder uses `Folder.held`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = True,
        postgresql_port: int | None = None,
        valkey_port: int | None = None,
        with_postgresql: bool = True,
        with_valkey: bool = True,
    ) -> None:
        self.folder = Folder(folder)
        path, known = self.folder.path, self.folder.secrets()
        self.postgresql = PostgreSQL(path, known, port=postgresql_port, durable=durable)
        self.valkey = Valkey(path, known["valkey"], port=valkey_port, durable=durable)
        chosen = ((with_postgresql, self.postgresql), (with_valkey, self.valkey))
        # Those that this object starts, in that order.
        self.parts: list[PostgreSQL | Valkey] = [part for wanted, part in chosen if wanted]

    def start(self) -> dict[str, str]:
        """Start and return `urls`."""
        self.stop()
        try:
            for part in self.parts:
                part.start()
        except BaseException:
            self.stop()
            raise
        return self.urls

    def stop(self) -> None:
        """Stop all that runs in this folder, whoever started it: web and worker first."""
        for name in ("web", "worker"):
            Supervised(name, self.folder.path).stop()
        self.valkey.stop()
        self.postgresql.stop()

    @property
    def has_database(self) -> bool:
        """Whether PostgreSQL is one of the servers that this object starts."""
        return self.postgresql in self.parts

    @property
    def urls(self) -> dict[str, str]:
        """DATABASE_URL, DATABASE_OWNER_URL, DATABASE_RELAY_URL and REDIS_URL, as far as started."""
        return {name: url for part in self.parts for name, url in part.urls().items()}

    @property
    def secret_key(self) -> str:
        """The SECRET_KEY that stays with this folder."""
        return self.folder.secrets()["SECRET_KEY"]

    def superuser_url(self, database: str = roles.DATABASE) -> str:
        """A URL with every right, for tests that look into the catalogue or make databases."""
        return self.postgresql.url("postgres", database)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
