"""Contacts, products and orders of the owner's company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from app.crm.contacts.models import Contact
from app.crm.orders.actions import create_order
from app.crm.orders.entry import LineValues, OrderValues
from app.crm.products.models import Product
from app.extensions import db
from app.l10n import today
from app.tenancy import new_id
from tests.cast import Cast, Company

Make = Callable[..., UUID]


@pytest.fixture
def contact(cast: Cast, company: Company) -> Make:
    """Makes a contact of the company and gives its id."""

    def make(name: str = "Wrenfold Roastery", **values: Any) -> UUID:
        with cast.inside(values.pop("of", company)):
            made = Contact(name=name, **values)
            db.session.add(made)
            db.session.flush()
            return made.id

    return make


@pytest.fixture
def product(cast: Cast, company: Company) -> Make:
    """Makes a product of the company and gives its id."""

    def make(name: str = "Burr set", **values: Any) -> UUID:
        with cast.inside(values.pop("of", company)):
            made = Product(name=name, **values)
            db.session.add(made)
            db.session.flush()
            return made.id

    return make


@pytest.fixture
def order(cast: Cast, company: Company) -> Make:
    """Makes an order with one line by default and gives its id."""

    def make(contact_id: UUID | None = None, amount: int = 1000, **values: Any) -> UUID:
        of = values.pop("of", company)
        product_id = values.pop("product_id", None)
        lines = [LineValues(product_id, "Something", 1 if amount > 0 else -1, amount)]
        given = {"number": None, "ordered_on": today(), "note": None, "lines": lines, **values}
        with cast.inside(of):
            return create_order(new_id(), OrderValues(contact_id=contact_id, **given)).id

    return make
