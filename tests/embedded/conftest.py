"""A small checkout of its own: the real commands and supervisor around a website of a few lines."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.embedded.ports import free_port
from tests.embedded.checkout import ROOT, Checkout

_WSGI = """
import json, os, pathlib
import click, psycopg
from flask import Flask

app = Flask(__name__)
app.cli.add_command(db := click.Group("db"))
app.cli.add_command(demo := click.Group("demo"))


def execute(variable, sql):
    address = os.environ[variable].replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone() if cursor.description else None


@db.command()
def upgrade():
    execute("DATABASE_OWNER_URL", "CREATE TABLE IF NOT EXISTS visits (id bigint)")
    execute("DATABASE_OWNER_URL", "GRANT SELECT, INSERT ON visits TO payvand_app")


@demo.command()
def seed():
    workspace = {"name": "Rosewood", "url_path": "/rosewood", "email": "olivia@example.com",
                 "password": "a-long-password", "language": "en"}
    click.echo(json.dumps({"workspaces": [workspace]}))


@app.cli.command()
def visit():
    execute("DATABASE_URL", "INSERT INTO visits VALUES (1)")
    click.echo(json.dumps({"visits": execute("DATABASE_URL", "SELECT count(*) FROM visits")[0]}))


@app.cli.command()
@click.argument("path", type=pathlib.Path)
def read(path):
    click.echo(path.read_text())


@app.cli.command()
def refuse():
    raise SystemExit(7)


@app.get("/healthz")
def healthz():
    return "ok"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    root = tmp_path / "a check out"
    shutil.copytree(ROOT / "app/embedded", root / "app/embedded")
    shutil.copytree(ROOT / "bin", root / "bin")
    shutil.copytree(ROOT / "requirements", root / "requirements")
    shutil.copy(ROOT / "app/roles.py", root / "app")
    (root / "app/__init__.py").touch()
    (root / "wsgi.py").write_text(_WSGI)
    (root / "worker.py").write_text("import time\nprint('working')\ntime.sleep(3600)\n")
    _share_environment(root)
    made = Checkout(root, free_port())
    yield made
    made.stop_everything()


def _share_environment(root: Path) -> None:
    """An environment that refers to this one's packages, stamped as complete."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")], check=True)
    packages = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    own = next((root / ".venv/lib").iterdir()) / "site-packages"
    (own / "shared.pth").write_text(f"{packages}\n")
    locks = [root / f"requirements/{name}.txt" for name in ("app", "local")]
    (root / ".venv/installed-local").write_bytes(b"".join(lock.read_bytes() for lock in locks))
