"""Healthy next years of the sample are released without declarations."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.paths import PROJECT_FOLDER, Home
from tests.conftest import Warehouse, snapshot
from tests.support.disasters import emptied
from tests.support.healthy_years import write_healthy_year
from tests.support.landing import land_year
from tests.support.released import release_landed

SAMPLE = PROJECT_FOLDER / "raw" / "2021"
SEEDS = range(10)


@pytest.fixture(scope="module")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which the sample counts as released."""
    folder = tmp_path_factory.mktemp("sample")
    home = Home(folder / "home")
    release_landed(land_year(SAMPLE, folder / "landing"), home)
    return home


@pytest.mark.parametrize("seed", SEEDS)
def test_the_exports_of_a_healthy_year_hold(sample_home: Home, seed: int, tmp_path: Path) -> None:
    write_healthy_year(SAMPLE, tmp_path / "2022", seed)
    findings = land_year(tmp_path / "2022", tmp_path / "landing", sample_home).findings
    assert [each for each in findings if each.severity == "refuse"] == []
    told = {each.code for each in findings}
    assert told <= {"rows_in_quarantine", "unknown_column", "event_without_file", "same_as_last_year"}


def test_a_healthy_year_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        write_healthy_year(SAMPLE, tmp_path / folder / "2022", seed=3)
    assert snapshot(tmp_path / "one") == snapshot(tmp_path / "other")
    write_healthy_year(SAMPLE, tmp_path / "third" / "2022", seed=4)
    assert snapshot(tmp_path / "one") != snapshot(tmp_path / "third")


# --- whole builds ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def next_year(released: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The sample and a healthy year after it, both released."""
    folder = tmp_path_factory.mktemp("next year")
    warehouse = Warehouse(folder / "raw", folder / "home", 2022)
    warehouse.take_parsed_project(released)
    shutil.copytree(SAMPLE, warehouse.raw / "2021")
    write_healthy_year(SAMPLE, warehouse.exports, seed=1)
    first = warehouse.run("build", "--year", "2021")
    assert first.returncode == 0, first.stderr
    second = warehouse.build()
    assert second.returncode == 0, second.stderr
    assert "Findings:" in second.stdout
    return warehouse


def test_a_healthy_year_is_released(next_year: Warehouse) -> None:
    assert next_year.latest.resolve().name == "2022-r1"


def test_years_stand_side_by_side(next_year: Warehouse) -> None:
    result = next_year.run("figures", "--year", "2021", "--year", "2022", "--format", "csv")
    assert result.stdout.splitlines()[0] == "figure_id,label,2021,2022"
    with duckdb.connect(str(next_year.latest / "warehouse.duckdb"), read_only=True) as connection:
        compared = connection.execute(
            "select count(*) from figure_changes where previous_value is not null"
        ).fetchall()
    assert compared[0][0] > 80


def test_exports_that_forbid_a_release_stop_the_build_before_the_models(
    next_year: Warehouse, tmp_path: Path
) -> None:
    warehouse = next_year.copy(tmp_path)
    emptied("registers/partners.csv")(warehouse.exports, warehouse.raw / "2021")
    built = warehouse.build()
    assert built.returncode == 1
    first, cause, *_ = (line for line in built.stderr.splitlines() if not line.endswith("…"))
    assert first == "Refused: nothing of 2022 was published."
    assert cause.startswith("  registers/partners.csv: 0 rows, where the release of 2021 had 34")
    assert cause.endswith("(secretariat)")
    assert "models …" not in built.stderr
    assert warehouse.latest.resolve().name == "2022-r1"
    assert json.loads((warehouse.latest / "release.json").read_text(encoding="utf-8"))["year"] == 2022
