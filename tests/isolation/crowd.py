"""Many requests of two tenants at the same time, on few connections."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice

from flask.testing import FlaskClient

from app.crm.contacts.models import Contact
from app.extensions import db
from app.tenancy import new_id
from app.tenants.door import session_cookie
from app.web import Payvand
from tests.cast import Cast, Member

THREADS = 8


@dataclass
class Side:
    """A tenant's owner, the word that stands in all of its rows, and one contact's id."""

    member: Member
    marker: str
    contact_id: str


@dataclass
class Tally:
    """Answers by what they held; `failures` are those of 500 and above."""

    answers: int = 0
    pages: int = 0
    pages_with_own_marker: int = 0
    with_foreign_marker: int = 0
    failures: int = 0

    def add(self, other: Tally) -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def make_side(cast: Cast) -> Side:
    marker = f"marker{secrets.token_hex(6)}"
    company = cast.company(name=f"Company {marker}")
    with cast.inside(company):
        contacts = [
            Contact(name=f"Shared {marker} {number}", kind="person") for number in range(20)
        ]
        db.session.add_all(contacts)
        db.session.flush()
        contact_id = str(contacts[0].id)
    return Side(cast.member(company), marker, contact_id)


def mixed_answers(app: Payvand, requests: int) -> Tally:
    """Ask in turn as both owners, in threads; every request has its own database session."""
    app.config["WTF_CSRF_ENABLED"] = False
    cast = Cast(app)
    one, other = make_side(cast), make_side(cast)
    turns = list(islice(cycle([(one, other), (other, one)]), requests))
    parts = [turns[place::THREADS] for place in range(THREADS)]
    total = Tally()
    with ThreadPoolExecutor(THREADS) as pool:
        for tally in pool.map(lambda part: _ask(app, part), parts):
            total.add(tally)
    return total


def _ask(app: Payvand, turns: list[tuple[Side, Side]]) -> Tally:
    client, tally = app.test_client(), Tally()
    cookie = session_cookie(app.extensions["settings"])
    for number, (ours, theirs) in enumerate(turns):
        carried = ours.member.client.get_cookie(cookie)
        assert carried is not None
        client.set_cookie(cookie, carried.value)
        status, text = _one(client, ours, theirs, number % 6)
        tally.answers += 1
        tally.pages += status == 200
        tally.pages_with_own_marker += status == 200 and ours.marker in text
        tally.with_foreign_marker += theirs.marker in text
        tally.failures += status >= 500
    return tally


def _one(client: FlaskClient, ours: Side, theirs: Side, kind: int) -> tuple[int, str]:
    """A list, a search, a page, the other's page, a write that is refused and one that is not."""
    url = ours.member.url
    if kind < 4:
        paths = ("contacts", "contacts?q=shared", f"contacts/{ours.contact_id}")
        answer = client.get(url((*paths, f"contacts/{theirs.contact_id}")[kind]))
    else:
        name = "" if kind == 4 else f"Shared {ours.marker} again"
        form = {"id": str(new_id()), "name": name, "kind": "person"}
        answer = client.post(url("contacts/new"), data=form)
    return answer.status_code, answer.get_data(as_text=True)
