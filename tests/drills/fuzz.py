"""Fuzz the whole app: bin/drill fuzz [--requests 50000] [--seed 1].

Prints JSON; exits 1 on any fault."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.pages.fuzzing import fuzz
from tests.prepared_app import prepared_app


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="payvand-fuzz-") as folder:
        with prepared_app(Path(folder)) as app:
            findings = fuzz(app, arguments.requests, arguments.seed)
    report = {
        "drill": "fuzz",
        "requests": findings.tried,
        "seconds": round(time.monotonic() - began),
        "statuses": dict(sorted(findings.statuses.items())),
        "faults": findings.faults,
    }
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
