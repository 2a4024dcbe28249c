"""kill -9 at random moments: bin/drill kills [--kills 200] [--of work-horse worker postgresql].

Work-horse and worker die while an import runs, PostgreSQL while contacts are written. Prints JSON;
exits 1 when anything was lost or doubled."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tests.house import House
from tests.kills.work import (
    batch,
    checked_import,
    counts,
    jobs,
    kill_work_horse,
    kill_worker,
    orders_file,
    start_import,
    wait_for,
)
from tests.kills.writers import kill_postgresql, start_postgresql, stored, writing, written

LINES = 12_000
LATEST_SECONDS = 4.0


def imports(house: House, kill: Callable[[House], None], kills: int, moment: Random) -> Any:
    """One import for each kill; what was lost or doubled, and how long each took to recover."""
    file, faults, seconds, in_the_middle = orders_file(LINES), [], [], 0
    for number in range(kills):
        member = house.cast.member(house.cast.company())
        batch_id = checked_import(house, member, file)
        start_import(member, batch_id)
        began = time.monotonic() + moment.uniform(0, LATEST_SECONDS)
        state = lambda m=member, b=batch_id: batch(house, m.company, b)["state"]  # noqa: E731
        wait_for(lambda: time.monotonic() > began or state() == "finished", "The moment")  # noqa: B023
        in_the_middle += _killed(house, kill, state)
        wait_for(lambda: state() == "finished", f"The end of import {number}")  # noqa: B023
        seconds.append(time.monotonic() - began)
        house.wait_for_jobs()
        found = counts(house, member.company)
        receipts = [job["receipts"] for job in jobs(house, member.company, ".run_import")]
        if found != file.counts or receipts != [1]:
            faults.append({"counts": found, "receipts": receipts})
    return {"kills": kills, "while_running": in_the_middle, "faults": faults, **_summary(seconds)}


def _killed(house: House, kill: Callable[[House], None], state: Callable[[], str]) -> bool:
    """Whether the kill met the import before its end."""
    try:
        kill(house)
    except AssertionError:  # the work-horse had just finished
        return False
    return state() != "finished"


def writes(house: House, kills: int, moment: Random) -> Any:
    """Writers at work while PostgreSQL is killed again and again."""
    member, seconds = house.cast.member(house.cast.company()), []
    with writing(house, member) as writers:
        for _ in range(kills):
            time.sleep(moment.uniform(0.2, 1.5))
            kill_postgresql(house)
            start_postgresql(house)
            ready, least = time.monotonic(), written(writers)
            wait_for(lambda: written(writers) > least, "A write after the restart")  # noqa: B023
            seconds.append(time.monotonic() - ready)
    acknowledged = {one for writer in writers for one in writer.acknowledged}
    found = stored(house, member.company)
    return {
        "kills": kills,
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged - set(found)),
        "doubled": len(found) - len(set(found)),
        "unasked": len(set(found) - acknowledged),
        **_summary(seconds),
    }


def _summary(seconds: list[float]) -> dict[str, float]:
    return {"longest_recovery_seconds": round(max(seconds, default=0), 1)}


def main() -> int:
    parts = ("work-horse", "worker", "postgresql")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--of", nargs="+", choices=parts, default=parts)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    moment = Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="payvand-kills-") as folder:
        with House(Path(folder), durable=True) as house:
            house.app.config["WTF_CSRF_ENABLED"] = False
            drills = {
                "work-horse": lambda: imports(house, kill_work_horse, arguments.kills, moment),
                "worker": lambda: imports(house, kill_worker, arguments.kills, moment),
                "postgresql": lambda: writes(house, arguments.kills, moment),
            }
            report = {part: drills[part]() for part in arguments.of}
    print(json.dumps({"drill": "kills", **report}, indent=2))
    wrong = ("faults", "lost", "doubled", "unasked")
    return 1 if any(one.get(name) for one in report.values() for name in wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
