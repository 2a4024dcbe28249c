"""From the bytes of an upload to its columns and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from flask_babel import gettext as _

from app.crm.imports import delimited, workbooks
from app.crm.imports.containers import UnusableFile, container_of
from app.crm.imports.delimited import Record
from app.l10n import Unreadable, fold, format_number, parse_date, parse_number

SAMPLED = 400
WIDEST = 200


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is laid out, enough to read it again.

    container: "csv" or "xlsx". heading: the number of the row with the headings, 0 without one;
    rows above it are left out. width: the number of columns.
    """

    container: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    heading: int = 0
    width: int = 0

    def as_options(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Table:
    """The layout, the headings made distinct, which of them were double, and the first rows."""

    layout: Layout
    columns: list[str]
    doubles: list[str]
    samples: list[list[str]]


def look_at(
    file: BinaryIO, *, encoding: str = "", sheet: str = "", has_heading: bool | None = None
) -> Table:
    """Find out how the file is laid out; raises UnusableFile when it cannot be read at all."""
    layout = _bare_layout(file, encoding, sheet)
    first = [record for record in islice(_records(file, layout), SAMPLED) if any(record.cells)]
    if not first:
        raise UnusableFile(_("The file is empty. Choose a file with a row for each order line."))
    heading = _heading_of(first, has_heading)
    below = [record for record in first if heading is None or record.number > heading.number]
    width = len(heading.cells) if heading else max(len(record.cells) for record in first)
    if width > WIDEST:
        raise UnusableFile(_("The file has more than 200 columns. Leave only those you need."))
    columns, doubles = _distinct(heading.cells if heading else [""] * width)
    layout = replace(layout, heading=heading.number if heading else 0, width=width)
    samples = [_padded(record.cells, width) for record in below if not record.problem]
    return Table(layout, columns, doubles, samples)


def _bare_layout(file: BinaryIO, encoding: str, sheet: str) -> Layout:
    container = container_of(file)
    if container == "xlsx":
        return Layout(container, sheet=sheet or workbooks.first_sheet_with_rows(file))
    encoding = delimited.known_encoding(encoding) if encoding else delimited.guess_encoding(file)
    return Layout(container, encoding, delimited.guess_delimiter(file, encoding))


def _records(file: BinaryIO, layout: Layout) -> Iterator[Record]:
    if layout.container == "xlsx":
        return workbooks.records(file, layout.sheet)
    return delimited.records(file, layout.encoding, layout.delimiter, layout.width)


def rows(file: BinaryIO, layout: Layout) -> Iterator[Record]:
    """Every row below the heading, each cell trimmed, with its number in the file.

    Blank rows come without cells; a row with more cells than headings, or one that cannot be
    read, carries its problem.
    """
    width = layout.width
    for record in _records(file, layout):
        if record.number <= layout.heading:
            continue
        cells = [cell.strip() for cell in record.cells]
        if not any(cells):
            yield Record(record.number, [])
        elif record.problem:
            yield Record(record.number, cells, record.problem)
        elif len(cells) == width:
            yield Record(record.number, cells)
        else:
            yield _of_other_width(record.number, cells, width)


def _of_other_width(number: int, cells: list[str], width: int) -> Record:
    if any(cells[width:]):
        sentence = _("The row has %(found)s cells, more than the %(width)s headings.",
                     found=format_number(len(cells)), width=format_number(width))  # fmt: skip
        return Record(number, cells, sentence)
    return Record(number, _padded(cells, width))


def _padded(cells: list[str], width: int) -> list[str]:
    return [cell.strip() for cell in cells[:width]] + [""] * (width - len(cells))


def _heading_of(first: list[Record], has_heading: bool | None) -> Record | None:
    """The row of headings: the first that is as wide as most rows, unless its cells are values."""
    if has_heading is False:
        return None
    usual = Counter(len(record.cells) for record in first).most_common(1)[0][0]
    for record in first[:20]:
        filled = sum(bool(cell.strip()) for cell in record.cells)
        if record.problem or (usual > 1 and filled < 2):
            continue
        return None if has_heading is None and _holds_values(record.cells) else record
    raise UnusableFile(_("No row of headings was found. Put the columns' names in the first row."))


def _holds_values(cells: list[str]) -> bool:
    """Whether the row reads like data: a date in it, or nothing but numbers."""
    filled = [cell for cell in cells if cell.strip()]
    return any(is_date(cell) for cell in filled) or all(is_number(cell) for cell in filled)


def is_date(text: str) -> bool:
    try:
        parse_date(text)
    except Unreadable:
        return False
    return True


def is_number(text: str) -> bool:
    try:
        parse_number(text)
    except Unreadable:
        return False
    return True


def _distinct(headings: list[str]) -> tuple[list[str], list[str]]:
    """Headings made distinct, and those that stood twice; a column without one gets its number."""
    seen: set[str] = set()
    columns, doubles = [], []
    for place, heading in enumerate(headings, 1):
        wanted = " ".join(heading.split())[:200] or _(
            "Column %(number)s", number=format_number(place)
        )
        name, copy = wanted, 2
        while fold(name) in seen:
            name, copy = f"{wanted} ({copy})", copy + 1
        if name != wanted:
            doubles.append(wanted)
        seen.add(fold(name))
        columns.append(name)
    return columns, list(dict.fromkeys(doubles))
