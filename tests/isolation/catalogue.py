"""What the database itself must hold for tenants to be apart, as checks that name each breach.

Each check reads PostgreSQL's catalogue and returns sentences; an empty list is what is wanted.
The seeded faults run the same checks on a broken copy and must get sentences.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, text

# Tables without a tenant's protection, each with the reason. A new table that is neither here
# nor protected fails the suite.
GLOBAL = {
    "alembic_version": "the schema's own version",
    "tenants": "found before a tenant is known",
    "accounts": "a person may belong to several tenants",
    "sessions": "signing in comes before the tenant",
    "email_tokens": "links mailed to a person, not to a tenant",
    "memberships": "says which tenants a person may enter",
    "invitations": "opened by people who are not members yet",
    "attempts": "limits on signing in, by hashed key",
    "mails": "the development mailbox",
    "outbox": "read by the relay for all tenants; insert-only for the app",
    "job_receipts": "an id and a time, no tenant data",
}
# Protected otherwise: no grant at all, reached through one function with the tenant inside.
DOOR_ONLY = {"contact_search"}

# All that the app's role may do with each global table.
GRANTS = {
    "alembic_version": {"SELECT"},
    "tenants": {"SELECT", "INSERT", "UPDATE"},
    "accounts": {"SELECT", "INSERT", "UPDATE"},
    "memberships": {"SELECT", "INSERT", "UPDATE"},
    "invitations": {"SELECT", "INSERT", "UPDATE"},
    "sessions": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "email_tokens": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "attempts": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "mails": {"SELECT", "INSERT"},
    "job_receipts": {"SELECT", "INSERT"},
    "outbox": {"INSERT"},
    "contact_search": set(),
    "audit_events": {"SELECT", "INSERT"},
}

EXPRESSION = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)"


def tables(connection: Connection) -> set[str]:
    """The names of all ordinary and partitioned tables of the schema."""
    return set(
        connection.scalars(
            text("""SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
                    AND relkind IN ('r', 'p')""")
        )
    )


def tenant_tables(connection: Connection) -> list[str]:
    return sorted(tables(connection) - set(GLOBAL) - DOOR_ONLY)


def unprotected(connection: Connection) -> list[str]:
    """Tables that are neither global with a reason nor under forced row-level security."""
    rows = connection.execute(
        text("""SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')""")
    )
    state = {row.relname: (row.relrowsecurity, row.relforcerowsecurity) for row in rows}
    found = [
        f"{name} is not under forced row-level security."
        for name in tenant_tables(connection)
        if state[name] != (True, True)
    ]
    if not state["outbox"][0]:
        found.append("outbox is not under row-level security.")
    return found + [f"{name} is gone." for name in sorted(DOOR_ONLY - set(state))]


def wrong_policies(connection: Connection) -> list[str]:
    """Tenant tables whose policies are not exactly the one comparison with the tenant."""
    rows = connection.execute(
        text("""SELECT tablename, permissive, roles::text[] AS roles, cmd, qual, with_check
                FROM pg_policies WHERE schemaname = 'public'""")
    ).all()
    found = []
    for name in tenant_tables(connection):
        policies = [row for row in rows if row.tablename == name]
        good = [
            row
            for row in policies
            if (row.cmd, row.qual, row.with_check, row.roles)
            == ("ALL", EXPRESSION, EXPRESSION, ["public"])
        ]
        if len(policies) != 1 or len(good) != 1:
            found.append(f"{name} has other policies than the tenant's own.")
    return found + _wrong_outbox(rows)


def _wrong_outbox(rows: list[object]) -> list[str]:
    app = [row for row in rows if row.tablename == "outbox" and "payvand_relay" not in row.roles]  # type: ignore[attr-defined]
    if len(app) == 1 and app[0].cmd == "INSERT" and "app.tenant_id" in str(app[0].with_check):  # type: ignore[attr-defined]
        return []
    return ["outbox has another policy than inserting for one's own tenant."]


def foreign_keys_without_tenant(connection: Connection) -> list[str]:
    """Foreign keys between tenant tables that do not carry the tenant on both sides."""
    rows = connection.execute(
        text("""
            SELECT c.conname, c.conrelid::regclass::text AS source,
              c.confrelid::regclass::text AS target,
              (SELECT attname FROM pg_attribute
               WHERE attrelid = c.conrelid AND attnum = c.conkey[1]) AS first_key,
              (SELECT attname FROM pg_attribute
               WHERE attrelid = c.confrelid AND attnum = c.confkey[1]) AS first_target
            FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
        """)
    )
    owned = set(tenant_tables(connection)) | DOOR_ONLY
    return [
        f"The foreign key {row.conname} does not carry the tenant."
        for row in rows
        if row.source in owned
        and row.target != "tenants"
        and (row.first_key, row.first_target) != ("tenant_id", "tenant_id")
    ]


