"""Finding contacts by what people type."""

from __future__ import annotations

import pytest

from tests.cast import Cast, Company, Member
from tests.crm.contacts.conftest import AddContact
from tests.crm.contacts.test_list import listed, names


@pytest.mark.parametrize(
    "typed", ["علی رضا یوسفی", "يوسفي", "علي‌رضا", "كريم علی", "عَلی رِضا", "یوسفی علی"]
)
def test_persian_names_are_found_in_any_spelling(
    owner: Member, add_contact: AddContact, typed: str
) -> None:
    add_contact("علی\u200cرضا يوسفي كريم")
    assert listed(owner, q=typed) == ["علی\u200cرضا يوسفي كريم"]


@pytest.mark.parametrize(
    "typed",
    [
        "+44 20 7946 0112",
        "020 7946 0112",
        "(020) 7946-0112",
        "0044 20 7946 0112",
        "۰۲۰ ۷۹۴۶ ۰۱۱۲",
        "02079460112",
        "7946 0112",
        "794601",
    ],
)
def test_a_phone_is_found_in_any_writing(cast: Cast, typed: str) -> None:
    company = cast.company(region="GB")
    member = cast.member(company, "owner")
    member.client.post(
        member.url("contacts/new"),
        data={
            "id": "018f0000-0000-7000-8000-000000000001",
            "kind": "person",
            "name": "Iris",
            "phone": "020 7946 0112",
        },
    )
    assert listed(member, q=typed) == ["Iris"]


def test_every_word_must_be_there_in_any_order(owner: Member, add_contact: AddContact) -> None:
    add_contact("Iris Calloway", city="Leeds")
    add_contact("Iris Venn", city="York")
    assert listed(owner, q="leeds iris") == ["Iris Calloway"]


@pytest.mark.parametrize("typed", ["%", "_", "100%", "a_b", "\\", "\\%", "'", "'; --", "%%%"])
def test_wildcards_and_quotes_are_taken_literally(
    owner: Member, add_contact: AddContact, typed: str
) -> None:
    add_contact("Plain Name")
    add_contact(f"Odd {typed} Name")
    assert listed(owner, q=typed) == [name for name in listed(owner) if name.startswith("Odd")]


def test_a_misspelled_name_is_offered_and_said_to_be_one(
    owner: Member, add_contact: AddContact
) -> None:
    add_contact("Iris Calloway")
    page = owner.client.get(owner.url("contacts?q=calowey")).text
    assert "These come close" in page
    assert names(page) == ["Iris Calloway"]


def test_a_misspelling_never_shows_another_company(
    cast: Cast, owner: Member, stranger: Member, add_contact: AddContact
) -> None:
    add_contact("Iris Calloway", stranger.company)
    assert names(owner.client.get(owner.url("contacts?q=calowey")).text) == []


@pytest.mark.parametrize("typed", [" ", "\u200c", "\u0640", "a" * 5000, "x " * 300, "\x00", "()"])
def test_odd_searches_get_a_page(
    company: Company, owner: Member, add_contact: AddContact, typed: str
) -> None:
    add_contact("Iris")
    answer = owner.client.get(owner.url("contacts"), query_string={"q": typed})
    assert answer.status_code == 200
