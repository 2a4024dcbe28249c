"""The settings of a workspace."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.extensions import db
from app.tenancy import new_id
from app.tenants.audit.models import AuditEvent
from tests.cast import Cast, Member

_ORDER = (
    "INSERT INTO orders (tenant_id, id, number, ordered_on, total)"
    " VALUES (:tenant, :id, '1', '2025-01-01', 100)"
)


def _settings(**changes: str) -> dict[str, str]:
    values = {
        "name": "Kettle",
        "language": "en",
        "calendar": "gregorian",
        "digits": "latin",
        "timezone": "UTC",
        "currency": "USD",
        "region": "US",
    }
    return {**values, **changes}


def _save(member: Member, **changes: str) -> Any:
    return member.client.post(member.url("settings/workspace"), data=_settings(**changes))


def test_an_owner_changes_the_settings(owner: Member, cast: Cast) -> None:
    answer = _save(owner, name="Kettle & Co", timezone="Europe/London", currency="GBP")
    assert answer.status_code == 303
    page = owner.client.get(owner.url("settings/workspace")).text
    assert "Kettle &amp; Co" in page
    with cast.inside(owner.company):
        event = db.session.query(AuditEvent).one()
        assert event.action == "workspace.changed"
        assert event.details["currency"] == ["USD", "GBP"]


def test_a_persian_workspace_is_read_from_right_to_left(owner: Member) -> None:
    changes = {"language": "fa", "calendar": "jalali", "digits": "persian", "currency": "IRR"}
    assert _save(owner, toman="y", region="IR", **changes).status_code == 303
    page = owner.client.get(owner.url("settings/workspace")).text
    assert '<html lang="fa" dir="rtl"' in page
    assert 'name="toman"' in page


def test_only_rials_are_shown_as_tomans(owner: Member, cast: Cast) -> None:
    _save(owner, toman="y")
    with cast.app.app_context():
        unit = db.session.execute(
            text("SELECT money_unit FROM tenants WHERE id = :id"), {"id": owner.company.id}
        ).scalar_one()
    assert unit == ""


def test_the_currency_stays_once_there_are_orders(owner: Member, cast: Cast) -> None:
    with cast.inside(owner.company):
        db.session.execute(text(_ORDER), {"id": new_id(), "tenant": owner.company.id})
    answer = _save(owner, currency="EUR", name="Renamed")
    assert answer.status_code == 422
    assert "would not be converted" in answer.text
    page = owner.client.get(owner.url("settings/workspace")).text
    assert "Renamed" not in page
    same = _settings(name="Renamed")
    del same["currency"]
    assert owner.client.post(owner.url("settings/workspace"), data=same).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"language": "xx"}, {"timezone": "Mars"}, {"currency": "XX"}, {"region": "??"}],
)
def test_settings_that_cannot_be_come_back(owner: Member, changes: dict[str, str]) -> None:
    assert _save(owner, **changes).status_code == 422


@pytest.mark.parametrize("role", ["manager", "rep", "read-only"])
def test_others_do_not_see_them(cast: Cast, owner: Member, role: str) -> None:
    member = cast.member(owner.company, role)
    assert member.client.get(member.url("settings/workspace")).status_code == 403
    assert _save(member).status_code == 403
    assert member.client.get(member.url("settings")).location == member.url("settings/members")


def test_an_admin_may_change_them(cast: Cast, owner: Member) -> None:
    admin = cast.member(owner.company, "admin")
    assert admin.client.get(admin.url("settings")).location == admin.url("settings/workspace")
    assert _save(admin).status_code == 303


def test_a_stranger_finds_nothing(owner: Member, stranger: Member) -> None:
    assert stranger.client.get(owner.url("settings/workspace")).status_code == 404
    answer = stranger.client.post(owner.url("settings/workspace"), data=_settings())
    assert answer.status_code == 404
