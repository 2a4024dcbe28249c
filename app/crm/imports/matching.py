"""Which customers and products of the file are here already, and what the new ones will be.

Leaves two temporary tables: `people` (a row for each customer key, with its contact) and `wares`
(a row for each product, with its record). New ones carry a fresh id and `is_new`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text

from app.crm.contacts.models import search_text
from app.crm.imports.staging import driver_cursor
from app.extensions import db
from app.l10n import Unreadable, fold, parse_phone, sort_key
from app.tenancy import new_id

BATCH = 10_000

_PEOPLE = """
    CREATE TEMPORARY TABLE people ON COMMIT DROP AS
    SELECT customer AS key, min(reference) AS reference, min(row) AS first_row,
        coalesce(mode() WITHIN GROUP (ORDER BY name)
            FILTER (WHERE name IS DISTINCT FROM reference), min(name)) AS name,
        (array_agg(email ORDER BY row DESC) FILTER (WHERE email IS NOT NULL))[1] AS email,
        (array_agg(phone ORDER BY row DESC) FILTER (WHERE phone IS NOT NULL))[1] AS phone,
        (array_agg(city ORDER BY row DESC) FILTER (WHERE city IS NOT NULL))[1] AS city,
        NULL::uuid AS contact_id, NULL::boolean AS is_new, NULL::timestamptz AS deleted_at
    FROM staged WHERE refusal IS NULL AND customer IS NOT NULL GROUP BY customer
"""
_BY_REFERENCE = """
    UPDATE people SET contact_id = c.id, is_new = false, deleted_at = c.deleted_at
    FROM contacts c WHERE c.reference = people.reference
"""
_BY_EMAIL = """
    UPDATE people SET contact_id = c.id, is_new = false, deleted_at = c.deleted_at
    FROM (
        SELECT DISTINCT ON (email) email, id, deleted_at FROM contacts
        WHERE email IS NOT NULL AND reference IS NULL
        ORDER BY email, deleted_at IS NOT NULL, id
    ) c
    WHERE people.contact_id IS NULL AND left(people.key, 2) <> 'n:' AND c.email = people.email
      AND people.email IN (SELECT email FROM people GROUP BY email HAVING count(*) = 1)
"""
_DERIVED = """
    CREATE TEMPORARY TABLE derived_people (
        key text COLLATE "C" PRIMARY KEY, contact_id uuid, is_new boolean,
        deleted_at timestamptz, sort_key text, city_key text, search_text text, phone text,
        event_id uuid
    ) ON COMMIT DROP
"""
_TAKE_OVER = """
    UPDATE people SET contact_id = d.contact_id, is_new = d.is_new, deleted_at = d.deleted_at
    FROM derived_people d WHERE d.key = people.key
"""
_WARES = """
    CREATE TEMPORARY TABLE wares ON COMMIT DROP AS
    SELECT s.product AS key, p.id AS product_id, p.id IS NULL AS is_new, s.name
    FROM (
        SELECT product,
            coalesce(mode() WITHIN GROUP (ORDER BY product_name), product) AS name
        FROM staged WHERE refusal IS NULL AND product IS NOT NULL GROUP BY product
    ) s LEFT JOIN products p ON p.code = s.product
"""
_DERIVED_WARES = """
    CREATE TEMPORARY TABLE derived_wares (
        key text COLLATE "C" PRIMARY KEY, product_id uuid, is_new boolean, sort_key text
    ) ON COMMIT DROP
"""
_TAKE_OVER_WARES = """
    UPDATE wares SET product_id = d.product_id, is_new = d.is_new
    FROM derived_wares d WHERE d.key = wares.key
