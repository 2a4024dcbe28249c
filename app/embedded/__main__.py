"""`python -m app.embedded run|flask`: what `bin/run` and `bin/flask` call."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from app.embedded.commands import run_flask
from app.embedded.environment import ROOT
from app.embedded.errors import EmbeddedError
from app.embedded.supervisor import run


def main(arguments: list[str]) -> int:
    """Run what `arguments` name; an error is one sentence on standard error."""
    try:
        if arguments[:1] == ["flask"]:
            return run_flask(_default_data(), arguments[1:])
        options = _parser().parse_args(arguments)
        run(options.data, options.port, with_demo=options.demo)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/run", description="Run Payvand on this machine.")
    parser.add_argument("command", choices=["run"], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=_port, default=8000, help="port of the website (8000)")
    parser.add_argument(
        "--data", type=Path, default=_default_data(), help="folder of all data (var)"
    )
    parser.add_argument(
        "--no-demo", dest="demo", action="store_false", help="make no demo companies"
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 1 to 65535")
    return int(text)


def _default_data() -> Path:
    return Path(os.environ.get("PAYVAND_DATA") or ROOT / "var")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
