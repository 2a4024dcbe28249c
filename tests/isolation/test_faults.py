"""Faults seeded on purpose: the suite's checks must catch every one of them.

SQL faults are made in a transaction that is rolled back, and judged in it by the same catalogue
checks and the same attempts that judge the real database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, select, text

from app import jobs, tenancy
from app.crm.contacts.models import Contact
from app.extensions import db
from app.tenancy import acting_for
from app.web import Payvand
from tests.cast import Cast
from tests.isolation import catalogue
from tests.isolation.attacks import Victims, attempts
from tests.isolation.marks import unmarked_views
from tests.isolation.rows import plant
from tests.jobs import sample

POOL = 5  # connections that the app keeps
POLICY = "CREATE POLICY tenant_only ON products USING (true) WITH CHECK (true)"
BLIND_SEARCH = """
    CREATE OR REPLACE FUNCTION search_contacts(words text[], most integer)
    RETURNS TABLE (contact_id uuid) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT contact_id FROM contact_search LIMIT most'
"""
SIMPLE_KEY = """
    ALTER TABLE contacts ADD CONSTRAINT contacts_id UNIQUE (id);
    ALTER TABLE orders DROP CONSTRAINT fk_orders_tenant_id_contact_id;
    ALTER TABLE orders ADD FOREIGN KEY (contact_id) REFERENCES contacts (id)
"""

GRANT_SEARCH = "GRANT EXECUTE ON FUNCTION search_contacts(text[], integer) TO PUBLIC"
OPEN_OUTBOX = "CREATE POLICY more ON outbox FOR INSERT TO payvand_app WITH CHECK (true)"

FAULTS = {
    "force dropped": "ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY",
    "row-level security off": "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
    "policy open to all": f"DROP POLICY tenant_only ON products; {POLICY}",
    "policy that checks no writes": "ALTER POLICY tenant_only ON orders WITH CHECK (true)",
    "policy added beside": "CREATE POLICY more ON contacts FOR SELECT USING (true)",
    "policy gone": "DROP POLICY tenant_only ON report_runs",
    "simple foreign key": SIMPLE_KEY,
    "unique over all tenants": "CREATE UNIQUE INDEX products_code ON products (code)",
    "search without the tenant": BLIND_SEARCH,
    "search with a free path": "ALTER FUNCTION search_contacts(text[], integer) RESET search_path",
    "search open to everybody": GRANT_SEARCH,
    "search table granted": "GRANT SELECT ON contact_search TO payvand_app",
    "outbox readable": "GRANT SELECT ON outbox TO payvand_app",
    "outbox policy opened": OPEN_OUTBOX,
    "audit changeable": "GRANT UPDATE ON audit_events TO payvand_app",
    "role that bypasses": "ALTER ROLE payvand_app BYPASSRLS",
    "new table unprotected": "CREATE TABLE visits (tenant_id uuid NOT NULL, id uuid PRIMARY KEY)",
    "view with its owner's rights": "CREATE VIEW everyone AS SELECT * FROM contacts",
    "tenant not filled": "ALTER TABLE contacts ALTER tenant_id DROP DEFAULT",
    "table owned by the app": "ALTER TABLE products OWNER TO payvand_app",
    "granted to everybody": "GRANT SELECT ON order_lines TO PUBLIC",
}
# Those that let a row through must be caught by the attempts too, whatever the catalogue says.
LEAKS = (
    "row-level security off",
    "policy open to all",
    "policy that checks no writes",
    "policy added beside",
    "simple foreign key",
    "search without the tenant",
    "role that bypasses",
)


@contextmanager
def seeded(superuser: Engine, fault: str) -> Iterator[Connection]:
    """The faulty database, emptied first: other tests' rows need not fit a faulty schema."""
    with superuser.connect() as connection:
        connection.execute(text("TRUNCATE contacts, products, imports CASCADE"))
        connection.execute(text(FAULTS[fault]))
        yield connection
        connection.rollback()


def victims_in(connection: Connection) -> Victims:
    attacker, other = uuid4(), uuid4()
    return Victims(attacker, other, plant(connection, attacker), plant(connection, other))


@pytest.mark.parametrize("fault", FAULTS)
def test_the_catalogue_catches(fault: str, superuser: Engine) -> None:
    with seeded(superuser, fault) as connection:
        assert catalogue.breaches(connection) != []


@pytest.mark.parametrize("fault", LEAKS)
def test_the_attempts_catch(fault: str, superuser: Engine) -> None:
    with seeded(superuser, fault) as connection:
        victims = victims_in(connection)

        @contextmanager
        def connect() -> Iterator[Connection]:
            savepoint = connection.begin_nested()
            connection.execute(text("SET LOCAL ROLE payvand_app"))
            try:
                yield connection
            finally:
                savepoint.rollback()

        assert [sentence for _, sentence in attempts(connect, victims) if sentence] != []


def session_is_local(app: Payvand, cast: Cast) -> bool:
    """Whether a tenant entered by the app is gone from the pool's connections afterwards."""
    with app.app_context():
        with acting_for(cast.company().id):
            db.session.execute(select(Contact.id))
            db.session.commit()
        with ExitStack() as stack:
            pooled = [stack.enter_context(db.engine.connect()) for _ in range(POOL)]
            left = [
                one.scalar(text("SELECT current_setting('app.tenant_id', true)")) for one in pooled
            ]
    return not any(left)


def test_a_session_level_setting_is_caught(
    app: Payvand, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session_is_local(app, cast)

    def careless(connection: Connection, tenant_id: object) -> None:
        connection.execute(
            text("SELECT set_config('app.tenant_id', :tenant, false)"), {"tenant": str(tenant_id)}
        )

    with app.app_context():
        monkeypatch.setattr(tenancy, "set_tenant", careless)
        try:
            assert not session_is_local(app, cast)
        finally:
            db.engine.dispose()


def job_works_in_its_tenant(app: Payvand, cast: Cast) -> bool:
    company = cast.company()
    with cast.inside(company):
        outbox_id = sample.add_contact.later(name="Here")
    with app.app_context():
        jobs.perform(str(outbox_id))
    with cast.inside(company):
        return list(db.session.scalars(select(Contact.name))) == ["Here"]


def test_a_job_without_its_tenant_is_caught(
    app: Payvand, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert job_works_in_its_tenant(app, cast)
    monkeypatch.setattr(jobs.worker, "acting_for", lambda _tenant: nullcontext())
    assert not job_works_in_its_tenant(app, cast)


def test_a_view_without_a_mark_is_caught() -> None:
    app = Flask(__name__)
    app.add_url_rule("/open", "open", lambda: "open")
    assert unmarked_views(app) == ["open"]
