"""Reading batches."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.crm.imports.models import Import
from app.extensions import db

SHOWN = 100
MOVING = ("checking", "queued", "running", "undoing")


def find_batch(batch_id: UUID) -> Import | None:
    return db.session.scalar(select(Import).where(Import.id == batch_id))


def latest_batches() -> Sequence[Import]:
    """The newest batches, newest first."""
    order = (Import.created_at.desc(), Import.id.desc())
    return db.session.scalars(select(Import).order_by(*order).limit(SHOWN)).all()


def last_with_columns(columns: list[str], other_than: UUID) -> Import | None:
    """The newest finished batch whose file had exactly these headings."""
    query = select(Import).where(
        Import.columns == columns, Import.id != other_than, Import.state.in_(["finished", "undone"])
    )
    return db.session.scalars(query.order_by(Import.created_at.desc()).limit(1)).first()


def same_file_before(batch: Import) -> Import | None:
    """The newest finished batch of the very same file that was not undone."""
    query = select(Import).where(
        Import.file_hash == batch.file_hash, Import.id != batch.id, Import.state == "finished"
    )
    return db.session.scalars(query.order_by(Import.created_at.desc()).limit(1)).first()
