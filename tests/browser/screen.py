"""A browser window that notes what goes wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from app.tenants.door import session_cookie
from app.web import Payvand
from tests.cast import Member

LOCALES = {"en": "en-US", "fa": "fa-IR"}
HEIGHTS = {390: 844, 1280: 800}
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
}  # fmt: skip
# The browser reports each answer of 400 and above: those that a test asks for are no fault.
ANSWERED = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Screen:
    """One window: its page, and what the browser complained about."""

    context: BrowserContext
    page: Page
    base_url: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def opened(
        cls,
        browser: Browser,
        base_url: str,
        *,
        language: str = "en",
        width: int = 1280,
        theme: str = "light",
        scripts: bool = True,
    ) -> Iterator[Screen]:
        context = browser.new_context(
            base_url=base_url,
            locale=LOCALES[language],
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(90_000)
        screen = cls(context, context.new_page(), base_url)
        screen._listen()
        try:
            yield screen
        finally:
            context.close()

    def _listen(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("response", self._note_failure)

    def _note(self, message: ConsoleMessage) -> None:
        # Violations of the content policy arrive here as errors too.
        if message.type == "error" and not message.text.startswith(ANSWERED):
            self.complaints.append(f"console: {message.text}")

    def _note_failure(self, response: Response) -> None:
        is_static = "/static/" in response.url and response.status >= 400
        if response.status >= 500 or is_static:
            self.complaints.append(f"{response.status} for {response.url}")

    def sign_in(self, app: Payvand, member: Member) -> None:
        """Carry the member's session, as after signing in."""
        name = session_cookie(app.extensions["settings"])
        token = member.client.get_cookie(name)
        assert token is not None
        self.context.add_cookies([{"name": name, "value": token.value, "url": self.base_url}])

    def choose(self, **cookies: str) -> None:
        """Carry a visitor's choices, such as theme and language."""
        self.context.add_cookies(
            [{"name": n, "value": v, "url": self.base_url} for n, v in cookies.items()]
        )

    def visit(self, path: str) -> None:
        self.page.goto(path)
        self.settle()

    def settle(self) -> None:
        """Wait until the page's own scripts are up: acting earlier loses clicks."""
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def overflow(self) -> int:
        """By how many pixels the page scrolls sideways."""
        return int(
            self.page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
        )

    def violations(self) -> list[str]:
        found = Axe().run(self.page, options=AXE_RULES).response["violations"]
        return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]

    def check(self) -> None:
        """What must hold at the end of every step."""
        assert self.overflow() == 0, f"{self.page.url} scrolls sideways by {self.overflow()} px"
        self.check_complaints()

    def check_complaints(self) -> None:
        assert self.complaints == []