def keys_not_led_by_tenant(connection: Connection) -> list[str]:
    """Unique indexes of tenant tables that do not begin with the tenant: they would tell tales."""
    rows = connection.execute(
        text("""
            SELECT i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS source,
              (SELECT attname FROM pg_attribute
               WHERE attrelid = i.indrelid AND attnum = i.indkey[0]) AS lead
            FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique
        """)
    )
    owned = set(tenant_tables(connection)) | DOOR_ONLY
    return [
        f"The unique index {row.name} does not begin with the tenant."
        for row in rows
        if row.source in owned and row.lead != "tenant_id"
    ]


def wrong_grants(connection: Connection) -> list[str]:
    """Grants to the app's role that differ from the list; any grant to everybody."""
    rows = connection.execute(
        text("""
            SELECT c.relname, coalesce(r.rolname, 'PUBLIC') AS grantee, a.privilege_type
            FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
            LEFT JOIN pg_roles r ON r.oid = a.grantee
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
        """)
    ).all()
    found = [f"{row.relname} is granted to everybody." for row in rows if row.grantee == "PUBLIC"]
    for name in sorted(tables(connection)):
        granted = {
            r.privilege_type for r in rows if (r.relname, r.grantee) == (name, "payvand_app")
        }
        wanted = GRANTS.get(name, {"SELECT", "INSERT", "UPDATE", "DELETE"})
        if granted != wanted:
            found.append(f"{name} grants {sorted(granted)} to the app, not {sorted(wanted)}.")
    return found


def strong_roles(connection: Connection) -> list[str]:
    """Roles of ours that could step round row-level security."""
    rows = connection.execute(
        text(
            """SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'payvand%'"""
        )
    )
    found = [
        f"{row.rolname} could step round the policies."
        for row in rows
        if row.rolsuper or row.rolbypassrls
    ]
    owned = connection.scalars(
        text("""SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
                AND relowner IN (SELECT oid FROM pg_roles
                                 WHERE rolname IN ('payvand_app', 'payvand_relay'))""")
    )
    return found + [f"{name} is owned by a role that serves people." for name in owned]


def open_functions(connection: Connection) -> list[str]:
    """Functions that run with the owner's rights and are open to all, unpinned or tenant-blind."""
    rows = connection.execute(
        text("""
            SELECT p.proname, p.prosrc, p.proconfig, p.proacl IS NULL
              OR EXISTS (SELECT FROM aclexplode(p.proacl) WHERE grantee = 0) AS is_public,
              p.prorettype = 'trigger'::regtype AS is_trigger
            FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
        """)
    )
    found = []
    for row in rows:
        settings = " ".join(row.proconfig or [])
        if row.is_public:
            found.append(f"{row.proname} may be called by everybody.")
        if "search_path" not in settings:
            found.append(f"{row.proname} has no pinned search_path.")
        if not row.is_trigger and not re.search(r"tenant_id = (tenant\b|\$1 AND)", row.prosrc):
            found.append(f"{row.proname} does not filter by the tenant.")
    return found


def views(connection: Connection) -> list[str]:
    """Views, which read with their owner's rights unless told otherwise."""
    rows = connection.execute(
        text("""SELECT relname, reloptions FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')""")
    )
    return [
        f"The view {row.relname} reads with its owner's rights."
        for row in rows
        if "security_invoker=true" not in (row.reloptions or [])
    ]


def missing_defaults(connection: Connection) -> list[str]:
    """Tenant tables whose tenant_id is not filled by the scope, or may be empty."""
    rows = connection.execute(
        text("""SELECT table_name, column_default, is_nullable FROM information_schema.columns
                WHERE table_schema = 'public' AND column_name = 'tenant_id'""")
    )
    state = {row.table_name: row for row in rows}
    return [
        f"{name}.tenant_id is not filled by the scope."
        for name in tenant_tables(connection)
        if name not in state
        or "app.tenant_id" not in str(state[name].column_default)
        or state[name].is_nullable == "YES"
    ]


CHECKS = (
    unprotected,
    wrong_policies,
    foreign_keys_without_tenant,
    keys_not_led_by_tenant,
    wrong_grants,
    strong_roles,
    open_functions,
    views,
    missing_defaults,
)


def breaches(connection: Connection) -> list[str]:
    """Everything that is wrong with this database, in sentences."""
    return [sentence for check in CHECKS for sentence in check(connection)]
