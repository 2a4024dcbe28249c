"""BG/NBD fit and scoring against the package lifetimes, on simulated customers at day grain.

    .venv-bench/bin/python bench/bgnbd.py [--customers 100000 1000000] [--rounds 3]
        [--counterpart-python PYTHON] [--skip-counterpart-above N]

Each side runs in a process of its own, one thread, on the same customers; the best of the rounds
counts. A fit is the whole call, from the customers' arrays to parameters and standard errors.
Prints one JSON object; a ratio above 1 says how many times faster ours is.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
TRUTH = (0.6, 60.0, 0.8, 2.5)
HORIZON = 365.0


def maths_alone() -> None:
    """Make `app.analytics.maths` importable without the web application around it."""
    for name in ("app", "app.analytics"):
        package = types.ModuleType(name)
        package.__path__ = [str(ROOT.joinpath(*name.split(".")))]
        sys.modules[name] = package


def customers(count: int) -> tuple[Any, Any, Any]:
    """Frequency, recency and age in days of customers who came within two years."""
    import numpy as np

    from app.analytics.maths.simulate import simulate

    ages = np.random.default_rng(count).integers(1, 730, count).astype(float)
    people = simulate(TRUTH, ages, grain=1, seed=count)
    return people.frequency, people.recency, people.age


def best(rounds: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """The shortest of the rounds in seconds, and the last result."""
    times, result = [], None
    for _ in range(rounds):
        started = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - started)
    return min(times), result


def ours(count: int, rounds: int) -> dict[str, Any]:
    from app.analytics.maths.bgnbd import BGNBD

    history = customers(count)
    fit, model = best(rounds, lambda: BGNBD(prior=None).fit(*history))
    scoring, scores = best(
        rounds,
        lambda: (
            model.conditional_expected_purchases(HORIZON, *history),
            model.probability_active(*history),
        ),
    )
    return told(fit, scoring, model.parameters.tolist(), scores, model.log_likelihood_)


def lifetimes(count: int, rounds: int) -> dict[str, Any]:
    from lifetimes import BetaGeoFitter

    x, t_x, T = customers(count)
    fit, model = best(min(rounds, 2), lambda: BetaGeoFitter().fit(x, t_x, T))
    scoring, scores = best(
        min(rounds, 2),
        lambda: (
            model.conditional_expected_number_of_purchases_up_to_time(HORIZON, x, t_x, T),
            model.conditional_probability_alive(x, t_x, T),
        ),
    )
    return told(fit, scoring, [float(model.params_[n]) for n in ("r", "alpha", "a", "b")], scores)


def told(
    fit: float,
    scoring: float,
    parameters: list[float],
    scores: Any,
    likelihood: float | None = None,
) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "fit_seconds": round(fit, 4),
        "scoring_seconds": round(scoring, 4),
        "parameters": [round(value, 4) for value in parameters],
        "log_likelihood": likelihood,
        "expected_total": round(float(scores[0].sum()), 1),
        "peak_megabytes": round(peak),
    }


def in_child(python: str, side: str, count: int, rounds: int) -> dict[str, Any]:
    """One side's figures, from a fresh process."""
    command = [python, __file__, "--side", side, "--customers", str(count), "--rounds", str(rounds)]
    done = subprocess.run(
        command, env={**os.environ, **THREADS}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{side} failed: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout)


def compare(options: argparse.Namespace) -> dict[str, Any]:
    found = {}
    for count in options.customers:
        mine = in_child(sys.executable, "ours", count, options.rounds)
        row: dict[str, Any] = {"ours": mine}
        if count <= options.skip_counterpart_above:
            theirs = in_child(options.counterpart_python, "lifetimes", count, options.rounds)
            row["lifetimes"] = theirs
            for job in ("fit", "scoring"):
                name = f"{job}_seconds"
                row[f"{job}_ratio"] = round(theirs[name] / mine[name], 1)
        found[str(count)] = row
    return {"benchmark": "bgnbd", "rounds": options.rounds, "customers": found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--counterpart-python", default=sys.executable)
    parser.add_argument("--skip-counterpart-above", type=int, default=10**9)
    parser.add_argument("--side", choices=["ours", "lifetimes"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    maths_alone()
    sides = {"ours": ours, "lifetimes": lifetimes}
    if options.side:
        print(json.dumps(sides[options.side](options.customers[0], options.rounds)))
    else:
        print(json.dumps(compare(options), indent=2))


if __name__ == "__main__":
    main()
