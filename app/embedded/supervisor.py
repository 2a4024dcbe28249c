"""`bin/run`: servers, migrations, demo, web and worker in one terminal, until Ctrl-C."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.embedded import schema
from app.embedded.environment import (
    ROOT,
    app_settings,
    flask,
    needed_servers,
    process_environment,
    python,
)
from app.embedded.errors import EmbeddedError
from app.embedded.folder import Folder
from app.embedded.ports import HOST, is_free
from app.embedded.postgresql import PostgreSQL
from app.embedded.processes import Supervised
from app.embedded.servers import Servers
from app.embedded.stoppable import Stoppable, Stopped
from app.embedded.valkey import Valkey

_HEALTH_SECONDS = 60.0
_RESTARTS = 5
# A process that lived longer did start; its death is a mishap of its own.
_SHORT_LIFE_SECONDS = 5.0


@dataclass
class Child:
    """A process that is restarted when it dies, unless it keeps dying young."""

    title: str
    process: Supervised
    command: Sequence[str]
    server: PostgreSQL | Valkey | None = None
    deaths: int = 0
    started: float = field(default_factory=time.monotonic)

    def start(self, settings: dict[str, str]) -> None:
        self.started = time.monotonic()
        if self.server is not None:
            self.server.start()
        else:
            environment = process_environment(settings)
            self.process.start(self.command, environment=environment, cwd=ROOT)

    def may_restart(self) -> bool:
        """Count a death; whether there have been few young ones in a row."""
        is_young = time.monotonic() - self.started < _SHORT_LIFE_SECONDS
        self.deaths = self.deaths + 1 if is_young else 1
        return self.deaths <= _RESTARTS


class Supervisor:
    """Everything that one `bin/run` starts and stops."""

    def __init__(self, folder: Folder, port: int, *, with_demo: bool) -> None:
        self.folder = folder
        self.port = port
        self.with_demo = with_demo
        self.stoppable = Stoppable()
        self.web = Child("The web server", Supervised("web", folder.path), web_command(port))
        self.worker = Child(
            "The worker", Supervised("worker", folder.path), python(str(ROOT / "worker.py"))
        )

    def run(self) -> None:
        """Run until a stop is asked for; raises EmbeddedError when that cannot go on."""
        self.stoppable.listen()
        with self.folder.held(f"bin/run --port {self.port}") as is_ours:
            if not is_ours:
                raise EmbeddedError(
                    f"The data folder {self.folder.path} is in use ({self.folder.holder()}): "
                    "stop that first, or choose another folder with --data.",
                    2,
                )
            try:
                self._run()
            except Stopped:
                _say("Stopping ...")
            finally:
                self._stop()
        _say("Stopped.")

    def _run(self) -> None:
        self._stop()
        if not is_free(self.port):
            raise EmbeddedError(
                f"Port {self.port} is in use by another program: choose one with --port.", 2
            )
        servers = needed_servers(self.folder.path)
        settings = self._start_servers(servers)
        if not schema.is_current(servers):
            schema.upgrade(servers, settings, self.stoppable)
        self.folder.publish(settings)
        workspaces = self._seed(settings) if self.with_demo else []
        self.web.start(settings)
        self.worker.start(settings)
        self._await_health()
        _say(welcome(settings["PUBLIC_URL"], workspaces))
        self._watch(_server_children(servers), settings)

    def _start_servers(self, servers: Servers) -> dict[str, str]:
        started = time.monotonic()
        servers.start()
        self.stoppable.pause(0)
        if servers.parts:
            _say(f"Servers are up ({time.monotonic() - started:.1f} s).")
        return app_settings(servers, self.port)

    def _seed(self, settings: dict[str, str]) -> list[dict[str, str]]:
        done = self.stoppable.run(
            flask("demo", "seed"),
            environment=process_environment(settings),
            log=self.folder.path / "log" / "setup.log",
        )
        if done.returncode != 0:
            raise EmbeddedError(f"The demo could not be made:\n{done.error_tail}")
        workspaces: list[dict[str, str]] = json.loads(done.output)["workspaces"]
        return workspaces

    def _await_health(self) -> None:
        def is_settled() -> bool:
            return self.web.process.pid() is None or _answers(self.port)

        settled = self.stoppable.wait_for(is_settled, _HEALTH_SECONDS)
        if not settled or self.web.process.pid() is None:
            raise EmbeddedError(_obituary(self.web, "did not start"))

    def _watch(self, servers: list[Child], settings: dict[str, str]) -> None:
        children = [*servers, self.worker, self.web]
        while True:
            self.stoppable.pause(0.2)
            for child in children:
                if child.process.pid() is None:
                    self._revive(child, settings)

    def _revive(self, child: Child, settings: dict[str, str]) -> None:
        if not child.may_restart():
            raise EmbeddedError(_obituary(child, "keeps dying"))
        _say(f"{child.title} died and is started again; its log is {child.process.log_file}.")
        # A short rest: what a killed server left (its children, its memory) goes first.
        self.stoppable.pause(0.3 * child.deaths)
        child.process.sweep()
        # A server that cannot start yet counts as one more death at the next look.
        with contextlib.suppress(EmbeddedError):
            child.start(settings)

    def _stop(self) -> None:
        self.folder.withdraw()
        Servers(self.folder.path).stop()


def web_command(port: int) -> list[str]:
    """gunicorn for this checkout on 127.0.0.1."""
    heartbeats = ["--worker-tmp-dir", "/dev/shm"] if os.path.isdir("/dev/shm") else []  # noqa: S108
    return python(
        *("-m", "gunicorn", "wsgi:app", "--bind", f"{HOST}:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--graceful-timeout", "5", "--no-control-socket", *heartbeats),
    )


def welcome(address: str, workspaces: list[dict[str, str]]) -> str:
    """What a person reads when everything is up."""
    lines = ["", f"Payvand is ready: {address}", ""]
    for workspace in workspaces:
        lines += [
            f"  {workspace['name']} ({workspace['language']})",
            f"    address   {address}{workspace['url_path']}",
            f"    email     {workspace['email']}",
            f"    password  {workspace['password']}",
            "",
        ]
    return "\n".join([*lines, "Press Ctrl-C to stop."])


def _server_children(servers: Servers) -> list[Child]:
    titles = {"postgresql": "PostgreSQL", "valkey": "Valkey"}
    return [
        Child(titles[part.process.name], part.process, (), server=part) for part in servers.parts
    ]


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _obituary(child: Child, what: str) -> str:
    return f"{child.title} {what}; its log ends with:\n{child.process.log_tail()}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(data: Path, port: int, *, with_demo: bool) -> None:
    """Run Payvand in the foreground."""
    Supervisor(Folder(data), port, with_demo=with_demo).run()
