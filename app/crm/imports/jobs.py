"""What the worker does with a batch: check it, run it, undo it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import update

from app.crm.imports import actions
from app.crm.imports.batches import kept_file, remove_file
from app.crm.imports.containers import UnusableFile
from app.crm.imports.engine import carry_out, one_at_a_time, weigh
from app.crm.imports.loading import keep_refusals
from app.crm.imports.models import Import
from app.crm.imports.queries import find_batch
from app.crm.imports.undo import take_back
from app.extensions import db
from app.jobs import JobFailed, job
from app.l10n import Formats, use
from app.tenancy import current_tenant_id, set_tenant
from app.tenants.workspace.models import Tenant


def tell(batch_id: UUID, **values: Any) -> None:
    """Change the batch's row at once, outside the job's transaction, so that pages see it move."""
    with db.engine.begin() as connection:
        set_tenant(connection, current_tenant_id())
        connection.execute(update(Import).where(Import.id == batch_id).values(**values))


def _formats() -> Formats:
    tenant = db.session.get(Tenant, current_tenant_id())
    if tenant is None:
        raise LookupError("The job's workspace is gone.")
    return tenant.formats


@contextmanager
def _failing_plainly() -> Iterator[None]:
    """A file that cannot be read will not get better by another try."""
    try:
        yield
    except UnusableFile as error:
        raise JobFailed(error.sentence) from error


def _batch_in(batch_id: str, *states: str) -> Import | None:
    """The batch, when it is still in one of these states: else the job came too late."""
    batch = find_batch(UUID(batch_id))
    return batch if batch is not None and batch.state in states else None


@job
def check_import(batch_id: str, check: str) -> None:
    """Count what the file comes to with the mapping at hand; keeps the preview and refusals."""
    batch = _batch_in(batch_id, "checking")
    if batch is None or batch.options.get("check") != check:
        return
    tell(batch.id, progress=0)
    with use(_formats()), _failing_plainly(), kept_file(batch) as file:
        preview = weigh(batch, file, lambda rows: tell(batch.id, progress=rows))
    db.session.refresh(batch, with_for_update=True)
    if batch.state == "checking" and batch.options.get("check") == check:
        keep_refusals(batch.id)
        batch.preview, batch.rows, batch.state = preview, preview["rows"], "checked"


@check_import.on_failure
def check_failed(sentence: str, batch_id: str, check: str) -> None:
    """Back to the mapping, with the reason."""
    batch = _batch_in(batch_id, "checking")
    if batch is not None and batch.options.get("check") == check:
        with use(_formats()):
            batch.error = sentence or _("The check stopped. Try it again.")
        batch.state = "uploaded"


@job
def run_import(batch_id: str) -> None:
    """Import the batch in one transaction: a run that dies leaves nothing and runs again whole."""
    one_at_a_time()  # before the look at the state: another worker may just have finished it
    batch = _batch_in(batch_id, "queued", "running")
    if batch is None:
        return
    tell(batch.id, state="running", progress=0)
    with use(_formats()), _failing_plainly(), kept_file(batch) as file:
        carry_out(batch, file, lambda rows: tell(batch.id, progress=rows))
    remove_file(batch.id)


@run_import.on_failure
def run_failed(sentence: str, batch_id: str) -> None:
    batch = _batch_in(batch_id, "queued", "running")
    if batch is not None:
        with use(_formats()):
            batch.error = sentence or _("The import stopped. Nothing came in; try it again.")
        batch.state = "failed"


@job
def undo_import(batch_id: str) -> None:
    """Take the whole batch back."""
    one_at_a_time()
    batch = _batch_in(batch_id, "undoing")
    if batch is not None:
        take_back(batch)


@undo_import.on_failure
def undo_failed(sentence: str, batch_id: str) -> None:
    batch = _batch_in(batch_id, "undoing")
    if batch is not None:
        with use(_formats()):
            batch.error = sentence or _("The undo stopped. Nothing was removed; try it again.")
        batch.state = "finished"


@job
def forget_abandoned() -> None:
    """Discard the tenant's uploads that nobody imported for so long."""
    actions.discard_abandoned()
