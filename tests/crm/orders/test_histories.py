"""Whatever happens to orders, a contact's order columns stay what its orders come to."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from app.crm.contacts.models import Contact
from app.crm.orders.actions import change_order, create_order, delete_order
from app.crm.orders.entry import LineValues, OrderValues
from app.crm.orders.models import Order, OrderLine, OrderRevision
from app.crm.orders.queries import find_order
from app.extensions import db
from app.tenancy import acting_for, new_id

STEPS = 60


@dataclass
class Kept:
    """What the reference remembers of an order."""

    contact_id: UUID | None
    day: date
    lines: list[tuple[int, int]]

    @property
    def total(self) -> int:
        return sum(amount for _quantity, amount in self.lines)

    @property
    def is_return(self) -> bool:
        return all(quantity < 0 for quantity, _amount in self.lines)

    def values(self) -> OrderValues:
        lines = [LineValues(None, "Thing", Decimal(q), amount) for q, amount in self.lines]
        return OrderValues(None, self.contact_id, self.day, None, lines)


def some_order(chance: random.Random, contacts: list[UUID | None]) -> Kept:
    sign = chance.choice([1, 1, 1, -1])
    lines = [
        (q := sign * chance.randint(1, 5), q * chance.randint(0, 10**6))
        for _line in range(chance.randint(1, 4))
    ]
    if chance.random() < 0.3:
        lines.append((-1, -chance.randint(0, 500)))
    day = date(2025, 1, 1) + timedelta(days=chance.randint(0, 90))
    return Kept(chance.choice(contacts), day, lines)


def expected(contact_id: UUID, orders: list[Kept]) -> tuple[int, int, date | None, date | None]:
    mine = [order for order in orders if order.contact_id == contact_id]
    days = [order.day for order in mine if not order.is_return]
    revenue = sum(order.total for order in mine)
    return len(days), revenue, min(days, default=None), max(days, default=None)


@pytest.mark.parametrize("seed", range(6))
def test_random_histories_leave_exact_columns(cast, company, contact, seed):
    chance = random.Random(seed)
    contacts: list[UUID | None] = [contact(f"Customer {place}") for place in range(4)]
    kept: dict[UUID, Kept] = {}
    for _step in range(STEPS):
        act = chance.choice(["create", "create", "change", "delete"])
        with cast.inside(company):
            if act == "create" or not kept:
                made = some_order(chance, [*contacts, None])
                kept[create_order(new_id(), made.values()).id] = made
                continue
            order_id = chance.choice(list(kept))
            order = find_order(order_id)
            if act == "delete":
                delete_order(order)
                del kept[order_id]
            else:
                kept[order_id] = some_order(chance, [*contacts, None])
                change_order(order, kept[order_id].values())
    with cast.inside(company):
        for one in db.session.execute(select(Contact)).scalars():
            columns = (one.orders_count, one.revenue, one.first_order_on, one.last_order_on)
            assert columns == expected(one.id, list(kept.values()))
        orders = {order.id: order for order in db.session.execute(select(Order)).scalars()}
        assert {key: (o.total, o.is_return) for key, o in orders.items()} == {
            key: (one.total, one.is_return) for key, one in kept.items()
        }
        stored = db.session.execute(select(OrderLine)).scalars().all()
        assert len(stored) == sum(len(one.lines) for one in kept.values())
        assert db.session.execute(select(OrderRevision.revision)).scalar_one() == STEPS


def test_orders_made_at_once_get_numbers_of_their_own_and_all_count(app, cast, company, contact):
    buyer, at_once = contact(), 8
    barrier = threading.Barrier(at_once)
    failures: list[BaseException] = []

    def buy() -> None:
        order = Kept(buyer, date(2025, 5, 5), [(1, 100)])
        try:
            with app.app_context(), acting_for(company.id):
                barrier.wait()
                create_order(new_id(), order.values())
                db.session.commit()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=buy) for _thread in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with cast.inside(company):
        numbers = set(db.session.execute(select(Order.number)).scalars())
        assert numbers == {str(1001 + place) for place in range(at_once)}
        customer = db.session.execute(select(Contact)).scalar_one()
        assert (customer.orders_count, customer.revenue) == (at_once, at_once * 100)
