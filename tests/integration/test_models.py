"""All dbt tests pass on a landed year."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow.parquet as pq
import pytest
import yaml

from orchestration.build import build_of
from orchestration.instance import open_instance
from orchestration.paths import DBT_FOLDER, Home
from orchestration.transform.dbt_sources import SOURCES_FILE, render_sources
from orchestration.transform.engines import DuckDBEngine, run_selected
from orchestration.transform.reuse import BuildIncomplete, ModelsRecord
from orchestration.transform.runner import release_duckdb, run_dbt
from tests.conftest import Warehouse


def test_every_unit_test_of_the_models_passes(released: Warehouse, tmp_path: Path) -> None:
    home = Home(released.home)
    database = tmp_path / "build.duckdb"
    shutil.copyfile(home.build_database(released.year), database)
    outcomes = run_dbt(
        ["test", "--select", "test_type:unit"],
        year=released.year,
        landing=home.landing(released.year),
        database=database,
        target=tmp_path / "target",
        parsed=home.dbt,
    )
    release_duckdb()
    tests = [each for each in outcomes if each.unique_id.startswith("unit_test.")]
    assert len(tests) > 50
    assert [f"{each.unique_id}: {each.message}" for each in tests if not each.succeeded] == []


def _ran_at(warehouse: Warehouse) -> dict[str, str]:
    """Every node on record, and when it last ran."""
    record = ModelsRecord(build_of(Home(warehouse.home), warehouse.year))
    return {
        name: outcome.event["data"]["node_info"]["node_finished_at"]
        for name, outcome in record.outcomes.items()
    }


def test_one_changed_file_runs_only_what_depends_on_it(released: Warehouse, changed: Warehouse) -> None:
    before, after = _ran_at(released), _ran_at(changed)
    assert after.keys() == before.keys()
    again = {name for name in after if after[name] != before[name]}
    assert "model.metropolis.figures" in again
    assert "model.metropolis.annex_activity" not in again
    # A view shows what its parents hold.
    assert "model.metropolis.stg_videos" not in again


def test_what_is_put_back_makes_what_a_build_from_nothing_made(
    released: Warehouse, changed: Warehouse, tmp_path: Path
) -> None:
    warehouse = changed.copy(tmp_path)
    videos = Path("website", "videos.csv")
    shutil.copy2(released.exports / videos, warehouse.exports / videos)
    assert warehouse.build().returncode == 0
    assert warehouse.latest.resolve().name == f"{warehouse.year}-r3"
    for path in released.latest.glob("*.csv"):
        assert (warehouse.latest / path.name).read_bytes() == path.read_bytes(), path.name
    # What stands is documented with the SQL that once made it.
    documented, from_nothing = (
        (each.latest / "documentation" / "models.html").read_text(encoding="utf-8")
        for each in (warehouse, released)
    )
    is_the_same = documented.replace(f"{warehouse.year}-r3", f"{warehouse.year}-r1") == from_nothing
    # In texts so long pytest would look for the difference for a quarter of an hour.
    assert is_the_same
    assert from_nothing.count('"compiled_code"') > 100


def _forget_the_project(database: Path, record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace('"made_by": "', '"made_by": "another'), encoding="utf-8")


def _touch_the_database(database: Path, record: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table of_nobody (a integer)")


def _cut_the_record(database: Path, record: Path) -> None:
    record.write_text(record.read_text(encoding="utf-8")[:-10], encoding="utf-8")


def _lose_the_database(database: Path, record: Path) -> None:
    database.unlink()


@pytest.mark.parametrize(
    "damage", [_forget_the_project, _touch_the_database, _cut_the_record, _lose_the_database]
)
def test_no_node_is_up_to_date_by_a_record_of_another_database(
    released: Warehouse, tmp_path: Path, damage: Callable[[Path, Path], None]
) -> None:
    folder = tmp_path / "build"
    shutil.copytree(Home(released.home).build(released.year), folder)
    build = replace(build_of(Home(released.home), released.year), folder=folder)
    build = replace(build, database=folder / build.database.name)
    assert ModelsRecord(build).stale() == []
    ModelsRecord(build).verify_complete()
    damage(build.database, folder / "models.json")
    record = ModelsRecord(build)
    assert record.stale() == record.node_ids
    with pytest.raises(BuildIncomplete, match="have not run"):
        record.verify_complete()


def test_nodes_are_stale_by_what_they_read(released: Warehouse, tmp_path: Path) -> None:
    warehouse = released.copy(tmp_path)
    build = build_of(Home(warehouse.home), warehouse.year)
    videos = build.landing / "videos.parquet"
    pq.write_table(pq.read_table(videos).slice(1), videos)
    stale = ModelsRecord(build).stale()
    assert {"model.metropolis.figures", "model.metropolis.figure_changes"} <= set(stale)
    assert not {"model.metropolis.stg_videos", "model.metropolis.members"} & set(stale)
    with pytest.raises(BuildIncomplete, match="older than the landing"):
        ModelsRecord(build).verify_complete()


def test_a_mart_made_from_an_old_mart_stays_stale(released: Warehouse, tmp_path: Path) -> None:
    warehouse = released.copy(tmp_path)
    build = build_of(Home(warehouse.home), warehouse.year)
    videos = build.landing / "videos.parquet"
    pq.write_table(pq.read_table(videos).slice(1), videos)
    run_selected(build, DuckDBEngine(), ["model.metropolis.figure_changes"])
    stale = set(ModelsRecord(build).stale())
    assert {"model.metropolis.figures", "model.metropolis.figure_changes"} <= stale
    run_selected(build, DuckDBEngine(), [each for each in ModelsRecord(build).node_ids if each in stale])
    assert ModelsRecord(build).stale() == []


def test_what_is_generated_for_dbt_is_fresh() -> None:
    assert SOURCES_FILE.read_text(encoding="utf-8") == render_sources()


# A year, also as the beginning of a date.
YEAR = re.compile(r"(?<![\d-])(19|20)\d\d(?!\d)")


def test_no_description_or_test_of_a_model_names_a_year() -> None:
    named = []
    for path in sorted((DBT_FOLDER / "models").rglob("*.yml")):
        node = yaml.safe_load(path.read_text(encoding="utf-8"))
        # Rows that a unit test is given are of some year; the year that it counts as is a parameter of it, too.
        node.pop("unit_tests", None)
        if YEAR.search(yaml.safe_dump(node, allow_unicode=True)):
            named.append(path.relative_to(DBT_FOLDER).as_posix())
    assert named == []


def test_no_model_or_macro_names_a_year() -> None:
    named = [
        f"{path.relative_to(DBT_FOLDER)}: {line.strip()}"
        for folder in ("models", "macros")
        for path in sorted((DBT_FOLDER / folder).rglob("*.sql"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if YEAR.search(line)
    ]
    assert named == []


def test_a_warning_is_shown_and_holds_nothing_back(released: Warehouse, tmp_path: Path) -> None:
    warehouse = released.copy(tmp_path)
    plan = warehouse.exports / "registers" / "action_plan.csv"
    lines = plan.read_text(encoding="utf-8").splitlines()
    plan.write_text("\n".join([*lines, lines[-1], ""]), encoding="utf-8")
    assert warehouse.build().returncode == 0
    check = dg.AssetCheckKey(dg.AssetKey(["marts", "action_plan"]), "unique_action_plan_code")
    with open_instance(Home(warehouse.home)) as instance:
        (record,) = instance.event_log_storage.get_asset_check_execution_history(check, limit=1)
    assert record.event is not None and record.event.dagster_event is not None
    evaluation = record.event.dagster_event.asset_check_evaluation_data
    assert not evaluation.passed
    assert evaluation.severity is dg.AssetCheckSeverity.WARN
