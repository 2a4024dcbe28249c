"""The first hour of a new customer: sign-up, their orders, their reports. In both languages, at
both widths, from the first page to the last click."""

from __future__ import annotations

import os
import re
import signal
from itertools import product
from pathlib import Path

import pytest

from app.l10n import to_ascii_digits
from tests.browser.conftest import OpenScreen
from tests.browser.screen import Screen
from tests.browser.shop_file import BAD_DAY, ShopFile, write_orders
from tests.house import House

PASSWORD = "marble lantern orchard"
PEOPLE = {"en": ("Olivia Marsh", "Wrenfold"), "fa": ("نگار رستمی", "پارچه‌ی نگار")}
JALALI_YEAR = re.compile("۱۴۰[۰-۹]")
UNDO = "main form[action$='/undo'] button"


def sign_up(screen: Screen, language: str, slug: str) -> None:
    page = screen.page
    screen.visit("/sign-up")
    name, company = PEOPLE[language]
    for field, typed in {
        "name": name,
        "email": f"{slug}@example.com",
        "password": PASSWORD,
        "company": company,
        "slug": slug,
    }.items():
        page.fill(f"[name={field}]", typed)
    screen.check()
    page.click("main form button[type=submit]")
    page.wait_for_selector(f"main >> text={slug}@example.com")
    screen.check()


def confirm_address(screen: Screen, slug: str) -> None:
    page = screen.page
    screen.visit("/mailbox")
    page.locator(".card", has_text=f"{slug}@example.com").locator("a").first.click()
    link = page.locator("a[href*='/verify/']")
    link.wait_for()
    screen.check()
    link.click()
    page.wait_for_url("**/verify/**")
    screen.settle()
    screen.check()
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/{slug}/")
    screen.settle()
    screen.check()


def import_orders(screen: Screen, slug: str, file: ShopFile) -> str:
    """Through the wizard; returns the import's address."""
    page = screen.page
    screen.visit(f"/{slug}/imports/new")
    screen.check()
    page.set_input_files("main input[type=file]", file.path)
    page.click("main form[enctype] button[type=submit]")
    page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
    page.wait_for_selector("button[name=next][value=import]")
    screen.settle()
    screen.check()
    page.fill("[name=cancelled_prefix]", "C")
    with page.expect_navigation():
        page.click("button[name=next][value=check]")
    page.wait_for_selector("button[name=next][value=import]")
    screen.settle()
    assert tally(screen)[0] == file.orders
    screen.check()
    page.click("button[name=next][value=import]")
    page.wait_for_selector("a[href$='/errors.csv']", timeout=60_000)
    screen.settle()
    screen.check()
    return page.url


def tally(screen: Screen) -> list[int]:
    """The counts that the wizard shows, in their order."""
    texts = screen.page.locator(".tally b").all_inner_texts()
    return [int(re.sub("[^0-9]", "", to_ascii_digits(text))) for text in texts]


def check_outcome(screen: Screen, file: ShopFile, language: str) -> None:
    counts = tally(screen)
    assert counts[:3] == [file.orders, file.cancelled, file.customers]
    assert counts[-1] == file.refused
    with screen.page.expect_download() as download:
        screen.page.click("a[href$='/errors.csv']")
    refused = download.value.path().read_text("utf-8-sig")
    assert refused.count(BAD_DAY[language]) >= 1
    assert len(refused.strip().splitlines()) == 1 + file.refused


def compute(screen: Screen, house: House, slug: str, report: str) -> None:
    """Ask for the report, see it under way while the worker is held, and wait for its result."""
    page = screen.page
    screen.visit(f"/{slug}/reports/{report}")
    screen.check()
    pid = house.worker.pid()
    assert pid is not None
    os.killpg(pid, signal.SIGSTOP)
    try:
        page.click(f"main form[action$='/{report}/runs'] button")
        page.wait_for_selector("#report [role=progressbar], #report progress")
        screen.check()
    finally:
        os.killpg(pid, signal.SIGCONT)
    page.wait_for_selector("#report #method", timeout=60_000, state="attached")
    screen.settle()
    screen.check()


def follow(screen: Screen, selector: str) -> None:
    """Click a number of a report and find as many people behind it."""
    page = screen.page
    number = page.locator(selector).first
    expected = to_ascii_digits(number.inner_text())
    number.click()
    page.wait_for_url("**/contacts?**")
    screen.settle()
    assert to_ascii_digits(page.locator("#contacts-count").inner_text()) == expected
    screen.check()


def check_persian(screen: Screen, slug: str) -> None:
    page = screen.page
    screen.visit(f"/{slug}/orders")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert JALALI_YEAR.search(page.locator("main").inner_text())
    screen.visit(f"/{slug}/reports/retention")
    cells = "".join(page.locator("table.heat td").all_inner_texts())
    assert re.search("[۰-۹]", cells)
    assert not re.search("[0-9]", cells)


def undo(screen: Screen, slug: str, address: str, file: ShopFile) -> None:
    page = screen.page
    screen.visit(address)
    page.click(UNDO)
    page.wait_for_selector("#removed .tally", timeout=60_000)
    screen.settle()
    assert tally(screen)[:2] == [file.orders + file.cancelled, file.customers]
    screen.check()
    screen.visit(f"/{slug}/contacts")
    assert page.locator("main tbody tr").count() == 0


@pytest.mark.parametrize(("language", "width"), list(product(("en", "fa"), (390, 1280))))
def test_a_new_customer_imports_orders_and_reads_reports(
    open_screen: OpenScreen, house: House, tmp_path: Path, language: str, width: int
) -> None:
    screen = open_screen(language=language, width=width)
    slug, file = f"first-{language}-{width}", write_orders(tmp_path, language)
    sign_up(screen, language, slug)
    confirm_address(screen, slug)
    address = import_orders(screen, slug, file)
    check_outcome(screen, file, language)
    compute(screen, house, slug, "retention")
    follow(screen, "table.heat td.size a")
    compute(screen, house, slug, "segments")
    follow(screen, "#report a.drill")
    compute(screen, house, slug, "clv")
    assert screen.page.locator("#report table tbody tr").count() > 10
    screen.visit(f"/{slug}/")
    screen.check()
    if language == "fa":
        check_persian(screen, slug)
    undo(screen, slug, address, file)
