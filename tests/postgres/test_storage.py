"""A team's run storage: a build, its history and the UI on a PostgreSQL that this test starts and ends."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from orchestration.instance import POSTGRES_HOST, open_instance
from orchestration.paths import PROJECT_FOLDER, Home
from tests.conftest import SMALL_YEAR, Warehouse

_BINARIES = Path("/usr/lib/postgresql")
# Their bytes differ from build to build: one has an identity of its own, the other the hash of it.
_OF_ITS_OWN = frozenset({"warehouse.duckdb", "release.json"})


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of this test alone."""

    port: int
    password: str

    def set_in(self, patch: pytest.MonkeyPatch) -> None:
        """Names the server in the environment."""
        patch.setenv(POSTGRES_HOST, "127.0.0.1")
        for name, value in (("PORT", str(self.port)), ("DB", "postgres"), ("USER", "dagster")):
            patch.setenv(f"METROPOLIS_POSTGRES_{name}", value)
        patch.setenv("METROPOLIS_POSTGRES_PASSWORD", self.password)


def _as_owner(folder: Path) -> list[str]:
    """A prefix that runs a program as somebody who may start a server: not as root."""
    if os.geteuid() != 0:
        return []
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    binaries = sorted(_BINARIES.glob("*/bin"))[-1]
    # Not below pytest's folder, which others than its owner may not enter.
    folder = Path(f"/tmp/metropolis-postgres-{secrets.token_hex(4)}")
    folder.mkdir()
    password = secrets.token_hex(12)
    (folder / "password").write_text(password, encoding="utf-8")
    owner = _as_owner(folder)
    data, port = folder / "data", _free_port()
    make = [str(binaries / "initdb"), "-D", str(data), "-U", "dagster", "-A", "scram-sha-256"]
    subprocess.run([*owner, *make, f"--pwfile={folder / 'password'}"], check=True, capture_output=True)
    options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", str(folder)]
    process = subprocess.Popen(
        [*owner, str(binaries / "postgres"), "-D", str(data), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield Server(port, password)
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("PostgreSQL did not come up")


@pytest.fixture(scope="module")
def shared(server: Server, small_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The small year, built with its history on PostgreSQL."""
    home = tmp_path_factory.mktemp("team") / "home"
    warehouse = Warehouse(small_raw, home)
    with pytest.MonkeyPatch.context() as patch:
        server.set_in(patch)
        result = warehouse.build()
        assert result.returncode == 0, result.stderr
        yield warehouse


def test_the_history_of_a_build_is_on_the_server(shared: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(shared.home / "dagster"))
    with open_instance(Home(shared.home)) as instance:
        [run] = instance.get_runs()
        assert run.status is dg.DagsterRunStatus.SUCCESS
        assert run.tags["dagster/partition"] == str(SMALL_YEAR)
        steps = {each.step_key for each in instance.get_run_step_stats(run.run_id)}
        assert {"dbt_models", "guard_suites", "release__report"} <= steps
        recorded = instance.get_latest_materialization_event(dg.AssetKey(["release", "report"]))
        assert recorded is not None
    assert not list((shared.home / "dagster").rglob("*.db"))


def test_a_release_is_the_same_as_with_the_home_s_own_storage(
    shared: Warehouse, small_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(POSTGRES_HOST)
    own = Warehouse(small_raw, tmp_path / "home")
    own.home.mkdir()
    shutil.copy(shared.home / "pseudonym.key", own.home)
    result = own.build()
    assert result.returncode == 0, result.stderr
    there, here = (folder.latest.resolve() for folder in (shared, own))
    names = {path.relative_to(there).as_posix() for path in there.rglob("*") if path.is_file()}
    assert names == {path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()}
    differing = [name for name in sorted(names) if (there / name).read_bytes() != (here / name).read_bytes()]
    assert set(differing) <= _OF_ITS_OWN
    assert list((own.home / "dagster").rglob("*.db"))


def test_a_server_that_is_away_is_said_in_one_sentence(
    small_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Server(_free_port(), "secret-word").set_in(monkeypatch)
    result = Warehouse(small_raw, tmp_path / "home").build()
    assert result.returncode == 2
    said = result.stderr.strip().splitlines()[-1]
    assert said.startswith("metropolis: the run storage on 127.0.0.1 cannot be used: ")
    assert "refused" in said
    assert "secret-word" not in result.stderr + result.stdout
    assert "Traceback" not in result.stderr


def test_a_server_that_is_half_named_is_refused(
    small_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(POSTGRES_HOST, "127.0.0.1")
    monkeypatch.setenv("METROPOLIS_POSTGRES_PORT", "5432")
    monkeypatch.setenv("METROPOLIS_POSTGRES_DB", "dagster")
    for name in ("USER", "PASSWORD"):
        monkeypatch.delenv(f"METROPOLIS_POSTGRES_{name}", raising=False)
    result = Warehouse(small_raw, tmp_path / "home").build()
    assert result.returncode == 2
    assert "needs METROPOLIS_POSTGRES_USER and METROPOLIS_POSTGRES_PASSWORD" in result.stderr


def test_a_wrong_password_is_not_told(
    server: Server, small_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Server(server.port, "secret-word").set_in(monkeypatch)
    result = Warehouse(small_raw, tmp_path / "home").build()
    assert result.returncode == 2
    assert "password authentication failed" in result.stderr
    assert "secret-word" not in result.stderr + result.stdout


def test_the_webserver_and_the_daemon_of_the_container_come_up(shared: Warehouse) -> None:
    environment = shared.environment()
    port = _free_port()
    web = [
        str(Path(sys.executable).with_name("dagster-webserver")),
        "-w",
        str(PROJECT_FOLDER / "workspace.yaml"),
    ]
    daemon = [str(Path(sys.executable).with_name("dagster-daemon")), "run"]
    processes = [
        subprocess.Popen(
            command, cwd=PROJECT_FOLDER, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in ([*web, "-h", "127.0.0.1", "-p", str(port)], [*daemon, "-w", web[2]])
    ]
    try:
        assert b"dagster_webserver_version" in _ask(f"http://127.0.0.1:{port}/server_info")
        assert all(process.poll() is None for process in processes)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)


def _ask(address: str) -> bytes:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{address} did not answer")
