"""A house to kill things in; its forms need no token in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cast import Member
from tests.house import House


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Durable, as what people run: PostgreSQL is killed too."""
    with House(tmp_path_factory.mktemp("house"), durable=True) as running:
        running.app.config["WTF_CSRF_ENABLED"] = False
        yield running


@pytest.fixture
def member(house: House) -> Member:
    return house.cast.member(house.cast.company())
