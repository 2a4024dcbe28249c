"""bin/environment: what it says where a machine lacks something, and how it finds its way."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("bash", "dirname", "cat", "cmp", "rm", "env", "id", "find", "sort", "sed", "basename")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The commands and locks alone, below a folder with a space and a quote in its name."""
    root = tmp_path / "an owner's folder"
    shutil.copytree(ROOT / "bin", root / "bin")
    shutil.copytree(ROOT / "requirements", root / "requirements")
    return root


def command(checkout: Path, *words: str, tools: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command where PATH holds the basic tools and `tools`, shell scripts by name."""
    path = checkout / "path"
    path.mkdir(exist_ok=True)
    for tool in TOOLS:
        (path / tool).unlink(missing_ok=True)
        (path / tool).symlink_to(shutil.which(tool) or "")
    for name, script in tools.items():
        (path / name).write_text(f"#!/bin/sh\n{script}\n")
        (path / name).chmod(0o755)
    return subprocess.run(
        [checkout / "bin" / words[0], *words[1:]],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": str(path)},
    )


def test_without_python_it_names_the_version_and_exits_3(checkout: Path) -> None:
    done = command(checkout, "run", tools={})
    assert done.returncode == 3
    assert done.stderr == (
        "Payvand needs Python 3.11 or newer and found none: install it, or name it in PYTHON.\n"
    )


def test_an_old_python_is_not_taken(checkout: Path) -> None:
    done = command(checkout, "run", tools={"python3": "exit 1"})
    assert done.returncode == 3
    assert "Python 3.11 or newer" in done.stderr


def test_without_ensurepip_it_prints_the_one_command_and_exits_3(checkout: Path) -> None:
    python = 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac'
    done = command(checkout, "run", tools={"python3": python})
    assert done.returncode == 3
    assert "run: apt-get install python3-venv" in done.stderr


def test_packages_that_cannot_be_installed_stop_with_an_error(checkout: Path) -> None:
    fake = checkout / ".venv/bin/python"
    fake.parent.mkdir(parents=True)
    fake.write_text('#!/bin/sh\ncase "$*" in *install*) echo "no such hash" >&2; exit 1;; esac\n')
    fake.chmod(0o755)
    done = command(checkout, "run", tools={})
    assert done.returncode == 1
    assert "no such hash" in done.stderr
    assert "could not be installed" in done.stderr
    assert not (checkout / ".venv/installed-local").exists()


def test_a_complete_environment_is_used_as_it_is_without_home(checkout: Path) -> None:
    fake = checkout / ".venv/bin/python"
    fake.parent.mkdir(parents=True)
    fake.write_text('#!/bin/sh\necho "$PYTHONPATH: $*"\n')
    fake.chmod(0o755)
    locks = [checkout / f"requirements/{name}.txt" for name in ("app", "local")]
    (checkout / ".venv/installed-local").write_bytes(b"".join(p.read_bytes() for p in locks))
    done = command(checkout, "run", "--port", "80 90", tools={})
    assert done.stdout == f"{checkout}: -P -m app.embedded run --port 80 90\n"
    assert done.stderr == ""
    assert done.returncode == 0


def test_without_chromium_an_ordinary_user_reads_the_one_command(checkout: Path) -> None:
    fake = checkout / ".venv/bin/python"
    fake.parent.mkdir(parents=True)
    fake.write_text("#!/bin/sh\n")
    fake.chmod(0o755)
    done = command(checkout, "test", tools={"id": "echo 1000"})
    assert done.returncode == 3
    assert "run `apt-get install --yes chromium`" in done.stderr


def test_root_gets_chromium_installed(checkout: Path) -> None:
    fake = checkout / ".venv/bin/python"
    fake.parent.mkdir(parents=True)
    fake.write_text('#!/bin/sh\n[ "$2" != pytest ] || echo "tests with $CHROMIUM"\n')
    fake.chmod(0o755)
    place = checkout / "path/chromium"
    apt = f'[ "$1" != install ] || {{ cat "{place}.sh" >"{place}" && /bin/chmod +x "{place}"; }}'
    (checkout / "path").mkdir()
    Path(f"{place}.sh").write_text("#!/bin/sh\n")
    done = command(checkout, "test", tools={"id": "echo 0", "apt-get": apt})
    assert done.returncode == 0
    assert "Installing Chromium" in done.stderr
    assert done.stdout == f"tests with {place}\n"


def test_drill_lists_its_drills_and_refuses_unknown_names(checkout: Path) -> None:
    drills = checkout / "tests/drills"
    drills.mkdir(parents=True)
    (drills / "__init__.py").touch()
    (drills / "kills.py").touch()
    listed = command(checkout, "drill", tools={})
    assert listed.returncode == 0
    assert listed.stderr.endswith("the drills are:\n  kills\n")
    refused = command(checkout, "drill", "../../bin/run", tools={})
    assert refused.returncode == 2
    assert "There is no drill ../../bin/run." in refused.stderr
