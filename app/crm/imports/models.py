"""Imports: a file somebody uploaded, how it was read, and what became of every row."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.tenancy import TenantOwned, references

STATES = (
    "uploaded", "checking", "checked", "queued", "running", "finished", "failed", "undoing",
    "undone",
)  # fmt: skip


class Import(TenantOwned, Base):
    """One batch. `mapping` is field -> column heading; `options` how values are read;
    `preview` and `counts` what would be and what was done; `progress` is rows done of `rows`."""

    __tablename__ = "imports"

    kind: Mapped[str] = mapped_column(server_default="orders")
    state: Mapped[str] = mapped_column(server_default="uploaded")
    file_name: Mapped[str]
    file_size: Mapped[int] = mapped_column(BigInteger)
    file_hash: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(server_default="[]")
    mapping: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    options: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    preview: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    counts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    rows: Mapped[int | None]
    progress: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    account_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_imports_time", "tenant_id", "created_at", "id"),
    )


class ImportChunk(TenantOwned, Base):
    """A piece of the uploaded file, in the database so that every node reaches it."""

    __tablename__ = "import_chunks"

    import_id: Mapped[UUID] = references("imports", ondelete="CASCADE", index=False)
    position: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_import_chunks_position", "tenant_id", "import_id", "position", unique=True),
    )


class ImportRefusal(TenantOwned, Base):
    """A row that did not come in, with the reason and the row as it stood in the file."""

    __tablename__ = "import_refusals"

    import_id: Mapped[UUID] = references("imports", ondelete="CASCADE", index=False)
    row_number: Mapped[int]
    reason: Mapped[str]
    cells: Mapped[list[str]]

    __table_args__ = (
        Index("ix_import_refusals_row", "tenant_id", "import_id", "row_number", "id"),
    )
