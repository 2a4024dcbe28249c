"""What people change about themselves."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.cast import Member
from tests.tenants.conftest import (
    PASSWORD,
    Visitor,
    comparable,
    is_signed_in,
    sign_in,
    sign_up_form,
)

NEW = "a lamp behind the door"


def _profile(visitor: Visitor, **changes: str) -> int:
    values = {"name": "Nadia", "language": "", "calendar": "", "digits": "", **changes}
    return visitor.post("/profile", **values).status_code


def test_a_person_chooses_language_calendar_and_digits(signed_up: Visitor) -> None:
    chosen = {"language": "fa", "calendar": "jalali", "digits": "persian", "shortcuts": "y"}
    assert _profile(signed_up, name="نادیا", **chosen) == 303
    page = signed_up.get("/profile").text
    assert 'dir="rtl"' in page
    assert "نادیا" in page
    assert re.search(r"[۰-۹]{4}", page)


def test_an_empty_choice_follows_the_workspace(signed_up: Visitor) -> None:
    _profile(signed_up, language="fa")
    _profile(signed_up)
    assert 'dir="ltr"' in signed_up.get("/profile").text.split("<head>")[0]


def test_the_page_keeps_the_workspace_s_frame(signed_up: Visitor) -> None:
    page = signed_up.get("/profile").text
    assert "Kettle and Stove" in page
    assert "/settings" in page


def test_another_company_s_frame_is_not_borrowed(signed_up: Visitor, stranger: Member) -> None:
    page = signed_up.get(f"/profile?workspace={stranger.company.slug}").text
    assert stranger.company.slug.title() not in page
    assert "Kettle and Stove" in page


def test_an_unreadable_profile_comes_back(signed_up: Visitor) -> None:
    assert _profile(signed_up, name="") == 422
    assert _profile(signed_up, language="de") == 422


def test_a_new_password_ends_the_other_sessions_and_is_told(
    signed_up: Visitor, visit: Callable[..., Visitor]
) -> None:
    other = visit(signed_up.email)
    sign_in(other)
    fields = {"password-current": PASSWORD, "password-password": NEW}
    assert signed_up.post("/profile/password", **fields).status_code == 303
    assert is_signed_in(signed_up)
    assert not is_signed_in(other)
    assert sign_in(other, NEW).status_code == 303
    assert signed_up.mails()[-1][0] == "Your password was changed"


def test_a_password_change_asks_for_the_current_one(signed_up: Visitor) -> None:
    for current in ("", "wrong password"):
        fields = {"password-current": current, "password-password": NEW}
        answer = signed_up.post("/profile/password", **fields)
        assert answer.status_code == 422
    weak = {"password-current": PASSWORD, "password-password": "12345678"}
    assert signed_up.post("/profile/password", **weak).status_code == 422
    assert sign_in(signed_up, PASSWORD).status_code == 303


def test_guessing_the_current_password_comes_to_an_end(signed_up: Visitor) -> None:
    fields = {"password-current": "wrong password", "password-password": NEW}
    codes = [signed_up.post("/profile/password", **fields).status_code for _try in range(12)]
    assert codes[:10] == [422] * 10
    assert codes[-1] == 429


def _move(visitor: Visitor, email: str, current: str = PASSWORD) -> object:
    fields = {"email-email": email, "email-current": current}
    return visitor.post("/profile/email", **fields)


def test_an_address_moves_once_the_new_one_is_proved(
    signed_up: Visitor, visit: Callable[..., Visitor]
) -> None:
    new = visit()
    assert _move(signed_up, new.email).status_code == 303
    assert signed_up.mails()[-1][0] == "Somebody asked to change your address"
    assert sign_in(new).status_code == 422
    new.post(new.link())
    assert sign_in(new).status_code == 303
    assert signed_up.mails()[-1][0] == "Your address was changed"
    assert sign_in(visit(signed_up.email)).status_code == 422


def test_moving_asks_for_the_password(signed_up: Visitor, visit: Callable[..., Visitor]) -> None:
    new = visit()
    assert _move(signed_up, new.email, "wrong password").status_code == 422
    assert new.mails() == []


def test_moving_to_somebody_s_address_tells_only_them(
    signed_up: Visitor, visit: Callable[..., Visitor], stranger: Member
) -> None:
    new, known = visit(), visit(stranger.email)
    answers = [_move(signed_up, other.email) for other in (new, known)]
    assert comparable(answers[0], new) == comparable(answers[1], known)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert known.mails()[-1][0] == "This address has an account already"


def test_two_who_ask_for_one_address_do_not_both_get_it(
    signed_up: Visitor, visit: Callable[..., Visitor]
) -> None:
    new = visit()
    _move(signed_up, new.email)
    link = new.link()
    form = {"company": "Lamp", "name": "Eve", "password": NEW, "slug": f"lamp-{new.email[8:18]}"}
    formats = {"language": "en", "calendar": "gregorian", "currency": "GBP"}
    new.post("/sign-up", email=new.email, timezone="UTC", **form, **formats)
    assert new.post(link).status_code == 410


def test_a_person_ends_one_session(signed_up: Visitor, visit: Callable[..., Visitor]) -> None:
    other = visit(signed_up.email)
    sign_in(other)
    page = signed_up.get("/profile").text
    path = re.search(r'action="(/profile/sessions/[^"]+/end)', page)
    assert path
    assert signed_up.post(path.group(1)).status_code == 303
    assert not is_signed_in(other)
    assert is_signed_in(signed_up)
    assert signed_up.post(path.group(1)).status_code == 404


def test_a_person_ends_all_others(signed_up: Visitor, visit: Callable[..., Visitor]) -> None:
    others = [visit(signed_up.email) for _other in range(2)]
    for other in others:
        sign_in(other)
    assert signed_up.post("/profile/sessions/end-others").status_code == 303
    assert [is_signed_in(other) for other in others] == [False, False]
    assert is_signed_in(signed_up)


def test_nobody_ends_another_person_s_session(
    signed_up: Visitor, visitor: Visitor, visit: Callable[..., Visitor]
) -> None:
    other = visit(signed_up.email)
    sign_in(other)
    path = re.search(r'action="(/profile/sessions/[^"]+/end)', signed_up.get("/profile").text)
    assert path
    stranger = visit()
    stranger.post("/sign-up", **sign_up_form(stranger))
    stranger.post(stranger.link())
    assert stranger.post(path.group(1)).status_code == 404
    assert is_signed_in(other)


def test_the_language_switch_is_kept_for_browser_and_account(signed_up: Visitor) -> None:
    answer = signed_up.post("/preferences", language="fa", next="/profile")
    assert answer.location == "/profile"
    assert 'dir="rtl"' in signed_up.get("/profile").text
    signed_up.post("/sign-out")
    assert 'dir="rtl"' in signed_up.get("/").text


def test_the_theme_is_kept_in_the_browser(visitor: Visitor) -> None:
    visitor.post("/preferences", theme="dark")
    assert 'data-theme="dark"' in visitor.get("/").text
    visitor.post("/preferences", theme="<script>")
    assert 'data-theme="dark"' in visitor.get("/").text
