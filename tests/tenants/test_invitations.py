"""Inviting people and joining."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from tests.cast import Cast, Member
from tests.tenants.conftest import PASSWORD, Visitor, is_signed_in, sign_in


def _invite(member: Member, email: str, role: str = "rep") -> int:
    path = member.url("settings/members/invitations")
    return member.client.post(path, data={"email": email, "role": role}).status_code


def _act(member: Member, what: str) -> int:
    page = member.client.get(member.url("settings/members")).text
    path = re.search(rf'action="([^"]+/invitations/[^"]+/{what})"', page)
    assert path
    return member.client.post(path.group(1)).status_code


def test_a_newcomer_joins_verified_with_a_name_and_a_password(
    owner: Member, visitor: Visitor
) -> None:
    assert _invite(owner, visitor.email) == 303
    assert visitor.mails()[0][0].startswith("Join ")
    page = visitor.get(visitor.link())
    assert page.status_code == 200
    assert visitor.email in page.text
    answer = visitor.post(visitor.link(), name="Iris", password=PASSWORD)
    assert answer.location == owner.url()
    assert is_signed_in(visitor)
    assert "Iris" in owner.client.get(owner.url("settings/members")).text
    assert visitor.get(owner.url("settings/workspace")).status_code == 403


def test_a_link_works_once(owner: Member, visitor: Visitor, visit: Callable[..., Visitor]) -> None:
    _invite(owner, visitor.email)
    link = visitor.link()
    visitor.post(link, name="Iris", password=PASSWORD)
    other = visit()
    assert other.get(link).status_code == 410
    assert other.post(link, name="Eve", password=PASSWORD).status_code == 410


def test_a_person_with_an_account_signs_in_and_joins(owner: Member, signed_up: Visitor) -> None:
    _invite(owner, signed_up.email, "manager")
    link = signed_up.link()
    signed_up.post("/sign-out")
    page = signed_up.get(link).text
    assert f"/sign-in?next={link}" in page
    assert 'name="password"' not in page
    assert signed_up.post(link, name="Other", password="another password").status_code == 200
    assert not is_signed_in(signed_up)
    assert sign_in(signed_up, next=link).location == link
    assert signed_up.post(link).location == owner.url()
    assert signed_up.get(owner.url("settings/members")).status_code == 200


def test_an_invitation_is_for_its_address_only(
    owner: Member, signed_up: Visitor, visitor: Visitor, stranger: Member
) -> None:
    _invite(owner, signed_up.email)
    page = stranger.client.post(signed_up.link())
    assert page.status_code == 200
    assert "You are signed in as" in page.text
    assert stranger.client.get(owner.url("settings/members")).status_code == 404


def test_a_link_is_over_after_a_week(owner: Member, visitor: Visitor, owner_engine: Engine) -> None:
    _invite(owner, visitor.email)
    with owner_engine.begin() as connection:
        connection.execute(
            text("UPDATE invitations SET expires_at = now() WHERE email = :email"),
            {"email": visitor.email},
        )
    assert visitor.post(visitor.link(), name="Iris", password=PASSWORD).status_code == 410


def test_a_revoked_link_is_over(owner: Member, visitor: Visitor) -> None:
    _invite(owner, visitor.email)
    assert _act(owner, "revoke") == 303
    assert visitor.get(visitor.link()).status_code == 410
    owner.client.get(owner.url("settings/members"))
    assert visitor.email not in owner.client.get(owner.url("settings/members")).text


def test_a_new_link_replaces_the_earlier_one(owner: Member, visitor: Visitor) -> None:
    _invite(owner, visitor.email)
    first = visitor.link()
    assert _act(owner, "resend") == 303
    second = visitor.link()
    assert visitor.get(first).status_code == 410
    assert visitor.get(second).status_code == 200
    _invite(owner, visitor.email, "admin")
    assert visitor.get(second).status_code == 410


def test_a_member_is_not_invited_again(owner: Member, colleague: Member) -> None:
    assert _invite(owner, colleague.email) == 422
    path = owner.url(f"settings/members/{colleague.membership_id}/disable")
    owner.client.post(path)
    assert _invite(owner, colleague.email) == 422


@pytest.mark.parametrize("changes", [{"email": "x"}, {"role": "king"}, {"email": ""}])
def test_an_unreadable_invitation_comes_back(owner: Member, changes: dict[str, str]) -> None:
    values = {"email": "kept@example.com", "role": "rep", **changes}
    path = owner.url("settings/members/invitations")
    assert owner.client.post(path, data=values).status_code == 422


def test_another_company_s_invitation_is_not_found(
    owner: Member, stranger: Member, visitor: Visitor, owner_engine: Engine
) -> None:
    _invite(owner, visitor.email)
    with owner_engine.connect() as connection:
        found = connection.execute(
            text("SELECT id FROM invitations WHERE email = :email"), {"email": visitor.email}
        ).scalar_one()
    for what in ("resend", "revoke"):
        path = stranger.url(f"settings/members/invitations/{found}/{what}")
        assert stranger.client.post(path).status_code == 404
    assert visitor.get(visitor.link()).status_code == 200


def test_the_database_holds_no_token(owner: Member, visitor: Visitor, owner_engine: Engine) -> None:
    _invite(owner, visitor.email)
    token = visitor.link().rpartition("/")[2]
    with owner_engine.connect() as connection:
        rows = connection.execute(text("SELECT invitations::text FROM invitations")).scalars()
        assert all(token not in row for row in rows)


def test_a_hostile_company_name_stays_text_in_the_mail(
    cast: Cast, visitor: Visitor, owner_engine: Engine
) -> None:
    owner = cast.member(cast.company(name="<b>Kettle</b> & Sons"), "owner")
    _invite(owner, visitor.email)
    visitor.mails()
    with owner_engine.connect() as connection:
        html = connection.execute(
            text("SELECT html FROM mails WHERE recipient = :email"), {"email": visitor.email}
        ).scalar_one()
    assert "&lt;b&gt;Kettle&lt;/b&gt; &amp; Sons" in html
    assert "<b>Kettle" not in html
