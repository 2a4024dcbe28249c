"""Contacts as CSV: the filtered list, streamed, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import stream_with_context
from flask_babel import gettext as _
from sqlalchemy import Row, Select
from sqlalchemy.orm import aliased

from app.crm.contacts.models import Contact
from app.crm.contacts.paging import Order, ordering, phases
from app.crm.contacts.queries import Scope, narrowed, rows
from app.crm.scores.models import ContactScore
from app.crm.scores.segments import segment_name
from app.extensions import db
from app.l10n import currency_exponent, current, money_label, use
from app.spreadsheets import BOM, neutralised
from app.tenancy import acting_for, current_tenant_id
from app.tenants.accounts.models import Account

BATCH = 2000


def export_contacts(scope: Scope, order: Order) -> Iterator[str]:
    """The file in pieces of BATCH rows, in the list's order; sums in the tenant's unit of money,
    dates as ISO 8601."""
    return stream_with_context(_inside(current_tenant_id(), scope, order))


def _inside(tenant_id: UUID, scope: Scope, order: Order) -> Iterator[str]:
    """The pieces are made after the request has left its tenant, so they enter it again."""
    with acting_for(tenant_id), use(current()):
        yield from _pieces(scope, order)


def _pieces(scope: Scope, order: Order) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield BOM
    writer.writerow(_heading())
    for phase in phases(order, None):
        for batch in db.session.execute(_query(scope, order, phase)).partitions(BATCH):
            writer.writerows(_cells(row) for row in batch)
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _query(scope: Scope, order: Order, phase: str) -> Select[Any]:
    company = aliased(Contact)
    return (
        rows()
        .where(Contact.id.in_(narrowed(scope, phase, order)))
        .outerjoin(
            company,
            (company.tenant_id == Contact.tenant_id) & (company.id == Contact.company_id),
        )
        .with_only_columns(
            *(getattr(Contact, name) for name in _OWN),
            *(getattr(ContactScore, name) for name in _SCORE),
            Account.name.label("owner"),
            company.name.label("company"),
            maintain_column_froms=True,
        )
        .order_by(*ordering(order, phase, None))
        .execution_options(yield_per=BATCH)
    )


_OWN = (
    "name", "kind", "email", "phone", "city", "address", "source", "reference", "note",
    "first_order_on", "last_order_on", "orders_count", "revenue", "created_at",
)  # fmt: skip
_SCORE = ("segment", "worth", "worth_low", "worth_high", "worth_months")


def _heading() -> list[str]:
    unit = money_label()
    return [
        _("Name"),
        _("Kind"),
        _("Company"),
        _("Email"),
        _("Phone"),
        _("City"),
        _("Address"),
        _("Source"),
        _("Owner"),
        _("Reference"),
        _("Note"),
        _("First order"),
        _("Last order"),
        _("Orders"),
        _("Bought (%(currency)s)", currency=unit),
        _("Segment"),
        _("Worth (%(currency)s)", currency=unit),
        _("Worth, low (%(currency)s)", currency=unit),
        _("Worth, high (%(currency)s)", currency=unit),
        _("Months"),
        _("Added"),
    ]


def _cells(row: Row[Any]) -> list[Any]:
    texts = [row.company, row.email, row.phone, row.city, row.address, row.source, row.owner]
    return [
        neutralised(row.name),
        _("Company") if row.kind == "company" else _("Person"),
        *(neutralised(text) for text in [*texts, row.reference, row.note]),
        row.first_order_on,
        row.last_order_on,
        row.orders_count,
        _major(row.revenue),
        segment_name(row.segment),
        _major(row.worth),
        _major(row.worth_low),
        _major(row.worth_high),
        row.worth_months,
        row.created_at.date(),
    ]


def _major(minor: int | None) -> str:
    """A sum in the unit that people read, as a plain ASCII number."""
    if minor is None:
        return ""
    formats = current()
    toman = formats.money_unit == "toman" and formats.currency == "IRR"
    major = Decimal(minor).scaleb(-1 if toman else -currency_exponent(formats.currency))
    return f"{major:f}".removesuffix(".0")  # a whole number of tomans
