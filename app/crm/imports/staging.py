"""The rows of a file in a temporary table: read, refused or ready to become orders.

COPY into a table under row-level security is refused, so rows go into a temporary one first. It
belongs to the session's transaction and goes with it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from flask_babel import gettext as _
from psycopg import Cursor
from sqlalchemy import text
from uuid_utils import uuid7

from app.crm.imports.delimited import Record
from app.crm.imports.reading import Layout, rows
from app.crm.imports.values import LineReader, RefusedRow
from app.extensions import db

LONGEST_TEXT = 2000
SECONDS_BETWEEN = 0.5

_STAGED = """
    CREATE TEMPORARY TABLE staged (
        row integer NOT NULL, line_id uuid NOT NULL, order_id uuid, event_id uuid,
        customer text COLLATE "C", reference text COLLATE "C", name text, email text, phone text,
        city text, ordered_on date, number text COLLATE "C", is_cancelled boolean,
        product text COLLATE "C", product_name text, quantity numeric(14, 3), amount bigint,
        disagrees boolean, refusal text, reason text, cells text NOT NULL
    ) ON COMMIT DROP
"""
_COPY = "COPY staged FROM STDIN"
_NOTHING = (None,) * 14

Progress = Callable[[int], None]


@dataclass
class Tally:
    """What was seen while reading: rows with something in them, and blank ones."""

    rows: int = 0
    blank: int = 0


def driver_cursor() -> Cursor[Any]:
    """A cursor of the driver on the session's own connection, which alone is inside the tenant."""
    connection = db.session.connection().connection.driver_connection
    if connection is None:
        raise RuntimeError("The session has no connection.")
    cursor: Cursor[Any] = connection.cursor()
    return cursor


def stage(
    file: BinaryIO,
    layout: Layout,
    places: Mapping[str, int],
    options: Mapping[str, Any],
    progress: Progress,
) -> Tally:
    """Read the whole file into the temporary table `staged`, row by row.

    places: field -> position of its column. Raises UnusableFile when the file breaks off.
    """
    db.session.execute(text("DROP TABLE IF EXISTS pg_temp.staged"))
    db.session.execute(text(_STAGED))
    tally = Tally()
    reader = LineReader(places, options)
    with driver_cursor() as cursor, cursor.copy(_COPY) as copy:
        for staged in _staged_rows(rows(file, layout), reader, tally, progress):
            copy.write_row(staged)
    db.session.execute(text("ANALYZE staged"))
    return tally


def _staged_rows(
    records: Iterator[Record], reader: LineReader, tally: Tally, progress: Progress
) -> Iterator[tuple[Any, ...]]:
    number, told = None, time.monotonic()
    for record in records:
        if not record.cells:
            tally.blank += 1
            continue
        tally.rows += 1
        staged = _staged(record, reader, number)
        number = staged[11]
        yield staged
        if tally.rows % 1000 == 0 and time.monotonic() - told > SECONDS_BETWEEN:
            progress(tally.rows)
            told = time.monotonic()


def _staged(record: Record, reader: LineReader, last_number: str | None) -> tuple[Any, ...]:
    """The row for COPY; ids for the order and its event come with the first row of a number."""
    line_id = str(uuid7())
    try:
        if record.problem:
            raise RefusedRow("unreadable", record.problem)
        if max(map(len, record.cells)) > LONGEST_TEXT:
            raise RefusedRow("long", _("A cell of the row is longer than 2,000 letters."))
        line = reader.read(record.cells)
    except RefusedRow as refused:
        cells = _json([_storable(cell) for cell in record.cells])
        return (
            record.number,
            line_id,
            None,
            None,
            *_NOTHING,
            refused.kind,
            refused.sentence,
            cells,
        )
    fresh = line.number != last_number
    return (
        record.number, line_id, str(uuid7()) if fresh else None, str(uuid7()) if fresh else None,
        line.customer, line.reference, line.name, line.email, line.phone, line.city,
        line.ordered_on, line.number, line.is_cancelled, line.product, line.product_name,
        line.quantity, line.amount, line.disagrees, None, None, _json(record.cells),
    )  # fmt: skip


def _json(cells: list[str]) -> str:
    return json.dumps(cells, ensure_ascii=False)


def _storable(cell: str) -> str:
    """What the database can keep of a cell: half characters and zero bytes as the mark for them."""
    shown = cell[:LONGEST_TEXT].replace("\x00", "\ufffd")
    return shown.encode("utf-8", "replace").decode("utf-8") if not shown.isascii() else shown