"""


def match_people() -> None:
    """Find each customer's contact by reference, by an email that only one has, or by name."""
    _drop("people", "derived_people")
    for statement in (
        _PEOPLE,
        "ALTER TABLE people ADD PRIMARY KEY (key)",
        "ANALYZE people",
        "UPDATE people SET email = lower(email) WHERE email <> lower(email)",
        _BY_REFERENCE,
        _BY_EMAIL,
        _DERIVED,
    ):
        db.session.execute(text(statement))
    for batch in _pages("SELECT * FROM people WHERE contact_id IS NULL"):
        _copy("derived_people", _derive_people(batch))
    db.session.execute(text(_TAKE_OVER))


def match_wares() -> None:
    """Find each product by its code, or by its name where the product here has no code."""
    _drop("wares", "derived_wares")
    for statement in (
        _WARES,
        "ALTER TABLE wares ADD PRIMARY KEY (key)",
        "ANALYZE wares",
        _DERIVED_WARES,
    ):
        db.session.execute(text(statement))
    for batch in _pages("SELECT * FROM wares WHERE product_id IS NULL"):
        _copy("derived_wares", _derive_wares(batch))
    db.session.execute(text(_TAKE_OVER_WARES))


def _drop(*tables: str) -> None:
    for table in tables:
        db.session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{table}"))


def _pages(query: str) -> Iterator[Sequence[Row[Any]]]:
    """The rows of the query in pages by key, so that memory stays flat."""
    statement = text(f"{query} AND key > :last ORDER BY key LIMIT {BATCH}")
    last = ""
    while page := db.session.execute(statement, {"last": last}).all():
        yield page
        last = page[-1].key


def _copy(table: str, values: list[tuple[Any, ...]]) -> None:
    with driver_cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def _derive_people(people: Sequence[Row[Any]]) -> list[tuple[Any, ...]]:
    known = _known_by_name([row.name for row in people if row.key.startswith("n:")])
    return [_derive_person(row, known) for row in people]


def _derive_person(person: Row[Any], known: dict[str, tuple[UUID, Any]]) -> tuple[Any, ...]:
    found = known.get(fold(person.name)) if person.key.startswith("n:") else None
    if found is not None:
        return (person.key, found[0], False, found[1], None, None, None, None, None)
    phone = _stored_phone(person.phone)
    words = search_text(
        name=person.name, email=person.email, phone=phone, city=person.city,
        reference=person.reference,
    )  # fmt: skip
    city_key = sort_key(person.city) if person.city else None
    return (
        person.key, new_id(), True, None, sort_key(person.name), city_key, words, phone, new_id(),
    )  # fmt: skip


def _stored_phone(text: str | None) -> str | None:
    """E.164 where the number can be read, else as it stands in the file."""
    try:
        return parse_phone(text) if text else None
    except Unreadable:
        return text


def _known_by_name(names: list[str]) -> dict[str, tuple[UUID, Any]]:
    """folded name -> (id, deleted_at) of the oldest contact of that name that was not deleted."""
    statement = text(
        "SELECT id, name, deleted_at FROM contacts WHERE sort_key IN :keys "
        "ORDER BY deleted_at IS NOT NULL DESC, id DESC"
    ).bindparams(bindparam("keys", expanding=True))
    keys = list({sort_key(name) for name in names})
    found = db.session.execute(statement, {"keys": keys}).all() if keys else []
    return {fold(row.name): (row.id, row.deleted_at) for row in found}


def _derive_wares(wares: Sequence[Row[Any]]) -> list[tuple[Any, ...]]:
    statement = text(
        "SELECT id, name FROM products WHERE code IS NULL AND sort_key IN :keys ORDER BY id DESC"
    ).bindparams(bindparam("keys", expanding=True))
    keys = list({sort_key(row.name) for row in wares})
    known = {fold(row.name): row.id for row in db.session.execute(statement, {"keys": keys})}
    derived, taken = [], set()
    for row in wares:
        found = known.get(fold(row.name))
        is_new = found is None or found in taken
        taken.add(found)
        derived.append((row.key, new_id() if is_new else found, is_new, sort_key(row.name)))
    return derived
