"""Payvand as people meet it: PostgreSQL, Valkey, gunicorn and the worker, all of them real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import text

from app import create_app
from app.config import Settings
from app.embedded import Servers
from app.embedded.ports import HOST, free_port
from app.embedded.processes import Supervised, wait_until
from app.jobs import OPEN, relay_engine
from app.web import Payvand
from tests.cast import Cast

ROOT = Path(__file__).parents[1]


class House:
    """Everything below one folder; `url` is what a browser opens.

    It has servers of its own: a worker beside the tests' shared database would take their jobs.
    """

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = False,
        workers: int = 1,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.servers = Servers(folder, durable=durable)
        self.port = free_port()
        self.workers = workers
        self.extra = environment or {}
        self.web = Supervised("web", folder)
        self.worker = Supervised("worker", folder)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.servers.urls,
            "SECRET_KEY": self.servers.secret_key,
            "PAYVAND_ENVIRONMENT": "test",
            "PUBLIC_URL": self.url,
            "WORKERS": str(self.workers),
            **self.extra,
        }

    @cached_property
    def app(self) -> Payvand:
        """The same app in this process, to prepare and to look."""
        return create_app(Settings.from_env(self.environment))

    @cached_property
    def cast(self) -> Cast:
        return Cast(self.app)

    def start(self) -> None:
        self.servers.start()
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        self.start_web()
        self.start_worker()

    def start_web(self) -> None:
        options = [
            "--workers",
            "2",
            "--worker-class",
            "gthread",
            "--threads",
            "4",
            "--no-control-socket",
        ]
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{HOST}:{self.port}"]
        self.web.start([*command, *options], environment=self.environment, cwd=ROOT)
        assert wait_until(self.is_serving, 120), self.web.log_tail()

    def is_serving(self, path: str = "/healthz") -> bool:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def start_worker(self) -> None:
        self.worker.start([sys.executable, "worker.py"], environment=self.environment, cwd=ROOT)

    def open_jobs(self) -> int:
        """How many jobs are asked for and neither done nor given up."""
        with self.app.app_context(), relay_engine().connect() as connection:
            return int(connection.scalar(text(f"SELECT count(*) FROM outbox WHERE {OPEN}")) or 0)

    def wait_for_jobs(self, seconds: float = 240) -> None:
        """Wait until the worker has nothing left to do."""
        assert wait_until(lambda: self.open_jobs() == 0, seconds, 0.2), self.worker.log_tail()

    def kill(self, part: Supervised) -> None:
        """kill -9 of a whole process group, children too."""
        pid = part.pid()
        assert pid is not None, f"{part.name} is not running."
        os.killpg(pid, signal.SIGKILL)
        assert wait_until(lambda: part.pid() is None, 10)
        part.sweep()

    def stop(self) -> None:
        self.servers.stop()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
