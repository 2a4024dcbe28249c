"""Every page can be used by everybody, and fits into a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.access import faults, looks, sideways, workspaces
from tests.browser.conftest import OpenScreen
from tests.house import House
from tests.pages.workspace import Workspace


@pytest.fixture(scope="package")
def furnished(house: House) -> dict[str, Workspace]:
    return workspaces(house)


def test_every_page_passes_the_rules_for_access(
    house: House, chromium: Browser, furnished: dict[str, Workspace]
) -> None:
    looked = list(looks(house, furnished, every=False))
    assert len(looked) > 30
    found = [one for look in looked for one in faults(house, chromium, look, furnished)]
    assert not found, "\n".join(found)


def test_no_page_scrolls_sideways(
    house: House, chromium: Browser, furnished: dict[str, Workspace]
) -> None:
    found = sideways(house, chromium, furnished)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [390, 1280])
def test_what_opens_over_a_page_passes_too(
    open_screen: OpenScreen, house: House, furnished: dict[str, Workspace], width: int
) -> None:
    screen = open_screen(language="fa", width=width)
    owner = furnished["fa"].owner
    screen.sign_in(house.app, owner)
    screen.visit(owner.url("contacts"))
    menus = {390: ("create-sheet", "more-sheet"), 1280: ("workspace-menu", "person-menu")}
    for name in ("contact-filters", *menus[width]):
        screen.page.click(f"[popovertarget={name}]:visible, [data-open={name}]:visible")
        screen.page.locator(f"#{name}").wait_for()
        assert screen.violations() == [], name
        screen.page.keyboard.press("Escape")
        screen.page.locator(f"#{name}").wait_for(state="hidden")
