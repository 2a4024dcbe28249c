"""A forgotten password is replaced by a link in a mail."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.engine import Engine

from tests.tenants.conftest import (
    PASSWORD,
    Visitor,
    comparable,
    is_signed_in,
    sign_in,
    sign_up_form,
)

NEW = "a lamp behind the door"


def test_a_known_and_an_unknown_address_are_answered_alike(
    signed_up: Visitor, visit: Callable[..., Visitor]
) -> None:
    unknown = visit()
    pages = [
        comparable(other.post("/reset", email=other.email), other) for other in (signed_up, unknown)
    ]
    assert pages[0] == pages[1]
    assert signed_up.mails()[-1][0] == "Set a new password"
    assert unknown.mails() == []


def test_the_link_sets_a_password_and_ends_every_other_session(
    signed_up: Visitor, visit: Callable[..., Visitor]
) -> None:
    other = visit(signed_up.email)
    other.post("/reset", email=other.email)
    assert other.get(other.link()).status_code == 200
    assert other.post(other.link(), password=NEW).location == "/"
    assert is_signed_in(other)
    assert not is_signed_in(signed_up)
    assert sign_in(signed_up, PASSWORD).status_code == 422
    assert sign_in(signed_up, NEW).status_code == 303
    assert signed_up.mails()[-1][0] == "Your password was changed"


def test_a_link_works_once(signed_up: Visitor) -> None:
    signed_up.post("/reset", email=signed_up.email)
    link = signed_up.link()
    signed_up.post(link, password=NEW)
    assert signed_up.post(link, password="yet another one here").status_code == 410
    assert sign_in(signed_up, NEW).status_code == 303


def test_a_used_link_takes_the_others_with_it(signed_up: Visitor) -> None:
    signed_up.post("/reset", email=signed_up.email)
    earlier = signed_up.link()
    signed_up.post("/reset", email=signed_up.email)
    signed_up.post(signed_up.link(), password=NEW)
    assert signed_up.get(earlier).status_code == 410


def test_a_link_is_over_after_an_hour(signed_up: Visitor, owner_engine: Engine) -> None:
    signed_up.post("/reset", email=signed_up.email)
    with owner_engine.begin() as connection:
        connection.execute(
            text("UPDATE email_tokens SET expires_at = now() WHERE email = :email"),
            {"email": signed_up.email},
        )
    assert signed_up.post(signed_up.link(), password=NEW).status_code == 410
    assert sign_in(signed_up, PASSWORD).status_code == 303


def test_a_weak_password_is_refused_and_leaves_the_link_usable(signed_up: Visitor) -> None:
    signed_up.post("/reset", email=signed_up.email)
    link = signed_up.link()
    assert signed_up.post(link, password="12345678").status_code == 422
    assert signed_up.post(link, password=NEW).status_code == 303


def test_a_link_of_one_kind_does_not_serve_for_another(signed_up: Visitor) -> None:
    signed_up.post("/reset", email=signed_up.email)
    token = signed_up.link().rpartition("/")[2]
    assert signed_up.post(f"/verify/{token}").status_code == 410


def test_it_proves_the_address_as_well(visitor: Visitor) -> None:
    visitor.post("/sign-up", **sign_up_form(visitor))
    visitor.post("/reset", email=visitor.email)
    visitor.post(visitor.link(), password=NEW)
    assert is_signed_in(visitor)


def test_looking_at_a_link_does_not_use_it_up(visitor: Visitor) -> None:
    visitor.post("/sign-up", **sign_up_form(visitor))
    for _scan in range(3):
        assert visitor.get(visitor.link()).status_code == 200
    assert visitor.post(visitor.link()).status_code == 303
    assert visitor.post(visitor.link()).status_code == 410


def test_an_invented_link_is_over(visitor: Visitor) -> None:
    for path in ("/verify/none", "/reset/none", "/invitations/none"):
        assert visitor.get(path).status_code == 410
        assert visitor.post(path).status_code == 410
