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

from app.embedded.processes import wait_until
from tests.house import House
from tests.kills.work import (
    PATIENCE,
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


def imports(house: House, kill: Callable[[House], None], kills: int, moment: Random) -> Any:
    """One import for each kill; what was lost or doubled, and how long each took to recover."""
    undisturbed = Trial(house)
    undisturbed.wait(PATIENCE)
    usual, trials = undisturbed.ended_at, []
    for _ in range(kills):
        trial = Trial(house)
        trial.wait(moment.uniform(0, usual))
        trial.kill(kill)
        trial.wait(PATIENCE)
        house.wait_for_jobs()
        trials.append(trial)
    return {
        "kills": kills,
        "while_running": sum(trial.was_running for trial in trials),
        "faults": [fault for trial in trials for fault in trial.faults()],
        **_summary([trial.ended_at - trial.killed_at for trial in trials]),
    }


class Trial:
    """One import, from its start to its end."""

    def __init__(self, house: House) -> None:
        self.house, self.file = house, orders_file(LINES)
        self.member = house.cast.member(house.cast.company())
        self.batch_id = checked_import(house, self.member, self.file)
        start_import(self.member, self.batch_id)
        self.began = time.monotonic()
        self.killed_at = self.ended_at = 0.0
        self.was_running = False

    def age(self) -> float:
        return time.monotonic() - self.began

    def is_finished(self) -> bool:
        return bool(batch(self.house, self.member.company, self.batch_id)["state"] == "finished")

    def wait(self, seconds: float) -> None:
        """Until the import is finished or the seconds are over."""
        wait_until(self.is_finished, seconds)
        self.ended_at = self.age()

    def kill(self, kill: Callable[[House], None]) -> None:
        try:
            kill(self.house)
        except AssertionError:  # no work-horse: it had just finished, or not begun
            self.was_running = False
        else:
            self.was_running = not self.is_finished()
        self.killed_at = self.age()

    def faults(self) -> list[dict[str, Any]]:
        found = counts(self.house, self.member.company)
        receipts = [job["receipts"] for job in jobs(self.house, self.member.company, ".run_import")]
        right = self.is_finished() and found == self.file.counts and receipts == [1]
        return [] if right else [{"counts": found, "receipts": receipts}]


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
