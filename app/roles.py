"""What PostgreSQL must hold before the first migration: three roles, three extensions, a version.

`payvand_owner` owns the database and its tables and is used by migrations alone. `payvand_app`
serves people and owns nothing, so row-level security binds it. `payvand_relay` moves outbox rows
to the queue and sweeps up after dead workers. Grants on tables are made by the migrations.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

OWNER = "payvand_owner"
APP = "payvand_app"
RELAY = "payvand_relay"
ROLES = (OWNER, APP, RELAY)
DATABASE = "payvand"
EXTENSIONS = ("pg_trgm", "btree_gin", "unaccent")
# The number that PostgreSQL calls server_version_num.
MINIMUM_POSTGRESQL = 160000

_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role};
  END IF;
END $$;
ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD {password};
"""

_DATABASE = """
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I OWNER TO {owner}', current_database());
  EXECUTE format('ALTER DATABASE %I SET timezone TO ''UTC''', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO {others}', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO {owner};
GRANT USAGE ON SCHEMA public TO {others};
"""


def random_passwords() -> dict[str, str]:
    """A new password for each role, safe inside a URL."""
    return {role: secrets.token_urlsafe(24) for role in ROLES}


def roles_sql(passwords: Mapping[str, str]) -> str:
    """SQL that makes the roles, grants and extensions; run again, it changes nothing but passwords.

    It is for a superuser who is connected to Payvand's own, already created database.
    `passwords` maps each name in `ROLES` to its password.
    """
    roles = (_ROLE.format(role=role, password=_literal(passwords[role])) for role in ROLES)
    extensions = (f"CREATE EXTENSION IF NOT EXISTS {name};\n" for name in EXTENSIONS)
    database = _DATABASE.format(owner=OWNER, others=f"{APP}, {RELAY}")
    return "".join([*roles, database, *extensions])


def _literal(text: str) -> str:
    if "\\" in text or "\0" in text:
        raise ValueError("A role's password may not hold a backslash or a null character.")
    return "'" + text.replace("'", "''") + "'"
