"""Any part of the graph can be materialised by itself: what is selected runs, and what it did not touch stands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest

from orchestration.build import build_of
from orchestration.definitions import BUILD_JOB, build_defs
from orchestration.instance import open_instance
from orchestration.paths import Home
from orchestration.resources import COLUMN_LINEAGE_VARIABLE
from orchestration.transform.reuse import ModelsRecord
from tests.conftest import Warehouse

FIGURES = dg.AssetKey(["marts", "figures"])
RELEASE = dg.AssetKey(["release", "report"])
VIDEOS = dg.AssetKey(["landing", "videos"])
SUITE = dg.AssetCheckKey(FIGURES, "women_and_men")
DATA_TEST = dg.AssetCheckKey(FIGURES, "unique_figures_figure_id")


class Parts:
    """A released home of its own, in which parts are launched as the UI launches them."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.defs = build_defs(raw=warehouse.raw, home=warehouse.home)
        self.build = build_of(Home(warehouse.home), warehouse.year)
        self._graph = self.defs.resolve_asset_graph()

    def launch(self, selection: dg.AssetSelection) -> dg.ExecuteInProcessResult:
        """One run of the selected assets and checks."""
        job = dg.define_asset_job(
            "part", selection, partitions_def=dg.DynamicPartitionsDefinition(name="report_year")
        )
        whole = dg.Definitions(
            assets=self.defs.assets,
            asset_checks=self.defs.asset_checks,
            resources=self.defs.resources,
            jobs=[job],
        )
        with open_instance(Home(self.warehouse.home)) as instance:
            return whole.resolve_job_def("part").execute_in_process(
                instance=instance,
                # As the UI does: a key has to be validated by an asset, and checks alone have none.
                tags={"dagster/partition": str(self.warehouse.year)},
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )

    def change_videos(self) -> None:
        """One video more in the exports."""
        with (self.warehouse.exports / "website" / "videos.csv").open("a", encoding="utf-8") as stream:
            stream.write(f"Filed late,{self.warehouse.year}-06-06,\n")


@pytest.fixture
def home(released: Warehouse, tmp_path: Path) -> Parts:
    return Parts(released.copy(tmp_path))


@pytest.fixture(scope="module")
def unchanged(released: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """A released home for parts that leave it as it is."""
    return Parts(released.copy(tmp_path_factory.mktemp("unchanged")))


def materialised(result: dg.ExecuteInProcessResult) -> set[str]:
    return {
        event.asset_key.to_user_string()
        for event in result.get_asset_materialization_events()
        if event.asset_key is not None
    }


def checked(result: dg.ExecuteInProcessResult) -> set[str]:
    return {each.check_name for each in result.get_asset_check_evaluations()}


def keys(*names: str) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*(dg.AssetKey(name.split("/")) for name in names))


ALONE = {
    "a source of a group": ["landing/videos"],
    "a source that others refer to": ["landing/members"],
    "a list of places": ["landing/publications_mentions"],
    "one table of the inventory": ["landing/quarantine"],
    "one table of the history": ["landing/released_figures"],
    "a staging model": ["staging/stg_videos"],
    "an intermediate model": ["intermediate/int_experts"],
    "a seed": ["seeds/figure_catalogue"],
    "a mart": ["marts/annex_activity"],
    "marts of different areas": ["marts/figures", "marts/calendar", "marts/funds_use"],
}


@pytest.mark.parametrize("names", ALONE.values(), ids=ALONE)
def test_a_part_runs_alone(unchanged: Parts, names: list[str]) -> None:
    result = unchanged.launch(
        keys(*names) - dg.AssetSelection.checks_for_assets(*(n.split("/") for n in names))
    )
    assert result.success
    assert materialised(result) == set(names)
    assert checked(result) == set()


def test_the_release_runs_alone(home: Parts) -> None:
    result = home.launch(dg.AssetSelection.assets(RELEASE))
    assert result.success
    assert (materialised(result), checked(result)) == ({"release/report"}, set())


def test_a_mart_runs_with_its_checks(unchanged: Parts) -> None:
    result = unchanged.launch(keys("marts/figures"))
    assert result.success
    assert materialised(result) == {"marts/figures"}
    assert {"unique_figures_figure_id", "women_and_men", "evidence_rows_make_up_the_figures"} <= checked(
        result
    )
    assert "row_accounts" not in checked(result)


@pytest.mark.parametrize("check", [SUITE, DATA_TEST], ids=["a guard suite", "a data test"])
def test_a_check_runs_alone(unchanged: Parts, check: dg.AssetCheckKey) -> None:
    result = unchanged.launch(dg.AssetSelection.checks(check))
    assert result.success
    assert (materialised(result), checked(result)) == (set(), {check.name})


