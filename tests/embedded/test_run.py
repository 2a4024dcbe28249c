"""bin/run: one command that brings everything up and takes it all down."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from app.embedded.ports import free_port
from app.embedded.processes import wait_until
from tests.embedded.checkout import NAMES, Checkout, is_alive


def test_a_start_prints_the_address_and_the_demo_sign_in(checkout: Checkout) -> None:
    checkout.run()
    assert f"http://127.0.0.1:{checkout.port}/rosewood" in checkout.said
    assert "olivia@example.com" in checkout.said
    assert "a-long-password" in checkout.said
    assert checkout.answers()
    assert checkout.running() == set(NAMES)


def test_ctrl_c_stops_everything_and_leaves_no_process(checkout: Checkout) -> None:
    running = checkout.run("--no-demo")
    pids = [checkout.pid(name) for name in NAMES]
    assert "olivia" not in checkout.said
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == 0
    assert checkout.running() == set()
    assert not any(is_alive(pid) for pid in pids)
    assert processes_naming(checkout.root) == []


def test_a_second_start_keeps_the_data(checkout: Checkout) -> None:
    for visits in (1, 2):
        running = checkout.run("--no-demo")
        assert checkout.command("bin/flask", "visit").stdout == f'{{"visits": {visits}}}\n'
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0


def test_a_start_after_kill_9_ends_the_leftovers_and_keeps_the_data(checkout: Checkout) -> None:
    first = checkout.run("--no-demo")
    checkout.command("bin/flask", "visit")
    left = [checkout.pid(name) for name in NAMES]
    first.kill()
    first.wait()
    assert checkout.running() == set(NAMES)
    checkout.run("--no-demo")
    assert checkout.answers(), checkout.said
    assert not {checkout.pid(name) for name in NAMES} & set(left)
    assert checkout.command("bin/flask", "visit").stdout == '{"visits": 2}\n'


def test_killed_children_are_started_again(checkout: Checkout) -> None:
    checkout.run("--no-demo")
    before = {checkout.pid(name) for name in NAMES}
    for pid in before:
        assert pid
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not before & {checkout.pid(name) for name in NAMES}, 20)
    assert wait_until(lambda: checkout.running() == set(NAMES) and checkout.answers(), 20)
    assert checkout.command("bin/flask", "visit").stdout == '{"visits": 1}\n'
    assert "PostgreSQL died and is started again" in checkout.said


def test_a_worker_that_keeps_dying_stops_the_run_with_the_tail_of_its_log(
    checkout: Checkout,
) -> None:
    (checkout.root / "worker.py").write_text("raise SystemExit('no queue named reports')")
    running = checkout.run("--no-demo")
    assert running.wait(30) == 1
    assert "The worker keeps dying" in checkout.said
    assert "no queue named reports" in checkout.said
    assert checkout.running() == set()


def test_a_port_in_use_is_told(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", checkout.port)):
        assert checkout.run("--no-demo").wait(10) == 2
    assert f"Port {checkout.port} is in use" in checkout.said
    assert checkout.running() == set()


def test_a_second_run_on_the_same_data_folder_is_refused(checkout: Checkout) -> None:
    checkout.run("--no-demo")
    refused = checkout.command("bin/run", "--port", "1")
    assert refused.returncode == 2
    assert f"is in use (bin/run --port {checkout.port}, process" in refused.stderr
    assert checkout.answers()


def test_a_failing_migration_stops_the_run_with_its_reason(checkout: Checkout) -> None:
    wsgi = checkout.root / "wsgi.py"
    wsgi.write_text(wsgi.read_text().replace("CREATE TABLE", "CREATE TABEL"))
    assert checkout.run("--no-demo").wait(20) == 1
    assert "could not be migrated" in checkout.said
    assert "TABEL" in checkout.said
    assert checkout.running() == set()


def test_given_servers_are_used_and_left_alone(checkout: Checkout) -> None:
    checkout.run("--no-demo")
    assert checkout.command("bin/flask", "visit").returncode == 0
    given = published(checkout)
    other = Checkout(checkout.root, free_port_besides(checkout.port))
    other.started = checkout.started
    second = other.run("--no-demo", "--data", str(checkout.root / "var 2"), **given)
    assert other.answers(), other.said
    assert not (checkout.root / "var 2/pg").exists()
    visited = checkout.command("bin/flask", "visit", PAYVAND_DATA=str(checkout.root / "3"), **given)
    assert visited.stdout == '{"visits": 2}\n'
    second.terminate()
    assert second.wait(30) == 0
    assert checkout.command("bin/flask", "visit").stdout == '{"visits": 3}\n'


def test_a_given_database_without_its_owner_is_refused(checkout: Checkout) -> None:
    refused = checkout.command("bin/run", DATABASE_URL="postgres://payvand_app@127.0.0.1/payvand")
    assert refused.returncode == 2
    assert "DATABASE_OWNER_URL and DATABASE_RELAY_URL must be set too" in refused.stderr


def test_ctrl_c_during_the_set_up_stops_the_servers(checkout: Checkout) -> None:
    wsgi = checkout.root / "wsgi.py"
    wsgi.write_text(wsgi.read_text().replace("def seed():", "def seed():\n    input_ = sleep()"))
    wsgi.write_text(wsgi.read_text() + "\ndef sleep():\n    import time; time.sleep(60)\n")
    child = subprocess.Popen(
        [str(checkout.root / "bin/run"), "--port", str(checkout.port)],
        env=checkout.environment(),
        stdout=subprocess.DEVNULL,
    )
    assert wait_until(lambda: "seed" in "".join(processes_naming(checkout.root)), 20)
    started = time.monotonic()
    child.send_signal(signal.SIGINT)
    assert child.wait(20) == 0
    assert time.monotonic() - started < 5
    assert processes_naming(checkout.root) == []


def processes_naming(root: Path) -> list[str]:
    """Command lines of all processes that name a file below `root`."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(root) in line:
            found.append(line)
    return found


def published(checkout: Checkout) -> dict[str, str]:
    state: dict[str, str] = json.loads((checkout.data / "state.json").read_text())
    return {name: url for name, url in state.items() if name.endswith("_URL")} | {"PUBLIC_URL": ""}


def free_port_besides(port: int) -> int:
    while (other := free_port()) == port:
        pass
    return other


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs a namespace")
def test_root_reads_what_to_do_where_namespaces_are_refused(checkout: Checkout) -> None:
    tools = checkout.root / "tools"
    tools.mkdir()
    (tools / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (tools / "unshare").chmod(0o755)
    refused = checkout.command("bin/run", PATH=f"{tools}:{os.environ['PATH']}")
    assert refused.returncode == 3
    assert "run as an ordinary user or set DATABASE_URL" in refused.stderr
    assert checkout.running() == set()
