"""The home page: first steps, the month so far, who went quiet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.analytics.runs.models import ReportRun
from app.crm.contacts.models import Contact
from app.crm.orders.models import Order
from app.crm.today.queries import figures, gone_quiet, same_days
from app.extensions import db
from app.l10n import Formats, use
from tests.cast import Cast, Company, Member

DAY = date(2026, 5, 20)


def customer(name: str, first: int, last: int, orders: int, revenue: int = 1000) -> Contact:
    return Contact(
        name=name,
        first_order_on=DAY - timedelta(days=first),
        last_order_on=DAY - timedelta(days=last),
        orders_count=orders,
        revenue=revenue,
    )


def test_a_new_workspace_sees_the_first_steps_and_no_figures(owner: Member) -> None:
    page = owner.client.get(owner.url()).text
    assert "First steps" in page
    assert "Revenue this month" not in page


def test_steps_are_ticked_by_what_was_done(
    cast: Cast, company: Company, owner: Member, colleague: Member
) -> None:
    page = owner.client.get(owner.url()).text
    assert page.count('class="is-done"') == 1
    with cast.inside(company):
        db.session.add(Order(number="1", ordered_on=DAY, total=100))
    assert owner.client.get(owner.url()).text.count('class="is-done"') == 2
    with cast.inside(company):
        db.session.add(
            ReportRun(
                report="retention",
                parameters={},
                fingerprint="x",
                order_revision=1,
                as_of=DAY,
                state="finished",
            )
        )
    assert "First steps" not in owner.client.get(owner.url()).text


def test_figures_take_returns_off_and_count_purchases_only(
    cast: Cast, company: Company, stranger: Member
) -> None:
    with cast.inside(company):
        db.session.add_all(
            [
                Order(number="1", ordered_on=DAY, total=5000),
                Order(number="2", ordered_on=DAY, total=-2000, is_return=True),
                Order(number="3", ordered_on=DAY - timedelta(days=40), total=9000),
            ]
        )
    with cast.inside(stranger.company):
        db.session.add(Order(number="1", ordered_on=DAY, total=777))
    with cast.inside(company):
        found = figures(DAY - timedelta(days=19), DAY)
    assert (found.orders, found.revenue) == (1, 3000)


@pytest.mark.parametrize(
    ("calendar", "day", "this", "before"),
    [
        (
            "gregorian",
            date(2026, 3, 31),
            (date(2026, 3, 1), date(2026, 3, 31)),
            (date(2026, 2, 1), date(2026, 2, 28)),
        ),
        (
            "jalali",
            date(2026, 4, 20),
            (date(2026, 3, 21), date(2026, 4, 20)),
            (date(2026, 2, 20), date(2026, 3, 20)),
        ),
        (
            "jalali",
            date(2026, 3, 21),
            (date(2026, 3, 21), date(2026, 3, 21)),
            (date(2026, 2, 20), date(2026, 2, 20)),
        ),
    ],
)
def test_months_are_compared_over_the_same_days_of_the_readers_calendar(
    app: object,
    calendar: str,
    day: date,
    this: tuple[date, date],
    before: tuple[date, date],
) -> None:
    with app.app_context(), use(Formats(calendar=calendar)):  # type: ignore[attr-defined]
        assert same_days(day) == (this, before)


def test_quiet_are_those_who_waited_three_usual_gaps_the_dearest_first(
    cast: Cast, company: Company
) -> None:
    with cast.inside(company):
        db.session.add_all(
            [
                customer("Quiet", first=160, last=100, orders=4, revenue=5000),
                customer("Dearer and quiet", first=160, last=100, orders=3, revenue=9000),
                customer("At the edge", first=120, last=60, orders=4),
                customer("Regular", first=100, last=10, orders=10),
                customer("Bought twice", first=300, last=290, orders=2),
                customer("One day only", first=300, last=300, orders=5),
            ]
        )
        db.session.flush()
        found = [(one.contact.name, one.usual_gap, one.silent) for one in gone_quiet(DAY)]
    assert found == [("Dearer and quiet", 30, 100), ("Quiet", 20, 100)]
