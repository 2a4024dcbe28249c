"""The words that a demo company is made up from, one file for each language."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.demo.history import DATA
from app.l10n import Formats

LANGUAGES = ("en", "fa")
# Persian letters that do not join the next one need no mark between the parts of a name.
_UNJOINED = "اآدذرزژو"


@dataclass(frozen=True)
class Word:
    """A word and its spelling in small Latin letters, for addresses."""

    text: str
    latin: str


@dataclass(frozen=True)
class City:
    """A place, the first digits of fictional numbers there, and its share of the customers."""

    name: str
    phones: str
    share: int


@dataclass(frozen=True)
class Story:
    """A company and its trade. `words` holds the lists by name, `data` the plain settings."""

    language: str
    data: dict[str, Any]

    @property
    def workspace(self) -> dict[str, str]:
        return dict(self.data["workspace"])

    @property
    def formats(self) -> Formats:
        given = {k: v for k, v in self.workspace.items() if k not in ("name", "slug")}
        return Formats(**given)

    @property
    def members(self) -> list[dict[str, str]]:
        return list(self.data["members"])

    @property
    def minor_per_cent(self) -> int:
        """Minor units of the workspace's currency for a cent of the history."""
        return int(self.data["minor_per_cent"])

    def shown_amount(self, cents: int) -> str:
        """The amount as the shop's till writes it, in the unit in which people see money."""
        return str(cents * Decimal(self.data["shown_per_cent"]))

    def words(self, name: str) -> tuple[Word, ...]:
        return _words(self.language, name)

    def cities(self) -> tuple[City, ...]:
        return tuple(City(**city) for city in self.data["cities"])

    def joined(self, start: Word, end: Word) -> Word:
        """One word of two."""
        is_plain = start.text.isascii() or start.text[-1] in _UNJOINED
        between = "" if is_plain else "\u200c"
        return Word(start.text + between + end.text, start.latin + end.latin)


@lru_cache(maxsize=2)
def load_story(language: str) -> Story:
    """The story of the company that speaks this language."""
    text = (DATA / f"{language}.json").read_text(encoding="utf-8")
    return Story(language, json.loads(text))


@lru_cache(maxsize=32)
def _words(language: str, name: str) -> tuple[Word, ...]:
    return tuple(map(_word, load_story(language).data[name]))


def _word(entry: str) -> Word:
    text, _mark, latin = entry.partition("=")
    return Word(text, latin or plain(text))


def plain(text: str) -> str:
    """Small Latin letters and hyphens."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in letters).split())
