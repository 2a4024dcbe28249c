"""What the home page says, all of it counted from the workspace's own records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Integer, cast, exists, func, select
from sqlalchemy.orm import joinedload

from app.crm.contacts.models import Contact
from app.crm.orders.models import Order
from app.extensions import Base, db
from app.l10n import next_period_start, period_start
from app.tenancy import current_tenant_id
from app.tenants.members.models import Invitation, Membership

QUIET_GAPS = 3
QUIET_ORDERS = 3
MOST_QUIET = 10
MOST_NEW = 5


@dataclass(frozen=True)
class Figures:
    """Purchases and revenue of a span of days; revenue is in minor units, returns taken off."""

    start: date
    end: date
    orders: int
    revenue: int


@dataclass(frozen=True)
class Customers:
    """How many contacts have ordered, and how many of them for the first time this month."""

    number: int
    new: int


@dataclass(frozen=True)
class Quiet:
    """A customer who has not ordered for much longer than they usually wait, in days."""

    contact: Contact
    usual_gap: int
    silent: int


@dataclass(frozen=True)
class Steps:
    """Which of the first steps a workspace has taken."""

    has_orders: bool
    has_report: bool
    has_colleague: bool

    @property
    def is_done(self) -> bool:
        return self.has_orders and self.has_report and self.has_colleague


def same_days(today: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """This month up to today and as many days of last month, in the reader's calendar."""
    start = period_start(today, "month")
    before = period_start(start - timedelta(days=1), "month")
    last = min(before + (today - start), next_period_start(before, "month") - timedelta(days=1))
    return (start, today), (before, last)


def figures(start: date, end: date) -> Figures:
    """Orders and revenue from the first day to the last, both counted."""
    row = db.session.execute(
        select(
            func.count().filter(Order.is_return.is_(False)), func.coalesce(func.sum(Order.total), 0)
        ).where(Order.ordered_on >= start, Order.ordered_on <= end)
    ).one()
    return Figures(start, end, int(row[0]), int(row[1]))


def customers(month_start: date) -> Customers:
    """Customers in all and those won since the month began."""
    row = db.session.execute(
        select(func.count(), func.count().filter(Contact.first_order_on >= month_start)).where(
            Contact.orders_count > 0, Contact.deleted_at.is_(None)
        )
    ).one()
    return Customers(int(row[0]), int(row[1]))


def gone_quiet(today: date) -> list[Quiet]:
    """The customers of most revenue whose last order is older than QUIET_GAPS usual gaps.

    The usual gap is the mean number of days between a customer's orders; only customers with
    QUIET_ORDERS orders or more have one.
    """
    span = cast(Contact.last_order_on - Contact.first_order_on, Integer)
    silent = cast(today - Contact.last_order_on, Integer)
    rows = db.session.execute(
        select(Contact, span / (Contact.orders_count - 1), silent)
        .where(
            Contact.deleted_at.is_(None),
            Contact.orders_count >= QUIET_ORDERS,
            span > 0,
            silent * (Contact.orders_count - 1) > QUIET_GAPS * span,
        )
        .order_by(Contact.revenue.desc(), Contact.id.desc())
        .limit(MOST_QUIET)
    )
    return [Quiet(contact, max(1, round(gap)), days) for contact, gap, days in rows]


def newest_orders() -> list[Order]:
    """The latest orders and returns with their customers."""
    query = select(Order).options(joinedload(Order.contact))
    newest = query.order_by(Order.ordered_on.desc(), Order.id.desc()).limit(MOST_NEW)
    return list(db.session.scalars(newest))


def first_steps() -> Steps:
    """What the workspace has done so far.

    Report runs are looked at through the metadata: the CRM imports nothing of analytics.
    """
    tenant = current_tenant_id()
    runs = Base.metadata.tables["report_runs"].c
    row = db.session.execute(
        select(
            exists().where(Order.tenant_id == tenant),
            exists(select(runs.id).where(runs.state == "finished")),
            exists().where(Invitation.tenant_id == tenant),
            select(func.count()).where(Membership.tenant_id == tenant).scalar_subquery(),
        )
    ).one()
    return Steps(bool(row[0]), bool(row[1]), bool(row[2]) or row[3] > 1)
