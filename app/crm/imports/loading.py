"""From staged rows to contacts, products, orders, lines and events, set by set."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import text

from app.crm.imports.batches import forget_refusals
from app.crm.imports.matching import match_people, match_wares
from app.crm.orders.ledger import bump_order_revision, refresh_customers
from app.extensions import db
from app.l10n import current

_ALREADY_HERE = """
    UPDATE staged SET refusal = 'known', reason = replace(:sentence, '{number}', staged.number)
    FROM orders WHERE orders.number = staged.number AND refusal IS NULL
"""
_OTHER_CUSTOMER = """
    UPDATE staged SET refusal = 'customer', reason = replace(:sentence, '{number}', staged.number)
    FROM (
        SELECT number, (array_agg(customer ORDER BY row))[1] AS customer FROM staged
        WHERE refusal IS NULL AND customer IS NOT NULL
        GROUP BY number HAVING count(DISTINCT customer) > 1
    ) first
    WHERE first.number = staged.number AND staged.customer <> first.customer AND refusal IS NULL
"""
# An order's customer may stand in some of its rows only; its day is the earliest.
_DOCUMENTS = """
    CREATE TEMPORARY TABLE documents ON COMMIT DROP AS
    SELECT g.*, s.order_id, s.event_id FROM (
        SELECT number, min(row) AS row, min(customer) AS customer, min(ordered_on) AS ordered_on,
            count(DISTINCT ordered_on) > 1 AS is_split, sum(amount)::bigint AS total,
            bool_or(is_cancelled) OR NOT bool_or(quantity > 0 AND amount >= 0) AS is_return
        FROM staged WHERE refusal IS NULL GROUP BY number
    ) g JOIN staged s USING (row)
"""
_CONTACTS = """
    INSERT INTO contacts (id, kind, name, sort_key, search_text, reference, email, phone, city,
        city_key, import_id)
    SELECT p.contact_id, 'person', p.name, d.sort_key, d.search_text, p.reference, p.email,
        d.phone, p.city, d.city_key, :batch
    FROM people p JOIN derived_people d USING (key) WHERE p.is_new
"""
_ARRIVALS = """
    INSERT INTO timeline_events (id, contact_id, kind, account_id)
    SELECT event_id, contact_id, 'imported', :account FROM derived_people WHERE is_new
"""
_RESTORED = """
    UPDATE contacts SET deleted_at = NULL, version = version + 1 FROM people p
    WHERE p.contact_id = contacts.id AND p.deleted_at IS NOT NULL
"""
_DELETED = """
    SELECT DISTINCT contact_id::text AS id, deleted_at::text AS deleted_at FROM people
    WHERE deleted_at IS NOT NULL
"""
_PRODUCTS = """
    INSERT INTO products (id, code, name, sort_key, import_id)
    SELECT w.product_id, w.key, w.name, d.sort_key, :batch
    FROM wares w JOIN derived_wares d USING (key) WHERE w.is_new
"""
_ORDERS = """
    INSERT INTO orders (id, number, contact_id, ordered_on, is_return, total, import_id)
    SELECT d.order_id, d.number, p.contact_id, d.ordered_on, d.is_return, d.total, :batch
    FROM documents d LEFT JOIN people p ON p.key = d.customer
"""
_LINES = """
    INSERT INTO order_lines (id, order_id, position, product_id, description, quantity, amount)
    SELECT s.line_id, d.order_id, row_number() OVER (PARTITION BY s.number ORDER BY s.row),
        w.product_id, coalesce(s.product_name, s.product, ''), s.quantity, s.amount
    FROM staged s JOIN documents d USING (number) LEFT JOIN wares w ON w.key = s.product
    WHERE s.refusal IS NULL
"""
_EVENTS = """
    INSERT INTO timeline_events (id, contact_id, happened_at, kind, account_id, order_id, details)
    SELECT d.event_id, p.contact_id, d.ordered_on::timestamp AT TIME ZONE :zone,
        CASE WHEN d.is_return THEN 'return' ELSE 'order' END, :account, d.order_id,
        jsonb_build_object('number', d.number, 'total', d.total)
    FROM documents d JOIN people p ON p.key = d.customer
"""
_REFUSALS = """
    INSERT INTO import_refusals (id, import_id, row_number, reason, cells)
    SELECT line_id, :batch, row, reason, cells::jsonb FROM staged WHERE refusal IS NOT NULL
"""


def settle() -> None:
    """Refuse rows that cannot become orders, group the rest, and match customers and products."""
    here = _("Order %(number)s is already here.", number="{number}")
    other = _("Order %(number)s has another customer in a row above.", number="{number}")
    db.session.execute(text(_ALREADY_HERE), {"sentence": here})
    db.session.execute(text(_OTHER_CUSTOMER), {"sentence": other})
    db.session.execute(text("DROP TABLE IF EXISTS pg_temp.documents"))
    db.session.execute(text(_DOCUMENTS))
    db.session.execute(text("ANALYZE documents"))
    match_people()
    match_wares()


def load(batch_id: UUID, account_id: UUID | None) -> list[list[str]]:
    """Write what was settled into the tenant's tables, in the transaction at hand.

    Returns [id, time of deletion] of contacts that came back from the bin, for an undo.
    """
    restored = [list(row) for row in db.session.execute(text(_DELETED))]
    values: dict[str, Any] = {
        "batch": batch_id,
        "account": account_id,
        "zone": current().timezone,
    }
    statements = (
        _CONTACTS, _ARRIVALS, _RESTORED, _PRODUCTS, _ORDERS, _LINES, _EVENTS,
    )  # fmt: skip
    for statement in statements:
        wanted = {name: value for name, value in values.items() if f":{name}" in statement}
        db.session.execute(text(statement), wanted)
    keep_refusals(batch_id)
    refresh_customers(contact_ids_of_batch())
    bump_order_revision()
    return restored


def keep_refusals(batch_id: UUID) -> None:
    """Store the rows that stay out, in place of those of a check before."""
    forget_refusals(batch_id)
    db.session.execute(text(_REFUSALS), {"batch": batch_id})


def contact_ids_of_batch() -> list[UUID]:
    return list(db.session.scalars(text("SELECT DISTINCT contact_id FROM people")))
