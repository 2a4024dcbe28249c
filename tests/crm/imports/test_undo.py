"""Importing twice adds nothing, an undo leaves no trace, and neighbours notice nothing."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.crm.imports.models import Import
from app.crm.imports.queries import find_batch
from app.crm.imports.undo import take_back
from app.crm.orders.actions import change_order
from app.crm.orders.entry import LineValues, OrderValues
from app.crm.orders.ledger import refresh_customers
from app.crm.orders.models import Order
from app.crm.orders.queries import find_order
from app.extensions import db
from tests.cast import Cast, Company
from tests.crm.imports.conftest import Runner, csv_text

TABLES = ("contacts", "products", "orders", "order_lines", "timeline_events")


def contents(cast: Cast, company: Company) -> dict[str, list[Any]]:
    """Every row of the tables that an import writes to."""
    with cast.inside(company):
        return {
            table: db.session.execute(text(f"SELECT t::text FROM {table} t ORDER BY 1")).all()
            for table in TABLES
        }


def undo(cast: Cast, company: Company, batch_id: str) -> dict[str, Any]:
    with cast.inside(company):
        batch = find_batch(UUID(batch_id))
        assert isinstance(batch, Import)
        take_back(batch)
        return dict(batch.counts["undo"])


def edit(cast: Cast, company: Company, numbers: set[str]) -> None:
    """Give these orders a note, as the order's form does; all else stays."""
    with cast.inside(company):
        for order_id in db.session.scalars(select(Order.id).where(Order.number.in_(numbers))):
            order = find_order(order_id)
            assert order is not None
            lines = [
                LineValues(line.product_id, line.description, line.quantity, line.amount)
                for line in order.lines
            ]
            values = OrderValues(None, order.contact_id, order.ordered_on, "By hand", lines)
            change_order(order, values)


def histories(cast: Cast, company: Company, numbers: set[str]) -> list[Any]:
    """The orders of these numbers with their customers, lines and events."""
    with cast.inside(company):
        found = db.session.execute(text(_HISTORIES), {"numbers": list(numbers)})
        return [tuple(row) for row in found]


_HISTORIES = """
    SELECT o.number, o.total, c.reference, l.position, l.amount, p.code, e.kind FROM orders o
    JOIN order_lines l ON l.order_id = o.id LEFT JOIN products p ON p.id = l.product_id
    LEFT JOIN contacts c ON c.id = o.contact_id LEFT JOIN timeline_events e ON e.order_id = o.id
    WHERE o.number = ANY (:numbers) ORDER BY o.number, l.position
"""
LINES = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.sampled_from(["", "P1", "P2", "P 3"]),
        st.integers(-5, 20),
        st.decimals(0, 100, places=3),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=LINES)
