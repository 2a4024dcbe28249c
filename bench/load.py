"""Load on the pages people open most, against a bare Flask route in the same run.

    .venv/bin/python bench/load.py [--contacts 20000] [--clients 16] [--seconds 8]

Starts PostgreSQL, Valkey and gunicorn on this machine, fills a workspace with contacts and orders,
computes its retention report, and prints one JSON object: requests per second, median and p95 in
milliseconds and the share of errors of each page, and its rate as a share of the bare route's.
Database, load and server share the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import insert, text  # noqa: E402

from app import create_app  # noqa: E402
from app.config import Settings  # noqa: E402
from app.crm.contacts.models import Contact, search_text  # noqa: E402
from app.embedded import Servers  # noqa: E402
from app.embedded.ports import free_port  # noqa: E402
from app.extensions import db  # noqa: E402
from app.jobs import drain  # noqa: E402
from app.l10n import sort_key  # noqa: E402
from app.tenancy import acting_for, new_id  # noqa: E402
from app.tenants.accounts.models import Account, AccountSession  # noqa: E402
from app.tenants.members.models import Membership  # noqa: E402
from app.tenants.sessions import hash_token, session_cookie  # noqa: E402
from app.tenants.workspace.models import Tenant  # noqa: E402
from app.web import Payvand  # noqa: E402

WEB = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket")
FIRST_NAMES = ("Ada", "Ben", "Cleo", "Dara", "Edda", "Finn", "Greta", "Hugo", "Iris", "Jun")
LAST_NAMES = ("Abbott", "Birch", "Calloway", "Drummond", "Ellery", "Farrow", "Gale", "Hartley")
SLUG = "bench"
# As many purchases as the contact's number says, a month or so apart.
ORDERS = """
    INSERT INTO orders (id, number, contact_id, ordered_on, total)
    SELECT gen_random_uuid(), row_number() OVER (), c.id,
        c.last_order_on - 37 * (n - 1), c.revenue / c.orders_count
    FROM contacts c CROSS JOIN LATERAL generate_series(1, c.orders_count) AS n
"""
REVISION = "INSERT INTO order_revisions (id, revision) VALUES (gen_random_uuid(), 1)"
TABLES = ("contacts", "contact_search", "orders")


@dataclass(frozen=True)
class Opened:
    """A filled workspace: the owner's cookie, and a contact to look at."""

    cookie: str
    contact_id: str


