"""A contact's page: editing in place, undo, deleting and what it says."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from app.crm.contacts.models import Contact
from app.crm.scores.models import ContactScore
from app.extensions import db
from tests.cast import Cast, Company, Member
from tests.crm.contacts.conftest import AddContact, AddOrder
from tests.crm.contacts.test_list import listed

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def save(member: Member, contact_id: UUID, field: str, value: str, was: str = "") -> TestResponse:
    url = member.url(f"contacts/{contact_id}/fields/{field}")
    return member.client.post(url, data={"value": value, "was": was}, headers=HTMX)


def stored(cast: Cast, company: Company, contact_id: UUID, name: str) -> Any:
    with cast.inside(company):
        contact = db.session.scalars(db.select(Contact).filter_by(id=contact_id)).one()
        return getattr(contact, name)


def test_a_field_opens_as_an_input_and_goes_back_to_text(
    owner: Member, add_contact: AddContact
) -> None:
    contact_id = add_contact("Iris", city="Leeds")
    url = owner.url(f"contacts/{contact_id}/fields/city")
    opened = owner.client.get(url, headers=HTMX).text
    assert 'value="Leeds"' in opened
    assert "<html" not in opened
    assert "<form" not in owner.client.get(f"{url}?as=text", headers=HTMX).text
    plain = owner.client.get(url)
    assert plain.headers["Location"] == owner.url(f"contacts/{contact_id}/edit#city")


def test_saving_a_field_stores_it_and_undo_puts_it_back(
    cast: Cast, company: Company, owner: Member, add_contact: AddContact
) -> None:
    contact_id = add_contact("Iris", city="Leeds")
    answer = save(owner, contact_id, "city", " York ", "Leeds")
    assert answer.status_code == 200
    assert stored(cast, company, contact_id, "city") == "York"
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert toast["message"] == "Saved."
    undone = owner.client.post(toast["undo"], headers=HTMX)
    assert undone.headers["HX-Redirect"] == owner.url(f"contacts/{contact_id}")
    assert stored(cast, company, contact_id, "city") == "Leeds"


def test_undo_leaves_a_field_that_moved_on(
    cast: Cast, company: Company, owner: Member, add_contact: AddContact
) -> None:
    contact_id = add_contact("Iris", city="Leeds")
    first = save(owner, contact_id, "city", "York", "Leeds")
    save(owner, contact_id, "city", "Hebden", "York")
    answer = owner.client.post(json.loads(first.headers["HX-Trigger"])["toast"]["undo"])
    assert answer.status_code == 409
    assert stored(cast, company, contact_id, "city") == "Hebden"


def test_a_bad_value_keeps_the_text_and_says_why(
    cast: Cast, company: Company, owner: Member, add_contact: AddContact
) -> None:
    contact_id = add_contact("Iris", phone="+12125550142")
    answer = save(owner, contact_id, "phone", "call me", "+12125550142")
    assert answer.status_code == 422
    assert 'value="call me"' in answer.text
    assert "Check the phone number" in answer.text
    assert stored(cast, company, contact_id, "phone") == "+12125550142"


def test_two_people_editing_one_field_do_not_overwrite_each_other(
    cast: Cast, company: Company, owner: Member, colleague: Member, add_contact: AddContact
) -> None:
    contact_id = add_contact("Iris", city="Leeds")
    save(colleague, contact_id, "city", "York", "Leeds")
    answer = save(owner, contact_id, "city", "Hebden", "Leeds")
    assert answer.status_code == 409
    assert "Somebody else changed this field" in answer.headers["HX-Trigger"]
    assert stored(cast, company, contact_id, "city") == "York"


def test_another_field_changed_meanwhile_is_no_conflict(
    owner: Member, colleague: Member, add_contact: AddContact
) -> None:
    contact_id = add_contact("Iris", city="Leeds")
    save(colleague, contact_id, "source", "A fair")
    assert save(owner, contact_id, "city", "York", "Leeds").status_code == 200


def test_owner_and_company_are_edited_in_place_and_undone(
    cast: Cast, company: Company, owner: Member, add_contact: AddContact
) -> None:
    firm = add_contact("Wrenfold", kind="company")
    contact_id = add_contact("Iris")
    answer = save(owner, contact_id, "company", "Wrenfold")
    assert stored(cast, company, contact_id, "company_id") == firm
    save(owner, contact_id, "owner", str(owner.membership_id))
    page = owner.client.get(owner.url(f"contacts/{contact_id}")).text
    assert "Company set to" in page
    assert "Ada Owner" in page
    owner.client.post(json.loads(answer.headers["HX-Trigger"])["toast"]["undo"])
    assert stored(cast, company, contact_id, "company_id") is None


def test_an_unknown_field_does_not_exist(owner: Member, add_contact: AddContact) -> None:
    contact_id = add_contact("Iris")
    for field in ("revenue", "tenant_id", "deleted_at"):
        assert save(owner, contact_id, field, "1").status_code == 404


def test_deleting_takes_a_contact_out_and_undo_brings_it_back_with_its_orders(
    owner: Member, add_contact: AddContact, add_order: AddOrder
) -> None:
    contact_id = add_contact("Iris Calloway")
    add_order(contact_id, date(2026, 3, 5))
    gone = owner.client.post(owner.url(f"contacts/{contact_id}/delete"), follow_redirects=True)
    assert "Iris Calloway deleted." in gone.text
    restore = owner.url(f"contacts/{contact_id}/restore")
    assert f'action="{restore}"' in gone.text
    assert listed(owner) == []
    page = owner.client.get(owner.url(f"contacts/{contact_id}"))
    assert "Orders and reports still count it" in page.text
    assert owner.client.get(owner.url(f"contacts/{contact_id}/edit")).status_code == 404
    assert owner.client.post(restore).status_code == 303
    assert listed(owner) == ["Iris Calloway"]


def test_the_outlook_says_when_nothing_is_computed(owner: Member, add_contact: AddContact) -> None:
    page = owner.client.get(owner.url(f"contacts/{add_contact('Iris')}")).text
    assert "not computed yet" in page


def test_the_outlook_shows_the_worth_with_its_interval(
    cast: Cast, company: Company, owner: Member, add_contact: AddContact
) -> None:
    contact_id = add_contact("Iris", orders_count=1)
    with cast.inside(company):
        db.session.add(
            ContactScore(
                contact_id=contact_id,
                segment="at_risk",
                worth=1840000,
                worth_low=1210000,
                worth_high=2690000,
                worth_months=24,
            )
        )
    page = owner.client.get(owner.url(f"contacts/{contact_id}")).text
    assert "Expected over the next 24 months" in page
    assert "$12.1k to $26.9k" in page
    assert "At risk" in page


def test_a_companys_page_lists_its_people(
    owner: Member, stranger: Member, add_contact: AddContact
) -> None:
    firm = add_contact("Wrenfold", kind="company")
    add_contact("Iris Calloway", company_id=firm, phone="+12125550142")
    page = owner.client.get(owner.url(f"contacts/{firm}")).text
    assert "Iris Calloway" in page
    assert "tel:+12125550142" in page
