"""kill -9 in the middle of an import and of a report: both finish, nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cast import Member
from tests.house import House
from tests.kills.work import (
    batch,
    checked_import,
    counts,
    customers,
    jobs,
    kill_work_horse,
    kill_worker,
    orders_file,
    run,
    start_import,
    wait_for,
)

LINES = 40_000
Kill = Callable[[House], None]


@pytest.mark.parametrize("kill", [kill_work_horse, kill_worker])
def test_an_import_survives_a_kill(house: House, member: Member, kill: Kill) -> None:
    file, company = orders_file(LINES), member.company
    batch_id = checked_import(house, member, file)
    start_import(member, batch_id)
    wait_for(lambda: batch(house, company, batch_id)["progress"] > 0, "The middle")
    kill(house)
    assert batch(house, company, batch_id)["state"] == "running"
    assert counts(house, company)["orders"] == 0
    wait_for(lambda: batch(house, company, batch_id)["state"] == "finished", "The end")
    house.wait_for_jobs()
    assert counts(house, company) == file.counts
    assert jobs(house, company, ".run_import") == [
        {"job": "app.crm.imports.jobs.run_import", "attempts": 2, "is_done": True, "receipts": 1}
    ]


@pytest.mark.parametrize("kill", [kill_work_horse, kill_worker])
def test_a_report_survives_a_kill(house: House, member: Member, kill: Kill) -> None:
    undisturbed, company = house.cast.member(house.cast.company()), member.company
    for one in (undisturbed, member):
        customers(house, one.company)
    undisturbed.client.post(undisturbed.url("reports/clv/runs"))
    wait_for(lambda: run(house, undisturbed.company, "clv")["state"] == "finished", "The first")
    member.client.post(member.url("reports/clv/runs"))
    wait_for(lambda: run(house, company, "clv")["state"] == "running", "The middle")
    kill(house)
    wait_for(lambda: run(house, company, "clv")["state"] == "finished", "The end")
    house.wait_for_jobs()
    expected, found = run(house, undisturbed.company, "clv"), run(house, company, "clv")
    assert figures(found["result"]) == figures(expected["result"])
    assert [job["receipts"] for job in jobs(house, company, ".compute_run")] == [1]


def figures(result: dict[str, object]) -> dict[str, object]:
    """The result without the ids of the customers that it names."""
    return {name: value for name, value in result.items() if name != "top"}
