"""The worker's runs: repeated after a stop, once only, with a sentence when they cannot go on."""

from __future__ import annotations

import time
from uuid import UUID

import pytest
from sqlalchemy import text

from app.crm.imports.batches import kept_file, remove_file
from app.crm.imports.engine import carry_out
from app.crm.imports.queries import find_batch
from app.extensions import db
from app.jobs import enqueue
from app.web import Payvand
from tests.cast import Cast, Member
from tests.crm.imports.conftest import Runner, csv_text
from tests.crm.imports.test_wizard import choices, text_of, upload, work


@pytest.fixture
def queued(app: Payvand, owner: Member, invoices: str) -> str:
    """The address of a batch that waits for the worker to import it."""
    address = str(upload(owner, invoices).headers["Location"])
    work(app)
    form = choices(owner.client.get(address).get_data(as_text=True))
    owner.client.post(f"{address}/match", data=form | {"next": "import"})
    return address


def batch_id(address: str) -> str:
    return address.rsplit("/", 1)[-1]


def test_a_run_that_was_cut_off_runs_again_whole(
    app: Payvand, owner: Member, cast: Cast, queued: str
) -> None:
    with cast.inside(owner.company):
        batch = find_batch(UUID(batch_id(queued)))
        assert batch is not None
        with kept_file(batch) as file:
            carry_out(batch, file, lambda _rows: None)
        remove_file(batch.id)
        db.session.rollback()
    with cast.inside(owner.company):
        batch = find_batch(UUID(batch_id(queued)))
        assert batch is not None
        assert db.session.scalar(text("SELECT count(*) FROM orders")) == 0
        batch.state, batch.progress = "running", 3
    work(app)
    assert "5 lines came in" in text_of(owner.client.get(queued))


def test_a_run_asked_for_twice_comes_in_once(
    app: Payvand, owner: Member, cast: Cast, queued: str
) -> None:
    with cast.inside(owner.company):
        enqueue("app.crm.imports.jobs.run_import", batch_id=batch_id(queued))
    work(app)
    with cast.inside(owner.company):
        assert db.session.scalar(text("SELECT count(*) FROM order_lines")) == 5
        assert db.session.scalar(text("SELECT count(*) FROM import_chunks")) == 0
    assert "5 lines came in" in text_of(owner.client.get(queued))


def test_a_run_whose_file_is_gone_says_so_and_can_be_discarded(
    app: Payvand, owner: Member, cast: Cast, queued: str
) -> None:
    with cast.inside(owner.company):
        db.session.execute(text("DELETE FROM import_chunks"))
    work(app)
    page = owner.client.get(queued)
    assert page.status_code == 200
    assert "The import stopped" in text_of(page)
    assert owner.client.post(f"{queued}/discard").status_code == 303


@pytest.mark.slow
def test_fifty_thousand_lines_come_in_quickly(run_import: Runner) -> None:
    rows = [
        (str(n // 20), f"2020-01-1{n // 20 % 9}", f"C{n // 20 % 900}", f"P{n % 997}", "2", "1.25")
        for n in range(50_000)
    ]
    began = time.process_time()
    report = run_import(
        csv_text([("order", "date", "customer", "sku", "quantity", "price"), *rows])
    )
    assert time.process_time() - began < 15
    assert (report["lines"], report["orders"], report["revenue"]) == (50_000, 2500, "125000.00")
