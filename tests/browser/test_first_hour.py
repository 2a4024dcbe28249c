"""The first hour of a new customer: sign-up, their orders, their reports. In both languages, at
both widths, from the first page to the last click."""

from __future__ import annotations

import re
from itertools import product

import pytest

from tests.browser.conftest import OpenScreen
from tests.browser.screen import Screen

PASSWORD = "marble lantern orchard"
PERSIAN_DIGIT = re.compile("[۰-۹]")


def sign_up(screen: Screen, language: str, slug: str) -> None:
    page = screen.page
    screen.visit("/sign-up")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
    names = {"en": ("Olivia Marsh", "Wrenfold"), "fa": ("نگار رستمی", "پارچه‌ی نگار")}[language]
    page.fill("[name=name]", names[0])
    page.fill("[name=email]", f"{slug}@example.com")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=company]", names[1])
    page.fill("[name=slug]", slug)
    screen.check()
    page.click("main form button[type=submit]")
    page.wait_for_selector(f"text={slug}@example.com")
    screen.check()


def confirm_address(screen: Screen, slug: str) -> None:
    page = screen.page
    screen.visit("/mailbox")
    mail = page.locator(".card", has_text=f"{slug}@example.com").locator("a").first
    mail.click()
    screen.settle()
    screen.check()
    page.locator("a[href*='/verify/']").click()
    screen.settle()
    screen.check()
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/{slug}/")
    screen.settle()
    screen.check()


@pytest.mark.parametrize(("language", "width"), list(product(("en", "fa"), (390, 1280))))
def test_a_new_customer_imports_orders_and_reads_reports(
    open_screen: OpenScreen, language: str, width: int
) -> None:
    screen = open_screen(language=language, width=width)
    slug = f"first-{language}-{width}"
    sign_up(screen, language, slug)
    confirm_address(screen, slug)
