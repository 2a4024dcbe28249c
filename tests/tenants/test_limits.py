"""How often something may be tried."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from app.tenancy import new_id
from app.tenants import limits
from app.web import Payvand
from tests.tenants.conftest import PASSWORD, Visitor, is_signed_in, sign_in, sign_up_form

FIVE = limits.Limit("test", 5, 3600)


def test_guessing_a_password_comes_to_an_end(
    signed_up: Visitor, visit: Callable[..., Visitor]
) -> None:
    codes = [sign_in(visit(signed_up.email), "wrong password").status_code for _try in range(11)]
    assert codes == [422] * 10 + [429]
    answer = sign_in(visit(signed_up.email), PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "too often" in answer.text
    assert signed_up.email in answer.text


def test_the_limit_holds_for_unknown_addresses_alike(visit: Callable[..., Visitor]) -> None:
    unknown = visit()
    codes = [sign_in(visit(unknown.email), "wrong password").status_code for _try in range(11)]
    assert codes == [422] * 10 + [429]


def test_one_place_cannot_try_many_accounts(visitor: Visitor) -> None:
    codes = []
    for number in range(31):
        values = {"email": f"somebody-{number}-{visitor.email}", "password": "wrong password"}
        codes.append(visitor.post("/sign-in", **values).status_code)
    assert codes == [422] * 30 + [429]


def test_the_right_password_clears_the_account_s_count(
    signed_up: Visitor, visit: Callable[..., Visitor]
) -> None:
    for _round in range(2):
        for _try in range(9):
            sign_in(visit(signed_up.email), "wrong password")
        assert sign_in(visit(signed_up.email)).status_code == 303


def test_asking_for_links_comes_to_an_end(
    signed_up: Visitor, visit: Callable[..., Visitor]
) -> None:
    codes = [visit().post("/reset", email=signed_up.email).status_code for _try in range(6)]
    assert codes == [200] * 5 + [429]
    unknown = f"{new_id()}@example.com"
    codes = [visit().post("/reset", email=unknown).status_code for _try in range(6)]
    assert codes == [200] * 5 + [429]


def test_signing_up_comes_to_an_end(visitor: Visitor, visit: Callable[..., Visitor]) -> None:
    codes = []
    for _try in range(6):
        other = visit(visitor.email)
        codes.append(other.post("/sign-up", **sign_up_form(other)).status_code)
    assert codes == [200] * 5 + [429]


def test_each_key_has_its_own_count(app: Payvand) -> None:
    with app.app_context():
        for key in (str(new_id()), str(new_id())):
            for _try in range(5):
                limits.spend((FIVE, key))
            with pytest.raises(limits.TooMany):
                limits.spend((FIVE, key))


def test_what_is_left_of_the_earlier_window_still_counts(
    app: Payvand, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = str(new_id())
    starts = limits._windows(FIVE, limits.datetime.now(limits.UTC))
    moments = iter([starts[0] - limits.timedelta(seconds=1)] * 5 + [starts[0]])

    class Clock(limits.datetime):
        @classmethod
        def now(cls, tz: object = None) -> object:
            return next(moments)

    monkeypatch.setattr(limits, "datetime", Clock)
    with app.app_context():
        for _try in range(5):
            limits.spend((FIVE, key))
        with pytest.raises(limits.TooMany):
            limits.spend((FIVE, key))


def test_many_at_once_do_not_slip_through(app: Payvand) -> None:
    key, passed = str(new_id()), []

    def attempt() -> None:
        with app.app_context():
            try:
                limits.spend((FIVE, key), (FIVE, f"{key} again"))
                passed.append(1)
            except limits.TooMany:
                pass

    threads = [threading.Thread(target=attempt) for _thread in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 5


def test_the_table_tells_no_addresses(visitor: Visitor, owner_engine: Engine) -> None:
    sign_in(visitor, "wrong password")
    with owner_engine.connect() as connection:
        rows = connection.execute(text("SELECT encode(key_hash, 'escape') FROM attempts"))
        assert all(visitor.email not in row for row in rows.scalars())


def test_addresses_of_one_ipv6_network_count_as_one(app: Payvand) -> None:
    def address(remote: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": remote}):
            return limits.visitor_address()

    assert address("2001:db8:1:2::1") == address("2001:db8:1:2:ffff::9")
    assert address("2001:db8:1:2::1") != address("2001:db8:1:3::1")
    assert address("203.0.113.7") == "203.0.113.7"
    assert address("not an address") == "unknown"


def test_a_refused_try_leaves_nobody_signed_in(visitor: Visitor) -> None:
    for _try in range(11):
        sign_in(visitor, "wrong password")
    assert not is_signed_in(visitor)
