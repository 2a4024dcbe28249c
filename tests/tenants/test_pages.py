"""Every page of accounts, members and settings, in both languages."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from tests.cast import Member
from tests.tenants.conftest import Visitor

PUBLIC = ("/", "/sign-in", "/sign-up", "/reset", "/mailbox", "/verify/x", "/reset/x")
OWN = ("/profile", "/workspaces", "/workspaces/new")
SETTINGS = ("settings/members", "settings/workspace")


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fa", "rtl")])
def test_public_pages_follow_the_visitor_s_language(
    visitor: Visitor, path: str, language: str, direction: str
) -> None:
    visitor.client.set_cookie("language", language)
    page = visitor.get(path)
    assert page.status_code in (200, 410)
    assert f'<html lang="{language}" dir="{direction}"' in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize("path", OWN + SETTINGS)
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fa", "rtl")])
def test_own_pages_follow_the_account_s_language(
    owner: Member, path: str, language: str, direction: str
) -> None:
    owner.client.post("/preferences", data={"language": language})
    page = owner.client.get(path if path.startswith("/") else owner.url(path))
    assert page.status_code == 200
    assert f'<html lang="{language}" dir="{direction}"' in page.text


@pytest.mark.parametrize("path", OWN)
def test_own_pages_ask_strangers_to_sign_in(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")


def test_the_front_page_makes_no_promise_of_price_or_trial(visitor: Visitor) -> None:
    page = visitor.get("/").text
    for word in ("30 days", "£", "99.9", "No card", "free"):
        assert word not in page


def test_pages_of_people_are_not_kept_by_anybody(owner: Member) -> None:
    for path in ("/profile", owner.url("settings/members")):
        assert owner.client.get(path).headers["Cache-Control"] == "no-store"


def test_somebody_without_a_workspace_is_offered_one(
    signed_up: Visitor, owner_engine: Engine
) -> None:
    with owner_engine.begin() as connection:
        connection.execute(
            text(
                "DELETE FROM memberships WHERE account_id ="
                " (SELECT id FROM accounts WHERE email = :email)"
            ),
            {"email": signed_up.email},
        )
    assert signed_up.get("/").location == "/workspaces"
    page = signed_up.get("/workspaces").text
    assert "/workspaces/new" in page
    assert signed_up.get("/profile").status_code == 200
