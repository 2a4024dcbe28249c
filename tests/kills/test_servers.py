"""PostgreSQL killed with -9 and Redis away: what was acknowledged stays, the pages come back."""

from __future__ import annotations

from app.embedded.processes import wait_until
from app.tenants.passwords import hash_password
from tests.cast import Member
from tests.house import House
from tests.kills.work import batch, checked_import, orders_file, start_import, wait_for
from tests.kills.writers import (
    kill_postgresql,
    start_postgresql,
    stored,
    visitor,
    writing,
    written,
)
from tests.visitor import Visitor

PASSWORD = "marble lantern orchard"


def test_no_acknowledged_contact_is_lost_or_doubled_by_a_dead_database(
    house: House, member: Member
) -> None:
    with writing(house, member) as writers:
        for _ in range(2):
            before = written(writers)
            wait_for(lambda least=before + 10: written(writers) > least, "Writes")
            kill_postgresql(house)
            start_postgresql(house)
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
