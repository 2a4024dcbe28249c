"""The order days that every customer report is made of."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

from sqlalchemy import text

from app.analytics.datasets import order_days
from app.crm.contacts.models import Contact
from app.database import expect_many_rows
from app.extensions import db
from app.tenancy import acting_for
from tests.analytics.shop import sell, shop_of


def rows(days):
    frame = days.frame.sort_values(["contact", "day", "is_purchase"])
    return [(row.day.date().isoformat(), row.value, row.is_purchase) for row in frame.itertuples()]


def test_orders_of_one_day_are_one_row(cast, company):
    with cast.inside(company):
        sell(shop_of(("a", "2025-01-01", 500), ("a", "2025-01-01", 700), ("a", "2025-01-02", 1)))
        days = order_days(date(2025, 2, 1))
    assert rows(days) == [("2025-01-01", 1200, True), ("2025-01-02", 1, True)]


def test_a_return_is_value_and_never_a_purchase(cast, company):
    with cast.inside(company):
        sell(shop_of(("a", "2025-01-01", 500), ("a", "2025-01-01", -200)))
        days = order_days(date(2025, 2, 1))
    assert rows(days) == [("2025-01-01", -200, False), ("2025-01-01", 500, True)]


def test_what_is_left_out_is_counted(cast, company):
    with cast.inside(company):
        ids = sell(
            shop_of(
                ("", "2025-01-01", 900), ("", "2025-01-03", -100), ("", "2025-03-01", 5000),
                ("a", "2025-01-02"), ("b", "2025-01-02"), ("a", "2025-03-02"),
            )
        )  # fmt: skip
        db.session.get_one(Contact, (company.id, ids["b"])).deleted_at = datetime.now(UTC)
        days = order_days(date(2025, 2, 1))
    assert rows(days) == [("2025-01-02", 1000, True)]
    left = days.left_out
    assert (left.anonymous_orders, left.anonymous_revenue) == (2, 800)
    assert (left.binned_orders, left.later_orders) == (1, 2)


def test_codes_lead_back_to_the_contacts(cast, company):
    with cast.inside(company):
        ids = sell(shop_of(("a", "2025-01-01"), ("b", "2025-01-02"), ("a", "2025-01-03")))
        days = order_days(date(2025, 2, 1))
    by_day = {row.day.day: days.contacts[row.contact] for row in days.frame.itertuples()}
    assert by_day == {1: str(ids["a"]), 2: str(ids["b"]), 3: str(ids["a"])}


def test_without_orders_there_is_a_typed_and_empty_frame(cast, company):
    with cast.inside(company):
        days = order_days(date(2025, 2, 1))
    assert len(days.frame) == 0
    assert [str(kind) for kind in days.frame.dtypes] == ["int64", "datetime64[s]", "int64", "bool"]
    assert days.span() is None


def test_only_the_tenant_entered_is_read(cast, company, stranger):
    with cast.inside(stranger.company):
        sell(shop_of(("a", "2025-01-01")))
    with cast.app.app_context(), acting_for(company.id):
        assert len(order_days(date(2025, 2, 1)).frame) == 0


def test_forty_thousand_orders_are_read_within_a_second(cast, company):
    with cast.inside(company):
        db.session.execute(
            text("""
                INSERT INTO contacts (id, name, sort_key)
                SELECT gen_random_uuid(), 'c' || n, 'c' || n FROM generate_series(1, 3000) n
            """)
        )
        expect_many_rows()
        db.session.execute(
            text("""
                WITH people AS (SELECT id, row_number() OVER () AS n FROM contacts)
                INSERT INTO orders (id, number, contact_id, ordered_on, total)
                SELECT gen_random_uuid(), n || '-' || k, id, date '2024-01-01' + (n % 100 + k)::int,
                  100
                FROM people, generate_series(1, 15) AS k
            """)
        )
        db.session.commit()
        began = time.perf_counter()
        days = order_days(date(2026, 1, 1))
        took = time.perf_counter() - began
    assert (len(days.contacts), len(days.frame)) == (3000, 45_000)
    assert took < 3.0
