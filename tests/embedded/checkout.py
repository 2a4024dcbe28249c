"""What the tests do with a checkout: run its commands, look at its processes."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from app.embedded.processes import Supervised, wait_until

ROOT = Path(__file__).resolve().parents[2]
Finished = subprocess.CompletedProcess[str]
NAMES = ("web", "worker", "valkey", "postgresql")
_GIVEN = re.compile("DATABASE|REDIS|PAYVAND|PG|PUBLIC_URL|SECRET_KEY|PYTHONPATH")


@dataclass
class Checkout:
    """A copy of the project's own commands in `root`, to be served on `port`."""

    root: Path
    port: int
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.root / "var"

    def environment(self, **extra: str) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not _GIVEN.match(name)}
        return {**clean, **extra}

    def command(self, *words: str, cwd: Path | None = None, **extra: str) -> Finished:
        """Run one of the checkout's commands to its end."""
        return subprocess.run(
            [str(self.root / words[0]), *words[1:]],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=cwd or "/",
            env=self.environment(**extra),
        )

    def run(self, *options: str, **extra: str) -> subprocess.Popen[str]:
        """Start bin/run and wait until it says that it is ready, or ends."""
        log = self.root / "run.out"
        with log.open("w") as out:
            child = subprocess.Popen(
                [str(self.root / "bin/run"), "--port", str(self.port), *options],
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                cwd="/",
                env=self.environment(**extra),
            )
        self.started.append(child)
        assert wait_until(lambda: "Ctrl-C" in log.read_text() or child.poll() is not None, 60)
        return child

    @property
    def said(self) -> str:
        return (self.root / "run.out").read_text()

    def pid(self, name: str) -> int | None:
        return Supervised(name, self.data).pid()

    def running(self) -> set[str]:
        return {name for name in NAMES if self.pid(name) is not None}

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop_everything(self) -> None:
        for child in self.started:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(40)
        for name in NAMES:
            Supervised(name, self.data, ((signal.SIGINT, 5.0),)).stop()


def is_alive(pid: int) -> bool:
    """Whether the process runs, and is not merely unburied."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
