"""A home of an older version is opened and built on by this one."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from orchestration.instance import open_instance
from orchestration.paths import Home
from orchestration.release_store import ReleaseStore
from tests.conftest import SMALL_YEAR, Warehouse, snapshot

OLD_HOME = Path(__file__).parent / "upgrade" / "home.tar.xz"
OLD, NEW = f"{SMALL_YEAR}-r1", f"{SMALL_YEAR}-r2"


@pytest.fixture(scope="module")
def upgraded(small_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The old home, built on once."""
    folder = tmp_path_factory.mktemp("upgrade")
    with tarfile.open(OLD_HOME) as archive:
        archive.extractall(folder, filter="data")
    warehouse = Warehouse(small_raw, folder / "home")
    before = snapshot(warehouse.releases / OLD)
    result = warehouse.build()
    assert result.returncode == 0, result.stderr
    assert f"Released {NEW}" in result.stdout
    assert snapshot(warehouse.releases / OLD) == before
    return warehouse


def test_the_next_release_is_compared_with_the_old_one(upgraded: Warehouse) -> None:
    store = ReleaseStore(Home(upgraded.home), SMALL_YEAR)
    assert (store.names(), store.current()) == ([OLD, NEW], NEW)
    release = store.release(NEW)
    assert release.provenance["previous"] == OLD
    assert f"Compared with {OLD}" in release.file("changes.md").read_text(encoding="utf-8")


def test_every_release_is_whole(upgraded: Warehouse) -> None:
    result = upgraded.run("releases", "--verify")
    assert result.returncode == 0, result.stderr
    assert f"{OLD}: " in result.stdout and f"{NEW}: " in result.stdout


def test_the_history_has_the_runs_of_both_versions(
    upgraded: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Opening an instance names its folder in the environment, which is put back after this test.
    monkeypatch.setenv("DAGSTER_HOME", str(upgraded.home / "dagster"))
    with open_instance(Home(upgraded.home)) as instance:
        assert [run.status.value for run in instance.get_runs()] == ["SUCCESS", "SUCCESS"]


def test_the_old_release_can_be_made_current_again(upgraded: Warehouse, tmp_path: Path) -> None:
    copy = upgraded.copy(tmp_path)
    result = copy.run("rollback", OLD)
    assert result.returncode == 0, result.stderr
    assert "all-years-r2 is made anew of it" in result.stdout
    figures = copy.run("figures", "--year", str(SMALL_YEAR), "--format", "csv")
    assert figures.returncode == 0
    assert figures.stdout.encode() == (copy.releases / OLD / "figures.csv").read_bytes()
    explained = copy.run("explain", "members_total", "--year", str(SMALL_YEAR))
    assert explained.returncode == 0, explained.stderr
