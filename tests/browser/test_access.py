"""Every page can be used by everybody, and fits into a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.access import faults, looks, sideways, workspaces
from tests.house import House
from tests.pages.workspace import Workspace


@pytest.fixture(scope="package")
def furnished(house: House) -> dict[str, Workspace]:
    return workspaces(house)


def test_every_page_passes_the_rules_for_access(
    house: House, chromium: Browser, furnished: dict[str, Workspace]
) -> None:
    looked = list(looks(house, furnished, every=False))
    assert len(looked) > 40
    assert [one for look in looked for one in faults(house, chromium, look, furnished)] == []


def test_no_page_scrolls_sideways(
    house: House, chromium: Browser, furnished: dict[str, Workspace]
) -> None:
    assert sideways(house, chromium, furnished) == []
