"""The order list: filters, search, sorts, pages, sums and their cost."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.crm.orders import queries
from app.crm.products import paging
from tests.cast import Cast, Member
from tests.crm.counting import statements


def numbers(member: Member, query: str = "", status: int = 200) -> list[str]:
    """The order numbers in the table, in the order shown."""
    answer = member.client.get(member.url(f"orders{query}"))
    assert answer.status_code == status
    table = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r'dir="ltr" href="[^"]+/orders/[^"]+">([^<]+)</a>', table)


@pytest.fixture
def assorted(contact, product, order):
    """Four orders that differ in everything that filters look at."""
    wren, iris = contact("Wrenfold Roastery"), contact("Iris Calloway")
    burrs = product("Burr set")
    order(wren, 500, number="A-1", ordered_on=date(2025, 1, 31), product_id=burrs)
    order(iris, 900, number="A-2", ordered_on=date(2025, 2, 1))
    order(wren, -200, number="A-3", ordered_on=date(2025, 2, 2))
    order(None, 700, number="B-1", ordered_on=date(2025, 2, 3))
    return {"wren": wren, "iris": iris, "burrs": burrs}


def test_the_newest_orders_come_first(owner, assorted):
    assert numbers(owner) == ["B-1", "A-3", "A-2", "A-1"]


def test_both_ends_of_a_span_of_days_belong_to_it(owner, assorted):
    assert numbers(owner, "?from=2025-02-01&to=2025-02-02") == ["A-3", "A-2"]


def test_days_are_read_in_the_jalali_calendar(owner, assorted):
    assert numbers(owner, "?from=۱۴۰۳/۱۱/۱۵") == ["B-1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=returns", ["A-3"]),
        ("kind=purchases", ["B-1", "A-2", "A-1"]),
        ("contact=none", ["B-1"]),
        ("least=7", ["B-1", "A-2"]),
        ("q=a-", []),
        ("q=A-", ["A-3", "A-2", "A-1"]),
        ("q=wrenfold", ["A-3", "A-1"]),
        ("q=calloway+iris", ["A-2"]),
        ("q=nobody", []),
        ("sort=total", ["A-3", "A-1", "B-1", "A-2"]),
        ("sort=-number", ["B-1", "A-3", "A-2", "A-1"]),
    ],
)
def test_the_address_narrows_and_sorts_the_list(owner, assorted, query, expected):
    assert numbers(owner, f"?{query}") == expected


def test_orders_are_filtered_by_contact_and_product(owner, assorted):
    assert numbers(owner, f"?contact={assorted['wren']}") == ["A-3", "A-1"]
    assert numbers(owner, f"?product={assorted['burrs']}") == ["A-1"]


def test_longer_numbers_come_after_shorter_ones(owner, order):
    for number in ("1000", "999", "10"):
        order(number=number)
    assert numbers(owner, "?sort=number") == ["10", "999", "1000"]


def test_a_foreign_contact_or_product_in_the_address_is_missing(owner, stranger, assorted):
    for name, key in (("contact", "wren"), ("product", "burrs")):
        answer = stranger.client.get(stranger.url(f"orders?{name}={assorted[key]}"))
        assert answer.status_code == 404
    assert owner.client.get(owner.url("orders?contact=nonsense")).status_code == 404


def test_a_date_that_is_none_is_said_and_kept(owner, assorted):
    answer = owner.client.get(owner.url("orders?from=soon&to=2025-02-02"))
    assert answer.status_code == 422
    assert "Write a date such as" in answer.text
    assert 'value="soon"' in answer.text
    assert "A-3" in answer.text


def test_a_span_that_ends_before_it_begins_is_said(owner, assorted):
    answer = owner.client.get(owner.url("orders?from=2025-02-02&to=2025-01-01"))
    assert answer.status_code == 422
    assert "The last day is before the first" in answer.text


def test_another_company_sees_none_of_it(stranger, assorted):
    assert numbers(stranger) == []


def test_the_sum_is_of_all_that_fit_and_names_the_returns(owner, assorted):
    page = owner.client.get(owner.url("orders")).text
    assert "$19.00 in all, after $2.00 of returns" in page


def test_too_many_orders_are_not_summed(owner, assorted, monkeypatch):
    monkeypatch.setattr(queries, "MOST_SUMMED", 2)
    page = owner.client.get(owner.url("orders")).text
    assert "of more than 2" in page
    assert "Narrow the list to see its sum" in page


@pytest.mark.parametrize("sort", ["date", "-date", "total", "-total", "number", "-number"])
def test_pages_hold_every_order_once_in_both_directions(owner, order, monkeypatch, sort):
    monkeypatch.setattr(paging, "PAGE_SIZE", 3)
    for place in range(8):
        order(amount=100 * (place % 3 + 1), ordered_on=date(2025, 3, 1 + place % 2))
    pages, query = [], f"?sort={sort}"
    while query:
        pages.append(numbers(owner, query))
        text = owner.client.get(owner.url(f"orders{query}")).text
        query, last = following(text, "next"), query
    assert [len(page) for page in pages] == [3, 3, 2]
    assert len({number for page in pages for number in page}) == 8
    back = following(owner.client.get(owner.url(f"orders{last}")).text, "prev")
    assert numbers(owner, back) == pages[1]


def following(page: str, rel: str) -> str:
    """The query of the next or previous page's address; empty without one."""
    found = re.search(rf'rel="{rel}" href="[^"?]*([^"]*)"', page)
    return found.group(1).replace("&amp;", "&") if found else ""


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "WyIyMDI1LTAxLTAxIiwieCIsMV0", "%00"])
def test_a_broken_cursor_shows_the_first_page(owner, assorted, cursor):
    assert len(numbers(owner, f"?after={cursor}")) == 4


