"""The list of contacts: what it shows, to whom, narrowed how."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

from app.crm.contacts.models import Contact
from app.crm.contacts.queries import PAGE
from app.crm.scores.models import ContactScore
from app.extensions import db
from app.web import Payvand
from tests.cast import Cast, Company, Member
from tests.crm.contacts.conftest import AddContact, AddOrder
from tests.crm.counting import statements


def names(page: str) -> list[str]:
    """The names in the list, in order."""
    return re.findall(r'<span class="clip" dir="auto">([^<]+)</span></a>', page)


def listed(member: Member, **arguments: Any) -> list[str]:
    answer = member.client.get(member.url("contacts"), query_string=arguments)
    assert answer.status_code == 200, answer.text
    return names(answer.text.partition("Spelled nearly")[0])


def test_a_new_workspace_is_told_how_to_begin(owner: Member) -> None:
    page = owner.client.get(owner.url("contacts"))
    assert "No contacts yet" in page.text
    assert owner.url("contacts/new") in page.text


def test_a_search_without_a_match_says_so_and_shows_the_way_back(
    owner: Member, add_contact: AddContact
) -> None:
    add_contact("Iris Calloway")
    page = owner.client.get(owner.url("contacts?q=zzzzqqqq")).text
    assert "Nobody matches" in page
    assert "No contacts yet" not in page


def test_the_list_shows_the_companys_contacts_and_no_others(
    owner: Member, stranger: Member, add_contact: AddContact
) -> None:
    add_contact("Iris Calloway")
    assert listed(owner) == ["Iris Calloway"]
    assert listed(stranger) == []
    assert listed(stranger, q="Iris") == []


def test_tabs_part_people_companies_and_customers(
    owner: Member, add_contact: AddContact, add_order: AddOrder
) -> None:
    add_contact("Wrenfold Roastery", kind="company")
    add_order(add_contact("Iris Calloway"), date(2026, 3, 5))
    assert listed(owner, tab="people") == ["Iris Calloway"]
    assert listed(owner, tab="companies") == ["Wrenfold Roastery"]
    assert listed(owner, tab="customers") == ["Iris Calloway"]


def test_a_cohort_is_named_in_words_and_holds_who_ordered_again(
    owner: Member, add_contact: AddContact, add_order: AddOrder
) -> None:
    again, once = add_contact("Came Again"), add_contact("Came Once")
    for contact_id in (again, once):
        add_order(contact_id, date(2026, 3, 5))
    add_order(again, date(2026, 5, 31))
    add_order(once, date(2026, 5, 20), -500, is_return=True)
    arguments = {
        "won_from": "2026-03-01",
        "won_to": "2026-03-31",
        "ordered_from": "2026-05-01",
        "ordered_to": "2026-05-31",
    }
    page = owner.client.get(owner.url("contacts"), query_string=arguments).text
    assert "Customers won in Mar 2026 who ordered in May 2026" in page
    assert names(page) == ["Came Again"]


def test_filters_by_owner_city_last_order_segment_and_worth(
    cast: Cast, company: Company, owner: Member, add_contact: AddContact, add_order: AddOrder
) -> None:
    mine = add_contact("Mine", owner_id=owner.membership_id, city="Hebden Bridge")
    add_contact("Nobodys", city="LEEDS")
    add_order(mine, date(2026, 1, 10))
    with cast.inside(company):
        score = ContactScore(contact_id=mine, segment="loyal", worth=50000, worth_months=24)
        db.session.add(score)
    assert listed(owner, owner="me") == ["Mine"]
    assert listed(owner, owner=str(owner.membership_id)) == ["Mine"]
    assert listed(owner, owner="none") == ["Nobodys"]
    assert listed(owner, city="leeds") == ["Nobodys"]
    assert listed(owner, segment="loyal") == ["Mine"]
    assert listed(owner, last_to="2026-01-10") == ["Mine"]
    assert listed(owner, last_from="2026-01-11") == []
    assert listed(owner, worth_min="500") == ["Mine"]
    assert listed(owner, worth_min="m50001") == []


def test_a_deleted_contact_is_not_listed(
    cast: Cast, company: Company, owner: Member, add_contact: AddContact
) -> None:
    contact_id = add_contact("Gone Away")
    owner.client.post(owner.url(f"contacts/{contact_id}/delete"))
    assert listed(owner) == []
    assert listed(owner, q="gone") == []


def test_a_date_that_cannot_be_read_gets_a_sentence_and_stays_in_its_field(owner: Member) -> None:
    answer = owner.client.get(owner.url("contacts?ordered_from=someday"))
    assert answer.status_code == 422
    assert "Ordered from:" in answer.text
    assert 'value="someday"' in answer.text


def test_a_span_that_ends_before_it_begins_is_refused(owner: Member) -> None:
    answer = owner.client.get(owner.url("contacts?won_from=2026-05-01&won_to=2026-04-01"))
    assert answer.status_code == 422
    assert "Swap the two dates" in answer.text


def test_broken_parts_of_an_address_are_left_out_with_a_note(
    owner: Member, add_contact: AddContact
) -> None:
    add_contact("Iris")
    broken = {"sort": "-shoe", "tab": "x", "owner": "7", "segment": "x", "kind": "x", "at": "??"}
    answer = owner.client.get(owner.url("contacts"), query_string=broken)
    assert answer.status_code == 200
    assert names(answer.text) == ["Iris"]
    assert answer.text.count("was left out") == 4


def test_htmx_gets_the_list_alone_and_a_clean_address(
    owner: Member, add_contact: AddContact
) -> None:
    add_contact("Iris")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = owner.client.get(owner.url("contacts?q=&city=&tab=people"), headers=headers)
    assert "<html" not in answer.text
    assert answer.headers["HX-Push-Url"] == owner.url("contacts?tab=people")
    assert "HX-Request-Type" in answer.headers["Vary"]


def test_names_are_escaped(owner: Member, add_contact: AddContact) -> None:
    add_contact("<script>alert(1)</script>")
    assert "<script>alert" not in owner.client.get(owner.url("contacts")).text


def test_the_number_of_statements_does_not_grow_with_the_rows(
    app: Payvand, cast: Cast, company: Company, owner: Member, add_contact: AddContact
) -> None:
    add_contact("First", owner_id=owner.membership_id)
    with statements(app) as few:
        listed(owner)
    with cast.inside(company):
        db.session.add_all(
            Contact(name=f"Contact {number}", owner_id=owner.membership_id) for number in range(60)
        )
    with statements(app) as many:
        assert len(listed(owner)) == PAGE
    assert len(many) == len(few)


def test_the_count_is_exact_below_a_thousand_and_open_above(
    cast: Cast, company: Company, owner: Member
) -> None:
    with cast.inside(company):
        db.session.add_all(Contact(name=f"Contact {number}") for number in range(1001))
    page = owner.client.get(owner.url("contacts")).text
    assert "1,000+" in page


def ids_of(cast: Cast, company: Company) -> set[UUID]:
    with cast.inside(company):
        return set(db.session.scalars(db.select(Contact.id)))
