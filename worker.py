"""The worker process: RQ workers that fork for each job, and the outbox relay beside them."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from uuid import UUID

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # one thread each: small fits run many times faster

from redis.exceptions import RedisError  # noqa: E402
from sqlalchemy.exc import SQLAlchemyError  # noqa: E402

from app import create_app  # noqa: E402
from app.jobs import (  # noqa: E402
    ForkingWorker,
    close_inherited_connections,
    housekeep,
    redis_queue,
    relay_due,
    release,
    sweep,
)
from app.web import Payvand  # noqa: E402

RELAY_SECONDS = 0.3
SWEEP_SECONDS = 5
HOUSEKEEPING_SECONDS = 3600

Part = Callable[[Payvand], None]

logger = logging.getLogger("worker")


def relay(app: Payvand) -> None:
    """Move due outbox rows to RQ until told to stop; waits out a database or Redis that is away."""
    stopping = _stop_on_signal()
    next_sweep = next_housekeeping = 0.0
    with app.app_context():
        queue = redis_queue()
        while not stopping():
            try:
                if time.monotonic() >= next_sweep:
                    next_sweep = time.monotonic() + SWEEP_SECONDS
                    sweep()
                if time.monotonic() >= next_housekeeping:
                    next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS
                    housekeep()
                moved = relay_due(queue)
            except (RedisError, SQLAlchemyError) as error:
                logger.warning("The relay waits: %s.", type(error).__name__)
                moved = 0
                time.sleep(1)
            if not moved:
                time.sleep(RELAY_SECONDS)


def work(app: Payvand) -> None:
    """Run jobs; a work-horse that is killed has its row freed at once."""
    with app.app_context():
        queue = redis_queue()
        worker = ForkingWorker(
            [queue],
            connection=queue.connection,
            serializer=queue.serializer,
            worker_ttl=60,
            work_horse_killed_handler=lambda job, *_: release(UUID(job.args[0])),
        )
        worker.work(logging_level="WARNING")


def _stop_on_signal() -> Callable[[], bool]:
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: told.append(received))
    return lambda: bool(told)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: no orphans after a kill -9


def _spawn(part: Part, app: Payvand) -> int:
    child = os.fork()
    if child:
        return child
    _die_with_parent()
    with app.app_context():
        close_inherited_connections()
    code = 1
    try:
        part(app)
        code = 0
    except Exception:
        logger.exception("A part of the worker stopped.")
    finally:
        os._exit(code)


def main() -> int:
    """Keep one relay and as many workers as the settings ask for; restart one that dies."""
    app = create_app()
    stopping = _stop_on_signal()
    parts: list[Part] = [relay, *([work] * app.extensions["settings"].workers)]
    children = {_spawn(part, app): part for part in parts}
    while not stopping():
        time.sleep(0.2)
        for child in _dead():
            part = children.pop(child, None)
            if part is not None:
                logger.warning("Part %s of the worker died and starts again.", part.__name__)
                time.sleep(0.5)
                children[_spawn(part, app)] = part
    return _stop(children)


def _dead() -> list[int]:
    found: list[int] = []
    while True:
        try:
            child, _status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if child == 0:
            return found
        found.append(child)


def _stop(children: dict[int, Part]) -> int:
    for child in children:
        os.kill(child, signal.SIGTERM)
    for child in children:
        try:
            os.waitpid(child, 0)
        except ChildProcessError:
            continue
    return 0


if __name__ == "__main__":
    sys.exit(main())
