"""How often something may be tried, counted in PostgreSQL.

A count is kept in a transaction of its own, so the rollback behind a refusal does not undo it.
Keys are hashed with the app's secret: the table tells nobody which addresses were tried.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app, request
from flask_babel import ngettext
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.extensions import db
from app.l10n import format_number
from app.tenants.accounts.models import Attempt
from app.web import Refused


@dataclass(frozen=True)
class Limit:
    """At most `most` tries of `name` for one key in any `seconds`."""

    name: str
    most: int
    seconds: int


SIGN_IN_ACCOUNT = Limit("sign-in account", 10, 15 * 60)
SIGN_IN_ADDRESS = Limit("sign-in address", 30, 15 * 60)
SIGN_UP_ACCOUNT = Limit("sign-up account", 5, 60 * 60)
SIGN_UP_ADDRESS = Limit("sign-up address", 20, 60 * 60)
RESET_ACCOUNT = Limit("reset account", 5, 60 * 60)
RESET_ADDRESS = Limit("reset address", 20, 60 * 60)
INVITATION_MEMBER = Limit("invitation member", 60, 60 * 60)
INVITATION_ADDRESS = Limit("invitation address", 60, 60 * 60)
PASSWORD_CHECK = Limit("password check", 10, 15 * 60)


class TooMany(Refused):
    """A limit is reached; `retry_after` is the wait in seconds."""

    code = 429

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, -(-retry_after // 60))
        super().__init__(
            ngettext(
                "That was tried too often. Wait a minute and try again.",
                "That was tried too often. Wait %(minutes)s minutes and try again.",
                minutes,
                minutes=format_number(minutes),
            )
        )
        self.retry_after = retry_after


def spend(*tries: tuple[Limit, str]) -> None:
    """Count one try under each (limit, key); raises TooMany when one of them is used up."""
    now = datetime.now(UTC)
    with db.engine.begin() as connection:
        waits = [_count(connection, limit, key, now) for limit, key in sorted(tries, key=_order)]
    if any(waits):
        raise TooMany(max(waits))


def _order(one: tuple[Limit, str]) -> tuple[str, str]:
    """Rows are locked in one order everywhere, so two requests never wait for each other."""
    return one[0].name, one[1]


def _count(connection: Connection, limit: Limit, key: str, now: datetime) -> int:
    """Count the try; returns 0, or how many seconds to wait."""
    start, before = _windows(limit, now)
    new = insert(Attempt).values(key_hash=_hash(limit, key), window_start=start, count=1)
    tried: int = connection.execute(
        new.on_conflict_do_update(
            index_elements=[Attempt.key_hash, Attempt.window_start],
            set_={"count": Attempt.count + 1},
        ).returning(Attempt.count)
    ).scalar_one()
    earlier = connection.scalar(
        select(Attempt.count).where(
            Attempt.key_hash == _hash(limit, key), Attempt.window_start == before
        )
    )
    left = limit.seconds - (now - start).total_seconds()
    # The window slides: what is left of the earlier one still weighs.
    weighed = tried + (earlier or 0) * left / limit.seconds
    return max(1, int(left)) if weighed > limit.most else 0


def forget(limit: Limit, key: str) -> None:
    """Start again from nothing: the try turned out to be the right person's."""
    starts = _windows(limit, datetime.now(UTC))
    with db.engine.begin() as connection:
        connection.execute(
            delete(Attempt).where(
                Attempt.key_hash == _hash(limit, key), Attempt.window_start.in_(starts)
            )
        )


def _windows(limit: Limit, now: datetime) -> Iterable[datetime]:
    start = datetime.fromtimestamp(int(now.timestamp()) // limit.seconds * limit.seconds, UTC)
    return start, start - timedelta(seconds=limit.seconds)


def _hash(limit: Limit, key: str) -> bytes:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(secret, f"{limit.name}\0{key}".encode(), hashlib.sha256)


def visitor_address() -> str:
    """The visitor's address; of IPv6 the network, since one person has all of its addresses."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
