"""Writing orders. Every write keeps the contacts' order columns, the timeline and the audit."""

from __future__ import annotations

from datetime import UTC, datetime, time
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import cast, delete, func, select
from sqlalchemy.dialects.postgresql import NUMERIC
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from app.crm.contacts.models import Contact
from app.crm.orders.entry import LineValues, OrderValues
from app.crm.orders.ledger import bump_order_revision, refresh_customers
from app.crm.orders.models import Order, OrderLine
from app.crm.timeline.actions import record_event
from app.crm.timeline.models import TimelineEvent
from app.extensions import db
from app.l10n import from_local, today
from app.tenants.audit.actions import record
from app.web import Conflicting

FIRST_NUMBER = 1001
MOST_TRIES = 20
NEWEST = 200


class NumberTaken(Exception):
    """Another order of the tenant has this number."""


def next_number(*, thoroughly: bool = False) -> str:
    """One more than the highest number that is digits alone.

    Looks at the newest orders only, unless `thoroughly`: the highest is nearly always there, and
    reading all of a long list takes a third of a second.
    """
    numbers = select(Order.number).order_by(Order.id.desc())
    newest = (numbers if thoroughly else numbers.limit(NEWEST)).subquery()
    whole = newest.c.number.regexp_match("^[0-9]{1,15}$")
    highest = select(func.max(cast(newest.c.number, NUMERIC))).where(whole)
    found = db.session.execute(highest).scalar_one()
    if found is None and not thoroughly:
        return next_number(thoroughly=True)
    return str(FIRST_NUMBER if found is None else int(found) + 1)


def create_order(order_id: UUID, values: OrderValues) -> Order:
    """Make an order. Raises NumberTaken for a number that was typed.

    A number given here may be taken by somebody in the same moment: the unique constraint says
    so, and the next one is tried.
    """
    order = _insert(order_id, values)
    _follow(order, {order.contact_id})
    record("order.created", order, number=order.number, total=order.total)
    return order


def _insert(order_id: UUID, values: OrderValues) -> Order:
    for place in range(MOST_TRIES):
        order = Order(id=order_id)
        try:
            _store(order, values.number or next_number(thoroughly=place > 0), values)
        except NumberTaken:
            if values.number:
                raise
        else:
            return order
    raise Conflicting(_("Many orders are being made at this moment. Try again, or type a number."))


def change_order(order: Order, values: OrderValues) -> None:
    """Replace an order's content. Raises NumberTaken, Conflicting."""
    before = {"number": order.number, "total": order.total, "contact_id": order.contact_id}
    touched = {order.contact_id, values.contact_id}
    _store(order, values.number or order.number, values)
    _follow(order, touched)
    record("order.changed", order, number=order.number, total=order.total, before=before)


def delete_order(order: Order) -> None:
    """Delete an order with its lines for good. Raises Conflicting."""
    contact_id = order.contact_id
    details = {"number": order.number, "total": order.total, "ordered_on": order.ordered_on}
    record("order.deleted", order, contact_id=contact_id, **details)
    db.session.delete(order)
    try:
        db.session.flush()
    except StaleDataError as error:
        raise stale_order() from error
    _keep({contact_id})


def stale_order() -> Conflicting:
    """What to say when somebody else changed the order first."""
    return Conflicting(
        _("Somebody changed this order since you opened it. Open it again and repeat your change.")
    )


def _fill(order: Order, number: str, values: OrderValues) -> None:
    order.number = number
    order.contact_id = values.contact_id
    order.ordered_on = values.ordered_on
    order.note = values.note
    order.total = values.total
    order.is_return = values.is_return
    order.lines = [_line(position, line) for position, line in enumerate(values.lines, 1)]


def _line(position: int, line: LineValues) -> OrderLine:
    return OrderLine(
        position=position,
        product_id=line.product_id,
        description=line.description,
        quantity=line.quantity,
        amount=line.amount,
    )


def _store(order: Order, number: str, values: OrderValues) -> None:
    """Write inside a savepoint, so that a number in use leaves the transaction alive."""
    try:
        with db.session.begin_nested(), db.session.no_autoflush:
            _fill(order, number, values)
            db.session.add(order)
            flag_modified(order, "total")  # lines alone would not move the order's version
            db.session.flush()
    except IntegrityError as error:
        if "uq_orders_tenant_id_number" in str(error.orig):
            raise NumberTaken from error
        raise
    except StaleDataError as error:
        raise stale_order() from error


def _follow(order: Order, touched: set[UUID | None]) -> None:
    _keep(touched)
    _tell(order)


def _keep(touched: set[UUID | None]) -> None:
    contact_ids = sorted(contact_id for contact_id in touched if contact_id)
    _wait_for(contact_ids)
    refresh_customers(contact_ids)
    bump_order_revision()


def _wait_for(contact_ids: list[UUID]) -> None:
    """Lock the contacts, so that sums made at the same moment see each other's orders."""
    locked = select(Contact.id).where(Contact.id.in_(contact_ids)).order_by(Contact.id)
    db.session.execute(locked.with_for_update(key_share=True))


def _tell(order: Order) -> None:
    """Have the contact's timeline tell of the order, once and as it stands."""
    db.session.execute(delete(TimelineEvent).where(TimelineEvent.order_id == order.id))
    if order.contact_id is None:
        return
    details = {"number": order.number, "total": order.total}
    record_event(
        order.contact_id,
        "return" if order.is_return else "order",
        details,
        happened_at=_moment(order),
        order_id=order.id,
    )


def _moment(order: Order) -> datetime:
    """Now for an order of today, noon of its day for an earlier one."""
    if order.ordered_on == today():
        return datetime.now(UTC)
    return from_local(datetime.combine(order.ordered_on, time(12)))
