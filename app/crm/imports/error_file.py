"""The rows that did not come in, as CSV: the row's number, the reason, the cells as they were."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from flask import stream_with_context
from flask_babel import gettext as _
from sqlalchemy import select, tuple_

from app.crm.imports.models import Import, ImportRefusal
from app.extensions import db
from app.spreadsheets import BOM, neutralised
from app.tenancy import acting_for, current_tenant_id

BATCH = 2000
_FIRST = UUID(int=0)


def error_rows(batch: Import) -> Iterator[str]:
    """The file in pieces, in the order of the rows."""
    heading = [_("Row"), _("Reason"), *map(neutralised, batch.columns)]
    return stream_with_context(_pieces(current_tenant_id(), batch.id, heading))


def _pieces(tenant_id: UUID, batch_id: UUID, heading: list[str]) -> Iterator[str]:
    """The request has left the tenant by the time the pieces are sent, so each page enters anew."""
    yield BOM + _csv([heading])
    last: tuple[int, UUID] = (0, _FIRST)
    while True:
        with acting_for(tenant_id):
            page = _page(batch_id, last)
        if not page:
            return
        yield _csv([row.row_number, row.reason, *_cells(row.cells)] for row in page)
        last = (page[-1].row_number, page[-1].id)


def _page(batch_id: UUID, last: tuple[int, UUID]) -> Sequence[Any]:
    place = (ImportRefusal.row_number, ImportRefusal.id)
    query = select(*place, ImportRefusal.reason, ImportRefusal.cells)
    query = query.where(ImportRefusal.import_id == batch_id, tuple_(*place) > last)
    return db.session.execute(query.order_by(*place).limit(BATCH)).all()


def _csv(rows: Any) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _cells(cells: list[str]) -> list[str]:
    return [neutralised(cell, keep_numbers=True) for cell in cells]
