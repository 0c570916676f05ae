"""Fixtures for tests of a whole build: a small year, its released home, the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from tests.support.year_factory import write_year

SMALL_YEAR = 2019
FURTHER_VIDEO = "A further video"
METROPOLIS = Path(sys.executable).with_name("metropolis")


@dataclass(frozen=True)
class Warehouse:
    """A raw folder, a home, and the command line on both."""

    raw: Path
    home: Path
    year: int = SMALL_YEAR

    @property
    def exports(self) -> Path:
        """The year's exports."""
        return self.raw / str(self.year)

    @property
    def releases(self) -> Path:
        """The year's releases."""
        return self.home / "releases" / str(self.year)

    @property
    def latest(self) -> Path:
        """The current release."""
        return self.releases / "latest"

    def environment(self) -> dict[str, str]:
        """The environment of a call: this raw folder and home, no telemetry."""
        return {
            **os.environ,
            "METROPOLIS_RAW": str(self.raw),
            "METROPOLIS_HOME": str(self.home),
            "DAGSTER_HOME": str(self.home / "dagster"),
        }

    def run(self, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        """A call of the command line."""
        return subprocess.run(
            [str(METROPOLIS), *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def build(self) -> subprocess.CompletedProcess[str]:
        """A build of the year."""
        return self.run("build", "--year", str(self.year))

    def take_parsed_project(self, other: Warehouse) -> None:
        """Makes the home, with the dbt project as another one has parsed it, which takes a build seconds."""
        shutil.copytree(other.home / "dbt", self.home / "dbt")

    def copy(self, folder: Path) -> Warehouse:
        """A copy of exports and home, for tests that change them."""
        copied = Warehouse(folder / "raw", folder / "home", self.year)
        shutil.copytree(self.raw, copied.raw)
        shutil.copytree(self.home, copied.home, symlinks=True)
        return copied


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path, and links by where they point."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink()).encode()
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


@pytest.fixture(scope="session")
def small_raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A raw folder with one small synthetic year, with the variants of real exports."""
    raw = shared_folder(tmp_path_factory) / "raw"
    with FileLock(raw.with_suffix(".lock")):
        if not raw.exists():
            write_year(raw / str(SMALL_YEAR), SMALL_YEAR, seed=7)
    return raw


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers of a test run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def released(small_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The small year, built and released once for all workers. Tests that change anything take a copy."""
    warehouse = Warehouse(small_raw, shared_folder(tmp_path_factory) / "home")
    with FileLock(warehouse.home.with_suffix(".lock")):
        if not warehouse.latest.exists():
            result = warehouse.build()
            assert result.returncode == 0, result.stderr
    return warehouse


@pytest.fixture(scope="session")
def changed(released: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A video filed after the release, and a second one made while an analyst holds the first one's database open.

    Made once for all workers. Tests that change anything take a copy.
    """
    folder = shared_folder(tmp_path_factory) / "changed"
    with FileLock(folder.with_suffix(".lock")):
        warehouse = Warehouse(folder / "raw", folder / "home")
        if (warehouse.releases / f"{SMALL_YEAR}-r2").exists():
            return warehouse
        released.copy(folder)
        with (warehouse.exports / "website" / "videos.csv").open("a", encoding="utf-8") as stream:
            stream.write(f"{FURTHER_VIDEO},{SMALL_YEAR}-05-05,\n")
        with duckdb.connect(str(warehouse.latest / "warehouse.duckdb"), read_only=True) as analyst:
            before = analyst.execute("from figures").fetchall()
            result = warehouse.build()
            assert analyst.execute("from figures").fetchall() == before
        assert result.returncode == 0, result.stderr
        assert f"Changes against {SMALL_YEAR}-r1: " in result.stdout
        assert "website/videos.csv: changed, " in result.stdout
    return warehouse
