"""bin/flask: any Flask command with the services up, its output and exit code left as they are."""

from __future__ import annotations

import json
import subprocess

from tests.embedded.checkout import Checkout


def test_a_command_gets_its_own_services_and_leaves_nothing_running(checkout: Checkout) -> None:
    for visits in (1, 2):
        done = checkout.command("bin/flask", "visit")
        assert json.loads(done.stdout) == {"visits": visits}, done.stderr
        assert done.returncode == 0
        assert checkout.running() == set()


def test_the_exit_code_of_the_command_is_passed_on(checkout: Checkout) -> None:
    done = checkout.command("bin/flask", "refuse")
    assert done.returncode == 7
    assert done.stdout == ""


def test_a_relative_file_name_is_looked_up_where_the_caller_stands(checkout: Checkout) -> None:
    folder = checkout.root.parent / "my orders"
    folder.mkdir()
    (folder / "orders.csv").write_text("customer,date")
    (folder / "app.py").write_text("raise SystemExit('the wrong module')")
    done = checkout.command("bin/flask", "read", "orders.csv", cwd=folder)
    assert done.stdout == "customer,date\n", done.stderr


def test_commands_at_the_same_time_share_one_database(checkout: Checkout) -> None:
    started = [
        subprocess.Popen(
            [checkout.root / "bin/flask", "visit"],
            env=checkout.environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    visits = [json.loads(child.communicate(timeout=60)[0])["visits"] for child in started]
    assert max(visits) == 4
    assert checkout.running() == set()


def test_a_command_after_a_killed_run_ends_its_leftovers(checkout: Checkout) -> None:
    checkout.run("--no-demo").kill()
    checkout.started[0].wait()
    done = checkout.command("bin/flask", "visit")
    assert json.loads(done.stdout) == {"visits": 1}, done.stderr
    assert checkout.running() == set()


def test_the_data_folder_is_named_by_the_environment(checkout: Checkout) -> None:
    other = checkout.root.parent / "elsewhere"
    done = checkout.command("bin/flask", "visit", PAYVAND_DATA=str(other))
    assert done.returncode == 0
    assert (other / "pg/PG_VERSION").exists()
    assert not checkout.data.exists()
