"""The component page as a browser and a screen reader's rules see it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "fa")
THEMES = ("light", "dark")
WIDTHS = (390, 1280)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = ("/_design?lang={}&theme={}", "/shell?lang={}&theme={}", "/public?lang={}&theme={}")


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    context = chromium.new_context(reduced_motion="reduce")
    opened = context.new_page()
    opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()


def visit(page: Page, url: str, width: int = 1280) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(url)
    page.wait_for_selector("html[data-ready]")


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("path", "language", "theme"), list(product(PAGES, LANGUAGES, THEMES)))
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_have_no_access_violations_and_no_sideways_scroll(
    page: Page,
    kit_url: str,
    complaints: list[str],
    path: str,
    language: str,
    theme: str,
    width: int,
) -> None:
    visit(page, kit_url + path.format(language, theme), width)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


def test_a_toast_from_a_header_shows_and_can_be_undone(
    page: Page, kit_url: str, complaints: list[str]
) -> None:
    visit(page, f"{kit_url}/shell")
    page.click("#toaster button")
    page.wait_for_selector("#toasts >> text=Saved")
    assert violations(page) == []
    with page.expect_response("**/toast") as answer:
        page.click("#toasts button.act")
    assert answer.value.status == 204
    assert complaints == []


def test_a_lost_connection_keeps_the_form_and_offers_to_try_again(page: Page, kit_url: str) -> None:
    visit(page, f"{kit_url}/shell")
    page.fill("#company", "Wrenfold")
    page.context.set_offline(True)
    page.click("#toaster button")
    page.wait_for_selector("#toasts [role=alert] >> text=You are offline")
    page.context.set_offline(False)
    page.click("#toaster button")
    page.wait_for_selector("#toasts >> text=Saved")
    assert page.input_value("#company") == "Wrenfold"
    assert page.locator("#toasts [role=alert]").count() == 0


def test_a_failed_request_can_be_sent_again_from_its_toast(page: Page, kit_url: str) -> None:
    visit(page, f"{kit_url}/shell")
    page.route("**/toast", lambda route: route.abort(), times=1)
    page.click("#toaster button")
    page.click("#toasts [data-retry]")
    page.wait_for_selector("#toasts >> text=Saved")


def test_shortcuts_work_by_the_key_and_not_by_its_letter(page: Page, kit_url: str) -> None:
    visit(page, f"{kit_url}/shell")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {code: 'Slash', key: 'ظ', bubbles: true}))"
    )
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Shift+Slash")
    assert page.locator("#shortcuts").is_visible()


def test_the_date_field_picks_a_jalali_day_by_keyboard(
    page: Page, kit_url: str, complaints: list[str]
) -> None:
    visit(page, f"{kit_url}/_design?lang=fa&theme=light")
    page.click("date-field >> nth=0 >> button.open")
    assert "آبان ۱۴۰۴" in page.locator("date-field .cal").first.inner_text()
    assert violations(page) == []
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.input_value("#due") == "۱۴۰۴/۰۸/۳۰"
    assert page.input_value("[name=due_iso]") == "2025-11-21"
    assert complaints == []


def test_the_date_field_reads_what_is_typed_and_rejects_no_day(page: Page, kit_url: str) -> None:
    visit(page, f"{kit_url}/_design?lang=fa&theme=light")
    page.fill("#due", "۱۴۰۳/۱۲/۳۰")
    assert page.input_value("[name=due_iso]") == "2025-03-20"
    page.fill("#due", "۱۴۰۴/۱۲/۳۰")
    assert page.input_value("[name=due_iso]") == ""


def test_the_theme_is_kept_in_a_cookie(page: Page, kit_url: str) -> None:
    visit(page, f"{kit_url}/public")
    page.click("[data-themes] button[value=dark]")
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"


@pytest.mark.parametrize("language", LANGUAGES)
def test_menus_dialogs_and_sheets_open_without_violations(
    page: Page, kit_url: str, language: str
) -> None:
    visit(page, f"{kit_url}/_design?lang={language}&theme=light")
    for opener, panel in (
        ("[popovertarget=ds-sheet]", "#ds-sheet"),
        ("[data-open=ds-dialog]", "#ds-dialog"),
    ):
        page.locator(opener).first.click()
        page.wait_for_selector(f"{panel} >> visible=true")
        assert violations(page) == []
        page.keyboard.press("Escape")


def test_a_password_tells_its_strength(page: Page, kit_url: str) -> None:
    visit(page, f"{kit_url}/public")
    page.fill("#password", "short")
    assert page.inner_text("[data-strength-text]") == "Too short"
    page.fill("#password", "a correct horse 9 battery")
    assert page.inner_text("[data-strength-text]") == "Strong"
