"""Every route, found by itself: strangers, foreign ids and roles without the permission."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.tenants.access import SIGNED_IN
from app.tenants.members.models import ROLES
from app.tenants.permissions import ROLE_PERMISSIONS, Permission
from app.web import Payvand
from tests.cast import Cast, Member
from tests.isolation.marks import unmarked_views
from tests.isolation.rows import plant


@dataclass(frozen=True)
class Scene:
    """Our company with a member of each role, and a stranger's company with rows in each table."""

    members: dict[str, Member]
    stranger: Member
    foreign_ids: dict[str, UUID]


@pytest.fixture
def scene(cast: Cast, app_role: Engine) -> Scene:
    ours, theirs = cast.company(), cast.company()
    stranger = cast.member(theirs)
    with app_role.begin() as connection:
        foreign_ids = plant(connection, theirs.id)
    foreign_ids["memberships"] = stranger.membership_id
    return Scene({role: cast.member(ours, role) for role in ROLES}, stranger, foreign_ids)


def tenant_rules(app: Payvand) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if "tenant_slug" in rule.arguments]


def calls(app: Payvand) -> Iterator[tuple[str, Rule]]:
    for rule in tenant_rules(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def path(app: Payvand, rule: Rule, slug: str, record: UUID) -> str:
    """The rule's address with this id in each place that takes one."""
    values: dict[str, object] = {"tenant_slug": slug}
    for name in rule.arguments - {"tenant_slug"}:
        kind = type(rule._converters[name]).__name__
        values[name] = (
            record if kind == "UUIDConverter" else 1 if kind == "IntegerConverter" else "x"
        )
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def call(client: FlaskClient, method: str, address: str) -> TestResponse:
    return client.open(address, method=method, data={} if method != "GET" else None)


def has_ids(rule: Rule) -> bool:
    kinds = {type(rule._converters[n]).__name__ for n in rule.arguments - {"tenant_slug"}}
    return "UUIDConverter" in kinds


def normalised(response: TestResponse) -> str:
    """The answer without what differs from call to call: ids and the form token."""
    body = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", response.get_data(as_text=True))
    return re.sub(r"[\w.-]{60,}", "TOKEN", body)


def test_every_view_says_who_may_call_it(app: Payvand) -> None:
    assert unmarked_views(app) == []


def test_nobody_comes_in_without_signing_in(app: Payvand, scene: Scene) -> None:
    slug = scene.stranger.company.slug
    for method, rule in calls(app):
        response = call(app.test_client(), method, path(app, rule, slug, uuid4()))
        assert response.status_code in (303, 204), (method, rule.rule, response.status_code)
        assert "/sign-in" in response.headers.get("Location", "/sign-in")


def test_a_foreign_workspace_looks_like_a_missing_one(app: Payvand, scene: Scene) -> None:
    for member in scene.members.values():
        for method, rule in calls(app):
            foreign = call(
                member.client, method, path(app, rule, scene.stranger.company.slug, uuid4())
            )
            missing = call(member.client, method, path(app, rule, "no-such-company", uuid4()))
            assert foreign.status_code == missing.status_code == 404, (method, rule.rule)
            assert normalised(foreign) == normalised(missing).replace(
                "no-such-company", scene.stranger.company.slug
            )


def test_a_foreign_id_answers_as_a_missing_one(app: Payvand, scene: Scene) -> None:
    owner = scene.members["owner"]
    tried = 0
    for method, rule in calls(app):
        if not has_ids(rule):
            continue
        missing_id = uuid4()
        missing = call(owner.client, method, path(app, rule, owner.company.slug, missing_id))
        for table, foreign_id in scene.foreign_ids.items():
            address = path(app, rule, owner.company.slug, foreign_id)
            foreign = call(owner.client, method, address)
            tried += 1
            assert foreign.status_code == missing.status_code == 404, (method, rule.rule, table)
            assert normalised(foreign) == normalised(missing)
    assert tried > 0


def test_each_role_may_do_what_the_table_says_and_no_more(app: Payvand, scene: Scene) -> None:
    for role, member in scene.members.items():
        for method, rule in calls(app):
            access = app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
            response = call(member.client, method, path(app, rule, member.company.slug, uuid4()))
            is_allowed = access == SIGNED_IN or access in ROLE_PERMISSIONS[role]
            assert isinstance(access, Permission) or access == SIGNED_IN
            if is_allowed:
                assert response.status_code != 403, (role, method, rule.rule)
                assert response.status_code < 500, (role, method, rule.rule)
            else:
                assert response.status_code == 403, (role, method, rule.rule)
