"""A company signs up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from app import create_app
from app.tenancy import new_id
from app.web import Payvand
from tests.tenants.conftest import (
    PASSWORD,
    Visitor,
    comparable,
    is_signed_in,
    sign_in,
    sign_up_form,
)


def _tenant(engine: Engine, slug: str) -> object:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM tenants WHERE slug = :s"), {"s": slug})
        return found.one_or_none()


def test_a_company_signs_up_verifies_and_lands_in_its_workspace(visitor: Visitor) -> None:
    form = sign_up_form(visitor)
    answer = visitor.post("/sign-up", **form)
    assert answer.status_code == 200
    assert "Read your mail" in answer.text
    assert not is_signed_in(visitor)
    assert visitor.get(visitor.link()).status_code == 200
    assert visitor.post(visitor.link()).location == "/"
    assert visitor.get("/").location == f"/{form['slug']}/"
    page = visitor.get(f"/{form['slug']}/settings/members")
    assert page.status_code == 200
    assert "Nadia Reed" in page.text


def test_the_workspace_takes_the_chosen_formats(visitor: Visitor, owner_engine: Engine) -> None:
    form = sign_up_form(visitor, currency="EUR", timezone="Europe/Berlin", calendar="jalali")
    visitor.post("/sign-up", **form)
    tenant = _tenant(owner_engine, form["slug"])
    assert tenant.name == "Kettle and Stove"
    assert (tenant.currency, tenant.timezone, tenant.calendar) == (
        "EUR",
        "Europe/Berlin",
        "jalali",
    )


def test_a_second_click_opens_one_workspace_and_sends_one_mail(visitor: Visitor) -> None:
    form = sign_up_form(visitor, id=str(new_id()))
    first, second = visitor.post("/sign-up", **form), visitor.post("/sign-up", **form)
    assert first.status_code == second.status_code == 200
    assert comparable(first, visitor) == comparable(second, visitor)
    assert len(visitor.mails()) == 1


def test_an_address_with_an_account_gets_the_same_answer_and_another_mail(
    signed_up: Visitor, visit: Callable[..., Visitor], hashes: list[str]
) -> None:
    known, unknown = visit(signed_up.email), visit()
    answers, work = [], []
    for other in (known, unknown):
        hashes.clear()
        answers.append(other.post("/sign-up", **sign_up_form(other)))
        work.append(list(hashes))
    assert work[0] == work[1] == ["hash"]
    pages = [
        comparable(answer, other) for answer, other in zip(answers, (known, unknown), strict=True)
    ]
    assert pages[0] == pages[1]
    assert answers[0].status_code == answers[1].status_code == 200
    assert [key for key, _value in answers[0].headers] == [
        key for key, _value in answers[1].headers
    ]
    assert known.mails()[-1][0] == "You have an account already"
    assert unknown.mails()[-1][0] == "Confirm your address"


def test_a_taken_address_does_not_tell_whether_an_account_exists(
    signed_up: Visitor, visit: Callable[..., Visitor]
) -> None:
    known, prober = visit(signed_up.email), visit()
    form = sign_up_form(known)
    known.post("/sign-up", **form)
    answer = prober.post("/sign-up", **sign_up_form(prober, slug=form["slug"]))
    assert answer.status_code == 422
    assert "That address is taken" in answer.text


def test_the_owner_of_an_existing_account_takes_the_new_workspace_over(
    signed_up: Visitor, visit: Callable[..., Visitor]
) -> None:
    form = sign_up_form(signed_up, password="another long password")
    visit().post("/sign-up", **form)
    assert signed_up.get(f"/{form['slug']}/settings/members").status_code == 404
    assert signed_up.post(signed_up.link()).location == f"/{form['slug']}/"
    assert signed_up.get(f"/{form['slug']}/settings/members").status_code == 200
    assert sign_in(signed_up).status_code == 303


def test_an_unfinished_account_is_not_taken_over_by_a_second_sign_up(
    visit: Callable[..., Visitor],
) -> None:
    first = visit()
    first.post("/sign-up", **sign_up_form(first, password="the first password"))
    second = visit(first.email)
    second.post("/sign-up", **sign_up_form(second, password="the second password"))
    second.post(second.link(), name="Nadia", password="chosen by mailbox owner")
    assert is_signed_in(second)
    for password in ("the first password", "the second password"):
        assert sign_in(visit(first.email), password).status_code == 422
    assert sign_in(visit(first.email), "chosen by mailbox owner").status_code == 303


def test_a_taken_address_names_a_free_neighbour_and_keeps_what_was_typed(
    visit: Callable[..., Visitor],
) -> None:
    first, second = visit(), visit()
    form = sign_up_form(first)
    first.post("/sign-up", **form)
    answer = second.post("/sign-up", **sign_up_form(second, slug=form["slug"]))
    assert answer.status_code == 422
    assert f"{form['slug']}-2" in answer.text
    assert second.email in answer.text
    assert "Kettle and Stove" in answer.text
    assert PASSWORD not in answer.text
    chosen = sign_up_form(second, slug=form["slug"], chosen_slug=f"{form['slug']}-2")
    assert second.post("/sign-up", **chosen).status_code == 200


def test_the_address_is_suggested_from_the_company(visitor: Visitor) -> None:
    answer = visitor.get("/sign-up/address?company=Caf%C3%A9+N%C2%B0+7%2C+Ltd")
    assert answer.status_code == 200
    assert 'value="cafe-n-7-ltd"' in answer.text


@pytest.mark.parametrize("slug", ["", "ab", "-ab", "ab-", "a b c", "Ünï", "a" * 41, "x/../y"])
def test_an_address_of_another_shape_is_refused(visitor: Visitor, slug: str) -> None:
    assert visitor.post("/sign-up", **sign_up_form(visitor, slug=slug)).status_code == 422


@pytest.mark.parametrize("slug", ["sign-in", "profile", "workspaces", "healthz", "admin", "api"])
def test_our_own_addresses_are_not_given_away(visitor: Visitor, slug: str) -> None:
    answer = visitor.post("/sign-up", **sign_up_form(visitor, slug=slug))
    assert answer.status_code == 422
    assert "taken" in answer.text


@pytest.mark.parametrize(
    "password",
    ["short", "12345678", "Password1", "qwertyuiop", "abababab", "aaaaaaaaaaaa", "kettlestove1"],
)
def test_an_easily_guessed_password_is_refused(visitor: Visitor, password: str) -> None:
    answer = visitor.post("/sign-up", **sign_up_form(visitor, password=password))
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text


@pytest.mark.parametrize(
    "password", ["zebra lamp", "x9!kQ2vv", "گربه سیاه روی دیوار", "k" * 3 + "r-7tAbQz"]
)
def test_eight_characters_that_nobody_guesses_are_enough(visitor: Visitor, password: str) -> None:
    assert visitor.post("/sign-up", **sign_up_form(visitor, password=password)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "nobody"},
        {"email": "a@b\r\nBcc: x@example.com"},
        {"company": ""},
        {"company": "x" * 200},
        {"name": " \t "},
        {"language": "de"},
        {"currency": "XYZ"},
        {"timezone": "Mars/Base"},
        {"calendar": "lunar"},
        {"password": "p" * 129},
    ],
)
def test_what_cannot_be_read_comes_back_with_a_sentence(
    visitor: Visitor, changes: dict[str, str]
) -> None:
    answer = visitor.post("/sign-up", **sign_up_form(visitor, **changes))
    assert answer.status_code == 422
    assert "-error" in answer.text


def test_control_characters_in_names_are_dropped(visitor: Visitor, owner_engine: Engine) -> None:
    form = sign_up_form(visitor, company="Kettle\x00 and\r\nSubject: x")
    visitor.post("/sign-up", **form)
    assert _tenant(owner_engine, form["slug"]).name == "Kettle and Subject: x"


def test_a_persian_visitor_is_offered_persian_formats(visitor: Visitor) -> None:
    page = visitor.client.get("/sign-up", headers={"Accept-Language": "fa-IR,fa;q=0.9"}).text
    assert '<html lang="fa" dir="rtl"' in page
    assert 'checked id="calendar-1" name="calendar" type="radio" value="jalali"' in page
    assert '<option selected value="IRR">' in page
    assert '<option selected value="Asia/Tehran">' in page


def test_a_persian_workspace_shows_tomans_in_persian_digits(
    visitor: Visitor, owner_engine: Engine
) -> None:
    form = sign_up_form(visitor, language="fa", calendar="jalali", currency="IRR")
    visitor.post("/sign-up", **form)
    tenant = _tenant(owner_engine, form["slug"])
    assert (tenant.digits, tenant.money_unit, tenant.region) == ("persian", "toman", "IR")


def test_a_british_browser_is_offered_pounds_and_london(visitor: Visitor) -> None:
    page = visitor.client.get("/sign-up", headers={"Accept-Language": "en-GB,en;q=0.8"}).text
    assert '<option selected value="GBP">' in page
    assert '<option selected value="Europe/London">' in page


def test_a_signed_in_person_opens_another_workspace(signed_up: Visitor) -> None:
    form = sign_up_form(signed_up)
    assert signed_up.post("/workspaces/new", **form).location == f"/{form['slug']}/"
    assert signed_up.get(f"/{form['slug']}/settings/workspace").status_code == 200
    assert signed_up.get("/").location == "/workspaces"


def test_sign_up_can_be_closed(app: Payvand) -> None:
    closed = create_app(replace(app.extensions["settings"], sign_up_open=False))
    answer = closed.test_client().get("/sign-up")
    assert answer.status_code == 403
    assert "/sign-up" not in closed.test_client().get("/").text
