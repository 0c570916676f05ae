"""Dead runs and signals: the queue continues, without tracebacks."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import dagster as dg
import pytest

from orchestration.instance import HOLDS_HOME, fail_dead_runs, open_instance
from orchestration.paths import Home
from tests.conftest import METROPOLIS, SMALL_YEAR, Warehouse
from tests.integration.test_operations import ENDED, STATUS, running_dagster, wait_for

STARTED = dg.DagsterRunStatus.STARTED


def touch_an_export(warehouse: Warehouse, text: str) -> None:
    with (warehouse.exports / "website" / "videos.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"{text},{SMALL_YEAR}-06-06,\n")


@contextmanager
def building(warehouse: Warehouse) -> Iterator[subprocess.Popen[str]]:
    """A build in a process group of its own; whatever is left of it is killed."""
    process = subprocess.Popen(
        [str(METROPOLIS), "build", "--year", str(warehouse.year)],
        env=warehouse.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for_step(stream: IO[str] | None, step: str) -> None:
    assert stream is not None
    for line in stream:
        if line.startswith(step):
            return
    raise AssertionError(f"{step} was never begun")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as found:
        yield found


def started_run(instance: dg.DagsterInstance, **tags: str) -> str:
    run = instance.create_run_for_job(_empty_job(), tags=tags)
    instance.report_dagster_event(
        dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, "build_year"), run.run_id
    )
    assert status_of(instance, run.run_id) is STARTED
    return run.run_id


def _empty_job() -> dg.JobDefinition:
    @dg.job(name="build_year")
    def empty() -> None:
        pass

    return empty


def status_of(instance: dg.DagsterInstance, run: str) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run)
    assert found is not None
    return found.status


def test_a_run_that_held_the_home_is_dead_once_another_holds_it(instance: dg.DagsterInstance) -> None:
    dead = started_run(instance, **{HOLDS_HOME: "yes"})
    own = started_run(instance, **{HOLDS_HOME: "yes"})
    assert fail_dead_runs(instance, own) == [dead]
    assert status_of(instance, dead) is dg.DagsterRunStatus.FAILURE
    assert status_of(instance, own) is STARTED


def test_a_run_that_waits_for_the_home_is_left_alone(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = started_run(instance)
    assert fail_dead_runs(instance) == []
    later = time.time() + 3_600
    monkeypatch.setattr("orchestration.instance.time.time", lambda: later)
    assert fail_dead_runs(instance) == [waiting]


@pytest.mark.parametrize(
    ("number", "step", "code"),
    [(signal.SIGINT, "ingest", 130), (signal.SIGTERM, "models", 143), (signal.SIGTERM, "guards", 143)],
)
def test_an_interrupted_build_says_so_and_leaves_the_release(
    released: Warehouse, tmp_path: Path, number: signal.Signals, step: str, code: int
) -> None:
    warehouse = released.copy(tmp_path)
    touch_an_export(warehouse, "Filed before somebody lost patience")
    with building(warehouse) as process:
        wait_for_step(process.stderr, step)
        # As a terminal does: to every process of the group.
        os.killpg(process.pid, number)
        output, told = process.communicate(timeout=120)
    assert process.returncode == code, told
    assert "interrupted" in told
    assert "Traceback" not in told + output
    assert warehouse.latest.resolve().name == f"{SMALL_YEAR}-r1"
    assert not list(warehouse.releases.glob(".building-*"))
    with open_instance(Home(warehouse.home)) as instance:
        assert instance.get_runs(dg.RunsFilter(statuses=[STARTED])) == []


def test_a_killed_run_does_not_block_what_runs_by_itself(
    released: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a real daemon: the sensor's run waits in the queue until the dead one is out of it."""
    warehouse = released.copy(tmp_path)
    touch_an_export(warehouse, "Filed before the machine stopped")
    with building(warehouse) as process:
        wait_for_step(process.stderr, "models")
        os.killpg(process.pid, signal.SIGKILL)
    with open_instance(Home(warehouse.home)) as instance:
        [dead] = instance.get_runs(dg.RunsFilter(statuses=[STARTED]))
    monkeypatch.setenv("METROPOLIS_AUTOMATIC", "yes")
    monkeypatch.setenv("METROPOLIS_QUIET_SECONDS", "0")
    with running_dagster(warehouse) as dagster:

        def ended() -> bool:
            return str(dagster.ask(STATUS, run=dead.run_id)["runOrError"]["status"]) in ENDED

        assert wait_for(ended, 240)
        assert wait_for(lambda: warehouse.latest.resolve().name == f"{SMALL_YEAR}-r2", 300)
