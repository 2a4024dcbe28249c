"""A report's tables as CSV that spreadsheets open safely."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import Select, select

from app.analytics.reports.base import Report, in_major
from app.analytics.runs.models import ReportRun
from app.analytics.runs.queries import owns_scores
from app.crm.contacts.models import Contact
from app.crm.scores.models import ContactScore
from app.crm.scores.segments import segment_name
from app.extensions import db
from app.spreadsheets import BOM, neutralised
from app.web import Missing, Refused

CUSTOMERS = "customers"


def table_names(report: Report) -> list[str]:
    """The tables a report can be exported as; those of scores list every customer."""
    return [*report.tables(), *([CUSTOMERS] if report.key in _CUSTOMERS else [])]


def rows_of(report: Report, run: ReportRun, table: str, exponent: int) -> Iterable[list[Any]]:
    """The rows of a table with its head; raises Missing for a table there is none of."""
    result = run.result or {}
    if table not in table_names(report) or "thin" in result:
        raise Missing
    if table != CUSTOMERS:
        return report.tables()[table](result, exponent)
    if not owns_scores(run):
        raise Refused(
            _("The customers carry the numbers of another run. Compute this report again first.")
        )
    return _CUSTOMERS[report.key](exponent)


def _values(exponent: int) -> Iterator[list[Any]]:
    yield [
        "customer", "name", "worth", "low", "high", "months", "expected_orders",
        "orders", "bought_so_far", "last_order",
    ]  # fmt: skip
    query = _scored().where(ContactScore.worth.is_not(None)).order_by(ContactScore.worth.desc())
    for contact, score in db.session.execute(query, execution_options={"yield_per": 1000}):
        yield [
            contact.reference,
            contact.name,
            *(in_major(n, exponent) for n in (score.worth, score.worth_low, score.worth_high)),
            score.worth_months,
            score.expected_purchases,
            contact.orders_count,
            in_major(contact.revenue, exponent),
            contact.last_order_on,
        ]


def _segments(exponent: int) -> Iterator[list[Any]]:
    yield ["customer", "name", "segment", "segment_name", "orders", "bought_so_far", "last_order"]
    query = _scored().where(ContactScore.segment.is_not(None)).order_by(ContactScore.segment)
    for contact, score in db.session.execute(query, execution_options={"yield_per": 1000}):
        yield [
            contact.reference,
            contact.name,
            score.segment,
            segment_name(score.segment),
            contact.orders_count,
            in_major(contact.revenue, exponent),
            contact.last_order_on,
        ]


_CUSTOMERS = {"clv": _values, "segments": _segments}


def _scored() -> Select[Contact, ContactScore]:
    return (
        select(Contact, ContactScore)
        .join(ContactScore, ContactScore.contact_id == Contact.id)
        .where(Contact.deleted_at.is_(None))
    )


def _safe(row: list[Any]) -> list[Any]:
    return [neutralised(cell) if isinstance(cell, str) else cell for cell in row]


def csv_response(rows: Iterable[list[Any]], name: str) -> Response:
    """A download that spreadsheets read as UTF-8."""
    out = io.StringIO()
    out.write(BOM)
    csv.writer(out).writerows(map(_safe, rows))
    return Response(
        out.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
