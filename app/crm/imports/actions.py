"""What people do with a batch: upload, match, run, undo, discard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from app.crm.imports.batches import forget_refusals, hash_and_size, keep_file, kept_file
from app.crm.imports.engine import layout_of, take_in
from app.crm.imports.mapping import complaint
from app.crm.imports.models import Import
from app.crm.imports.queries import find_batch, last_with_columns
from app.crm.imports.reading import Table, look_at
from app.crm.imports.undo import UNDO_DAYS, can_undo
from app.crm.imports.workbooks import sheet_names
from app.extensions import db
from app.jobs import enqueue
from app.l10n import format_number
from app.tenancy import new_id
from app.tenants.audit.actions import record
from app.web import Refused, or_missing

REMEMBERED = ("cancelled_prefix", "decimal", "customer_names")
WAITING = ("uploaded", "checking", "checked", "failed")
ABANDONED = ("uploaded", "checked", "failed")
KEPT_DAYS = 30


def receive(batch_id: UUID, file: BinaryIO, name: str, account_id: UUID) -> Import:
    """Take an upload in and have it checked at once if its columns could be matched.

    Uploads abandoned long ago are discarded on the occasion.

    The same id twice gives the same batch. Raises UnusableFile when it cannot be read.
    """
    known = find_batch(batch_id)
    if known is not None:
        return known
    table = look_at(file)
    digest, size = hash_and_size(file)
    batch = Import(
        id=batch_id, file_name=name, file_size=size, file_hash=digest, account_id=account_id
    )
    _take_in(batch, file, table)
    db.session.add(batch)
    db.session.flush()
    keep_file(batch.id, file)
    record("import.uploaded", batch, file=name, size=size)
    enqueue("app.crm.imports.jobs.forget_abandoned")
    if not complaint(batch.mapping):
        have_checked(batch)
    return batch


def _take_in(batch: Import, file: BinaryIO, table: Table) -> None:
    """Fill the batch from its file, with what the last batch with these columns was told."""
    before = last_with_columns(table.columns, batch.id)
    take_in(batch, table, before.mapping if before else None)
    options = dict(batch.options)
    source = "remembered" if before else "guessed"
    options["sources"] = dict.fromkeys(batch.mapping, source)
    if before is not None:
        options |= {name: before.options[name] for name in REMEMBERED if name in before.options}
    sheets = sheet_names(file) if table.layout.container == "xlsx" else []
    batch.options = options | {"sheets": sheets}


def have_checked(batch: Import) -> None:
    """Ask the worker to count what the file comes to; an older check under way is forgotten."""
    check = str(new_id())
    forget_refusals(batch.id)
    batch.options = {**batch.options, "check": check}
    batch.state, batch.preview, batch.progress, batch.error = "checking", {}, 0, None
    enqueue("app.crm.imports.jobs.check_import", batch_id=str(batch.id), check=check)


def read_anew(batch: Import, encoding: str, sheet: str, has_heading: bool) -> bool:
    """Read the file with another encoding, sheet or heading; whether anything changed.

    Raises UnusableFile when the file cannot be read that way.
    """
    layout = layout_of(batch)
    same = (layout.encoding, layout.sheet, layout.heading > 0)
    if (encoding or layout.encoding, sheet or layout.sheet, has_heading) == same:
        return False
    with kept_file(batch) as file:
        table = look_at(file, encoding=encoding, sheet=sheet, has_heading=has_heading)
        _take_in(batch, file, table)
    forget_refusals(batch.id)
    return True


def match(batch: Import, mapping: Mapping[str, str], options: Mapping[str, Any]) -> bool:
    """Keep the mapping and options that a person chose; whether they differ from before."""
    if batch.state not in WAITING:
        raise Refused(_("This import has begun already. Undo it to import the file differently."))
    before = (batch.mapping, {name: batch.options.get(name) for name in options})
    if (dict(mapping), dict(options)) == before:
        return False
    sources = batch.options.get("sources", {})
    kept = {f: sources.get(f, "chosen") for f, h in mapping.items() if batch.mapping.get(f) == h}
    sources = dict.fromkeys(mapping, "chosen") | kept
    batch.mapping = dict(mapping)
    batch.options = {**batch.options, **options, "sources": sources}
    return True


def start(batch: Import) -> None:
    """Have the worker import a batch that was checked; asked twice, it starts once."""
    _lock(batch)
    if batch.state in ("queued", "running", "finished"):
        return
    if batch.state not in ("checked", "failed"):
        raise Refused(_("Check the file first."))
    batch.state, batch.progress, batch.error = "queued", 0, None
    record("import.started", batch, file=batch.file_name)
    enqueue("app.crm.imports.jobs.run_import", batch_id=str(batch.id))


def start_undo(batch: Import) -> None:
    """Have the worker take the whole batch back; asked twice, it does so once."""
    _lock(batch)
    if batch.state in ("undoing", "undone"):
        return
    if not can_undo(batch):
        raise Refused(
            _(
                "Only a finished import of the last %(days)s days can be undone.",
                days=format_number(UNDO_DAYS),
            )
        )
    batch.state, batch.error = "undoing", None
    record("import.undone", batch, file=batch.file_name)
    enqueue("app.crm.imports.jobs.undo_import", batch_id=str(batch.id))


def discard(batch: Import) -> None:
    """Forget an upload from which nothing came in."""
    _lock(batch)
    if batch.state not in WAITING:
        raise Refused(_("This import has begun already. Undo it to take its orders back."))
    _discard(batch)


def discard_abandoned() -> None:
    """Forget the tenant's uploads of KEPT_DAYS ago and before from which nothing came in."""
    oldest = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    abandoned = select(Import).where(Import.state.in_(ABANDONED), Import.created_at < oldest)
    for batch in db.session.scalars(abandoned.with_for_update(skip_locked=True)):
        _discard(batch)


def _discard(batch: Import) -> None:
    record("import.discarded", batch, file=batch.file_name)
    db.session.delete(batch)


def _lock(batch: Import) -> None:
    """Read the batch anew and hold it; raises Missing when it was discarded in the meantime."""
    query = select(Import).where(Import.id == batch.id).with_for_update()
    or_missing(db.session.scalar(query.execution_options(populate_existing=True)))
