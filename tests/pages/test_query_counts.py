"""A list costs as many statements with sixty rows as with three."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.analytics.runs.models import ReportRun
from app.crm.contacts.models import Contact
from app.crm.imports.models import Import
from app.crm.orders.actions import create_order
from app.crm.orders.entry import LineValues, OrderValues
from app.crm.products.models import Product
from app.extensions import db
from app.tenancy import new_id
from tests.cast import Cast, Member
from tests.crm.counting import statements

Add = Callable[[Cast, Member, int], None]


def add_contacts(cast: Cast, member: Member, count: int) -> None:
    with cast.inside(member.company):
        owner_id = member.membership_id
        db.session.add_all(Contact(name=f"Contact {n}", owner_id=owner_id) for n in range(count))


def add_products(cast: Cast, member: Member, count: int) -> None:
    with cast.inside(member.company):
        db.session.add_all(Product(name=f"Product {n}", unit_price=100) for n in range(count))


def add_orders(cast: Cast, member: Member, count: int) -> None:
    today = datetime.now(UTC).date()
    for number in range(count):
        with cast.inside(member.company):
            contact, product = Contact(name=f"Buyer {number}"), Product(name=f"Sold {number}")
            db.session.add_all([contact, product])
            db.session.flush()
            line = LineValues(product.id, product.name, 1, 100)
            create_order(new_id(), OrderValues(None, contact.id, today, None, [line]))


def add_imports(cast: Cast, member: Member, count: int) -> None:
    with cast.inside(member.company):
        for number in range(count):
            given = {"file_name": f"{number}.csv", "file_size": 1, "file_hash": str(number)}
            db.session.add(Import(**given, state="finished", counts={"orders": 1, "refused": 1}))


def add_members(cast: Cast, member: Member, count: int) -> None:
    for _ in range(count):
        cast.member(member.company, "rep")


def add_runs(cast: Cast, member: Member, count: int) -> None:
    with cast.inside(member.company):
        for number in range(count):
            as_of = datetime.now(UTC).date()
            given = {"report": "retention", "parameters": {}, "fingerprint": str(number)}
            db.session.add(ReportRun(**given, order_revision=1, as_of=as_of, state="failed"))


LISTS: dict[str, Add] = {
    "contacts": add_contacts,
    "products": add_products,
    "orders": add_orders,
    "imports": add_imports,
    "settings/members": add_members,
    "reports": add_runs,
    "reports/retention": add_runs,
    "": add_orders,
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_however_long_it_is(cast: Cast, owner: Member, path: str) -> None:
    add = LISTS[path]
    add(cast, owner, 3)
    owner.client.get(owner.url(path))
    short = sent_for(cast, owner, path)
    add(cast, owner, 57)
    long = sent_for(cast, owner, path)
    assert len(long) == len(short), "\n".join(long)


def sent_for(cast: Cast, member: Member, path: str) -> list[str]:
    with statements(cast.app) as sent:
        assert member.client.get(member.url(path)).status_code == 200
    return sent
