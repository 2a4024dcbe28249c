"""Which language, calendar, digits, zone and money a reader sees, and where that is found."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from flask import g, has_app_context
from flask_babel import force_locale

SATURDAY, MONDAY = 5, 0
MISSING = "–"


@dataclass(frozen=True)
class Formats:
    """A tenant's formats, with the user's own choices laid over them.

    language: "en" or "fa". calendar: "gregorian" or "jalali". digits: "latin" or "persian".
    timezone: an IANA name. currency: ISO 4217. region: ISO 3166, for phones and date order.
    money_unit: "toman" shows and reads rials as tomans (10:1); "" uses the currency itself.
    """

    language: str = "en"
    calendar: str = "gregorian"
    digits: str = "latin"
    timezone: str = "UTC"
    currency: str = "USD"
    region: str = "US"
    money_unit: str = ""

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "fa" else "ltr"

    @property
    def locale(self) -> str:
        return "fa_IR" if self.language == "fa" else "en"

    @property
    def week_start(self) -> int:
        """First day of the week as `date.weekday()` counts it (Monday is 0)."""
        persian = self.language == "fa" or self.calendar == "jalali"
        return SATURDAY if persian else MONDAY


class Unreadable(ValueError):
    """Typed text that cannot be read; `sentence` is translated and says what to do."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


_in_use: ContextVar[Formats | None] = ContextVar("formats", default=None)
_DEFAULT = Formats()


def current() -> Formats:
    """The formats of `use()`, else those of the request (`flask.g.formats`), else the default."""
    chosen = _in_use.get()
    if chosen is not None:
        return chosen
    if has_app_context():
        found = g.get("formats")
        if isinstance(found, Formats):
            return found
    return _DEFAULT


@contextmanager
def use(formats: Formats) -> Iterator[Formats]:
    """Work in these formats, and in their language where there is an application context."""
    token = _in_use.set(formats)
    try:
        with force_locale(formats.locale):
            yield formats
    finally:
        _in_use.reset(token)
