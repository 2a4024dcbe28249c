"""PostgreSQL killed with -9 and Redis away: what was acknowledged stays, the pages come back."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from uuid import UUID

from sqlalchemy import text

from app.embedded import EmbeddedError
from app.embedded.processes import wait_until
from app.extensions import db
from app.tenancy import new_id
from app.tenants.door import session_cookie
from app.tenants.passwords import hash_password
from tests.cast import Company, Member
from tests.house import House
from tests.kills.work import batch, checked_import, orders_file, start_import, wait_for
from tests.visitor import Visitor

PASSWORD = "marble lantern orchard"


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


def test_no_acknowledged_contact_is_lost_or_doubled_by_a_dead_database(
    house: House, member: Member
) -> None:
    stop = Event()
    writers = [Writer(visitor(house, member), member, stop) for _ in range(4)]
    with ThreadPoolExecutor(len(writers)) as pool:
        running = [pool.submit(writer.write) for writer in writers]
        try:
            for _ in range(2):
                before = sum(len(writer.acknowledged) for writer in writers)
                wait_for(
                    lambda n=before: sum(len(w.acknowledged) for w in writers) > n + 10, "Writes"
                )
                kill_postgresql(house)
                start_postgresql(house)
        finally:
            stop.set()
        for one in running:
            one.result(timeout=60)
    acknowledged = [one for writer in writers for one in writer.acknowledged]
    assert sum(writer.repeats for writer in writers) > 0
    assert sorted(stored(house, member.company)) == sorted(acknowledged)


def test_pages_come_back_within_five_seconds_of_the_database(house: House, member: Member) -> None:
    person = visitor(house, member)
    assert person.get(member.url("contacts")).status == 200
    kill_postgresql(house)
    assert person.get(member.url("contacts")).status in (500, 503)
    start_postgresql(house)
    assert wait_until(lambda: person.get(member.url("contacts")).status == 200, 5)


def test_without_redis_pages_answer_and_work_waits(house: House) -> None:
    member = house.cast.member(house.cast.company(), password_hash=hash_password(PASSWORD))
    person = visitor(house, member)
    batch_id = checked_import(house, member, orders_file(200))
    house.servers.valkey.stop()
    try:
        for page in ("", "contacts", "contacts/new", "orders", "reports", "reports/retention"):
            assert person.get(member.url(page)).status == 200, page
        newcomer = Visitor(house.url, {})
        newcomer.take_token("/sign-in")
        answer = newcomer.post("/sign-in", {"email": member.email, "password": PASSWORD})
        assert answer.status == 303
        assert newcomer.get(member.url()).status == 200
        start_import(member, batch_id)
        assert batch(house, member.company, batch_id)["state"] == "queued"
    finally:
        house.servers.valkey.start()
    wait_for(lambda: batch(house, member.company, batch_id)["state"] == "finished", "The import")
