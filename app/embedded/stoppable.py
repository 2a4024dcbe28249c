"""Waiting that a signal ends: Ctrl-C and SIGTERM are noticed between steps, never inside one."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class Stopped(Exception):
    """Somebody asked us to stop."""


@dataclass(frozen=True)
class Done:
    """A finished command: its exit code, standard output, and the end of what it said otherwise."""

    returncode: int
    output: str
    error_tail: str


class Stoppable:
    """Turns the stop signals into a flag that every wait looks at."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def listen(self) -> None:
        """Take over SIGINT, SIGTERM and SIGHUP of this process."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: self._asked.set())

    def pause(self, seconds: float) -> None:
        """Sleep; raises Stopped as soon as somebody asks."""
        if self._asked.wait(seconds):
            raise Stopped

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Poll `condition` until it holds; False when the seconds passed first."""
        for _ in range(int(seconds / 0.05)):
            if condition():
                return True
            self.pause(0.05)
        return condition()

    def run(self, command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Done:
        """Run a short command to its end, its standard error kept in `log`."""
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        output = log.with_suffix(".out")
        with log.open("ab") as errors, output.open("wb") as out:
            start = errors.tell()
            child = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
                start_new_session=True,
            )
            try:
                while child.poll() is None:
                    self.pause(0.05)
            finally:
                child.kill()
                child.wait()
        text = output.read_text(errors="replace")
        output.unlink()
        said = log.read_bytes()[start:].decode(errors="replace").strip() or text
        return Done(child.returncode, text, "\n".join(said.splitlines()[-15:]))
