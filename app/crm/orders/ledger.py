"""What follows from a tenant's orders: each contact's order columns, and the orders' revision."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from app.database import expect_many_rows
from app.extensions import db
from app.tenancy import new_id

FEW = 50

# Contacts whose last order went are among those asked for, hence the outer join.
_REFRESH = """
    UPDATE contacts SET orders_count = sums.orders, revenue = sums.revenue,
        first_order_on = sums.first_day, last_order_on = sums.last_day
    FROM (
        SELECT c.id, count(o.id) FILTER (WHERE NOT o.is_return) AS orders,
            coalesce(sum(o.total), 0) AS revenue,
            min(o.ordered_on) FILTER (WHERE NOT o.is_return) AS first_day,
            max(o.ordered_on) FILTER (WHERE NOT o.is_return) AS last_day
        FROM contacts c LEFT JOIN orders o ON o.contact_id = c.id
        {only} GROUP BY c.id
    ) sums
    WHERE contacts.id = sums.id
      AND (contacts.orders_count, contacts.revenue, contacts.first_order_on, contacts.last_order_on)
          IS DISTINCT FROM (sums.orders, sums.revenue, sums.first_day, sums.last_day)
"""
_BUMP = """
    INSERT INTO order_revisions (id, revision) VALUES (:id, 1)
    ON CONFLICT (tenant_id)
    DO UPDATE SET revision = order_revisions.revision + 1, changed_at = now()
"""


def refresh_customers(contact_ids: Sequence[UUID] | None) -> None:
    """Compute the order columns of these contacts anew, of all contacts when None.

    orders_count, first_order_on and last_order_on are of purchases; revenue is the sum of all
    order totals, returns taken off. Minor units.
    """
    if contact_ids is None or len(contact_ids) > FEW:
        expect_many_rows()
    if contact_ids is None:
        db.session.execute(text(_REFRESH.format(only="")))
    elif contact_ids:
        statement = text(_REFRESH.format(only="WHERE c.id = ANY (:ids)"))
        db.session.execute(statement, {"ids": list(contact_ids)})


def bump_order_revision() -> None:
    """Note that the tenant's orders changed, so that stored reports know they are out of date."""
    db.session.execute(text(_BUMP), {"id": new_id()})
