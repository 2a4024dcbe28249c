"""The CSV of the order list."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.crm.orders.actions import create_order
from app.crm.orders.entry import LineValues, OrderValues
from app.extensions import db
from app.tenancy import new_id
from app.tenants.audit.models import AuditEvent


def lines_of(answer) -> list[dict[str, str]]:
    text = answer.data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_each_line_of_an_order_is_a_row(cast, company, owner, contact, product):
    buyer, cup = contact("Wrenfold", reference="C1"), product("Cup", code="K-1")
    lines = [
        LineValues(cup, "Cup", Decimal("2.5"), 1050),
        LineValues(None, "Rebate", Decimal(1), -50),
    ]
    with cast.inside(company):
        create_order(new_id(), OrderValues("77", buyer, date(2025, 6, 1), None, lines))
    answer = owner.client.get(owner.url("orders/export.csv"))
    assert answer.mimetype == "text/csv"
    assert answer.is_streamed
    first, second = lines_of(answer)
    assert list(first.values()) == [
        "77", "2025-06-01", "Wrenfold", "C1", "1", "K-1", "Cup", "2.5", "10.50", "",
    ]  # fmt: skip
    assert (second["Product or description"], second["Amount ($)"]) == ("Rebate", "-0.50")


def test_only_the_filtered_orders_are_exported_and_it_is_noted(cast, company, owner, order):
    order(number="1", ordered_on=date(2025, 1, 1))
    order(number="2", ordered_on=date(2025, 2, 1))
    answer = owner.client.get(owner.url("orders/export.csv?from=2025-01-15"))
    assert [line["Order number"] for line in lines_of(answer)] == ["2"]
    with cast.inside(company):
        actions = select(AuditEvent.details).where(AuditEvent.action == "orders.exported")
        assert db.session.execute(actions).scalar_one() == {"filters": "from=2025-01-15"}


def test_no_cell_is_a_formula(owner, contact, order):
    order(contact("=HYPERLINK(1)"), number="+1")
    [line] = lines_of(owner.client.get(owner.url("orders/export.csv")))
    assert (line["Customer"], line["Order number"]) == ("'=HYPERLINK(1)", "'+1")


def test_a_long_list_is_exported_whole(owner, order, monkeypatch):
    from app.crm.orders import export

    monkeypatch.setattr(export, "BATCH", 2)
    for _more in range(5):
        order()
    assert len(lines_of(owner.client.get(owner.url("orders/export.csv")))) == 5


def test_a_rep_may_not_export(colleague):
    assert colleague.client.get(colleague.url("orders/export.csv")).status_code == 403


def test_a_filter_that_cannot_be_read_exports_nothing(owner):
    answer = owner.client.get(owner.url("orders/export.csv?from=soon"))
    assert answer.status_code == 422
    assert "Write a date such as" in answer.text
