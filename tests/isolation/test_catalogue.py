"""The database's own catalogue says that tenants are apart, and attempts to cross all fail."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.isolation import catalogue
from tests.isolation.attacks import Victims, attempts, pool_keeps


def test_every_table_is_protected_or_global_with_a_reason(superuser: Engine) -> None:
    with superuser.connect() as connection:
        assert catalogue.breaches(connection) == []
        assert len(catalogue.tenant_tables(connection)) >= 12


def test_no_list_names_a_table_that_is_gone(superuser: Engine) -> None:
    with superuser.connect() as connection:
        existing = catalogue.tables(connection)
    assert set(catalogue.GLOBAL) | catalogue.DOOR_ONLY | set(catalogue.GRANTS) <= existing


def test_no_attempt_in_sql_crosses_tenants(app_role: Engine, victims: Victims) -> None:
    results = dict(attempts(app_role.connect, victims))
    assert [sentence for sentence in results.values() if sentence] == []
    assert len(results) > 10 * len(victims.own_ids)


def test_a_pooled_connection_keeps_no_tenant(app_role: Engine, victims: Victims) -> None:
    assert pool_keeps(app_role, victims) is None