def test_a_mart_is_made_where_nothing_was_made_before(home: Parts) -> None:
    home.build.remove_database()
    mart = keys("marts/annex_activity")
    result = home.launch(mart - dg.AssetSelection.checks_for_assets(["marts", "annex_activity"]))
    assert result.success
    assert materialised(result) == {"marts/annex_activity"}
    assert "model.metropolis.calendar" not in ModelsRecord(home.build).outcomes


def test_the_release_waits_for_the_guards_alone(home: Parts) -> None:
    home.change_videos()
    standing = home.warehouse.latest.resolve().name
    assert home.launch(dg.AssetSelection.groups("landing")).success
    refused = home.launch(dg.AssetSelection.assets(RELEASE))
    assert "older than the landing" in message_of(refused)
    models = dg.AssetSelection.groups("seeds", "staging", "intermediate", "marts")
    data_tests = dg.AssetSelection.checks(home.defs.get_assets_def(FIGURES))
    assert home.launch(models - dg.AssetSelection.all_asset_checks() | data_tests).success
    refused = home.launch(dg.AssetSelection.assets(RELEASE))
    assert message_of(refused).endswith("run the guards again")
    assert home.warehouse.latest.resolve().name == standing
    suites = set(home.defs.resolve_asset_graph().asset_check_keys)
    suites -= set(home.defs.get_assets_def(FIGURES).check_keys)
    assert home.launch(dg.AssetSelection.checks(*suites)).success
    assert home.launch(dg.AssetSelection.assets(RELEASE)).success
    assert home.warehouse.latest.resolve().name != standing


def message_of(result: dg.ExecuteInProcessResult) -> str:
    """What the step that failed says."""
    assert not result.success
    [failed] = [each for each in result.all_events if each.event_type_value == "STEP_FAILURE"]
    error = failed.step_failure_data.error
    assert error is not None
    while error.cause is not None:
        error = error.cause
    return str(error.message).strip()


def test_a_part_that_fails_voids_nothing_else(home: Parts) -> None:
    before = ModelsRecord(home.build).outcomes
    guards = home.build.guards_file.read_bytes()
    videos = home.warehouse.exports / "website" / "videos.csv"
    videos.write_bytes(b"another,header\n1,2\n")
    assert not home.launch(dg.AssetSelection.assets(VIDEOS)).success
    assert ModelsRecord(home.build).outcomes == before
    assert home.build.guards_file.read_bytes() == guards
    assert home.launch(dg.AssetSelection.assets(RELEASE)).success


def test_the_jobs_of_the_parts_make_a_release_together(home: Parts) -> None:
    home.change_videos()
    for name in ("ingest", "models", "guards", "release"):
        with open_instance(Home(home.warehouse.home)) as instance:
            result = home.defs.resolve_job_def(name).execute_in_process(
                instance=instance,
                tags={"dagster/partition": str(home.warehouse.year)},
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        assert result.success, name
    assert home.warehouse.latest.resolve().name.endswith("-r2")
    assert home.defs.resolve_job_def(BUILD_JOB) is not None


def test_a_new_landing_table_updates_what_depends_on_it(home: Parts) -> None:
    graph = home.defs.resolve_asset_graph()
    # In a thread of its own: browser tests of the same process leave an event loop running in the main one.
    with open_instance(Home(home.warehouse.home)) as instance, ThreadPoolExecutor(1) as thread:
        first = thread.submit(dg.evaluate_automation_conditions, home.defs, instance).result()
        event = dg.AssetMaterialization(VIDEOS, partition=str(home.warehouse.year))
        instance.report_runless_asset_event(event)
        then = thread.submit(
            dg.evaluate_automation_conditions, home.defs, instance, cursor=first.cursor
        ).result()
    requested = {
        key.to_user_string() for key in graph.materializable_asset_keys if then.get_num_requested(key)
    }
    assert {"staging/stg_videos", "marts/figures"} <= requested
    assert "marts/calendar" not in requested


def test_columns_have_their_lineage_and_models_their_code(
    released: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(COLUMN_LINEAGE_VARIABLE, "yes")
    parts = Parts(released.copy(tmp_path))
    key = dg.AssetKey(["marts", "annex_activity"])
    result = parts.launch(dg.AssetSelection.assets(key) - dg.AssetSelection.checks_for_assets(key))
    [event] = result.get_asset_materialization_events()
    lineage = event.materialization.metadata["dagster/column_lineage"].value
    assert isinstance(lineage, dg.TableColumnLineage)
    assert lineage.deps_by_column["member_id"]
    references = parts.defs.resolve_asset_graph().get(key).metadata["dagster/code_references"]
    assert "annex_activity.sql" in str(references.value)
