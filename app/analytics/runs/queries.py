"""Reads of report runs and of what they depend on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.analytics.reports.base import Basis, Report
from app.analytics.reports.parameters import Parameters
from app.analytics.runs.models import ReportRun
from app.crm.contacts.models import Contact
from app.crm.orders.models import Order, OrderRevision
from app.crm.scores.models import ContactScore
from app.extensions import db
from app.l10n import Formats, currency_exponent, today

OLD_AFTER = timedelta(days=90)


def order_revision() -> int:
    """How often the tenant's orders have changed; 0 before the first one."""
    return db.session.scalar(select(func.max(OrderRevision.revision))) or 0


def has_customers() -> bool:
    """Whether any contact has ever ordered."""
    return (
        db.session.scalar(select(Contact.id).where(Contact.orders_count > 0).limit(1)) is not None
    )


def newest_order_day() -> date | None:
    """The last day with a purchase, today at the latest."""
    return db.session.scalar(
        select(Order.ordered_on)
        .where(Order.ordered_on <= today(), Order.is_return.is_(False))
        .order_by(Order.ordered_on.desc())
        .limit(1)
    )


def basis_of(parameters: Parameters, formats: Formats) -> Basis:
    """The day to look back from: the one asked for, else today, else the day the orders end.

    Orders that ended more than 90 days ago are an old file, not customers who all went away.
    """
    now, newest = today(), newest_order_day()
    is_old = newest is not None and now - newest > OLD_AFTER
    usual = newest if newest is not None and is_old else now
    as_of = parameters.observation_end or usual
    return Basis(
        as_of=as_of,
        is_over=as_of < now,
        is_old=is_old and parameters.observation_end is None,
        calendar=formats.calendar,
        week_start=formats.week_start,
        exponent=currency_exponent(formats.currency),
    )


def runs_of(report: Report, parameters: Parameters) -> Select[ReportRun]:
    """The runs of a report with these very parameters, newest first."""
    return (
        select(ReportRun)
        .where(ReportRun.report == report.key, ReportRun.parameters == parameters.as_json())
        .order_by(ReportRun.created_at.desc(), ReportRun.id.desc())
    )


def newest_finished(report: Report, parameters: Parameters) -> ReportRun | None:
    """The newest run with a result."""
    query = runs_of(report, parameters).where(ReportRun.state == "finished")
    return db.session.scalar(query.limit(1))


def newest_pending(report: Report, parameters: Parameters) -> ReportRun | None:
    """The newest run, where it is still on its way or failed after the last one that finished."""
    newest = db.session.scalar(runs_of(report, parameters).limit(1))
    return newest if newest is not None and newest.state != "finished" else None


def run_with_fingerprint(fingerprint: str) -> ReportRun | None:
    """A run that has or will have the result wanted; failed ones may be tried again."""
    return db.session.scalar(
        select(ReportRun)
        .where(ReportRun.fingerprint == fingerprint, ReportRun.state != "failed")
        .order_by(ReportRun.created_at.desc())
        .limit(1)
    )


def last_run(report: Report) -> ReportRun | None:
    """The report's newest result, whatever its parameters."""
    return db.session.scalar(
        select(ReportRun)
        .where(ReportRun.report == report.key, ReportRun.state == "finished")
        .order_by(ReportRun.finished_at.desc())
        .limit(1)
    )


def owns_scores(run: ReportRun) -> bool:
    """Whether the contacts' scores still are those that this run wrote."""
    column = {"segments": ContactScore.segmented_at, "clv": ContactScore.valued_at}.get(run.report)
    if column is None or run.finished_at is None:
        return False
    written: datetime | None = db.session.scalar(select(column).where(column.is_not(None)).limit(1))
    return written == run.finished_at


def names_of(contacts: Sequence[str]) -> Mapping[str, Any]:
    """Name, kind, last order's day and segment of contacts that are not in the bin, by id."""
    rows = db.session.execute(
        select(Contact.id, Contact.name, Contact.kind, Contact.last_order_on, ContactScore.segment)
        .outerjoin(ContactScore, ContactScore.contact_id == Contact.id)
        .where(Contact.id.in_([UUID(contact) for contact in contacts]))
        .where(Contact.deleted_at.is_(None))
    )
    return {str(row.id): row for row in rows}


def run_with_id(report: Report, run_id: UUID) -> ReportRun | None:
    """A run of this report; the tenant's alone, as every row."""
    return db.session.scalar(
        select(ReportRun).where(ReportRun.id == run_id, ReportRun.report == report.key)
    )
