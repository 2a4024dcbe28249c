"""The embedded Valkey: a password, 127.0.0.1 alone, data in `<folder>/valkey`."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from app.embedded.binaries import valkey_binary
from app.embedded.errors import EmbeddedError
from app.embedded.ports import HOST, free_port
from app.embedded.processes import Supervised, wait_until

_START_SECONDS = 60.0


class Valkey:
    """One Redis-compatible server; with `durable` off it keeps nothing on disk."""

    def __init__(
        self, folder: Path, password: str, *, port: int | None = None, durable: bool = True
    ) -> None:
        self.data = folder / "valkey"
        self.password = password
        self.port = port
        self.durable = durable
        self.process = Supervised("valkey", folder)

    def start(self) -> None:
        """Start and wait until it answers."""
        self.port = self.port or free_port()
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        # In a file, since a command line is everybody's to read.
        settings = self.data / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text(self._settings())
        self.process.start(
            [str(valkey_binary()), str(settings)], environment=os.environ, cwd=self.data
        )
        if not wait_until(self._is_settled, _START_SECONDS) or self.process.pid() is None:
            tail = self.process.log_tail()
            self.stop()
            raise EmbeddedError(f"Valkey did not start; its log ends with:\n{tail}")

    def stop(self) -> None:
        """Stop; what is durable is on disk."""
        self.process.stop()

    def urls(self) -> dict[str, str]:
        """REDIS_URL, as an environment variable."""
        return {"REDIS_URL": f"redis://:{self.password}@{HOST}:{self.port}/0"}

    def _settings(self) -> str:
        # The working directory is the data folder, so no path (with spaces, quotes) stands here.
        lines = [
            f"bind {HOST}",
            f"port {self.port}",
            f"requirepass {self.password}",
            "dir ./",
            "maxmemory 512mb",
            "maxmemory-policy noeviction",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
        ]
        return "\n".join(lines) + "\n"

    def _is_settled(self) -> bool:
        """Whether the server answers with its data loaded, or died."""
        if self.process.pid() is None:
            return True
        try:
            with socket.create_connection((HOST, self.port or 0), timeout=2) as client:
                client.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                return b"+PONG" in b"".join(iter(lambda: client.recv(4096), b""))
        except OSError:
            return False
