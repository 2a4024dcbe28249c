"""Contacts in the tests' companies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.crm.contacts.models import Contact
from app.crm.orders.models import Order
from app.extensions import db
from tests.cast import Cast, Company

AddContact = Callable[..., UUID]
AddOrder = Callable[..., UUID]


@pytest.fixture
def add_contact(cast: Cast, company: Company) -> AddContact:
    """add_contact("Iris", city="Hebden") puts a contact into the owner's company."""

    def add(name: str, in_company: Company = company, **values: Any) -> UUID:
        with cast.inside(in_company):
            contact = Contact(name=name, **values)
            db.session.add(contact)
            db.session.flush()
            return contact.id

    return add


@pytest.fixture
def add_order(cast: Cast, company: Company) -> AddOrder:
    """add_order(contact_id, date(2026, 3, 5), 1200) records a purchase and what it changes."""

    def add(contact_id: UUID, day: date, total: int = 1000, **values: Any) -> UUID:
        with cast.inside(company):
            number = f"N-{db.session.query(Order).count() + 1}"
            order = Order(
                number=number, contact_id=contact_id, ordered_on=day, total=total, **values
            )
            db.session.add(order)
            contact = db.session.query(Contact).filter(Contact.id == contact_id).one()
            contact.orders_count += 1
            contact.revenue += total
            contact.first_order_on = min(contact.first_order_on or day, day)
            contact.last_order_on = max(contact.last_order_on or day, day)
            db.session.flush()
            return order.id

    return add
