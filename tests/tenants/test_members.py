"""Changing what members may do."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ProgrammingError

from app.extensions import db
from app.tenants.audit.models import AuditEvent
from app.tenants.members.models import Membership
from app.web import Payvand
from tests.cast import Cast, Company, Member
from tests.tenants.conftest import new_browser

ROLES = ("owner", "admin", "manager", "rep", "read-only")


def _role(engine: Engine, membership_id: UUID) -> str:
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT role FROM memberships WHERE id = :id"), {"id": membership_id}
        )
        return str(found.scalar_one())


def _post(member: Member, target: UUID, what: str, **values: str) -> int:
    path = member.url(f"settings/members/{target}/{what}")
    return member.client.post(path, data=values).status_code


def test_everyone_reads_the_list(cast: Cast, company: Company) -> None:
    for role in ROLES:
        member = cast.member(company, role)
        page = member.client.get(member.url("settings/members"))
        assert page.status_code == 200
        assert member.email in page.text


@pytest.mark.parametrize("role", ["manager", "rep", "read-only"])
def test_only_owners_and_admins_change_members(
    cast: Cast, owner: Member, colleague: Member, role: str
) -> None:
    member = cast.member(owner.company, role)
    assert _post(member, colleague.membership_id, "role", role="admin") == 403
    assert _post(member, colleague.membership_id, "disable") == 403
    invite = {"email": "a@example.com", "role": "rep"}
    path = member.url("settings/members/invitations")
    assert member.client.post(path, data=invite).status_code == 403
    page = member.client.get(member.url("settings/members")).text
    assert "/disable" not in page
    assert 'action="' + path not in page


def test_an_owner_changes_a_role(owner: Member, colleague: Member, owner_engine: Engine) -> None:
    assert _post(owner, colleague.membership_id, "role", role="manager") == 303
    assert _role(owner_engine, colleague.membership_id) == "manager"


def test_a_changed_role_counts_at_once(owner: Member, colleague: Member) -> None:
    _post(owner, colleague.membership_id, "role", role="admin")
    assert colleague.client.get(colleague.url("settings/workspace")).status_code == 200
    _post(owner, colleague.membership_id, "role", role="read-only")
    assert colleague.client.get(colleague.url("settings/workspace")).status_code == 403


def test_an_invented_role_is_refused(owner: Member, colleague: Member) -> None:
    assert _post(owner, colleague.membership_id, "role", role="king") == 422


def test_a_disabled_member_s_open_browser_is_out_at_once(owner: Member, colleague: Member) -> None:
    page = colleague.url("settings/members")
    assert colleague.client.get(page).status_code == 200
    assert _post(owner, colleague.membership_id, "disable") == 303
    answer = colleague.client.get(page)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_a_disabled_member_with_a_new_session_finds_nothing(
    app: Payvand, owner: Member, colleague: Member
) -> None:
    _post(owner, colleague.membership_id, "disable")
    client = new_browser(app, colleague)
    assert client.get(colleague.url("settings/members")).status_code == 404


def test_an_enabled_member_comes_in_again(app: Payvand, owner: Member, colleague: Member) -> None:
    _post(owner, colleague.membership_id, "disable")
    assert _post(owner, colleague.membership_id, "enable") == 303
    client = new_browser(app, colleague)
    assert client.get(colleague.url("settings/members")).status_code == 200


def test_nobody_disables_themselves(cast: Cast, owner: Member) -> None:
    admin = cast.member(owner.company, "admin")
    assert _post(owner, owner.membership_id, "disable") == 422
    assert _post(admin, admin.membership_id, "disable") == 422


def test_the_last_owner_stays(cast: Cast, owner: Member, owner_engine: Engine) -> None:
    assert _post(owner, owner.membership_id, "role", role="admin") == 422
    assert _role(owner_engine, owner.membership_id) == "owner"
    second = cast.member(owner.company, "owner")
    assert _post(owner, owner.membership_id, "role", role="admin") == 303
    assert _post(second, second.membership_id, "role", role="rep") == 422


def test_a_disabled_owner_does_not_count_as_one(cast: Cast, owner: Member) -> None:
    second = cast.member(owner.company, "owner")
    assert _post(owner, second.membership_id, "disable") == 303
    assert _post(owner, owner.membership_id, "role", role="admin") == 422


def test_an_admin_cannot_touch_or_make_owners(
    cast: Cast, owner: Member, colleague: Member, owner_engine: Engine
) -> None:
    cast.member(owner.company, "owner")
    admin = cast.member(owner.company, "admin")
    assert _post(admin, owner.membership_id, "disable") == 403
    assert _post(admin, owner.membership_id, "role", role="rep") == 403
    assert _post(admin, colleague.membership_id, "role", role="owner") == 403
    assert _post(admin, admin.membership_id, "role", role="owner") == 403
    assert _role(owner_engine, owner.membership_id) == "owner"
    invite = {"email": "boss@example.com", "role": "owner"}
    path = admin.url("settings/members/invitations")
    assert admin.client.post(path, data=invite).status_code == 422


def test_another_company_s_member_is_not_found(
    owner: Member, stranger: Member, owner_engine: Engine
) -> None:
    unknown = UUID("01900000-0000-7000-8000-000000000000")
    for target in (stranger.membership_id, unknown):
        for what in ("role", "disable", "enable"):
            assert _post(owner, target, what, role="rep") == 404
    assert _role(owner_engine, stranger.membership_id) == "owner"


def test_a_stranger_finds_no_members_page(owner: Member, stranger: Member) -> None:
    assert stranger.client.get(owner.url("settings/members")).status_code == 404
    assert stranger.client.get("/no-such-company/settings/members").status_code == 404
    path = owner.url(f"settings/members/{owner.membership_id}/disable")
    assert stranger.client.post(path).status_code == 404


def test_the_sentence_is_on_the_list_itself(owner: Member) -> None:
    path = owner.url(f"settings/members/{owner.membership_id}/disable")
    page = owner.client.post(path).text
    assert "You cannot disable yourself" in page
    assert owner.email in page


def test_changes_are_written_down(
    cast: Cast, owner: Member, colleague: Member, owner_engine: Engine
) -> None:
    _post(owner, colleague.membership_id, "role", role="manager")
    _post(owner, colleague.membership_id, "disable")
    with cast.inside(owner.company):
        events = db.session.query(AuditEvent).order_by(AuditEvent.id).all()
        assert [event.action for event in events] == ["member.role_changed", "member.disabled"]
        assert events[0].details == {"before": "rep", "after": "manager"}
        assert events[0].subject_id == colleague.membership_id
        assert events[0].account_id == owner.account_id
        assert events[0].address == "127.0.0.1"


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events"]
)
def test_what_is_written_down_cannot_be_changed(
    cast: Cast, owner: Member, colleague: Member, statement: str
) -> None:
    _post(owner, colleague.membership_id, "disable")
    with pytest.raises(ProgrammingError), cast.inside(owner.company):
        db.session.execute(text(statement))


def test_a_person_with_two_companies_switches_between_them(
    cast: Cast, owner: Member, stranger: Member
) -> None:
    with cast.app.app_context():
        db.session.add(
            Membership(tenant_id=stranger.company.id, account_id=owner.account_id, role="read-only")
        )
        db.session.commit()
    assert owner.client.get("/").location == "/workspaces"
    chooser = owner.client.get("/workspaces").text
    assert f"/{owner.company.slug}/" in chooser
    assert f"/{stranger.company.slug}/" in chooser
    assert stranger.company.slug in owner.client.get(owner.url("settings/members")).text
    assert owner.client.get(stranger.url("settings/members")).status_code == 200
    assert owner.client.get(stranger.url("settings/workspace")).status_code == 403
