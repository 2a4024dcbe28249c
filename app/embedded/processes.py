"""A supervised process: own session, pid file, log file, and an end that leaves no orphan."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Every process we start carries it, so that what a dead parent left behind can be told from others.
MARKER = "PAYVAND_SUPERVISED"
_PROC = Path("/proc")
_LOG_BYTES = 10_000_000


@dataclass
class Supervised:
    """One long-running program below a data folder, found again through its pid file.

    `stop_signals` are sent one after the other, each with its seconds of patience; SIGKILL
    comes last in any case.
    """

    name: str
    folder: Path
    stop_signals: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 10.0),)
    sweeps: bool = True
    _popen: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pid_file(self) -> Path:
        return self.folder / "run" / f"{self.name}.pid"

    @property
    def log_file(self) -> Path:
        return self.folder / "log" / f"{self.name}.log"

    def start(
        self, command: Sequence[str], *, environment: Mapping[str, str], cwd: Path
    ) -> subprocess.Popen[bytes]:
        """Start `command` detached from the terminal, its output appended to the log."""
        for path in (self.pid_file, self.log_file):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _roll(self.log_file)
        with self.log_file.open("ab") as log:
            self._popen = subprocess.Popen(
                command,
                cwd=cwd,
                env={**environment, MARKER: self._marker},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # Written by the child itself: a parent killed at any instant leaves no unknown pid.
                preexec_fn=self._write_pid_file,
            )
        return self._popen

    def pid(self) -> int | None:
        """The running process's pid; None when none runs, or when the number is now another's."""
        if self._popen is not None and self._popen.poll() is not None:
            return None
        try:
            pid, born = self.pid_file.read_text().split("\n")[:2]
            return int(pid) if _birth(int(pid)) == born else None
        except (OSError, ValueError):
            return None

    def stop(self) -> None:
        """End the process and whatever it left behind; nothing happens when none runs."""
        for number, patience in (*self.stop_signals, (signal.SIGKILL, 10.0)):
            pid = self.pid()
            if pid is None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            wait_until(lambda: self.pid() is None, patience)
        self.sweep()
        self.pid_file.unlink(missing_ok=True)
        self._popen = None

    def sweep(self) -> None:
        """Kill the children that outlived a killed parent (web workers, work-horses)."""
        if not self.sweeps or self.pid() is not None:
            return
        wanted = f"{MARKER}={self._marker}".encode()
        for pid in _pids():
            with contextlib.suppress(OSError):
                if wanted in (_PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                    os.kill(pid, signal.SIGKILL)

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of the log, for an error message."""
        try:
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    @property
    def _marker(self) -> str:
        return f"{self.folder}/{self.name}"

    def _write_pid_file(self) -> None:
        self.pid_file.write_text(f"{os.getpid()}\n{_birth(os.getpid())}\n")


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Poll `condition` until it holds; False when the seconds passed first."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def _pids() -> Iterator[int]:
    if _PROC.is_dir():
        yield from (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())


def _birth(pid: int) -> str | None:
    """What tells this process from any other that ever has its pid; None when it is dead."""
    if not (_PROC / "self" / "stat").exists():
        shown = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return shown.stdout.strip() or None
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    state, start_ticks = fields[0], fields[19]
    return None if state in "ZX" else f"{boot} {start_ticks}"


def _roll(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
