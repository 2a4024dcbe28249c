"""Making, changing and deleting orders through the form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.crm.contacts.models import Contact
from app.crm.orders.models import Order, OrderRevision
from app.crm.orders.queries import find_order
from app.crm.timeline.models import TimelineEvent
from app.extensions import db
from app.tenancy import new_id
from app.tenants.audit.models import AuditEvent
from tests.cast import Cast, Company, Member


def filled(*lines: dict[str, str], **values: Any) -> dict[str, str]:
    """The form's fields for these lines."""
    form = {"id": str(new_id()), "ordered_on": "2025-06-15", **values}
    for place, line in enumerate(lines):
        form |= {f"lines-{place}-{name}": text for name, text in line.items()}
    return {name: str(value) for name, value in form.items()}


SALE = {"product": "Engraving", "quantity": "2", "unit_price": "4.50"}


def send(member: Member, form: dict[str, str], path: str = "orders/new") -> Any:
    return member.client.post(member.url(path), data=form)


def only_order(cast: Cast, company: Company) -> Order:
    with cast.inside(company):
        [order_id] = db.session.execute(select(Order.id)).scalars()
        order = find_order(order_id)
        db.session.expunge_all()
        return order


def rows(cast: Cast, company: Company, model: type[Any]) -> list[Any]:
    with cast.inside(company):
        found = list(db.session.execute(select(model)).scalars())
        db.session.expunge_all()
        return found


def test_an_order_is_made_with_its_lines(cast, company, owner, contact, product):
    buyer, burrs = contact("Wrenfold Roastery"), product("Burr set", unit_price=8234)
    form = filled({"product": "burr SET", "quantity": "3"}, SALE, customer="wrenfold roastery")
    answer = send(owner, form)
    assert answer.status_code == 303
    order = only_order(cast, company)
    assert (order.number, order.contact_id, order.ordered_on) == ("1001", buyer, date(2025, 6, 15))
    assert [(line.product_id, line.quantity, line.amount) for line in order.lines] == [
        (burrs, Decimal(3), 24702),
        (None, Decimal(2), 900),
    ]
    assert (order.total, order.is_return) == (25602, False)


def test_a_write_is_followed_everywhere(cast, company, owner, contact):
    buyer = contact()
    send(owner, filled(SALE, contact_id=buyer))
    [customer] = rows(cast, company, Contact)
    assert (customer.orders_count, customer.revenue) == (1, 900)
    assert customer.first_order_on == customer.last_order_on == date(2025, 6, 15)
    [event] = rows(cast, company, TimelineEvent)
    assert (event.kind, event.contact_id, event.details["total"]) == ("order", buyer, 900)
    assert event.happened_at.date() == date(2025, 6, 15)
    assert [one.action for one in rows(cast, company, AuditEvent)] == ["order.created"]
    assert rows(cast, company, OrderRevision)[0].revision == 1


def test_the_same_form_sent_twice_makes_one_order(cast, company, owner):
    form = filled(SALE)
    first, second = send(owner, form), send(owner, form)
    assert first.location == second.location
    assert only_order(cast, company).number == "1001"


def test_numbers_go_on_from_the_highest(cast, company, owner, order):
    order(number="2040")
    order(number="INV-9000")
    send(owner, filled(SALE))
    assert "2041" in {one.number for one in rows(cast, company, Order)}


def test_a_number_in_use_is_said_and_what_was_typed_is_kept(owner, order):
    order(number="77")
    answer = send(owner, filled(SALE, number="۷۷", note="By hand"))
    assert answer.status_code == 422
    assert "Another order has the number 77" in answer.text
    assert "By hand" in answer.text
    assert 'value="Engraving"' in answer.text


def test_only_returned_lines_make_a_return(cast, company, owner, contact):
    send(owner, filled({**SALE, "quantity": "-2"}, contact_id=contact()))
    order = only_order(cast, company)
    assert (order.is_return, order.total) == (True, -900)
    [customer] = rows(cast, company, Contact)
    assert (customer.orders_count, customer.revenue, customer.last_order_on) == (0, -900, None)
    assert rows(cast, company, TimelineEvent)[0].kind == "return"


def test_a_return_beside_a_purchase_stays_an_order(cast, company, owner):
    send(owner, filled(SALE, {"product": "Cup", "quantity": "-1", "unit_price": "1"}))
    order = only_order(cast, company)
    assert (order.is_return, order.total) == (False, 800)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({}, "Write at least one line."),
        ({"quantity": "2"}, "Write the product or a description."),
        ({"product": "Cup"}, "Write the unit price or the amount."),
        ({**SALE, "quantity": "0"}, "Write a quantity other than zero"),
        ({**SALE, "quantity": "many"}, "Write a number in figures"),
        ({**SALE, "quantity": "1.2345"}, "Write at most three decimals."),
        ({**SALE, "unit_price": "1.005.2"}, "Write a number in figures"),
        ({**SALE, "amount": "8"}, "This is not quantity times price."),
        ({"product": "Cup", "quantity": "-1", "amount": "8"}, "with a minus"),
        ({"product": "Cup", "amount": "99999999999999999"}, "too large"),
        ({"product": "Cup", "quantity": "1000000000", "unit_price": "9999999999"}, "too large"),
        ({"product": "x" * 201, "amount": "1"}, "at most 200 characters"),
    ],
)
def test_a_line_that_cannot_be_is_said_and_kept(owner, line, sentence):
    answer = send(owner, filled(line, note="Kept note"))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Kept note" in answer.text
    for typed in line.values():
        assert f'value="{typed}"' in answer.text


