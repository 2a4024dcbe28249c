"""Keyset pages: every row once, in order, forwards and back, whatever is equal or missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.crm.contacts.filters import Filters, read_state
from app.crm.contacts.models import Contact
from app.crm.contacts.paging import SORTS, Order, read_cursor, write_cursor
from app.crm.contacts.queries import Page, list_page, scope_of
from app.crm.scores.models import ContactScore
from app.extensions import db
from app.tenancy import new_id
from tests.cast import Cast, Company, Member

START = datetime(2026, 1, 1, tzinfo=UTC)


def fill(rows: list[tuple[int, int | None, int | None]]) -> set[UUID]:
    found = set()
    for name, days, worth in rows:
        last = None if days is None else date(2026, 1, 1) + timedelta(days=days)
        contact = Contact(
            id=new_id(),
            name=f"Name {name}",
            last_order_on=last,
            revenue=days or 0,
            created_at=START + timedelta(minutes=name),
        )
        db.session.add(contact)
        db.session.flush()
        if worth is not None:
            db.session.add(ContactScore(contact_id=contact.id, worth=worth))
        found.add(contact.id)
    db.session.flush()
    return found


def turn(order: Order, mark: str | None, size: int) -> Page:
    cursor = read_cursor(mark, order) if mark else None
    assert cursor is not None or mark is None
    return list_page(scope_of(Filters(), new_id()), order, cursor, size)


def walk(order: Order, size: int) -> tuple[list[UUID], list[UUID]]:
    """The ids met on the way to the last page, and on the way back from it to the first."""
    page = turn(order, None, size)
    there = [row.contact.id for row in page.rows]
    assert page.previous is None
    while page.next:
        page = turn(order, page.next, size)
        there += [row.contact.id for row in page.rows]
    back = [row.contact.id for row in page.rows]
    while page.previous:
        page = turn(order, page.previous, size)
        back = [row.contact.id for row in page.rows] + back
    return there, back


ROWS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(st.none(), st.integers(0, 2)),
        st.one_of(st.none(), st.integers(0, 2)),
    ),
    max_size=12,
)


@given(rows=ROWS, size=st.integers(1, 5))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pages_hold_every_contact_exactly_once_both_ways(
    cast: Cast, rows: list[tuple[int, int | None, int | None]], size: int
) -> None:
    with cast.inside(cast.company()):
        everybody = fill(rows)
        for name in SORTS:
            for descending in (False, True):
                there, back = walk(Order(name, descending), size)
                assert len(there) == len(set(there))
                assert set(there) == everybody
                assert back == there


@pytest.mark.parametrize("descending", [False, True])
def test_contacts_without_the_value_come_last_in_both_directions(
    cast: Cast, company: Company, descending: bool
) -> None:
    with cast.inside(company):
        fill([(0, None, None), (1, 5, 7), (2, 3, None)])
        days = [row.contact.last_order_on for row in turn(Order("last", descending), None, 10).rows]
        assert days[2] is None
        assert days[:2] == sorted((d for d in days if d), reverse=descending)


def test_next_and_previous_are_links_in_the_page(
    cast: Cast, company: Company, owner: Member
) -> None:
    with cast.inside(company):
        fill([(number, None, None) for number in range(51)])
    first = owner.client.get(owner.url("contacts?sort=-added")).text
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first


@pytest.mark.parametrize(
    "value", [None, "x" * 3, "\x00", 2**63, -(2**70), True, [1], {"a": 1}, 1.5]
)
def test_a_cursor_that_somebody_tampered_with_is_no_cursor(value: object) -> None:
    for name in SORTS:
        order = Order(name)
        mark = write_cursor(order, 5, new_id(), backward=False)
        assert read_cursor(mark + "x", order) is None
        forged = write_cursor(order, value, new_id(), backward=False)
        cursor = read_cursor(forged, order)
        if cursor is not None and value is not None:
            assert isinstance(cursor.value, SORTS[name].type)


def test_a_forged_cursor_never_fails_the_page(owner: Member) -> None:
    for name in SORTS:
        for value in (None, "\x00", 2**63, "2026-01-01", 7, [1]):
            mark = write_cursor(Order(name), value, new_id(), backward=True)
            answer = owner.client.get(
                owner.url("contacts"), query_string={"sort": name, "at": mark}
            )
            assert answer.status_code == 200


def test_a_cursor_of_another_order_begins_anew_with_a_note(app: object) -> None:
    mark = write_cursor(Order("name"), "a", new_id(), backward=False)
    with app.test_request_context():  # type: ignore[attr-defined]
        state = read_state({"sort": "-bought", "at": mark})
    assert state.cursor is None
    assert state.notes
