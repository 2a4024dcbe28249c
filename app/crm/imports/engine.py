"""One import from file to orders: look, check and run, all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

from sqlalchemy import text

from app.crm.imports.batches import layout_places
from app.crm.imports.guessing import (
    guess_date_order,
    guess_decimal,
    guess_mapping,
    holds_names,
)
from app.crm.imports.loading import load, settle
from app.crm.imports.models import Import
from app.crm.imports.outcome import measure
from app.crm.imports.reading import Layout, Table
from app.crm.imports.staging import Progress, stage
from app.extensions import db
from app.tenancy import current_tenant_id

SHOWN_SAMPLES = 5


def take_in(batch: Import, table: Table, chosen: Mapping[str, str] | None = None) -> None:
    """Fill a batch with what was found out about its file.

    chosen: field -> heading that a person named already; "" leaves the field out.
    """
    chosen = chosen or {}
    free = [heading for heading in table.columns if heading not in chosen.values()]
    guessed = guess_mapping(table.columns, table.samples)
    mapping = {field: heading for field, heading in guessed.items() if heading in free}
    mapping = {field: heading for field, heading in (mapping | dict(chosen)).items() if heading}
    batch.columns = table.columns
    batch.mapping = mapping
    batch.options = {
        "layout": table.layout.as_options(),
        "samples": [_first_values(place, table) for place in range(len(table.columns))],
        "doubles": table.doubles,
        "decimal": guess_decimal(table.columns, mapping, table.samples),
        "customer_names": holds_names(table.columns, mapping, table.samples),
        "date_order": "",
        "cancelled_prefix": "",
    }


def _first_values(place: int, table: Table) -> list[str]:
    values = dict.fromkeys(row[place][:60] for row in table.samples if row[place])
    return list(values)[:SHOWN_SAMPLES]


def layout_of(batch: Import) -> Layout:
    return Layout(**batch.options["layout"])


def one_at_a_time() -> None:
    """Hold the tenant's other imports off until this transaction ends."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"imports {current_tenant_id()}"},
    )


def weigh(batch: Import, file: BinaryIO, progress: Progress) -> dict[str, Any]:
    """Read the whole file into temporary tables and count what it comes to; writes no record.

    Raises UnusableFile when the file breaks off.
    """
    layout, places = layout_of(batch), layout_places(batch)
    options = dict(batch.options)
    if not options["date_order"]:
        options["date_order"] = guess_date_order(file, layout, places["date"])
    tally = stage(file, layout, places, options, progress)
    settle()
    return measure(tally) | {"date_order": options["date_order"]}


def carry_out(batch: Import, file: BinaryIO, progress: Progress) -> None:
    """Import the file; the batch ends `finished` with its counts."""
    one_at_a_time()
    counts = weigh(batch, file, progress)
    batch.options = {**batch.options, "restored": load(batch.id, batch.account_id)}
    batch.counts = counts
    batch.rows = batch.progress = counts["rows"]
    batch.state = "finished"
    batch.finished_at = datetime.now(UTC)