@pytest.mark.parametrize("day", ["", "soon", "2025-02-30", "31/13/2025"])
def test_a_day_that_is_none_is_said(owner, day):
    answer = send(owner, filled(SALE, ordered_on=day))
    assert answer.status_code == 422
    assert 'id="ordered_on-error"' in answer.text


def test_a_customer_nobody_knows_is_said(owner):
    answer = send(owner, filled(SALE, customer="Nobody & Sons"))
    assert answer.status_code == 422
    assert "No contact is called “Nobody &amp; Sons”" in answer.text


def test_a_name_of_several_contacts_offers_them(cast, company, owner, contact):
    first, second = contact("Half Moon"), contact("half moon")
    answer = send(owner, filled(SALE, customer="Half Moon"))
    assert answer.status_code == 422
    assert "Several contacts are called" in answer.text
    assert str(first) in answer.text
    assert str(second) in answer.text
    send(owner, filled(SALE, customer="Half Moon", contact_id=second))
    assert only_order(cast, company).contact_id == second


def test_a_customer_is_found_by_reference(cast, company, owner, contact):
    buyer = contact("Wrenfold", reference="C-17")
    send(owner, filled(SALE, customer="C-17"))
    assert only_order(cast, company).contact_id == buyer


def test_the_contact_of_another_company_is_no_contact(stranger, owner, contact):
    answer = send(stranger, filled(SALE, contact_id=contact()))
    assert answer.status_code == 422
    assert "This contact is no longer there" in answer.text


def test_the_product_of_another_company_is_a_description(cast, stranger, product):
    foreign = product("Secret", unit_price=100, code="S1")
    line = {"product": "Secret", "product_id": str(foreign), "amount": "1"}
    assert send(stranger, filled(line)).status_code == 303
    assert only_order(cast, stranger.company).lines[0].product_id is None


def test_two_products_of_one_name_need_the_code(cast, company, owner, product):
    product("Cup", code="C1")
    second = product("cup", code="C2")
    answer = send(owner, filled({"product": "Cup", "amount": "1"}))
    assert answer.status_code == 422
    assert "Several products are called “Cup”" in answer.text
    send(owner, filled({"product": "C2", "amount": "1"}))
    assert only_order(cast, company).lines[0].product_id == second


def test_lines_are_added_and_removed_without_storing(cast, company, owner):
    form = filled(SALE, {"product": "Cup", "amount": "3"})
    more = send(owner, {**form, "act": "add-line"}, "orders/draft")
    assert more.status_code == 200
    assert more.text.count('class="line-entry"') == 3
    less = send(owner, {**form, "act": "remove-line:0"}, "orders/draft")
    assert "Engraving" not in less.text
    assert 'value="Cup"' in less.text
    assert rows(cast, company, Order) == []


def test_the_draft_works_out_the_total(owner, product):
    product("Burr set", unit_price=8234)
    form = filled(SALE, {"product": "Burr set", "quantity": "2"})
    answer = send(owner, {**form, "act": "total"}, "orders/draft")
    assert "$173.68" in answer.text
    assert 'value="82.34"' in answer.text


def edit_form(member: Member, order: Order, **changes: Any) -> dict[str, str]:
    given = {"id": order.id, "version": order.version, "number": order.number, **changes}
    return filled(*given.pop("lines", [SALE]), **given)


def test_an_edit_moves_an_order_from_one_customer_to_another(cast, company, owner, contact, order):
    first, second = contact("First"), contact("Second")
    order_id = order(first, 1000)
    form = edit_form(owner, only_order(cast, company), contact_id=second)
    assert send(owner, form, f"orders/{order_id}/edit").status_code == 303
    counts = {one.name: (one.orders_count, one.revenue) for one in rows(cast, company, Contact)}
    assert counts == {"First": (0, 0), "Second": (1, 900)}
    assert [one.contact_id for one in rows(cast, company, TimelineEvent)] == [second]


def test_the_edit_form_gives_back_what_is_stored(cast, company, owner, order):
    order_id = order(None, 1000, note="As it was")
    page = owner.client.get(owner.url(f"orders/{order_id}/edit")).text
    assert 'value="Something"' in page
    assert 'value="10.00"' in page
    assert "As it was" in page
    assert "$10.00" in page


