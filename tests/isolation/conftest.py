"""Databases for the isolation suite: the app's own, and copies to break."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine

from app.embedded import Servers
from app.web import Payvand
from tests.isolation.attacks import Victims
from tests.isolation.rows import plant


@pytest.fixture(scope="session")
def superuser(servers: Servers, app: Payvand) -> Iterator[Engine]:
    """Every right, to look into the catalogue of the app's database."""
    engine = create_engine(servers.superuser_url())
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def app_role(environment: dict[str, str], app: Payvand) -> Iterator[Engine]:
    """The role that serves people, on a pool of one so that connections are reused."""
    engine = create_engine(environment["DATABASE_URL"], pool_size=1, max_overflow=1)
    yield engine
    engine.dispose()


def make_victims(engine: Engine) -> Victims:
    attacker, other = uuid4(), uuid4()
    with engine.begin() as connection:
        own_ids = plant(connection, attacker)
    with engine.begin() as connection:
        other_ids = plant(connection, other)
    return Victims(attacker, other, own_ids, other_ids)


@pytest.fixture
def victims(app_role: Engine) -> Victims:
    return make_victims(app_role)
