"""Rows of an XLSX workbook, streamed; formulas give the values that were last computed.

What surrounds the cells (sheets, number formats, date system) is read by openpyxl, without its
sheet objects: making one reads the whole sheet when its size is not declared.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from defusedxml import DefusedXmlException
from flask_babel import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHARED_STRINGS

from app.crm.imports.containers import UnusableFile
from app.crm.imports.delimited import Record
from app.crm.imports.sheets import SheetReader, StringsReader, walk

_DAMAGED = (
    KeyError, IndexError, ValueError, ParseError, ExpatError, InvalidFileException,
    DefusedXmlException, EOFError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")


@dataclass(frozen=True)
class Book:
    """An opened workbook: the path of each worksheet in the archive, by its title."""

    archive: zipfile.ZipFile
    sheets: dict[str, str]
    strings_path: str
    date_styles: frozenset[int]
    is_1904: bool

    def rows(self, title: str) -> Iterator[tuple[int, list[Any]]]:
        """(row number, cells) of the sheet."""
        reader = SheetReader(self._strings(), self.date_styles, self.is_1904)
        with self.archive.open(self.sheets[title]) as source:
            yield from walk(source, reader)

    def _strings(self) -> list[str]:
        if not self.strings_path:
            return []
        with self.archive.open(self.strings_path) as source:
            return list(walk(source, StringsReader()))


@contextmanager
def opened(file: BinaryIO) -> Iterator[Book]:
    """The workbook for reading row by row; raises UnusableFile when it is damaged."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = _book(file)
        yield book
    except _DAMAGED:
        raise UnusableFile(
            _("The workbook is damaged. Open it, save it again as .xlsx and choose the new one.")
        ) from None


def _book(file: BinaryIO) -> Book:
    reader: Any = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    found = reader.parser.find_sheets()
    sheets = {sheet.name: rel.target for sheet, rel in found if rel.Type.endswith("/worksheet")}
    strings = reader.package.find(SHARED_STRINGS)
    return Book(
        reader.archive,
        sheets,
        strings.PartName[1:] if strings else "",
        frozenset(reader.wb._date_formats),
        reader.wb.epoch == MAC_EPOCH,
    )


def sheet_names(file: BinaryIO) -> list[str]:
    """Sheets with cells; those that are a chart alone are left out."""
    with opened(file) as book:
        return list(book.sheets)


def first_sheet_with_rows(file: BinaryIO) -> str:
    """The title of the first sheet that holds anything; raises UnusableFile when none does."""
    with opened(file) as book:
        for title in book.sheets:
            if any(any(cells) for _number, cells in islice(book.rows(title), 100)):
                return title
    raise UnusableFile(_("The workbook is empty. Choose one with a row for each order line."))


def records(file: BinaryIO, sheet_name: str) -> Iterator[Record]:
    """The rows of the sheet as text, blank ones included as rows without cells."""
    with opened(file) as book:
        if sheet_name not in book.sheets:
            raise UnusableFile(_("The workbook has no sheet named %(name)s.", name=sheet_name))
        for number, row in book.rows(sheet_name):
            yield _record(number, row)


def _record(number: int, row: list[Any]) -> Record:
    cells = [value if type(value) is str else as_text(value) for value in row]
    if any(cell in ERRORS for cell in cells):
        return Record(number, cells, _("A formula in this row gave an error."))
    return Record(number, cells)


def as_text(value: Any) -> str:
    """A cell as it would stand in a CSV: whole numbers without decimals, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else _plain(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _plain(value: float) -> str:
    return f"{Decimal(repr(value)):f}"