def open_workspace(app: Payvand, contacts: int) -> Opened:
    """Make a workspace with so many contacts, their orders and a computed retention report."""
    token = secrets.token_urlsafe(32)
    with app.app_context():
        tenant_id = _owner(token)
        with acting_for(tenant_id):
            ids = _contacts(contacts)
            db.session.execute(text("SET LOCAL enable_nestloop = off"))
            db.session.execute(text(ORDERS))
            db.session.execute(text(REVISION))
            db.session.commit()
    name = session_cookie(app.extensions["settings"])
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.set_cookie(name, token)
    answer = client.post(f"/{SLUG}/reports/retention/runs")
    assert answer.status_code == 303, answer.status
    with app.app_context():
        drain()
    return Opened(f"{name}={token}", str(ids[contacts // 2]))


def _owner(token: str) -> Any:
    tenant = Tenant(slug=SLUG, name="Bench")
    account = Account(email="bench@example.com", name="Bench", password_hash="!")
    account.verified_at = datetime.now(UTC)
    db.session.add_all([tenant, account])
    db.session.flush()
    expires = datetime.now(UTC) + timedelta(days=1)
    session = {"account_id": account.id, "token_hash": hash_token(token), "expires_at": expires}
    db.session.add(Membership(tenant_id=tenant.id, account_id=account.id, role="owner"))
    db.session.add(AccountSession(**session))
    db.session.commit()
    return tenant.id


def _contacts(count: int) -> list[Any]:
    rows = [_contact(number) for number in range(count)]
    for start in range(0, count, 5000):
        db.session.execute(insert(Contact), rows[start : start + 5000])
    return [row["id"] for row in rows]


def _contact(number: int) -> dict[str, Any]:
    name = f"{FIRST_NAMES[number % 10]} {LAST_NAMES[number // 10 % 8]} {number}"
    bought = number % 7
    return {
        "id": new_id(),
        "name": name,
        "sort_key": sort_key(name),
        "search_text": search_text(name=name),
        "orders_count": bought,
        "revenue": number * 13 % 90000 if bought else 0,
        "last_order_on": _today() - timedelta(days=number % 300) if bought else None,
    }


def _today() -> date:
    return datetime.now(UTC).date()


@contextmanager
def serving(target: str, environment: dict[str, str]) -> Iterator[int]:
    """gunicorn with the app `target` on a free port, as bin/serve starts it."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", *WEB]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait(port, "/" if "bare" in target else "/healthz")
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, path: str) -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def press(port: int, path: str, cookie: str, clients: int, seconds: float) -> dict[str, float]:
    """Ask for one page with so many clients for so long, each over one kept connection."""
    times: list[float] = []
    failures: list[int] = []
    stop = time.monotonic() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < stop:
            started = time.perf_counter()
            status = _ask(connection, path, cookie)
            times.append(time.perf_counter() - started)
            if status != 200:
                failures.append(status)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "requests_per_second": round(len(times) / (time.monotonic() - began), 1),
        "median_ms": round(statistics.median(times) * 1000, 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1] * 1000, 1),
        "error_share": round(len(failures) / len(times), 4),
    }


def _ask(connection: http.client.HTTPConnection, path: str, cookie: str) -> int:
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return 0
    return response.status


def measure(arguments: argparse.Namespace, servers: Servers) -> dict[str, Any]:
    settings = {
        **servers.urls,
        "SECRET_KEY": servers.secret_key,
        "PAYVAND_ENVIRONMENT": "production",
        "PUBLIC_URL": "http://127.0.0.1",
    }
    app = create_app(Settings.from_env(settings))
    migrated = app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
    assert migrated.exit_code == 0, migrated.output
    opened = open_workspace(app, arguments.contacts)
    _analyze(servers)
    environment = {**os.environ, **settings}
    with ExitStack() as stack:
        bare = stack.enter_context(serving("bench.bare:app", environment))
        port = stack.enter_context(serving("wsgi:app", environment))
        return {
            "benchmark": "load",
            "contacts": arguments.contacts,
            "clients": arguments.clients,
            **_pages(arguments, bare, port, opened),
        }


def _analyze(servers: Servers) -> None:
    """What autovacuum does within a minute: statistics for the planner."""
    import psycopg

    url = servers.superuser_url().replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"VACUUM ANALYZE {table}".encode())


def _pages(
    arguments: argparse.Namespace, bare: int, port: int, opened: Opened
) -> dict[str, dict[str, float]]:
    pages = {
        "list": f"/{SLUG}/contacts",
        "search": f"/{SLUG}/contacts?q=calloway+1234",
        "contact": f"/{SLUG}/contacts/{opened.contact_id}",
        "report": f"/{SLUG}/reports/retention",
    }
    clients, seconds = arguments.clients, arguments.seconds
    found = {"bare": press(bare, "/", "", clients, seconds)}
    for name, path in pages.items():
        press(port, path, opened.cookie, clients, 1)  # the first requests fill caches
        page = press(port, path, opened.cookie, clients, seconds)
        rate = page["requests_per_second"] / found["bare"]["requests_per_second"]
        found[name] = {**page, "rate_to_bare": round(rate, 3)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=8)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="payvand-bench-") as folder:
        with Servers(Path(folder)) as servers:
            print(json.dumps(measure(arguments, servers), indent=2))


if __name__ == "__main__":
    main()
