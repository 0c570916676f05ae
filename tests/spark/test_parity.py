"""DuckDB and Spark give the same report for the sample year.

`make test-spark` installs Spark and runs this; a plain test run leaves it out.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from orchestration.paths import PROJECT_FOLDER
from tests.conftest import SMALL_YEAR, Warehouse
from tests.spark.parity import PUBLISHED, Pair, build_both

SAMPLE_YEAR = 2021


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """The sample's year, built by either engine."""
    return build_both(PROJECT_FOLDER / "raw", SAMPLE_YEAR, tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def small(small_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A small year as dirty as real ones, with a correction, built by either engine."""
    folder = tmp_path_factory.mktemp("small")
    shutil.copytree(small_raw, folder / "raw")
    _correct_a_day(folder / "raw" / str(SMALL_YEAR))
    return build_both(folder / "raw", SMALL_YEAR, folder)


def _correct_a_day(exports: Path) -> None:
    """Moves the first video of the export into the year before, by declaration."""
    with (exports / "website" / "videos.csv").open(encoding="utf-8-sig", newline="") as stream:
        day = next(csv.DictReader(stream))["published_on"]
    with (exports / "corrections.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["source_file", "key", "field", "old", "new", "reason", "by", "on"])
        earlier = f"{SMALL_YEAR - 1}-06-01"
        video = ["website/videos.csv", "line 2", "published_on", day, earlier]
        writer.writerow([*video, "It's the day of the upload", "report team", "2020-01-15"])


@pytest.mark.parametrize("table", PUBLISHED)
def test_figures_and_annexes_are_the_same_bytes(sample: Pair, table: str) -> None:
    by_duckdb, by_spark = (each.latest / f"{table}.csv" for each in (sample.duckdb, sample.spark))
    assert by_spark.read_bytes() == by_duckdb.read_bytes()


@pytest.mark.parametrize("pair", ["sample", "small"])
def test_every_released_table_is_the_same_bytes(pair: str, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue(pair).differing_files() == []


@pytest.mark.parametrize("pair", ["sample", "small"])
def test_every_relation_of_the_build_is_the_same(pair: str, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue(pair).differing_relations() == []


def test_nothing_is_left_of_the_session(sample: Pair) -> None:
    assert not (sample.spark.home / "builds" / str(SAMPLE_YEAR) / "spark").exists()


def test_a_session_that_does_not_start_releases_nothing(
    small: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = small.spark.copy(tmp_path)
    release = standing.latest.resolve().name
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "no-java"))
    (standing.home / "builds" / str(SMALL_YEAR) / "built.json").unlink()
    result = standing.run("build", "--year", str(SMALL_YEAR), "--engine", "spark")
    assert result.returncode != 0
    assert "Java" in result.stderr
    assert standing.latest.resolve().name == release


def test_storage_of_a_cluster_gives_the_same_bytes(
    small: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = tmp_path / "storage"
    storage.mkdir()
    monkeypatch.setenv("METROPOLIS_SPARK_STORAGE", storage.as_uri())
    monkeypatch.setenv("SPARK_MASTER", "local[2]")
    warehouse = Warehouse(small.spark.raw, tmp_path / "home", SMALL_YEAR)
    warehouse.home.mkdir()
    (warehouse.home / "pseudonym.key").write_bytes((small.spark.home / "pseudonym.key").read_bytes())
    (warehouse.home / "pseudonym.key").chmod(0o600)
    result = warehouse.run("build", "--year", str(SMALL_YEAR), "--engine", "spark", timeout=3600)
    assert result.returncode == 0, result.stderr
    assert Pair(small.duckdb, warehouse).differing_files() == []
    assert list(storage.iterdir()) == []
