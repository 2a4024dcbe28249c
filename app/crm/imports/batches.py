"""The uploaded file in the database, and how it is opened again."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from app.crm.imports.containers import UnusableFile
from app.crm.imports.models import Import, ImportChunk, ImportRefusal
from app.extensions import db
from app.tenancy import new_id

CHUNK = 1024 * 1024


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The file from its beginning, a megabyte at a time."""
    file.seek(0)
    return iter(lambda: file.read(CHUNK), b"")


def hash_and_size(file: BinaryIO) -> tuple[str, int]:
    """(SHA-256 in hexadecimal, bytes) of the whole file."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces(file):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def keep_file(batch_id: UUID, file: BinaryIO) -> None:
    """Store the file in pieces, where every web and worker node reaches it."""
    for position, piece in enumerate(pieces(file)):
        values = {"id": new_id(), "import_id": batch_id, "position": position, "data": piece}
        db.session.execute(insert(ImportChunk), values)


@contextmanager
def kept_file(batch: Import) -> Iterator[BinaryIO]:
    """The stored file, put together on disk so that memory stays flat.

    Raises UnusableFile when a piece of it is missing.
    """
    with tempfile.TemporaryFile() as file:
        position = 0
        while (piece := _piece(batch.id, position)) is not None:
            file.write(piece)
            position += 1
        if file.tell() != batch.file_size:
            raise UnusableFile(_("The stored file is not whole. Upload it again."))
        file.seek(0)
        yield file


def _piece(batch_id: UUID, position: int) -> bytes | None:
    return db.session.scalar(
        select(ImportChunk.data).where(
            ImportChunk.import_id == batch_id, ImportChunk.position == position
        )
    )


def layout_places(batch: Import) -> dict[str, int]:
    """field -> position of its column, from the batch's mapping of fields to headings."""
    places = {heading: place for place, heading in enumerate(batch.columns)}
    return {f: places[heading] for f, heading in batch.mapping.items() if heading in places}


def forget_refusals(batch_id: UUID) -> None:
    """Forget the rows that stayed out: the file is read another way, or once more."""
    db.session.execute(delete(ImportRefusal).where(ImportRefusal.import_id == batch_id))


def remove_file(batch_id: UUID) -> None:
    """Forget the stored file: its rows came in, or stand in the error file."""
    db.session.execute(delete(ImportChunk).where(ImportChunk.import_id == batch_id))
