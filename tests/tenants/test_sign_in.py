"""Signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from app import create_app
from app.tenants.passwords import NO_ACCOUNT, is_outdated
from app.web import Payvand
from tests.tenants.conftest import (
    PASSWORD,
    Visitor,
    comparable,
    is_signed_in,
    sign_in,
    sign_up_form,
)


def test_the_right_password_signs_in(signed_up: Visitor, visit: Callable[..., Visitor]) -> None:
    other = visit(signed_up.email.upper())
    assert sign_in(other).location == "/"
    assert is_signed_in(other)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    signed_up: Visitor, visit: Callable[..., Visitor], hashes: list[str]
) -> None:
    pages, work = [], []
    for other in (visit(signed_up.email), visit()):
        hashes.clear()
        answer = sign_in(other, "not the password")
        work.append(list(hashes))
        pages.append((answer.status_code, comparable(answer, other)))
    assert pages[0] == pages[1]
    assert pages[0][0] == 422
    assert work[0] == work[1] == ["verify"]


def test_the_stand_in_hash_costs_what_real_ones_cost() -> None:
    assert not is_outdated(NO_ACCOUNT)


def test_an_unverified_person_with_the_right_password_gets_a_new_link(visitor: Visitor) -> None:
    visitor.post("/sign-up", **sign_up_form(visitor))
    answer = sign_in(visitor)
    assert "Read your mail" in answer.text
    assert not is_signed_in(visitor)
    assert len(visitor.mails()) == 2
    visitor.post(visitor.link())
    assert is_signed_in(visitor)


def test_an_unverified_person_with_a_wrong_password_is_refused(visitor: Visitor) -> None:
    visitor.post("/sign-up", **sign_up_form(visitor))
    assert sign_in(visitor, "not the password").status_code == 422
    assert len(visitor.mails()) == 1


def test_people_go_on_to_the_page_they_wanted(signed_up: Visitor) -> None:
    signed_up.post("/sign-out")
    wanted = signed_up.get("/profile?workspace=x").location
    assert wanted == "/sign-in?next=/profile?workspace%3Dx"
    assert sign_in(signed_up, next="/profile?workspace=x").location == "/profile?workspace=x"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/ok\r\nSet-Cookie: a=b",
        "evil",
    ],
)
def test_nobody_is_sent_to_another_site(signed_up: Visitor, target: str) -> None:
    assert sign_in(signed_up, next=target).location == "/"
    assert signed_up.client.get("/sign-in", query_string={"next": target}).location == "/"
    answer = signed_up.post("/preferences", theme="dark", next=target)
    assert answer.location == "/"


def test_the_cookie_is_closed_to_scripts_and_other_sites(signed_up: Visitor) -> None:
    cookie = sign_in(signed_up).headers.getlist("Set-Cookie")
    session = next(line for line in cookie if line.startswith("payvand="))
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "Path=/" in session
    assert "Domain" not in session


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(
    app: Payvand, signed_up: Visitor
) -> None:
    secure = create_app(replace(app.extensions["settings"], public_url="https://crm.example.com"))
    secure.config["WTF_CSRF_ENABLED"] = False
    answer = secure.test_client().post(
        "/sign-in", data={"email": signed_up.email, "password": PASSWORD}
    )
    cookies = answer.headers.getlist("Set-Cookie")
    session = next(line for line in cookies if line.startswith("__Host-payvand="))
    assert "Secure" in session
    assert "Path=/" in session


def test_each_sign_in_begins_a_new_session_and_ends_the_old(signed_up: Visitor) -> None:
    before = signed_up.client.get_cookie("payvand").value
    sign_in(signed_up)
    after = signed_up.client.get_cookie("payvand").value
    assert before != after
    signed_up.client.set_cookie("payvand", before)
    assert not is_signed_in(signed_up)


def test_a_planted_cookie_is_not_adopted(signed_up: Visitor, visit: Callable[..., Visitor]) -> None:
    other = visit(signed_up.email)
    other.client.set_cookie("payvand", "planted")
    sign_in(other)
    assert other.client.get_cookie("payvand").value != "planted"


def test_signing_out_ends_the_session_on_the_server(signed_up: Visitor) -> None:
    token = signed_up.client.get_cookie("payvand").value
    assert signed_up.post("/sign-out").location == "/"
    signed_up.client.set_cookie("payvand", token)
    assert not is_signed_in(signed_up)


def test_signing_out_takes_a_post(signed_up: Visitor) -> None:
    signed_up.client.get("/sign-out", follow_redirects=True)
    assert is_signed_in(signed_up)


@pytest.mark.parametrize(
    "change",
    ["expires_at = now() - interval '1 second'", "last_seen_at = now() - interval '15 days'"],
)
def test_an_old_session_ends(signed_up: Visitor, owner_engine: Engine, change: str) -> None:
    with owner_engine.begin() as connection:
        connection.execute(
            text(
                f"UPDATE sessions SET {change} WHERE account_id ="
                " (SELECT id FROM accounts WHERE email = :email)"
            ),
            {"email": signed_up.email},
        )
    assert not is_signed_in(signed_up)


def test_the_database_holds_no_token(signed_up: Visitor, owner_engine: Engine) -> None:
    token = signed_up.client.get_cookie("payvand").value
    with owner_engine.connect() as connection:
        rows = connection.execute(text("SELECT token_hash FROM sessions")).scalars().all()
    assert all(token.encode() not in bytes(row) for row in rows)


def test_a_form_of_another_site_is_refused(app: Payvand, signed_up: Visitor) -> None:
    answer = signed_up.client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    answer = signed_up.client.post("/sign-out", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert is_signed_in(signed_up)


def test_a_form_without_its_token_is_refused(app: Payvand, signed_up: Visitor) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for path in ("/sign-out", "/sign-in", "/sign-up", "/reset", "/preferences", "/profile"):
            assert signed_up.post(path).status_code == 400, path
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert is_signed_in(signed_up)
