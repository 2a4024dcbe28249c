"""Orders as CSV: one row for each line, streamed, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from flask import stream_with_context
from flask_babel import gettext as _
from sqlalchemy import Row, select

from app.crm.contacts.models import Contact
from app.crm.orders.filters import OrderFilters
from app.crm.orders.models import Order, OrderLine
from app.crm.orders.queries import conditions
from app.crm.products.forms import major_units, plain_quantity
from app.crm.products.models import Product
from app.extensions import db
from app.l10n import current, format_date, money_label, to_ascii_digits, use
from app.spreadsheets import BOM, neutralised
from app.tenancy import acting_for, current_tenant_id

BATCH = 2000


def export_lines(filters: OrderFilters) -> Iterator[str]:
    """The file in pieces of BATCH rows; amounts are in the tenant's unit of money."""
    return stream_with_context(_inside(current_tenant_id(), filters))


def _inside(tenant_id: UUID, filters: OrderFilters) -> Iterator[str]:
    """The pieces are made after the request has left its tenant, so they enter it again."""
    with acting_for(tenant_id), use(current()):
        yield from _pieces(filters)


def _pieces(filters: OrderFilters) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield BOM
    writer.writerow(_heading())
    days = Days()
    for batch in db.session.execute(_lines(filters)).partitions(BATCH):
        writer.writerows(_row(line, days) for line in batch)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _heading() -> list[str]:
    return [
        _("Order number"),
        _("Date"),
        _("Customer"),
        _("Customer reference"),
        _("Line"),
        _("Product code"),
        _("Product or description"),
        _("Quantity"),
        _("Amount (%(currency)s)", currency=money_label()),
        _("Return"),
    ]


def _lines(filters: OrderFilters) -> Any:
    return (
        select(
            Order.number,
            Order.ordered_on,
            Order.is_return,
            Contact.name.label("customer"),
            Contact.reference,
            OrderLine.position,
            Product.code,
            Product.name.label("product"),
            OrderLine.description,
            OrderLine.quantity,
            OrderLine.amount,
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .outerjoin(Order.contact)
        .outerjoin(OrderLine.product)
        .where(*conditions(filters))
        .order_by(Order.ordered_on.desc(), Order.id.desc(), OrderLine.position)
        .execution_options(yield_per=BATCH)
    )


class Days(dict[date, str]):
    """Each day is written once, in the tenant's calendar and in ASCII digits."""

    def __missing__(self, day: date) -> str:
        self[day] = to_ascii_digits(format_date(day, "numeric"))
        return self[day]


def _row(line: Row[Any], days: Days) -> list[Any]:
    return [
        neutralised(line.number),
        days[line.ordered_on],
        neutralised(line.customer),
        neutralised(line.reference),
        line.position,
        neutralised(line.code),
        neutralised(line.product or line.description),
        plain_quantity(line.quantity),
        f"{major_units(line.amount):f}",
        _("yes") if line.is_return else "",
    ]