def test_import_and_undo_leave_the_tables_as_they_were(
    run_import: Runner, cast: Cast, company: Company, lines: list[tuple[int, str, int, Decimal]]
) -> None:
    run_import("order,customer,date,total\nold,C1,2019-01-31,5\n")
    before = contents(cast, company)
    rows = [
        (f"n{no}", f"C{no % 3}" if no % 4 else "", f"2020-01-{no:02}", code, str(count), str(price))
        for no, code, count, price in lines
    ]
    table = csv_text([("order", "customer", "date", "sku", "quantity", "price"), *rows])
    report = run_import(table)
    cents = [
        int((count * price * 100).to_integral_value(ROUND_HALF_EVEN))
        for _n, _c, count, price in lines
    ]
    assert Decimal(report["revenue"]) == Decimal(sum(cents)) / 100
    assert report["orders"] == len({no for no, *_rest in lines})
    assert report["customers"] == len({no % 3 for no, *_rest in lines if no % 4})
    after = contents(cast, company)
    again = run_import(table)
    assert (again["orders"], again["refused"]["count"]) == (0, len(lines))
    assert contents(cast, company) == after
    undo(cast, company, report["batch"])
    assert contents(cast, company) == before


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=LINES, edited=st.sets(st.integers(1, 6), min_size=1, max_size=3))
def test_an_undo_keeps_the_orders_edited_since_and_takes_all_others(
    run_import: Runner,
    cast: Cast,
    lines: list[tuple[int, str, int, Decimal]],
    edited: set[int],
) -> None:
    company = cast.company()
    rows = [(f"n{no}", f"C{no}" if no % 4 else "", "2020-01-05", code, str(count), str(price))
            for no, code, count, price in lines]  # fmt: skip
    head = ("order", "customer", "date", "sku", "quantity", "price")
    report = run_import(csv_text([head, *rows]), company=company)
    kept = {f"n{no}" for no, *_rest in lines if no in edited}
    edit(cast, company, kept)
    before = histories(cast, company, kept)
    removed = undo(cast, company, report["batch"])
    assert (removed["orders_removed"], removed["orders_kept"]) == (
        report["orders"] - len(kept), len(kept),
    )  # fmt: skip
    assert histories(cast, company, kept) == before
    left = contents(cast, company)
    assert len(left["orders"]) == len(kept)
    assert len(left["order_lines"]) == len(before)
    people, wares = ({row[place] for row in before} - {None} for place in (2, 5))
    assert len(left["contacts"]) == removed["customers_kept"] == len(people)
    assert len(left["products"]) == removed["products_kept"] == len(wares)
    with cast.inside(company):
        refresh_customers(None)
    assert contents(cast, company) == left


def test_an_undo_keeps_what_others_use(run_import: Runner, cast: Cast, company: Company) -> None:
    first = run_import(
        "order,customer,date,sku,total\n1,C1,2020-01-31,P1,5\n2,C2,2020-01-31,P2,6\n"
    )
    run_import("order,customer,date,sku,total\n3,C1,2020-02-28,P1,7\n")
    with cast.inside(company):
        db.session.execute(text("UPDATE contacts SET version = 2 WHERE reference = 'C2'"))
    removed = undo(cast, company, first["batch"])
    assert removed == {
        "orders_removed": 2, "customers_removed": 0, "products_removed": 1,
        "orders_kept": 0, "customers_kept": 2, "products_kept": 1,
    }  # fmt: skip
    with cast.inside(company):
        row = db.session.execute(
            text("SELECT orders_count, revenue FROM contacts WHERE reference = 'C1'")
        ).one()
    assert tuple(row) == (1, 700)


def test_a_customer_in_the_bin_comes_back_and_an_undo_puts_them_there_again(
    run_import: Runner, cast: Cast, company: Company
) -> None:
    run_import("order,customer,date,total\n1,C1,2020-01-31,5\n")
    with cast.inside(company):
        db.session.execute(text("UPDATE contacts SET deleted_at = now()"))
        db.session.execute(text("DELETE FROM orders"))
    report = run_import("order,customer,date,total\n2,C1,2020-02-28,5\n")
    alive = text("SELECT count(*) FROM contacts WHERE deleted_at IS NULL")
    with cast.inside(company):
        assert db.session.scalar(alive) == 1
    undo(cast, company, report["batch"])
    with cast.inside(company):
        assert db.session.scalar(alive) == 0


def test_another_company_with_the_same_numbers_is_untouched(
    run_import: Runner, cast: Cast, company: Company, invoices: str
) -> None:
    neighbour = cast.company()
    run_import(invoices, company=neighbour)
    before = contents(cast, neighbour)
    report = run_import(invoices)
    assert report["orders"] == 4
    undo(cast, company, report["batch"])
    assert contents(cast, neighbour) == before


def test_orders_move_the_revision_so_that_reports_know(
    run_import: Runner, cast: Cast, company: Company, invoices: str
) -> None:
    report = run_import(invoices)
    undo(cast, company, report["batch"])
    with cast.inside(company):
        assert db.session.scalar(text("SELECT revision FROM order_revisions")) == 2
