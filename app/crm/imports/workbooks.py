"""Rows of an XLSX workbook, streamed; formulas give the values that were last computed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from flask_babel import gettext as _
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from app.crm.imports.containers import UnusableFile
from app.crm.imports.delimited import Record

ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")


@contextmanager
def opened(file: BinaryIO) -> Iterator[Workbook]:
    """The workbook for reading row by row; raises UnusableFile when it is damaged."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
        yield workbook
    except (KeyError, ValueError, ParseError, InvalidFileException, DefusedXmlException, EOFError):
        raise UnusableFile(
            _("The workbook is damaged. Open it, save it again as .xlsx and choose the new one.")
        ) from None


def sheet_names(file: BinaryIO) -> list[str]:
    with opened(file) as workbook:
        return [sheet.title for sheet in workbook.worksheets]


def first_sheet_with_rows(file: BinaryIO) -> str:
    """The title of the first sheet that holds anything; raises UnusableFile when none does."""
    with opened(file) as workbook:
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()
            if any(any(row) for row in sheet.iter_rows(max_row=100, values_only=True)):
                return str(sheet.title)
    raise UnusableFile(_("The workbook is empty. Choose one with a row for each order line."))


def records(file: BinaryIO, sheet_name: str) -> Iterator[Record]:
    """The rows of the sheet as text, blank ones included as rows without cells."""
    with opened(file) as workbook:
        if sheet_name not in workbook.sheetnames:
            raise UnusableFile(_("The workbook has no sheet named %(name)s.", name=sheet_name))
        sheet = workbook[sheet_name]
        sheet.reset_dimensions()  # a wrong declared size would cut rows off
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            yield _record(number, row)


def _record(number: int, row: tuple[Any, ...]) -> Record:
    cells = [value if type(value) is str else as_text(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    if any(cell in ERRORS for cell in cells):
        return Record(number, cells, _("A formula in this row gave an error."))
    return Record(number, cells)


def as_text(value: Any) -> str:
    """A cell as it would stand in a CSV: whole numbers without decimals, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else _plain(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _plain(value: float) -> str:
    return f"{Decimal(repr(value)):f}"