def test_the_list_costs_the_same_for_one_order_and_for_many(app, owner, contact, order):
    counts = []
    for more in (1, 12):
        for place in range(more):
            order(contact(f"Customer {more} {place}"))
        with statements(app) as sent:
            owner.client.get(owner.url("orders?q=customer&from=2020-01-01"))
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8, sent


def test_a_search_asks_only_for_the_list(owner, assorted):
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = owner.client.get(owner.url("orders?q=wren"), headers=headers)
    assert answer.text.lstrip().startswith('<div id="orders">')
    assert "<html" not in answer.text


def test_a_card_of_a_contact_shows_its_last_orders(owner, contact, order):
    buyer = contact()
    for _more in range(7):
        order(buyer, 300)
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = owner.client.get(owner.url(f"orders/of/{buyer}"), headers=headers)
    assert answer.text.count("<li>") == 5
    assert "Show all 7 orders" in answer.text
    assert "$21.00 in all" in answer.text


def test_the_card_of_a_foreign_contact_is_missing(stranger, contact):
    assert stranger.client.get(stranger.url(f"orders/of/{contact()}")).status_code == 404


def test_the_card_leads_to_the_list_without_htmx(owner, contact):
    buyer = contact()
    answer = owner.client.get(owner.url(f"orders/of/{buyer}"))
    assert answer.status_code == 303
    assert answer.location.endswith(f"/orders?contact={buyer}")


def test_a_read_only_member_sees_orders_but_no_way_to_change_them(cast: Cast, company, order):
    order(number="77")
    reader = cast.member(company, "read-only")
    page = reader.client.get(reader.url("orders")).text
    assert "77" in page
    assert "Add order" not in page
    assert "Export as CSV" not in page


@pytest.mark.parametrize(
    "odd", ["endpoint=x", "_external=1&_scheme=x", "tenant_slug=other", "_anchor=a"]
)
def test_parameters_that_no_list_knows_go_nowhere(owner, assorted, odd):
    answer = owner.client.get(owner.url(f"orders?{odd}"))
    assert answer.status_code == 200
    page = answer.text.partition('id="main"')[2].partition("</main>")[0]
    assert odd not in page
    assert "/other/" not in page
