"""Visitors with an address of their own, so that no test uses up another's limits."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from app.jobs import drain
from app.web import Payvand

PASSWORD = "green kettle on the stove"


@dataclass
class Visitor:
    """Somebody with a browser, an address and a mailbox."""

    client: FlaskClient
    email: str
    app: Payvand = field(repr=False)

    def post(self, path: str, **values: str) -> TestResponse:
        return self.client.post(path, data=values)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def mails(self) -> list[tuple[str, str]]:
        """(subject, text) of the mails that came, the oldest first."""
        return mails_to(self.app, self.email)

    def link(self) -> str:
        """The path of the first link in the newest mail."""
        found = re.search(r"https?://[^/\s]+(/\S+)", self.mails()[-1][1])
        assert found, self.mails()[-1]
        return found.group(1)


def mails_to(app: Payvand, email: str) -> list[tuple[str, str]]:
    """Deliver what is due, then read the development mailbox."""
    with app.app_context():
        drain()
        from app.extensions import db

        rows = db.session.execute(
            text("SELECT subject, text FROM mails WHERE recipient = :email ORDER BY id"),
            {"email": email},
        )
        return [(row.subject, row.text) for row in rows]


@pytest.fixture
def visit(app: Payvand) -> Callable[..., Visitor]:
    """Makes visitors, each from a network of their own."""

    def make(email: str | None = None) -> Visitor:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
        return Visitor(client, email or f"visitor-{secrets.token_hex(5)}@example.com", app)

    return make


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    return visit()


@pytest.fixture(scope="session")
def owner_engine(environment: dict[str, str]) -> Iterator[Engine]:
    """The database as its owner, for turning clocks and looking at what the app may not read."""
    url = environment["DATABASE_OWNER_URL"].replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    yield engine
    engine.dispose()


def sign_up_form(visitor: Visitor, **changes: str) -> dict[str, str]:
    """What the sign-up form sends."""
    slug = f"kettle-{secrets.token_hex(5)}"
    values = {
        "company": "Kettle and Stove",
        "name": "Nadia Reed",
        "email": visitor.email,
        "password": PASSWORD,
        "slug": slug,
        "language": "en",
        "calendar": "gregorian",
        "currency": "GBP",
        "timezone": "Europe/London",
    }
    return {**values, **changes}


@pytest.fixture
def signed_up(visitor: Visitor) -> Visitor:
    """Somebody who signed up, proved their address and is signed in."""
    assert visitor.post("/sign-up", **sign_up_form(visitor)).status_code == 200
    assert visitor.post(visitor.link()).status_code == 303
    return visitor