def test_whoever_saves_second_is_told_and_keeps_what_they_typed(cast, company, owner, order):
    order_id = order()
    form = edit_form(owner, only_order(cast, company), note="Mine")
    send(owner, edit_form(owner, only_order(cast, company)), f"orders/{order_id}/edit")
    answer = send(owner, form, f"orders/{order_id}/edit")
    assert answer.status_code == 409
    assert "Somebody changed this order" in answer.text
    assert "Mine" in answer.text
    again = edit_form(owner, only_order(cast, company), note="Mine")
    assert f'value="{again["version"]}"' in answer.text
    assert send(owner, again, f"orders/{order_id}/edit").status_code == 303
    assert only_order(cast, company).note == "Mine"


def test_a_deleted_order_leaves_no_trace_in_the_sums(cast, company, owner, contact, order):
    order_id = order(contact(), 1000)
    version = only_order(cast, company).version
    asked = owner.client.get(owner.url(f"orders/{order_id}/delete"))
    assert "This cannot be undone" in asked.text
    answer = send(owner, {"version": str(version)}, f"orders/{order_id}/delete")
    assert answer.status_code == 303
    [customer] = rows(cast, company, Contact)
    assert (customer.orders_count, customer.revenue, customer.last_order_on) == (0, 0, None)
    assert rows(cast, company, TimelineEvent) == []
    [deleted] = [one for one in rows(cast, company, AuditEvent) if one.action == "order.deleted"]
    assert deleted.details["total"] == 1000


def test_an_order_that_changed_meanwhile_is_not_deleted(owner, order):
    answer = send(owner, {"version": "99"}, f"orders/{order()}/delete")
    assert answer.status_code == 409


WRITES = ["orders/new", "orders/draft", "orders/{}/edit", "orders/{}/delete"]


@pytest.mark.parametrize("path", WRITES)
def test_a_read_only_member_changes_nothing(cast, company, order, path):
    reader = cast.member(company, "read-only")
    assert send(reader, filled(SALE), path.format(order())).status_code == 403


@pytest.mark.parametrize("path", ["orders/{}", "orders/{}/edit", "orders/{}/delete"])
def test_a_foreign_order_is_missing(stranger, order, path):
    assert stranger.client.get(stranger.url(path.format(order()))).status_code == 404


@pytest.mark.parametrize("path", ["orders/{}/edit", "orders/{}/delete"])
def test_a_foreign_order_cannot_be_written(stranger, order, path):
    assert send(stranger, filled(SALE), path.format(order())).status_code == 404


def test_an_order_shows_its_lines_customer_and_origin(owner, contact, product, order):
    burrs = product("Burr set", code="G64")
    order_id = order(contact("Wrenfold"), 1000, product_id=burrs, note="Ring twice")
    page = owner.client.get(owner.url(f"orders/{order_id}")).text
    for text in ("Burr set", "G64", "$10.00", "Wrenfold", "Ring twice", "Added by hand"):
        assert text in page


def test_a_persian_workspace_reads_and_shows_its_own_way(cast):
    company = cast.company(
        language="fa", calendar="jalali", digits="persian", timezone="Asia/Tehran",
        currency="IRR", money_unit="toman", region="IR",
    )  # fmt: skip
    owner = cast.member(company, "owner")
    line = {"product": "تیغه", "quantity": "۲", "unit_price": "۱۵٬۰۰۰"}
    answer = send(owner, filled(line, ordered_on="۱۴۰۴/۰۳/۲۵"))
    order = only_order(cast, company)
    assert (order.total, order.ordered_on) == (300_000, date(2025, 6, 15))
    page = owner.client.get(answer.location).text
    assert "۳۰٬۰۰۰\u00a0تومان" in page
    edit = owner.client.get(f"{answer.location}/edit").text
    assert 'value="۱۴۰۴/۰۳/۲۵"' in edit
    assert 'value="۱۵٬۰۰۰"' in edit


def test_contacts_and_products_are_offered_while_typing(owner, stranger, contact, product):
    contact("Wrenfold Roastery")
    product("Burr set, G64")
    found = owner.client.get(owner.url("orders/contact-options?customer=wren"))
    assert "Wrenfold Roastery" in found.text
    query = "orders/product-options?part=lines-4&lines-4-product=g64"
    assert "Burr set, G64" in owner.client.get(owner.url(query)).text
    assert "Wrenfold" not in stranger.client.get(
        stranger.url("orders/contact-options?customer=wren")
    ).text.partition("</fieldset>")[0].replace("“wren”", "")


def test_a_new_order_begins_with_the_contact_in_the_address(owner, stranger, contact):
    buyer: UUID = contact("Wrenfold Roastery")
    assert "Wrenfold Roastery" in owner.client.get(owner.url(f"orders/new?contact={buyer}")).text
    assert stranger.client.get(stranger.url(f"orders/new?contact={buyer}")).status_code == 404
