"""Each page in each combination of language, theme and width, looked at by axe-core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from playwright.sync_api import Browser

from tests.browser.screen import Screen
from tests.house import House
from tests.pages.addresses import pages
from tests.pages.workspace import Workspace, furnish

LANGUAGES = ("en", "fa")
WIDTHS = (390, 1280)
COMBINATIONS = tuple(product(LANGUAGES, ("light", "dark"), WIDTHS))
# What people meet when something is wrong.
WRONG = (
    "contacts?won_from=never",
    "contacts?q=nobody-has-this-name",
    "contacts/00000000-0000-7000-8000-000000000000",
    "orders?from=never",
    "reports/retention?period=never",
    "reports/clv?discount=never",
)
# Pages that a signed-in person is sent away from.
FOR_VISITORS = {"public.landing", "accounts.sign_in", "accounts.sign_up", "accounts.reset"}


@dataclass(frozen=True)
class Look:
    """One page in one combination."""

    endpoint: str
    address: str
    language: str
    theme: str
    width: int

    def __str__(self) -> str:
        return f"{self.endpoint} {self.language} {self.theme} {self.width} ({self.address})"


def workspaces(house: House) -> dict[str, Workspace]:
    """A furnished workspace for each language."""
    house.app.config["WTF_CSRF_ENABLED"] = False
    return {
        language: furnish(
            house.cast, language=language, run_jobs=lambda _app: house.wait_for_jobs()
        )
        for language in LANGUAGES
    }


def looks(house: House, of: dict[str, Workspace], every: bool) -> Iterator[Look]:
    """All pages in all combinations, or each page in one that changes from page to page."""
    listed = {language: _listed(house, of[language]) for language in LANGUAGES}
    for number, (endpoint, _address) in enumerate(listed["en"]):
        for place, (language, theme, width) in enumerate(COMBINATIONS):
            if every or place == number % len(COMBINATIONS):
                address = listed[language][number][1]
                yield Look(endpoint, address, language, theme, width)


def _listed(house: House, workspace: Workspace) -> list[tuple[str, str]]:
    wrong = [(path, workspace.owner.url(path)) for path in WRONG]
    return [*pages(house.app, workspace), *wrong]


def faults(house: House, browser: Browser, look: Look, of: dict[str, Workspace]) -> list[str]:
    """What axe-core, the layout and the browser's console have against the page."""
    settings = {"language": look.language, "width": look.width, "theme": look.theme}
    with Screen.opened(browser, house.url, **settings) as screen:
        screen.choose(theme=look.theme, language=look.language)
        if look.endpoint not in FOR_VISITORS:
            screen.sign_in(house.app, of[look.language].owner)
        screen.visit(look.address)
        found = [f"{look}: {one}" for one in (*screen.violations(), *screen.complaints)]
        if screen.overflow():
            found.append(f"{look} scrolls sideways by {screen.overflow()} px")
        return found


def sideways(house: House, browser: Browser, of: dict[str, Workspace]) -> list[str]:
    """Each page that scrolls sideways in some language at some width; one window for each."""
    found = []
    for language, width in product(LANGUAGES, WIDTHS):
        with Screen.opened(browser, house.url, language=language, width=width) as screen:
            screen.sign_in(house.app, of[language].owner)
            for endpoint, address in _listed(house, of[language]):
                screen.page.goto(address)
                if screen.overflow():
                    found.append(f"{endpoint} {language} {width}: {screen.overflow()} px")
    return found
