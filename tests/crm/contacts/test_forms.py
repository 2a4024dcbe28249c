"""Creating and editing contacts with the form."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.crm.contacts.models import Contact
from app.crm.timeline.models import TimelineEvent
from app.extensions import db
from app.tenancy import new_id
from tests.cast import Cast, Company, Member
from tests.crm.contacts.conftest import AddContact


def filled(**values: Any) -> dict[str, str]:
    return {"id": str(new_id()), "kind": "person", "name": "Iris Calloway", **values}


def only_contact(cast: Cast, company: Company) -> Contact:
    with cast.inside(company):
        contact: Contact = db.session.scalars(db.select(Contact)).one()
        db.session.expunge(contact)
        return contact


def test_a_rep_adds_a_contact_with_everything(
    cast: Cast, company: Company, colleague: Member, add_contact: AddContact
) -> None:
    roastery = add_contact("Wrenfold Roastery", kind="company")
    values = filled(
        company="wrenfold  roastery",
        email="Iris@Wrenfold.Example",
        phone="(212) 555-0142",
        city="Hebden",
        address="4 Weir Yard\nHebden",
        source="A fair",
        owner=str(colleague.membership_id),
        reference="C-7",
        note="Likes espresso",
    )
    answer = colleague.client.post(colleague.url("contacts/new"), data=values)
    assert answer.status_code == 303
    with cast.inside(company):
        contact = db.session.scalars(db.select(Contact).filter_by(name="Iris Calloway")).one()
        assert contact.company_id == roastery
        assert contact.email == "iris@wrenfold.example"
        assert contact.phone == "+12125550142"
        assert contact.owner_id == colleague.membership_id
        assert contact.address == "4 Weir Yard\nHebden"
        kinds = db.session.scalars(
            db.select(TimelineEvent.kind).filter_by(contact_id=contact.id)
        ).all()
        assert kinds == ["created"]
    page = colleague.client.get(answer.headers["Location"])
    assert "Wrenfold Roastery" in page.text


def test_the_same_form_sent_twice_makes_one_contact(
    cast: Cast, company: Company, owner: Member
) -> None:
    values = filled()
    first = owner.client.post(owner.url("contacts/new"), data=values)
    second = owner.client.post(owner.url("contacts/new"), data=values)
    assert first.headers["Location"] == second.headers["Location"]
    assert only_contact(cast, company).name == "Iris Calloway"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Write a name"),
        ("name", "\u0000\u0007 ", "Write a name"),
        ("name", "n" * 201, "Use at most 200 characters; these are 201"),
        ("kind", "robot", "Choose person or company"),
        ("email", "iris@", "Check the email address"),
        ("phone", "12", "Check the phone number"),
        ("company", "No Such Firm", "There is no company called No Such Firm"),
        ("owner", "nobody-here", "Choose somebody from the list"),
        ("note", "x" * 5001, "Use at most 5,000 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_and_everything_typed_is_kept(
    owner: Member, field: str, typed: str, sentence: str
) -> None:
    values = filled(city="A city typed", source="A source typed") | {field: typed}
    answer = owner.client.post(owner.url("contacts/new"), data=values)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "A city typed" in answer.text
    assert "A source typed" in answer.text
    if typed.strip("\x00\x07 ") and field not in ("kind", "owner"):
        assert typed in answer.text


def test_a_company_name_that_several_share_asks_for_the_reference(
    owner: Member, add_contact: AddContact
) -> None:
    add_contact("Twin Ltd", kind="company", reference="T1")
    add_contact("Twin Ltd", kind="company", reference="T2")
    unclear = owner.client.post(owner.url("contacts/new"), data=filled(company="Twin Ltd"))
    assert unclear.status_code == 422
    assert "Several companies are called Twin Ltd" in unclear.text
    clear = owner.client.post(owner.url("contacts/new"), data=filled(company="T2"))
    assert clear.status_code == 303


def test_a_company_of_another_workspace_is_not_found(
    owner: Member, stranger: Member, add_contact: AddContact
) -> None:
    add_contact("Secret Firm", stranger.company, kind="company")
    answer = owner.client.post(owner.url("contacts/new"), data=filled(company="Secret Firm"))
    assert answer.status_code == 422
    offered = owner.client.get(owner.url("contacts/companies?company=Secret"))
    assert "Secret Firm" not in offered.text


def test_a_reference_is_used_once_in_a_workspace_and_again_in_another(
    owner: Member, stranger: Member, add_contact: AddContact
) -> None:
    add_contact("Marcus Venn", reference="C-7")
    refused = owner.client.post(owner.url("contacts/new"), data=filled(reference="C-7"))
    assert refused.status_code == 422
    assert "Marcus Venn has this reference already" in refused.text
    other = stranger.client.post(stranger.url("contacts/new"), data=filled(reference="C-7"))
    assert other.status_code == 303


def test_a_likely_duplicate_is_pointed_out_and_may_be_saved_anyway(
    owner: Member, add_contact: AddContact
) -> None:
    twin = add_contact("Iris C.", email="iris@wrenfold.example")
    values = filled(email="IRIS@wrenfold.example")
    warned = owner.client.post(owner.url("contacts/new"), data=values)
    assert warned.status_code == 422
    assert str(twin) in warned.text
    assert "Save anyway" in warned.text
    saved = owner.client.post(owner.url("contacts/new"), data=values | {"anyway": "1"})
    assert saved.status_code == 303


def test_the_duplicate_hint_comes_while_typing(owner: Member, add_contact: AddContact) -> None:
    twin = add_contact("Iris C.", phone="+12125550142")
    hint = owner.client.get(owner.url("contacts/duplicates?phone=212-555-0142&email=half@"))
    assert str(twin) in hint.text
    alone = owner.client.get(owner.url(f"contacts/duplicates?phone=212-555-0142&id={twin}"))
    assert str(twin) not in alone.text


def form_of(member: Member, contact_id: object) -> dict[str, str]:
    """The edit form as a browser would send it back."""
    page = member.client.get(member.url(f"contacts/{contact_id}/edit")).text
    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    return {"kind": "person", **{k: v for k, v in found.items() if k in ("id", "version")}}


def test_editing_stores_what_changed_and_tells_the_timeline(
    cast: Cast, company: Company, owner: Member, add_contact: AddContact
) -> None:
    contact_id = add_contact("Iris Calloway", city="Leeds")
    values = form_of(owner, contact_id) | {"name": "Iris Calloway", "city": "York"}
    answer = owner.client.post(owner.url(f"contacts/{contact_id}/edit"), data=values)
    assert answer.status_code == 303
    assert only_contact(cast, company).city == "York"
    page = owner.client.get(owner.url(f"contacts/{contact_id}?show=changes")).text
    assert "City changed" in page


def test_a_form_opened_before_somebody_elses_change_is_not_stored_unseen(
    cast: Cast, company: Company, owner: Member, colleague: Member, add_contact: AddContact
) -> None:
    contact_id = add_contact("Iris Calloway")
    mine, theirs = form_of(owner, contact_id), form_of(colleague, contact_id)
    url = f"contacts/{contact_id}/edit"
    colleague.client.post(colleague.url(url), data=theirs | {"name": "Iris of Leeds"})
    stale = owner.client.post(owner.url(url), data=mine | {"name": "Iris of York"})
    assert stale.status_code == 409
    assert "Somebody else changed this contact" in stale.text
    assert "Iris of York" in stale.text
    assert only_contact(cast, company).name == "Iris of Leeds"
    again = form_of(owner, contact_id) | {"name": "Iris of York"}
    assert owner.client.post(owner.url(url), data=again).status_code == 303


def test_a_read_only_member_writes_nothing(
    cast: Cast, company: Company, add_contact: AddContact
) -> None:
    reader = cast.member(company, "read-only")
    contact_id = add_contact("Iris Calloway")
    assert reader.client.get(reader.url(f"contacts/{contact_id}")).status_code == 200
    for path in ("contacts/new", f"contacts/{contact_id}/edit"):
        assert reader.client.get(reader.url(path)).status_code == 403
        assert reader.client.post(reader.url(path), data=filled()).status_code == 403
    for path in ("delete", "restore", "fields/city", "notes"):
        url = reader.url(f"contacts/{contact_id}/{path}")
        assert reader.client.post(url, data={"value": "x", "text": "x"}).status_code == 403
    assert only_contact(cast, company).city is None


def test_the_records_of_another_workspace_do_not_exist(
    owner: Member, stranger: Member, add_contact: AddContact
) -> None:
    theirs = add_contact("Secret Person", stranger.company)
    for path in ("", "/edit", "/fields/name", "/timeline"):
        assert owner.client.get(owner.url(f"contacts/{theirs}{path}")).status_code == 404
    for path in ("/edit", "/delete", "/restore", "/fields/name", "/notes"):
        url = owner.url(f"contacts/{theirs}{path}")
        assert owner.client.post(url, data=filled(value="x", text="x")).status_code == 404
    assert stranger.client.get(stranger.url(f"contacts/{theirs}")).status_code == 200


def test_an_owner_of_another_workspace_cannot_be_chosen(owner: Member, stranger: Member) -> None:
    values = filled(owner=str(stranger.membership_id))
    answer = owner.client.post(owner.url("contacts/new"), data=values)
    assert answer.status_code == 422
    assert "Choose somebody from the list" in answer.text
