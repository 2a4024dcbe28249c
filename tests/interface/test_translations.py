"""Persian on the page: the catalogue's writing, and numbers that follow each reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.l10n import Formats, use
from tests.interface.kit import create_kit

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "app/translations/fa_IR/LC_MESSAGES/messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s")
ARABIC_LETTERS = re.compile("[يكةى]")
PUNCTUATION = re.compile(r"""[!"'?;,](?=\s|$)|\s[،؛؟]|[،؛؟](?=[آ-ی])""")
STRAY_JOINER = re.compile("\u200c(?=[\\s\u200c.،؛؟:»)]|$)|(?:^|\\s)\u200c")
PARTED = re.compile(r"(?:^|\s)ن?می [آ-ی]|\s(?:ها|های|هایی)(?=[\s.،؛]|$)")
# Encodings, file kinds, a model's and codes' names keep their own figures.
ASCII_FIGURES = re.compile(r"utf-8|windows-1256|UTF-(?:8|16)|\(125\d\)|1[,.]234[.,]50|C1005")


def sentences() -> Iterator[str]:
    """Every Persian form in the catalogue, its placeholders as the letter that they stand for."""
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            forms = message.string if message.pluralizable else (message.string,)
            if message.id:
                yield from (PLACEHOLDER.sub("ک", form) for form in forms)


@pytest.mark.parametrize(
    "fault", [ARABIC_LETTERS, PUNCTUATION, STRAY_JOINER, PARTED], ids=lambda one: one.pattern
)
def test_persian_is_written_as_persian(fault: re.Pattern[str]) -> None:
    assert [one for one in sentences() if fault.search(one)] == []


def test_figures_in_persian_sentences_are_persian() -> None:
    assert [one for one in sentences() if re.search("[0-9]", ASCII_FIGURES.sub("", one))] == []


@pytest.mark.parametrize("first", ["latin", "persian"])
def test_a_number_in_a_template_follows_each_reader(first: str) -> None:
    kit = create_kit()
    shown = {"latin": "10,000", "persian": "۱۰٬۰۰۰"}
    template = kit.jinja_env.from_string("{{ 10000|number }}")
    with kit.test_request_context("/"):
        for digits in (first, *shown):
            with use(Formats(digits=digits)):
                assert template.render() == shown[digits]
