"""Taking a demo company away, and where none may be made."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import create_engine, select, text

from app import create_app
from app.config import Settings
from app.extensions import Base, db
from app.jobs import relay_engine
from app.tenancy import set_tenant, tenant_tables
from app.tenants.members.models import Membership
from app.tenants.workspace.models import Tenant
from app.web import Payvand
from tests.cast import Cast
from tests.demo.steps import run, tenant_of


def rows_left(app: Payvand, tenant_id: UUID) -> dict[str, int]:
    """Rows that still name the tenant, by table."""
    settings: Settings = app.extensions["settings"]
    engine = create_engine(settings.database_owner_url or "")
    names = [table.name for table in tenant_tables()]
    names += ["contact_search", "memberships", "invitations"]
    with engine.begin() as connection:
        set_tenant(connection, tenant_id)
        sql = "SELECT count(*) FROM {} WHERE tenant_id = :id"
        counts = {
            name: connection.scalar(text(sql.format(name)), {"id": tenant_id}) for name in names
        }
    engine.dispose()
    with app.app_context(), relay_engine().connect() as connection:
        counts["outbox"] = connection.scalar(text(sql.format("outbox")), {"id": tenant_id})
    return {name: count for name, count in counts.items() if count}


def test_a_removal_leaves_nothing_and_spares_the_others(app: Payvand, cast: Cast) -> None:
    run(app, "demo", "seed", "--language", "fa")
    tenant = tenant_of(app, "fa")
    assert rows_left(app, tenant.id).keys() >= {"contacts", "orders", "audit_events", "outbox"}
    guest = cast.member(cast.company(), "owner")
    with app.app_context():
        db.session.add(Membership(tenant_id=tenant.id, account_id=guest.account_id, role="rep"))
        db.session.commit()
    assert run(app, "demo", "remove", "--language", "fa") == {"removed": ["nim-pardeh"]}
    assert rows_left(app, tenant.id) == {}
    with app.app_context():
        accounts = Base.metadata.tables["accounts"]
        emails = set(db.session.scalars(select(accounts.c.email)))
    assert guest.email in emails
    assert not any(email.endswith("@nim-pardeh.example") for email in emails)
    assert run(app, "demo", "remove", "--language", "fa") == {"removed": []}


def test_a_workspace_that_is_no_demo_keeps_its_address(app: Payvand) -> None:
    run(app, "demo", "remove", "--language", "fa")
    with app.app_context():
        db.session.add(Tenant(slug="nim-pardeh", name="A real one"))
        db.session.commit()
    for command in ("seed", "remove"):
        result = app.test_cli_runner().invoke(args=["demo", command, "--language", "fa"])
        assert result.exit_code == 1
        assert "no demo" in result.stderr
        assert result.stdout == ""
    with app.app_context():
        tenant = db.session.scalars(select(Tenant).where(Tenant.slug == "nim-pardeh")).one()
        tenant.slug = f"real-{tenant.id.hex[:12]}"
        db.session.commit()


def test_production_refuses_a_demo(app: Payvand) -> None:
    settings: Settings = app.extensions["settings"]
    production = create_app(replace(settings, environment="production"))
    result = production.test_cli_runner().invoke(args=["demo", "seed"])
    assert result.exit_code == 1
    assert "--allow-production" in result.stderr
    assert result.stdout == ""
