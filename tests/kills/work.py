"""Work that can be interrupted, and what it must have come to."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.embedded.processes import wait_until
from app.extensions import db
from app.jobs import relay_engine
from app.tenancy import new_id
from tests.analytics.shop import CDNOW_END, cdnow, sell
from tests.cast import Company, Member
from tests.house import House

FIELDS = ("order", "date", "customer", "product", "quantity", "unit_price")
PATIENCE = 240
COUNTS = """
    SELECT (SELECT count(*) FROM contacts) AS contacts, (SELECT count(*) FROM products) AS products,
        (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM order_lines) AS lines,
        (SELECT sum(total) FROM orders) AS revenue, (SELECT sum(revenue) FROM contacts) AS kept,
        (SELECT count(*) FROM timeline_events WHERE order_id IS NOT NULL) AS events
"""
JOBS = """
    SELECT o.job, o.attempts, o.finished_at IS NOT NULL AS is_done,
        (SELECT count(*) FROM job_receipts r WHERE r.outbox_id = o.id) AS receipts
    FROM outbox o WHERE o.tenant_id = :tenant_id AND o.job LIKE :job
"""


@dataclass(frozen=True)
class Expected:
    """A file of orders with what an undisturbed import of it comes to."""

    data: bytes
    counts: dict[str, int]


def orders_file(lines: int) -> Expected:
    """Two lines in each order, a customer for every five orders, fifty products."""
    began = datetime(2025, 1, 1, tzinfo=UTC)
    rows = ["order,date,customer,product,quantity,unit_price"]
    for line in range(lines):
        order = line // 2
        day = (began + timedelta(days=order % 365)).date()
        rows.append(f"N-{order},{day},C-{order // 5},P-{line % 50},1,{1 + line % 9}.00")
    orders, revenue = (lines + 1) // 2, sum(100 * (1 + line % 9) for line in range(lines))
    counts = {"contacts": (orders + 4) // 5, "products": min(50, lines), "orders": orders,
              "lines": lines, "revenue": revenue, "kept": revenue, "events": orders}  # fmt: skip
    return Expected("\n".join(rows).encode(), counts)


def wait_for(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
    assert wait_until(lambda: bool(condition()), seconds, 0.02), f"{what} did not happen in time."


def checked_import(house: House, member: Member, file: Expected) -> UUID:
    """Upload the file and wait until the worker has checked it."""
    batch_id = new_id()
    upload = {"id": str(batch_id), "file": (io.BytesIO(file.data), "orders.csv")}
    assert member.client.post(member.url("imports/new"), data=upload).status_code == 303
    wait_for(lambda: batch(house, member.company, batch_id)["state"] == "checked", "The check")
    return batch_id


def start_import(member: Member, batch_id: UUID) -> None:
    columns = {f"column-{place}": name for place, name in enumerate(FIELDS)}
    form = {"heading": "1", "decimal": ".", "next": "import", **columns}
    answer = member.client.post(member.url(f"imports/{batch_id}/match"), data=form)
    assert answer.status_code == 303


def batch(house: House, company: Company, batch_id: UUID) -> dict[str, Any]:
    return row(house, company, "SELECT * FROM imports WHERE id = :id", id=batch_id)


def run(house: House, company: Company, report: str) -> dict[str, Any]:
    query = "SELECT * FROM report_runs WHERE report = :report"
    return row(house, company, query, report=report)


def row(house: House, company: Company, query: str, **values: Any) -> dict[str, Any]:
    with house.cast.inside(company):
        found = db.session.execute(text(query), values).mappings().one()
        return dict(found)


def counts(house: House, company: Company) -> dict[str, int]:
    return {name: int(value or 0) for name, value in row(house, company, COUNTS).items()}


def jobs(house: House, company: Company, name: str) -> list[dict[str, Any]]:
    with house.app.app_context(), relay_engine().connect() as connection:
        found = connection.execute(text(JOBS), {"tenant_id": company.id, "job": f"%{name}"})
        return [dict(one) for one in found.mappings()]


def customers(house: House, company: Company, sales: int = 2500) -> None:
    """Real purchases that ended lately."""
    with house.cast.inside(company):
        sell(cdnow(datetime.now(UTC).date() - timedelta(days=12) - CDNOW_END)[:sales])


def kill_worker(house: House) -> None:
    """The worker with all of its processes at once, then start another."""
    house.kill(house.worker)
    house.start_worker()


def kill_work_horse(house: House) -> None:
    """Only the process that does the job; its worker lives on."""
    pid = house.worker.pid()
    assert pid is not None
    horses = [horse for child in children(pid) for horse in children(child)]
    assert horses, "No job is running."
    for horse in horses:
        os.kill(horse, signal.SIGKILL)


def children(pid: int) -> list[int]:
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        found += [int(one) for one in (thread / "children").read_text().split()]
    return found
