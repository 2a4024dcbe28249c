"""Product pages: list, page, form, archive."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.crm.products import paging
from app.crm.products.models import Product
from app.extensions import db
from app.l10n import Formats, today, use
from app.tenancy import new_id
from app.tenants.audit.models import AuditEvent
from tests.cast import Cast, Company, Member
from tests.crm.counting import statements
from tests.crm.orders.test_list import following


def names(member: Member, query: str = "") -> list[str]:
    """The product names in the table, in the order shown."""
    answer = member.client.get(member.url(f"products{query}"))
    assert answer.status_code == 200
    table = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r'<bdi class="clip">([^<]+)</bdi>', table)


def send(member: Member, path: str, **form: Any) -> Any:
    return member.client.post(member.url(path), data={key: str(one) for key, one in form.items()})


def stored(cast: Cast, company: Company) -> list[Product]:
    with cast.inside(company):
        found = list(db.session.execute(select(Product).order_by(Product.sort_key)).scalars())
        db.session.expunge_all()
        return found


def test_a_product_is_made_once_however_often_the_form_is_sent(cast, company, owner):
    form = {"id": new_id(), "name": "Burr set", "code": "G۶۴", "unit_price": "82.34"}
    first, second = send(owner, "products/new", **form), send(owner, "products/new", **form)
    assert first.status_code == 303
    assert first.location == second.location
    [made] = stored(cast, company)
    assert (made.name, made.code, made.unit_price) == ("Burr set", "G64", 8234)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": ""}, "Write the product&#39;s name."),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"name": "Cup", "code": "k" * 65}, "at most 64 characters"),
        ({"name": "Cup", "unit_price": "cheap"}, "without another word or currency"),
        ({"name": "Cup", "unit_price": "-1"}, "zero or more"),
        ({"name": "Cup", "unit_price": "1.234567"}, "at most 2 decimals"),
        ({"name": "Cup", "unit_price": "9" * 30}, "too large"),
    ],
)
def test_what_cannot_be_is_said_and_kept(cast, company, owner, form, sentence):
    answer = send(owner, "products/new", id=new_id(), **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    for typed in form.values():
        assert f'value="{typed}"' in answer.text
    assert stored(cast, company) == []


def test_a_code_in_use_is_said(owner, product):
    product("Cup", code="K1")
    made = send(owner, "products/new", id=new_id(), name="Mug", code="K1")
    assert made.status_code == 422
    assert "Another product has the code K1." in made.text
    other = product("Jug")
    changed = send(owner, f"products/{other}/edit", version=1, name="Jug", code="K1")
    assert changed.status_code == 422
    assert "Another product has the code K1." in changed.text


def test_an_edit_is_stored_and_noted(cast, company, owner, product):
    cup = product("Cup", code="K1", unit_price=100)
    answer = send(owner, f"products/{cup}/edit", version=1, name="Mug", code="", unit_price="2")
    assert answer.status_code == 303
    [made] = stored(cast, company)
    assert (made.name, made.code, made.unit_price, made.version) == ("Mug", None, 200, 2)
    with cast.inside(company):
        noted = select(AuditEvent.action, AuditEvent.details)
        assert db.session.execute(noted).one() == (
            "product.changed",
            {"name": "Mug", "code": None, "unit_price": 200},
        )


def test_whoever_saves_second_is_told(owner, product):
    cup = product("Cup")
    send(owner, f"products/{cup}/edit", version=1, name="Mug")
    answer = send(owner, f"products/{cup}/edit", version=1, name="Jug")
    assert answer.status_code == 409
    assert "Somebody changed this product" in answer.text


def test_an_archived_product_leaves_the_list_and_comes_back(owner, product):
    cup = product("Cup")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = owner.client.post(owner.url(f"products/{cup}/archive"), headers=headers)
    assert f"products/{cup}/restore" in answer.headers["HX-Trigger"]
    assert (names(owner), names(owner, "?state=archived")) == ([], ["Cup"])
    assert send(owner, f"products/{cup}/restore").status_code == 303
    assert names(owner) == ["Cup"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("g64", ["Burr set, G64"]),
        ("burr g64", ["Burr set, G64"]),
        ("CAF", ["Café cup"]),
        ("cafe", ["Café cup"]),
        ("k-7", ["Café cup"]),
        ("قهوه ي", ["قهوهٔ یک کیلویی"]),
        ("%", []),
        ("_", []),
        ("!!", []),
    ],
)
def test_search_finds_names_and_codes_in_any_spelling(owner, product, search, found):
    product("Burr set, G64", code="B1")
    product("Café cup", code="K-7")
    product("قهوهٔ یک کیلویی", code="Q1")
    assert names(owner, f"?q={search.replace('%', '%25')}") == found


def test_the_list_sorts_by_what_was_sold_in_twelve_months(owner, product, order):
    a, b, c = product("A"), product("B"), product("C")
    order(None, 900, product_id=a, ordered_on=today() - timedelta(days=60))
    order(None, 500, product_id=b)
    order(None, 9000, product_id=c, ordered_on=today() - timedelta(days=500))
    assert names(owner, "?sort=-revenue") == ["A", "B", "C"]
    assert names(owner, "?sort=-sold") == ["B", "A", "C"]
    assert names(owner, "?sort=name") == ["A", "B", "C"]
    assert names(owner, "?sort=-name") == ["C", "B", "A"]


@pytest.mark.parametrize("sort", ["name", "-code", "-revenue", "sold"])
def test_pages_hold_every_product_once(owner, product, order, monkeypatch, sort):
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    for place in range(5):
        order(None, 100, product_id=product("Same" if place < 3 else f"P{place}"))
    seen, query = 0, f"?sort={sort}"
    while query:
        seen += len(names(owner, query))
        query = following(owner.client.get(owner.url(f"products{query}")).text, "next")
    assert seen == 5


def test_list_and_page_cost_the_same_for_one_sale_and_for_many(app, owner, product, contact, order):
    counts: dict[str, list[int]] = {"products": [], "page": []}
    cup = product("Cup")
    for more in (1, 9):
        for place in range(more):
            order(contact(f"{more} {place}"), 100, product_id=cup)
            product(f"Other {more} {place}")
        for name, path in (("products", "products?sort=-revenue"), ("page", f"products/{cup}")):
            with statements(app) as sent:
                assert owner.client.get(owner.url(path)).status_code == 200
            counts[name].append(len(sent))
    assert counts["products"][0] == counts["products"][1] <= 7
    assert counts["page"][0] == counts["page"][1] <= 8


def test_a_page_shows_months_orders_and_customers(owner, product, contact, order):
    cup = product("Cup", code="K1", unit_price=250)
    buyer = contact("Wrenfold Roastery")
    order(buyer, 500, number="901", product_id=cup)
    order(buyer, -100, number="902", product_id=cup)
    page = owner.client.get(owner.url(f"products/{cup}")).text
    for text in ("K1", "$2.50", "$4.00", "901", "902", "Wrenfold Roastery", "View as table"):
        assert text in page
    assert page.count('<rect class="bar"') == 12


def test_months_are_those_of_the_jalali_calendar(cast):
    company = cast.company(language="fa", calendar="jalali", digits="persian", currency="IRR")
    owner = cast.member(company, "owner")
    with cast.inside(company):
        made = Product(name="فنجان")
        db.session.add(made)
        db.session.flush()
        product_id = made.id
    page = owner.client.get(owner.url(f"products/{product_id}")).text
    with use(Formats(language="fa", calendar="jalali", digits="persian")):
        from app.l10n import format_date

        assert format_date(today(), "month") in page


@pytest.mark.parametrize("path", ["products/new", "products/{}/edit", "products/{}/archive"])
@pytest.mark.parametrize("role", ["read-only", "rep"])
def test_who_may_not_write_products_is_refused(cast, company, product, path, role):
    member = cast.member(company, role)
    assert send(member, path.format(product()), name="Mine").status_code == 403


@pytest.mark.parametrize("path", ["products/{}", "products/{}/edit"])
def test_a_foreign_product_is_missing(stranger, product, path):
    assert stranger.client.get(stranger.url(path.format(product()))).status_code == 404


@pytest.mark.parametrize("path", ["products/{}/edit", "products/{}/archive", "products/{}/restore"])
def test_a_foreign_product_cannot_be_written(stranger, product, path):
    assert send(stranger, path.format(product()), name="Mine").status_code == 404
