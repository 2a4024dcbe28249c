"""The cells of one worksheet, straight from its XML: several times faster than cell objects.

Shared strings, number formats and the date system are openpyxl's; only the walk over the rows is
ours (ECMA-376 part 1, 18.3.1). Declarations of types and entities are refused, as defusedxml does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO, Any, Protocol, TypeVar
from xml.parsers import expat

from app.l10n import Unreadable, from_excel_serial

Found = TypeVar("Found")

PIECE = 256 * 1024
_COLUMN = re.compile(r"[A-Z]{1,3}")


class ForbiddenMarkup(ValueError):
    """The sheet declares entities or a document type, which no spreadsheet program writes."""


class SheetReader:
    """Collects rows while the parser walks; `take` hands over those that are complete.

    strings: the shared strings. date_styles: style numbers that show dates. is_1904: the date
    system. A cell is text, a number as written, a datetime, or None.
    """

    def __init__(self, strings: Sequence[str], date_styles: frozenset[int], is_1904: bool) -> None:
        self.strings, self.date_styles, self.is_1904 = strings, date_styles, is_1904
        self.rows: list[tuple[int, list[Any]]] = []
        self.number = 0
        self.cells: list[Any] = []
        self.place, self.kind, self.style = 0, "", ""
        self.text: list[str] | None = None
        self.is_phonetic = False  # a reading aid beside the text, not part of it
        self.value: list[str] = []
        self.places: dict[str, int] = {}

    def parser(self) -> expat.XMLParserType:
        return _parser(self._start, self._end, self._data)

    def take(self) -> list[tuple[int, list[Any]]]:
        taken, self.rows = self.rows, []
        return taken

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "c":
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.place = self._place(attributes.get("r", ""))
            self.value = []
        elif tag in ("v", "t"):
            self.text = None if self.is_phonetic else self.value
        elif tag == "row":
            self.number = int(attributes.get("r") or self.number + 1)
            self.cells = []
        elif tag == "rPh":
            self.is_phonetic = True

    def _place(self, reference: str) -> int:
        found = _COLUMN.match(reference)
        if not found:
            return len(self.cells)
        letters = found[0]
        if letters not in self.places:
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - 64
            self.places[letters] = place - 1
        return self.places[letters]

    def _data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if tag in ("v", "t"):
            self.text = None
        elif tag == "c" and self.value:
            self._put("".join(self.value))
        elif tag == "row":
            self.rows.append((self.number, self.cells))
        elif tag == "rPh":
            self.is_phonetic = False

    def _put(self, text: str) -> None:
        cells, place = self.cells, self.place
        if place > len(cells):
            cells.extend([None] * (place - len(cells)))
        cells[place:] = [self._converted(text)]

    def _converted(self, text: str) -> Any:
        if self.kind == "s":
            return self.strings[int(text)]
        if self.kind != "n":
            return self._other(text)
        if self.style and int(self.style) in self.date_styles:
            return self._moment(text)
        return _plain_number(text)

    def _other(self, text: str) -> Any:
        if self.kind == "d":
            return datetime.fromisoformat(text.rstrip("Z"))
        return text

    def _moment(self, text: str) -> Any:
        try:
            return from_excel_serial(float(text), self.is_1904)
        except (Unreadable, ValueError):
            return text


def _plain_number(text: str) -> str | float:
    """Whole numbers stay as written; what a float wrote long (2.5499999999999998) is made short."""
    return text if text.isdecimal() else float(text)


class StringsReader:
    """Collects the shared strings of a workbook; reading aids beside a text are left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parts: list[str] = []
        self.is_inside = self.is_phonetic = False

    def parser(self) -> expat.XMLParserType:
        return _parser(self._start, self._end, self._data)

    def take(self) -> list[str]:
        taken, self.found = self.found, []
        return taken

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "si":
            self.parts = []
        elif tag == "rPh":
            self.is_phonetic = True
        self.is_inside = tag == "t" and not self.is_phonetic

    def _data(self, data: str) -> None:
        if self.is_inside:
            self.parts.append(data)

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        self.is_inside = False
        if tag == "si":
            self.found.append("".join(self.parts))
        elif tag == "rPh":
            self.is_phonetic = False


def _parser(start: Any, end: Any, data: Any) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _forbid
    parser.EntityDeclHandler = _forbid
    return parser


def _forbid(*_declaration: Any) -> None:
    raise ForbiddenMarkup


class Reader(Protocol[Found]):
    """Something that collects what a parser meets."""

    def parser(self) -> expat.XMLParserType: ...

    def take(self) -> list[Found]: ...


def walk(source: IO[bytes], reader: Reader[Found]) -> Iterator[Found]:
    """Everything that the reader collects from the XML, piece by piece."""
    parser = reader.parser()
    while piece := source.read(PIECE):
        parser.Parse(piece, False)
        yield from reader.take()
    parser.Parse(b"", True)
    yield from reader.take()
