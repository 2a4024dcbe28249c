"""Contacts in the tests' companies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from app.crm.contacts.models import Contact
from app.extensions import db
from tests.cast import Cast, Company


@pytest.fixture
def add_contact(cast: Cast, company: Company) -> Callable[..., UUID]:
    """add_contact("Iris", city="Hebden") puts a contact into the owner's company."""

    def add(name: str, in_company: Company = company, **values: Any) -> UUID:
        with cast.inside(in_company):
            contact = Contact(name=name, **values)
            db.session.add(contact)
            db.session.flush()
            return contact.id

    return add
