"""Lint the SQL of each migration by itself with squawk, as it will run on a table full of rows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Settings that let the app start; no server is asked when SQL is only printed.
SETTINGS = {
    "PAYVAND_ENVIRONMENT": "test",
    "SECRET_KEY": "for printing SQL, where nothing is signed",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1/nothing",
    "PYTHONPATH": str(ROOT),
}
MIGRATION = re.compile(r"^-- Running upgrade .*?-> (\w+)", re.MULTILINE)


def main() -> int:
    """0 when squawk finds nothing in any migration."""
    printed = subprocess.run(
        [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "db", "sql"],
        env={**os.environ, **SETTINGS},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if printed.returncode != 0:
        return 1
    return lint(split(printed.stdout))


def split(sql: str) -> dict[str, str]:
    """The SQL of each migration, by its revision."""
    parts = MIGRATION.split(sql)
    # A transaction's BEGIN stands before its migration's title, so after the one before.
    bodies = ("BEGIN;" + re.sub(r"BEGIN;\s*\Z", "", part) for part in parts[2::2])
    return dict(zip(parts[1::2], bodies, strict=True))


def lint(migrations: dict[str, str]) -> int:
    """squawk's exit code; its rules are in .squawk.toml."""
    if not migrations:
        sys.stdout.write("No migration was found.\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        for revision, sql in migrations.items():
            (Path(folder) / f"{revision}.sql").write_text(sql)
        command = [Path(sys.executable).with_name("squawk"), "--config", ROOT / ".squawk.toml"]
        return subprocess.run([*command, *Path(folder).iterdir()], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
