"""Dagster's event log on connections that stay open: the same log, and no more than two of them."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.event_log import HeldEventLogStorage
from orchestration.instance import open_instance
from orchestration.paths import Home


@dg.asset
def a_number() -> int:
    return 1


def materialise(instance: dg.DagsterInstance) -> str:
    """A run of one asset; its id."""
    result = dg.materialize([a_number], instance=instance)
    assert result.success
    return str(result.run_id)


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return open_instance(Home(tmp_path))


def test_dagsters_own_log_reads_what_was_written(instance: dg.DagsterInstance) -> None:
    run = materialise(instance)
    log = instance.event_log_storage
    assert isinstance(log, HeldEventLogStorage)
    ours = [each.message for each in log.get_logs_for_run(run)]
    folder = log.path_for_shard(run).rpartition("/")[0]
    theirs = [each.message for each in SqliteEventLogStorage(folder).get_logs_for_run(run)]
    assert ours == theirs
    assert len(ours) > 5


def test_a_home_that_dagster_wrote_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    # As the project's own: nothing is sent to Dagster's makers, from a test neither.
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as plain:
        run = materialise(plain)
    with open_instance(Home(tmp_path.parent)) as _:
        log = HeldEventLogStorage(str(tmp_path / "history" / "runs"))
    assert any("a_number" in str(each.message) for each in log.get_logs_for_run(run))
    log.dispose()


def test_no_more_than_the_index_and_one_run_are_held(instance: dg.DagsterInstance) -> None:
    log = instance.event_log_storage
    assert isinstance(log, HeldEventLogStorage)
    runs = [materialise(instance) for _ in range(3)]
    assert all(log.get_logs_for_run(run) for run in runs)
    assert log._held.keys() == {"index", runs[-1]}
    instance.dispose()
    assert log._held == {}


def test_a_log_that_was_wiped_begins_anew(instance: dg.DagsterInstance) -> None:
    first = materialise(instance)
    instance.event_log_storage.wipe()
    assert instance.event_log_storage.get_logs_for_run(first) == []
    assert instance.event_log_storage.get_logs_for_run(materialise(instance))


def test_what_another_process_stored_since_is_read(instance: dg.DagsterInstance) -> None:
    materialise(instance)
    log = instance.event_log_storage
    assert isinstance(log, HeldEventLogStorage)
    with dg.DagsterInstance.from_config(instance.root_directory) as other:
        run = materialise(other)
    (record,) = log.get_asset_records([dg.AssetKey("a_number")])
    assert record.asset_entry.last_materialization_record is not None
    assert record.asset_entry.last_materialization_record.run_id == run


def test_an_asset_that_was_wiped_has_no_materialisation(instance: dg.DagsterInstance) -> None:
    materialise(instance)
    key = dg.AssetKey("a_number")
    instance.wipe_assets([key])
    assert not instance.get_asset_records([key])
    # An observation makes the asset seen again, but not what was wiped.
    instance.report_runless_asset_event(dg.AssetObservation(key))
    (record,) = instance.get_asset_records([key])
    assert record.asset_entry.last_materialization_record is None
    run = materialise(instance)
    (record,) = instance.get_asset_records([key])
    assert record.asset_entry.last_materialization_record is not None
    assert record.asset_entry.last_materialization_record.run_id == run


def test_partitions_come_and_go_wherever_that_is_done(instance: dg.DagsterInstance) -> None:
    def is_there() -> bool:
        return instance.has_dynamic_partition("years", "one")

    assert not is_there()
    instance.add_dynamic_partitions("years", ["one"])
    assert is_there()
    with dg.DagsterInstance.from_config(instance.root_directory) as other:
        other.delete_dynamic_partition("years", "one")
        assert not is_there()
        other.add_dynamic_partitions("years", ["one"])
        assert is_there()
    instance.delete_dynamic_partition("years", "one")
    assert not is_there()
