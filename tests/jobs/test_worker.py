"""Real worker processes: killed with -9, cut off from Redis, and still nothing lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.crm.contacts.models import Contact
from app.embedded import Servers
from app.extensions import db
from tests.cast import Cast, Company
from tests.jobs import sample

ROOT = Path(__file__).parents[2]


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Servers]:
    """A Valkey of the test's own, to be stopped and started."""
    with Servers(tmp_path / "valkey", durable=False, with_postgresql=False) as running:
        yield running


Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start_worker(subprocess_environment: dict[str, str], valkey: Servers) -> Iterator[Start]:
    """Start worker.py as bin/run and the image do; all of it is gone when the test ends."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {**subprocess_environment, **valkey.urls, "WORKERS": "1"}

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "worker.py"], cwd=ROOT, env=environment, start_new_session=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        process.wait()


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.1)


def names(cast: Cast, company: Company) -> list[str]:
    with cast.inside(company):
        return sorted(db.session.scalars(select(Contact.name)))


def pids(file: Path) -> list[int]:
    return [int(pid) for pid in file.read_text("ascii").split()] if file.exists() else []


def test_a_job_runs_in_a_real_worker(cast: Cast, company: Company, start_worker: Start) -> None:
    start_worker()
    with cast.inside(company):
        sample.add_contact.later(name="From the worker")
    wait_for(lambda: names(cast, company) == ["From the worker"], 20)


def test_a_killed_work_horse_is_replaced_at_once(
    cast: Cast, company: Company, start_worker: Start, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    start_worker()
    with cast.inside(company):
        sample.add_contact_slowly.later(name="Once", started=str(started), seconds=60)
    wait_for(lambda: len(pids(started)) == 1, 20)
    os.kill(pids(started)[0], signal.SIGKILL)
    wait_for(lambda: names(cast, company) == ["Once"], 25)
    assert len(pids(started)) == 2


def test_a_killed_worker_loses_nothing(
    cast: Cast, company: Company, start_worker: Start, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    worker = start_worker()
    with cast.inside(company):
        sample.add_contact_slowly.later(name="Once", started=str(started), seconds=60)
    wait_for(lambda: len(pids(started)) == 1, 20)
    os.killpg(worker.pid, signal.SIGKILL)
    os.kill(pids(started)[0], signal.SIGKILL)
    worker.wait()
    start_worker()
    wait_for(lambda: names(cast, company) == ["Once"], 90)
    assert len(pids(started)) == 2


def test_jobs_wait_in_the_outbox_while_redis_is_away(
    cast: Cast, company: Company, start_worker: Start, valkey: Servers
) -> None:
    start_worker()
    with cast.inside(company):
        sample.add_contact.later(name="Before")
    wait_for(lambda: names(cast, company) == ["Before"], 20)
    valkey.valkey.stop()
    with cast.inside(company):
        sample.add_contact.later(name="Meanwhile")
    time.sleep(2)
    assert names(cast, company) == ["Before"]
    valkey.valkey.start()
    wait_for(lambda: names(cast, company) == ["Before", "Meanwhile"], 60)


def test_the_worker_stops_cleanly_when_told(
    cast: Cast, company: Company, start_worker: Start
) -> None:
    worker = start_worker()
    with cast.inside(company):
        sample.add_contact.later(name="It is up")
    wait_for(lambda: names(cast, company) == ["It is up"], 30)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
