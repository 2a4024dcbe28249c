"""Real PostgreSQL and Valkey for every test run, each worker with servers of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from app import create_app
from app.config import Settings
from app.embedded import Servers
from app.web import Payvand
from tests.cast import Cast, Company, Member


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Valkey in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="payvand-test-") as folder:
        with Servers(Path(folder), durable=False) as running:
            yield running


@pytest.fixture(scope="session")
def environment(servers: Servers) -> dict[str, str]:
    """The environment that the app's processes get."""
    return {
        **servers.urls,
        "SECRET_KEY": servers.secret_key,
        "PAYVAND_ENVIRONMENT": "test",
        "PUBLIC_URL": "http://127.0.0.1:8000",
    }


@pytest.fixture(scope="session")
def app(environment: dict[str, str]) -> Payvand:
    """The app on a migrated database; forms need no CSRF token unless a test turns it on."""
    app = create_app(Settings.from_env(environment))
    app.config["WTF_CSRF_ENABLED"] = False
    runner = app.test_cli_runner()
    result = runner.invoke(args=["db", "upgrade"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return app


@pytest.fixture
def cast(app: Payvand) -> Cast:
    return Cast(app)


@pytest.fixture
def company(cast: Cast) -> Company:
    return cast.company()


@pytest.fixture
def owner(cast: Cast, company: Company) -> Member:
    return cast.member(company, "owner")


@pytest.fixture
def colleague(cast: Cast, company: Company) -> Member:
    """A rep of the owner's company."""
    return cast.member(company, "rep")


@pytest.fixture
def stranger(cast: Cast) -> Member:
    """The owner of another company."""
    return cast.member(cast.company(), "owner")


@pytest.fixture(scope="session")
def subprocess_environment(environment: dict[str, str]) -> dict[str, str]:
    """The environment for real processes: the machine's with the app's on top."""
    return {**os.environ, **environment}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process: Playwright allows no second one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        yield browser
        browser.close()
