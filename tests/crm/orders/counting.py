"""Counting the statements that a request sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from app.extensions import db
from app.web import Payvand


@contextmanager
def counted_statements(app: Payvand) -> Iterator[list[str]]:
    """The statements sent while the block runs, without transaction control and the tenant's."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if "set_config" not in statement and "SAVEPOINT" not in statement:
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
