"""A real browser on a real house; whatever it complains about fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.screen import Screen
from tests.house import House


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("house")) as running:
        yield running


OpenScreen = Callable[..., Screen]


@pytest.fixture
def open_screen(house: House, chromium: Browser) -> Iterator[OpenScreen]:
    """Open a browser window of its own; at the end of the test it must have had no complaints."""
    with ExitStack() as stack:
        screens: list[Screen] = []

        def open_one(**settings: Any) -> Screen:
            screen = stack.enter_context(Screen.opened(chromium, house.url, **settings))
            screens.append(screen)
            return screen

        yield open_one
        for screen in screens:
            screen.check_complaints()
