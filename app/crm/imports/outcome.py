"""What a file comes to, counted in the temporary tables before anything is written."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import text

from app.crm.imports.staging import Tally
from app.extensions import db

_DOCUMENTS = """
    SELECT count(*) AS orders,
        count(*) FILTER (WHERE NOT is_return) AS purchases,
        count(*) FILTER (WHERE is_return) AS returns,
        count(*) FILTER (WHERE is_split) AS split_orders,
        count(*) FILTER (WHERE customer IS NULL) AS anonymous_orders,
        coalesce(sum(total), 0)::bigint AS revenue,
        coalesce(sum(total) FILTER (WHERE customer IS NULL), 0)::bigint AS anonymous_revenue,
        min(ordered_on)::text AS first_day, max(ordered_on)::text AS last_day
    FROM documents
"""
_LINES = """
    SELECT count(*) AS lines, count(*) FILTER (WHERE disagrees) AS disagreeing
    FROM staged WHERE refusal IS NULL
"""
_PEOPLE = """
    SELECT count(DISTINCT contact_id) AS customers,
        count(*) FILTER (WHERE is_new) AS customers_new,
        count(DISTINCT contact_id) FILTER (WHERE deleted_at IS NOT NULL) AS customers_restored
    FROM people
"""
_WARES = """
    SELECT count(DISTINCT product_id) AS products, count(*) FILTER (WHERE is_new) AS products_new
    FROM wares
"""
_REFUSALS = """
    SELECT refusal AS kind, count(*) AS count, (array_agg(row ORDER BY row))[1:5] AS rows,
        (array_agg(reason ORDER BY row))[1] AS example
    FROM staged WHERE refusal IS NOT NULL GROUP BY refusal ORDER BY count(*) DESC, refusal
"""


def measure(tally: Tally) -> dict[str, Any]:
    """The counts of a batch as plain values; money in minor units, days as ISO text."""
    counts: dict[str, Any] = {"rows": tally.rows, "blank": tally.blank}
    for statement in (_DOCUMENTS, _LINES, _PEOPLE, _WARES):
        counts |= dict(db.session.execute(text(statement)).mappings().one())
    refusals = [dict(row) for row in db.session.execute(text(_REFUSALS)).mappings()]
    return counts | {"refused": sum(row["count"] for row in refusals), "refusals": refusals}


def reason_title(kind: str) -> str:
    """The heading over refused rows of one kind."""
    titles = {
        "no-date": _("No date"),
        "date": _("Not a date"),
        "future": _("A date still to come"),
        "past": _("A date before 1950"),
        "no-amount": _("Neither a total nor a price"),
        "amount": _("Not an amount of money"),
        "quantity": _("Not a quantity"),
        "known": _("The order is already here"),
        "customer": _("An order with two customers"),
        "long": _("A cell that is too long"),
        "unreadable": _("The row cannot be read"),
    }
    return titles[kind]
