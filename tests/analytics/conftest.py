"""A company with the CDNOW orders, for tests that only read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.jobs import drain
from app.web import Payvand
from tests.analytics.shop import UNTIL_LATELY, cdnow, sell
from tests.cast import Cast, Company, Member


@pytest.fixture(scope="session")
def cdnow_company(app: Payvand) -> Company:
    """The sample on its own dates, 1997 and 1998; nothing is computed or changed in it."""
    cast = Cast(app)
    company = cast.company()
    with cast.inside(company):
        sell(cdnow())
    return company


@pytest.fixture(scope="session")
def living_company(app: Payvand) -> Company:
    """The sample moved so that it ends lately."""
    cast = Cast(app)
    company = cast.company()
    with cast.inside(company):
        sell(cdnow(UNTIL_LATELY))
    return company


@pytest.fixture
def printed(app: Payvand) -> Callable[..., dict[str, Any]]:
    """`flask analytics run` as its JSON."""

    def run(slug: str, report: str, **parameters: str) -> dict[str, Any]:
        pairs = [part for pair in parameters.items() for part in ("--param", "=".join(pair))]
        done = app.test_cli_runner().invoke(args=["analytics", "run", slug, report, *pairs])
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run


@pytest.fixture
def compute(app: Payvand) -> Callable[..., None]:
    """Press the button and let the worker work."""

    def run(member: Member, report: str, **parameters: str) -> None:
        response = member.client.post(member.url(f"reports/{report}/runs"), data=parameters)
        assert response.status_code == 303
        with app.app_context():
            drain()

    return run
