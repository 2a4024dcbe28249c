"""Visitors with an address of their own, so that no test uses up another's limits."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from app.extensions import db
from app.jobs import drain
from app.tenants import passwords
from app.tenants.accounts.models import AccountSession
from app.tenants.sessions import hash_token
from app.web import Payvand
from tests.cast import Member

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
        network = f"{secrets.token_hex(2)}:{secrets.token_hex(2)}"
        client.environ_base["REMOTE_ADDR"] = f"2001:db8:{network}::1"
        return Visitor(client, email or f"visitor-{secrets.token_hex(5)}@example.com", app)

    return make


def new_browser(app: Payvand, member: Member) -> FlaskClient:
    """Another signed-in browser of the member."""
    token = secrets.token_urlsafe(32)
    with app.app_context():
        session = AccountSession(
            account_id=member.account_id,
            token_hash=hash_token(token),
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )
        db.session.add(session)
        db.session.commit()
    client = app.test_client()
    client.set_cookie("payvand", token)
    return client


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    return visit()


@pytest.fixture(scope="session")
def owner_engine(environment: dict[str, str]) -> Iterator[Engine]:
    """The database as its owner, for turning clocks and looking at what the app may not read."""
    scheme, _separator, rest = environment["DATABASE_OWNER_URL"].partition("://")
    engine = create_engine(f"{scheme.partition('+')[0]}+psycopg://{rest}")
    yield engine
    engine.dispose()


def comparable(answer: TestResponse, visitor: Visitor) -> str:
    """The page without what differs between any two visits: the address typed, the form tokens."""
    page = answer.text.replace(visitor.email, "ADDRESS")
    return re.sub(r'(X-CSRFToken": |csrf_token" value=|name="id"[^>]* value=)"[^"]*"', "", page)


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


def sign_in(visitor: Visitor, password: str = PASSWORD, **values: str) -> TestResponse:
    """Sign in as the visitor."""
    return visitor.post("/sign-in", email=visitor.email, password=password, **values)


def is_signed_in(visitor: Visitor) -> bool:
    """Whether the visitor's browser is let in to pages of signed-in people."""
    return visitor.get("/workspaces").status_code == 200


@pytest.fixture
def signed_up(visitor: Visitor) -> Visitor:
    """Somebody who signed up, proved their address and is signed in."""
    assert visitor.post("/sign-up", **sign_up_form(visitor)).status_code == 200
    assert visitor.post(visitor.link()).status_code == 303
    return visitor


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A note for every password that is really hashed or checked; the work itself goes on."""
    done: list[str] = []
    hasher = passwords._hasher
    real_hash, real_verify = hasher.hash, hasher.verify

    class Noting:
        check_needs_rehash = hasher.check_needs_rehash

        def hash(self, password: str) -> str:
            done.append("hash")
            return real_hash(password)

        def verify(self, stored: str, password: str) -> bool:
            done.append("verify")
            return real_verify(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Noting())
    return done
