"""Writers that go on until each write is acknowledged, while PostgreSQL is killed under them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from uuid import UUID

from sqlalchemy import text

from app.embedded import EmbeddedError
from app.embedded.processes import wait_until
from app.extensions import db
from app.tenancy import new_id
from app.tenants.door import session_cookie
from tests.cast import Company, Member
from tests.house import House
from tests.visitor import Visitor


def visitor(house: House, member: Member) -> Visitor:
    return Visitor.signed_in(house.url, member, session_cookie(house.app.extensions["settings"]))


@dataclass
class Writer:
    """Adds contacts, each until it is acknowledged, with an id of its own making."""

    visitor: Visitor
    member: Member
    stop: Event
    acknowledged: list[UUID] = field(default_factory=list)
    repeats: int = 0

    def write(self) -> None:
        self.visitor.take_token(self.member.url("contacts/new"))
        while not self.stop.is_set():
            contact_id = new_id()
            form = {"id": contact_id, "name": f"Contact {contact_id}", "kind": "person"}
            while self.visitor.post(self.member.url("contacts/new"), form).status != 303:
                self.repeats += 1
                time.sleep(0.1)
            self.acknowledged.append(contact_id)


def kill_postgresql(house: House) -> None:
    pid = house.servers.postgresql.process.pid()
    assert pid is not None
    os.killpg(pid, signal.SIGKILL)
    assert wait_until(lambda: house.servers.postgresql.process.pid() is None, 10)


def start_postgresql(house: House) -> None:
    """Start again; the killed server's last processes may hold its memory for a moment."""

    def starts() -> bool:
        try:
            house.servers.postgresql.start()
        except EmbeddedError:
            return False
        return True

    assert wait_until(starts, 60, 0.2)


def stored(house: House, company: Company) -> list[UUID]:
    with house.cast.inside(company):
        return list(db.session.scalars(text("SELECT id FROM contacts")))


@contextmanager
def writing(house: House, member: Member, count: int = 4) -> Iterator[list[Writer]]:
    """Writers at work; at the end all have stopped with nothing left unacknowledged."""
    stop = Event()
    writers = [Writer(visitor(house, member), member, stop) for _ in range(count)]
    with ThreadPoolExecutor(count) as pool:
        running = [pool.submit(writer.write) for writer in writers]
        try:
            yield writers
        finally:
            stop.set()
        for one in running:
            one.result(timeout=60)


def written(writers: Iterable[Writer]) -> int:
    return sum(len(writer.acknowledged) for writer in writers)
