"""The commands that open and list workspaces."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from app.tenancy import new_id
from app.web import Payvand
from tests.tenants.conftest import PASSWORD, Visitor, sign_in


@pytest.fixture
def create(app: Payvand) -> Callable[..., Result]:
    def run(slug: str, *more: str, email: str = "", password: str = PASSWORD) -> Result:
        email = email or f"{new_id()}@example.com"
        given = ["--name", "Kettle", "--email", email, "--password", password]
        return app.test_cli_runner().invoke(args=["tenants", "create", slug, *given, *more])

    return run


def _slug() -> str:
    return f"made-{new_id().hex[-12:]}"


def _json(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_it_prints_json_alone_and_the_owner_signs_in(
    create: Callable[..., Result], visitor: Visitor
) -> None:
    slug = _slug()
    found = _json(create(slug, email=visitor.email))
    assert found["slug"] == slug
    assert found["owner"] == visitor.email
    assert found["id"]
    assert sign_in(visitor).status_code == 303
    assert visitor.get(f"/{slug}/settings/workspace").status_code == 200


def test_the_options_are_taken(create: Callable[..., Result]) -> None:
    options = ["--currency", "eur", "--calendar", "jalali", "--timezone", "Europe/Berlin"]
    found = _json(create(_slug(), *options))
    assert (found["currency"], found["calendar"]) == ("EUR", "jalali")
    assert found["timezone"] == "Europe/Berlin"


def test_persian_brings_its_own_defaults(create: Callable[..., Result]) -> None:
    found = _json(create(_slug(), "--language", "fa"))
    assert (found["currency"], found["calendar"]) == ("IRR", "jalali")
    assert found["timezone"] == "Asia/Tehran"


def test_an_account_is_used_again_when_the_password_fits(
    create: Callable[..., Result], visitor: Visitor
) -> None:
    first, second = _slug(), _slug()
    _json(create(first, email=visitor.email))
    refused = create(second, email=visitor.email, password="not the same one")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    _json(create(second, email=visitor.email.upper()))
    sign_in(visitor)
    assert visitor.get("/").location == "/workspaces"


@pytest.mark.parametrize(
    ("slug", "changes", "password"),
    [
        ("ab", [], PASSWORD),
        ("Not A Slug", [], PASSWORD),
        ("sign-in", [], PASSWORD),
        ("", [], PASSWORD),
        (None, ["--currency", "XXQ"], PASSWORD),
        (None, ["--timezone", "Mars/Base"], PASSWORD),
        (None, ["--email", "nobody"], PASSWORD),
        (None, ["--name", "  "], PASSWORD),
        (None, [], "12345678"),
        (None, [], "short"),
    ],
)
def test_a_failure_is_one_sentence_on_standard_error(
    create: Callable[..., Result], slug: str | None, changes: list[str], password: str
) -> None:
    result = create(_slug() if slug is None else slug, *changes, password=password)
    assert result.exit_code != 0
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("Error: ")


def test_a_taken_address_is_refused(create: Callable[..., Result]) -> None:
    slug = _slug()
    _json(create(slug))
    result = create(slug)
    assert result.exit_code == 1
    assert "taken" in result.stderr


def test_the_list_counts_members(app: Payvand, create: Callable[..., Result]) -> None:
    slug = _slug()
    create(slug)
    found = _json(app.test_cli_runner().invoke(args=["tenants", "list"]))
    assert next(one for one in found if one["slug"] == slug)["members"] == 1
