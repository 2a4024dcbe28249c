"""Load on the pages people open most, against a bare Flask route in the same run.

    .venv/bin/python bench/load.py [--contacts 20000] [--seconds 8]

Starts PostgreSQL, Valkey and gunicorn on this machine, fills a workspace, and prints one JSON
object: requests per second, median and p95 in milliseconds and the share of errors of each page,
and the ratio of its rate to that of the bare route. Database, load and server share the machine.
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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from app.embedded import Servers  # noqa: E402

GUNICORN = ["--worker-class", "gthread", "--workers", "2", "--threads", "8"]
FIRST_NAMES = ["Ada", "Ben", "Cleo", "Dara", "Edda", "Finn", "Greta", "Hugo", "Iris", "Jun"]
LAST_NAMES = ["Abbott", "Birch", "Calloway", "Drummond", "Ellery", "Farrow", "Gale", "Hartley"]


def fill(app: Any, contacts: int) -> tuple[str, str, str]:
    """Make a workspace with contacts and orders; returns slug, sign-in token and a contact's id."""
    from sqlalchemy import insert, text

    from app.crm.contacts.models import Contact, search_text
    from app.extensions import db
    from app.l10n import sort_key
    from app.tenancy import acting_for, new_id
    from app.tenants.accounts.models import Account, AccountSession
    from app.tenants.members.models import Membership
    from app.tenants.sessions import hash_token
    from app.tenants.workspace.models import Tenant

    token = secrets.token_urlsafe(32)
    with app.app_context():
        tenant = Tenant(slug="bench", name="Bench")
        account = Account(
            email="bench@example.com",
            name="Bench",
            password_hash="!",
            verified_at=datetime.now(UTC),
        )
        db.session.add_all([tenant, account])
        db.session.flush()
        expires = datetime.now(UTC) + timedelta(days=1)
        db.session.add(Membership(tenant_id=tenant.id, account_id=account.id, role="owner"))
        db.session.add(
            AccountSession(account_id=account.id, token_hash=hash_token(token), expires_at=expires)
        )
        db.session.commit()
        tenant_id = tenant.id
        with acting_for(tenant_id):
            rows = []
            for number in range(contacts):
                name = f"{FIRST_NAMES[number % 10]} {LAST_NAMES[number // 10 % 8]} {number}"
                rows.append(
                    {
                        "id": new_id(),
                        "name": name,
                        "sort_key": sort_key(name),
                        "search_text": search_text(name=name),
                        "orders_count": number % 7,
                        "revenue": number * 13 % 90000,
                        "last_order_on": date(2026, 1, 1) + timedelta(days=number % 300),
                    }
                )
            for start in range(0, contacts, 5000):
                db.session.execute(insert(Contact), rows[start : start + 5000])
            db.session.execute(
                text("""INSERT INTO orders (id, number, contact_id, ordered_on, total)
                        SELECT gen_random_uuid(), row_number() OVER (), id, last_order_on, revenue
                        FROM contacts WHERE orders_count > 0""")
            )
            db.session.commit()
    return "bench", token, str(rows[contacts // 2]["id"])


def serve(target: str, port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", *GUNICORN]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz" if "wsgi" in target else "/")
            if connection.getresponse().status == 200:
                return process
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise SystemExit(f"{target} did not start.")


def press(port: int, path: str, cookie: str, clients: int, seconds: float) -> dict[str, float]:
    """Ask for one page with so many clients for so long, each over one kept connection."""
    times: list[float] = []
    errors = [0]
    stop = time.monotonic() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Cookie": cookie} if cookie else {}
        while time.monotonic() < stop:
            started = time.perf_counter()
            try:
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                response.read()
                failed = response.status != 200
            except (OSError, http.client.HTTPException):
                connection.close()
                failed = True
            times.append(time.perf_counter() - started)
            errors[0] += failed

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    return {
        "requests_per_second": round(len(times) / took, 1),
        "median_ms": round(statistics.median(times) * 1000, 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1] * 1000, 1),
        "error_share": errors[0] / len(times),
    }


def free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def measure(arguments: argparse.Namespace, folder: str) -> dict[str, Any]:
    with Servers(Path(folder)) as servers:
        settings = {
            **servers.urls,
            "SECRET_KEY": servers.secret_key,
            "PAYVAND_ENVIRONMENT": "production",
            "PUBLIC_URL": "http://127.0.0.1",
        }
        environment = {**os.environ, **settings}
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"],
            cwd=ROOT, env=environment, check=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        from app import create_app
        from app.config import Settings

        slug, token, contact = fill(create_app(Settings.from_env(settings)), arguments.contacts)
        pages = {
            "list": f"/{slug}/contacts",
            "search": f"/{slug}/contacts?q=calloway+1234",
            "contact": f"/{slug}/contacts/{contact}",
            "report": f"/{slug}/reports/retention",
        }
        port, bare_port = free_port(), free_port()
        web = serve("wsgi:app", port, environment)
        bare = serve("bench.bare:app", bare_port, environment)
        try:
            result: dict[str, Any] = {"contacts": arguments.contacts, "clients": arguments.clients}
            bare_route = press(bare_port, "/", "", arguments.clients, arguments.seconds)
            result["bare"] = bare_route
            for name, path in pages.items():
                press(port, path, f"payvand={token}", arguments.clients, 1)
                page = press(port, path, f"payvand={token}", arguments.clients, arguments.seconds)
                rate = page["requests_per_second"] / bare_route["requests_per_second"]
                result[name] = {**page, "rate_to_bare": round(rate, 3)}
            return result
        finally:
            for process in (web, bare):
                process.terminate()
                process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=20000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=8)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="payvand-bench-") as folder:
        print(json.dumps(measure(arguments, folder), indent=2))


if __name__ == "__main__":
    main()
