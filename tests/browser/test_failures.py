"""Without scripts, and with a connection that breaks: nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route

from app.tenants.passwords import hash_password
from tests.browser.conftest import OpenScreen
from tests.browser.screen import Screen
from tests.cast import Member
from tests.house import House

PASSWORD = "marble lantern orchard"
SAVE = ".contact-form .form-actions button[type=submit]"


@pytest.fixture
def owner(house: House) -> Member:
    return house.cast.member(house.cast.company(), password_hash=hash_password(PASSWORD))


def test_the_forms_work_without_scripts(open_screen: OpenScreen, owner: Member) -> None:
    screen = open_screen(scripts=False)
    page = screen.page
    page.goto("/sign-in")
    page.fill("[name=email]", owner.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.goto(owner.url("contacts/new"))
    page.fill("[name=name]", "Iris Calloway")
    page.fill("[name=city]", "Leeds")
    page.click(SAVE)
    page.wait_for_url(re.compile("/contacts/[0-9a-f-]{36}$"))
    page.goto(f"{page.url}/edit")
    page.fill("[name=city]", "York")
    page.click(SAVE)
    page.wait_for_url(re.compile("/contacts/[0-9a-f-]{36}$"))
    assert "York" in page.locator("main").inner_text()
    page.goto(owner.url("contacts"))
    page.fill("main form[role=search] [name=q]", "calloway")
    page.press("main form[role=search] [name=q]", "Enter")
    page.wait_for_url("**q=calloway**")
    assert page.locator("main tbody tr").count() == 1


def open_note(open_screen: OpenScreen, house: House, owner: Member) -> Screen:
    """A new contact's page with something typed into its note."""
    screen = open_screen()
    screen.sign_in(house.app, owner)
    screen.visit(owner.url("contacts/new"))
    screen.page.fill("[name=name]", "Edda Marsh")
    screen.page.click(SAVE)
    screen.page.wait_for_url(re.compile("/contacts/[0-9a-f-]{36}$"))
    screen.settle()
    screen.page.fill("main form[action$='/notes'] [name=text]", "Wants the blue one.")
    return screen


def test_a_note_survives_a_lost_connection(
    open_screen: OpenScreen, house: House, owner: Member
) -> None:
    screen = open_note(open_screen, house, owner)
    page = screen.page
    page.route("**/notes", lambda route: route.abort(), times=1)
    page.click("main form[action$='/notes'] button[type=submit]")
    retry = page.locator("#toasts [data-retry]")
    retry.wait_for()
    assert page.input_value("main form[action$='/notes'] [name=text]") == "Wants the blue one."
    screen.complaints.clear()  # the browser reports the aborted request itself
    retry.click()
    page.wait_for_selector("#timeline >> text=Wants the blue one.")
    assert page.locator("#timeline >> text=Wants the blue one.").count() == 1


def test_a_late_suggestion_does_not_replace_a_typed_address(open_screen: OpenScreen) -> None:
    screen = open_screen()
    page = screen.page
    held: list[Route] = []
    page.route("**/sign-up/address?*", lambda route: held.append(route))
    screen.visit("/sign-up")
    page.fill("[name=company]", "Wrenfold Roasters")
    page.fill("[name=slug]", "mine")
    page.wait_for_timeout(0)
    assert len(held) == 1
    with page.expect_response("**/sign-up/address?*") as answer:
        held[0].continue_()
    assert "wrenfold-roasters" in answer.value.text()
    page.wait_for_function("!document.documentElement.classList.contains('is-loading')")
    assert page.input_value("[name=slug]") == "mine"
