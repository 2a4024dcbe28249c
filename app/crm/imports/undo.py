"""Taking a whole batch back: its orders, and the customers and products that only it brought."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.crm.imports.engine import one_at_a_time
from app.crm.imports.models import Import
from app.crm.orders.ledger import bump_order_revision, refresh_customers
from app.extensions import db

UNDO_DAYS = 30

# An order edited since is somebody's own work by now: it stays, with its contact and products.
# Locked first, so that none is edited between the removal of its lines and its own.
_LOCK = "SELECT id FROM orders WHERE import_id = :batch AND version = 1 ORDER BY id FOR UPDATE"
_BUYERS = """
    SELECT DISTINCT contact_id FROM orders
    WHERE import_id = :batch AND version = 1 AND contact_id IS NOT NULL
"""
_EVENTS = """
    DELETE FROM timeline_events USING orders
    WHERE orders.id = timeline_events.order_id AND orders.import_id = :batch AND orders.version = 1
"""
_LINES = """
    DELETE FROM order_lines USING orders
    WHERE orders.id = order_lines.order_id AND orders.import_id = :batch AND orders.version = 1
"""
_ORDERS = "DELETE FROM orders WHERE import_id = :batch AND version = 1"
# Edited since, ordered since, spoken to since, or the company of somebody: those stay.
_CONTACTS = """
    DELETE FROM contacts c WHERE import_id = :batch AND version = 1
      AND NOT EXISTS (SELECT FROM orders o WHERE o.contact_id = c.id)
      AND NOT EXISTS (SELECT FROM contacts m WHERE m.company_id = c.id)
      AND NOT EXISTS (
        SELECT FROM timeline_events e WHERE e.contact_id = c.id AND e.kind <> 'imported')
"""
_PRODUCTS = """
    DELETE FROM products p WHERE import_id = :batch AND version = 1 AND archived_at IS NULL
      AND NOT EXISTS (SELECT FROM order_lines l WHERE l.product_id = p.id)
"""
_KEPT = """
    SELECT (SELECT count(*) FROM orders WHERE import_id = :batch) AS orders_kept,
        (SELECT count(*) FROM contacts WHERE import_id = :batch) AS customers_kept,
        (SELECT count(*) FROM products WHERE import_id = :batch) AS products_kept
"""
_BACK_TO_BIN = """
    UPDATE contacts c SET deleted_at = CAST(:deleted_at AS timestamptz), version = version + 1
    WHERE id = CAST(:id AS uuid) AND deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM orders o WHERE o.contact_id = c.id)
"""


def can_undo(batch: Import) -> bool:
    """Whether the batch is done, not undone yet and no older than UNDO_DAYS."""
    if batch.state != "finished" or batch.finished_at is None:
        return False
    return batch.finished_at > datetime.now(UTC) - timedelta(days=UNDO_DAYS)


def take_back(batch: Import) -> None:
    """Remove what the batch brought, in the transaction at hand; the batch ends `undone`.

    What people changed or used since stays, and is counted as kept.
    """
    one_at_a_time()
    _run(_LOCK, batch.id)
    buyers: list[UUID] = list(db.session.scalars(text(_BUYERS), {"batch": batch.id}))
    _run(_EVENTS, batch.id)
    _run(_LINES, batch.id)
    removed: dict[str, Any] = {"orders_removed": _run(_ORDERS, batch.id)}
    removed["customers_removed"] = _run(_CONTACTS, batch.id)
    removed["products_removed"] = _run(_PRODUCTS, batch.id)
    for contact_id, deleted_at in batch.options.get("restored", []):
        db.session.execute(text(_BACK_TO_BIN), {"id": contact_id, "deleted_at": deleted_at})
    refresh_customers(buyers)
    bump_order_revision()
    kept = db.session.execute(text(_KEPT), {"batch": batch.id}).mappings().one()
    batch.counts = {**batch.counts, "undo": removed | dict(kept)}
    batch.state = "undone"
    batch.undone_at = datetime.now(UTC)


def _run(statement: str, batch_id: UUID) -> int:
    result: Any = db.session.execute(text(statement), {"batch": batch_id})
    return int(result.rowcount)
