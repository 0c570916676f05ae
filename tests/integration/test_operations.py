"""Schedules, sensors and notices, by ticks and on a real Dagster instance."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
import pytest

from orchestration.definitions import BUILD_JOB, build_defs
from orchestration.fingerprints import FolderState
from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.schema import list_tables, main_table
from orchestration.ingest.workers import WORKERS_VARIABLE
from orchestration.instance import open_instance
from orchestration.notices import URL_VARIABLE
from orchestration.paths import Home
from orchestration.resources import CLOCK
from orchestration.schedules import AUTOMATIC_VARIABLE, NIGHTLY, exported_years
from orchestration.sensors import QUIET_VARIABLE
from tests.conftest import METROPOLIS, SMALL_YEAR, Warehouse, snapshot

FOLLOWING = SMALL_YEAR + 1


def file_exports(raw: Path, year: int, text: str = "as exported") -> Path:
    """A folder of a year with one file, for tests that only detect new exports."""
    path = raw / str(year) / "website" / "videos.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as found:
        yield found


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    """The code location on folders of its own, assembled once; tests empty the raw folder."""
    folder = tmp_path_factory.mktemp("operations")
    return build_defs(raw=folder / "raw", home=folder / "home")


@pytest.fixture
def raw(parts: dg.Definitions) -> Path:
    assert parts.resources is not None
    folder = Path(parts.resources["warehouse"].raw)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """A local webhook; the notices that it received."""
    told: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(URL_VARIABLE, f"http://127.0.0.1:{server.server_port}/")
    yield told
    server.shutdown()
    server.server_close()


# --- the schedules ------------------------------------------------------------------------------


def tick(
    parts: dg.Definitions, name: str, instance: dg.DagsterInstance, at: datetime
) -> dg.RunRequest | dg.SkipReason:
    schedule = parts.resolve_schedule_def(name)
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=at)
    result = schedule(context)
    assert isinstance(result, dg.RunRequest | dg.SkipReason)
    return result


def night(year: int) -> datetime:
    return datetime(year, 5, 4, 2, 30, tzinfo=ZoneInfo(CLOCK))


def test_the_night_builds_the_newest_year(
    parts: dg.Definitions, raw: Path, instance: dg.DagsterInstance
) -> None:
    for year in (SMALL_YEAR, FOLLOWING):
        file_exports(raw, year)
    (raw / "contracts").mkdir()
    request = tick(parts, "nightly_build", instance, night(FOLLOWING + 1))
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == str(FOLLOWING)
    assert instance.get_dynamic_partitions("report_year") == [str(FOLLOWING)]
    other = tick(parts, "nightly_build", instance, night(FOLLOWING + 2))
    assert isinstance(other, dg.RunRequest)
    assert other.run_key != request.run_key
    schedule = parts.resolve_schedule_def("nightly_build")
    assert (schedule.cron_schedule, schedule.execution_timezone) == (NIGHTLY, CLOCK)


def test_a_night_without_exports_skips(
    parts: dg.Definitions, raw: Path, instance: dg.DagsterInstance
) -> None:
    assert isinstance(tick(parts, "nightly_build", instance, night(SMALL_YEAR)), dg.SkipReason)
    shutil.rmtree(raw)
    assert exported_years(raw) == []


def test_overdue_exports_are_told_once_a_year(
    parts: dg.Definitions,
    raw: Path,
    instance: dg.DagsterInstance,
    webhook: list[dict[str, Any]],
) -> None:
    due = datetime(SMALL_YEAR + 1, 4, 1, 9, 0, tzinfo=ZoneInfo(CLOCK))
    tick(parts, "exports_due", instance, due)
    assert [each["title"] for each in webhook] == [f"The exports of {SMALL_YEAR} are overdue"]
    file_exports(raw, SMALL_YEAR)
    skipped = tick(parts, "exports_due", instance, due)
    assert isinstance(skipped, dg.SkipReason)
    assert "are there" in str(skipped.skip_message)
    assert len(webhook) == 1


def test_building_schedules_are_off_until_turned_on(
    parts: dg.Definitions, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = dg.DefaultScheduleStatus.RUNNING
    assert parts.resolve_schedule_def("nightly_build").default_status is not running
    monkeypatch.setenv(AUTOMATIC_VARIABLE, "yes")
    automatic = build_defs(raw=raw, home=raw)
    assert automatic.resolve_schedule_def("nightly_build").default_status is running
    assert automatic.resolve_sensor_def("new_exports").default_status is dg.DefaultSensorStatus.RUNNING


# --- the sensor ---------------------------------------------------------------------------------


class Watching:
    """The sensor, ticked again and again with its own cursor."""

    def __init__(self, parts: dg.Definitions, instance: dg.DagsterInstance) -> None:
        self._sensor = parts.resolve_sensor_def("new_exports")
        self._instance = instance
        self._cursor: str | None = None

    def tick(self) -> list[dg.RunRequest]:
        context = dg.build_sensor_context(instance=self._instance, cursor=self._cursor)
        result = self._sensor(context)
        assert isinstance(result, dg.SensorResult)
        self._cursor = result.cursor
        return list(result.run_requests or [])


def test_new_and_changed_exports_are_built_once_each(
    parts: dg.Definitions,
    raw: Path,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(QUIET_VARIABLE, "0")
    watching = Watching(parts, instance)
    assert watching.tick() == []
    file_exports(raw, SMALL_YEAR)
    first = watching.tick()
    assert [each.partition_key for each in first] == [str(SMALL_YEAR)]
    assert watching.tick() == []
    # The same bytes, copied once more, are nothing new.
    file_exports(raw, SMALL_YEAR)
    assert watching.tick() == []
    file_exports(raw, SMALL_YEAR, "exported again")
    second = watching.tick()
    assert len(second) == 1
    # Going back to what was there before is a change, too.
    file_exports(raw, SMALL_YEAR)
    third = watching.tick()
    assert len({each.run_key for each in [*first, *second, *third]}) == 3
    file_exports(raw, FOLLOWING)
    assert [each.partition_key for each in watching.tick()] == [str(FOLLOWING)]


def test_exports_still_being_copied_wait(
    parts: dg.Definitions,
    raw: Path,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(QUIET_VARIABLE, "300")
    path = file_exports(raw, SMALL_YEAR)
    watching = Watching(parts, instance)
    assert watching.tick() == []
    earlier = time.time() - 301
    for each in (path, path.parent, path.parent.parent):
        os.utime(each, (earlier, earlier))
    assert len(watching.tick()) == 1


def test_a_folder_without_files_is_never_quiet(tmp_path: Path) -> None:
    state = FolderState.of(tmp_path)
    assert state is not None
    assert not state.is_quiet(time.time() + 1_000, 300)
    assert FolderState.of(tmp_path / "gone") is None


# --- notices ------------------------------------------------------------------------------------


def test_a_failed_build_is_told_with_its_reason(
    small_raw: Path, tmp_path: Path, webhook: list[dict[str, Any]]
) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(small_raw, raw)
    members = raw / str(SMALL_YEAR) / "registers" / "members.csv"
    members.write_text("identifier,label\nM001,Nowhere\n", encoding="utf-8")
    defs = build_defs(raw=raw, home=tmp_path / "home")
    job = defs.resolve_job_def(BUILD_JOB)
    sensor = defs.resolve_sensor_def("failure_notice")
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        instance.add_dynamic_partitions("report_year", [str(SMALL_YEAR)])
        result = job.execute_in_process(
            instance=instance,
            partition_key=str(SMALL_YEAR),
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        assert not result.success
        context = dg.build_run_status_sensor_context(
            sensor_name="failure_notice",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        )
        sensor(context.for_run_failure())
    [notice] = webhook
    assert notice["title"] == f"The build of {SMALL_YEAR} was not released"
    assert notice["text"].startswith("registers/members.csv: ")
    assert "Error" not in notice["text"] and "Refused" not in notice["text"]
    assert (notice["owner"], notice["exit_code"]) == ("secretariat", 2)
    assert notice["run"] == f"http://127.0.0.1:3000/runs/{result.run_id}"
    assert notice["text"].endswith(f"Owner: secretariat\nExit code: 2\nRun: {notice['run']}")


# --- a real Dagster -----------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


class Dagster:
    """``metropolis dev`` on a port, spoken to as a browser does."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._address}/server_info", timeout=5) as answer:
                return "dagster_version" in json.load(answer)
        except OSError:
            return False

    def ask(self, query: str, **variables: Any) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"{self._address}/graphql", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            node = json.load(answer)
        assert "errors" not in node, node["errors"]
        return node["data"]


def wait_for(condition: Any, seconds: float) -> Any:
    """The first answer of a condition that is true; fails where there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s")


@contextmanager
def running_dagster(warehouse: Warehouse) -> Iterator[Dagster]:
    port = free_port()
    warehouse.home.mkdir(parents=True, exist_ok=True)
    with (warehouse.home / "dev.log").open("w") as log:
        process = subprocess.Popen(
            [str(METROPOLIS), "dev", "--port", str(port)],
            env=warehouse.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        dagster = Dagster(port)
        wait_for(lambda: dagster.is_up() or process.poll() is not None, 180)
        assert process.poll() is None, (warehouse.home / "dev.log").read_text()
        yield dagster
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with_children_gone(process.pid)


def with_children_gone(group: int) -> None:
    """Kills the remaining processes of a process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


LOCATION = """
    { workspaceOrError { ... on Workspace { locationEntries {
        name locationOrLoadError { __typename ... on PythonError { message } } } } } }
"""
ADD_YEAR = """
    mutation ($location: String!, $year: String!) { addDynamicPartition(
        partitionsDefName: "report_year", partitionKey: $year,
        repositorySelector: {repositoryName: "__repository__", repositoryLocationName: $location}
    ) { __typename } }
"""
LAUNCH = """
    mutation ($location: String!, $year: String!) { launchRun(executionParams: {
        selector: {
            jobName: "build_year", repositoryName: "__repository__", repositoryLocationName: $location
        },
        runConfigData: {},
        executionMetadata: {tags: [{key: "dagster/partition", value: $year}]}
    }) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }
"""
STATUS = """
    query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }
"""
SELECTABLE = """
    { assetNodes { assetKey { path } isMaterializable
        assetChecksOrError { ... on AssetChecks { checks { name canExecuteIndividually } } } } }
"""
REQUIRED = """
    query ($keys: [AssetKeyInput!]!) { assetNodeAdditionalRequiredKeys(assetKeys: $keys) { path } }
"""
PLAN = """
    query ($selector: PipelineSelector!) {
        executionPlanOrError(pipeline: $selector, mode: "default", runConfigData: {}) {
        __typename ... on ExecutionPlan { steps { key } } ... on PythonError { message } } }
"""
RELEASE_ASSET = """
    { assetNodes(assetKeys: [{path: ["release", "report"]}]) {
        assetMaterializations(limit: 1) { partition metadataEntries { label } }
        internalFreshnessPolicy { __typename } } }
"""
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}


def every_part_can_be_launched(dagster: Dagster, location: str) -> None:
    """For each asset, and for the checks of each, queries the launch dialog's data and an execution plan."""
    nodes = dagster.ask(SELECTABLE)["assetNodes"]
    launchable = [each for each in nodes if each["isMaterializable"]]
    assert len(launchable) > 100
    checks = 0
    for node in launchable:
        path = node["assetKey"]["path"]
        required = dagster.ask(REQUIRED, keys=[{"path": path}])["assetNodeAdditionalRequiredKeys"]
        assert required == [], path
        assert plan(dagster, location, assets=[path]), path
        of_asset = node["assetChecksOrError"]["checks"]
        assert all(check["canExecuteIndividually"] == "CAN_EXECUTE" for check in of_asset), of_asset
        if of_asset:
            assert plan(dagster, location, checks=[(path, check["name"]) for check in of_asset]), path
        checks += len(of_asset)
    assert checks > 90


def plan(
    dagster: Dagster,
    location: str,
    assets: Sequence[list[str]] = (),
    checks: Sequence[tuple[list[str], str]] = (),
) -> list[str]:
    """The steps of a run of a selection."""
    selector = {
        "repositoryName": "__repository__",
        "repositoryLocationName": location,
        "pipelineName": "__ASSET_JOB",
        "assetSelection": [{"path": path} for path in assets],
        "assetCheckSelection": [{"assetKey": {"path": path}, "name": name} for path, name in checks],
    }
    answer = dagster.ask(PLAN, selector=selector)["executionPlanOrError"]
    assert answer["__typename"] == "ExecutionPlan", answer
    return [step["key"] for step in answer["steps"]]


@pytest.fixture(scope="module")
def by_the_ui(released: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The small year, released through the UI.

    It has the same pseudonym key as the one that the command line built, but one process works on its files, and the
    path of its home has letters of every kind.
    """
    folder = tmp_path_factory.mktemp("ui")
    warehouse = Warehouse(released.raw, folder / 'o\'the "{report}" {{x}} 100% %(s)s #1 é')
    warehouse.take_parsed_project(released)
    key = warehouse.home / "pseudonym.key"
    key.write_bytes((released.home / "pseudonym.key").read_bytes())
    key.chmod(0o600)
    year = str(SMALL_YEAR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WORKERS_VARIABLE, "1")
        with running_dagster(warehouse) as dagster:
            [location] = dagster.ask(LOCATION)["workspaceOrError"]["locationEntries"]
            assert location["locationOrLoadError"]["__typename"] == "RepositoryLocation", location
            name = location["name"]
            every_part_can_be_launched(dagster, name)
            added = dagster.ask(ADD_YEAR, location=name, year=year)["addDynamicPartition"]
            assert added["__typename"] == "AddDynamicPartitionSuccess"
            launched = dagster.ask(LAUNCH, location=name, year=year)["launchRun"]
            assert launched["__typename"] == "LaunchRunSuccess", launched
            run = launched["run"]["runId"]

            def ended() -> str | None:
                status: str = dagster.ask(STATUS, run=run)["runOrError"]["status"]
                return status if status in ENDED else None

            assert wait_for(ended, 300) == "SUCCESS"
            [asset] = dagster.ask(RELEASE_ASSET)["assetNodes"]
    assert asset["internalFreshnessPolicy"]["__typename"] == "CronFreshnessPolicy"
    assert asset["assetMaterializations"][0]["partition"] == year
    return warehouse


def test_the_command_line_finds_what_the_ui_released(by_the_ui: Warehouse) -> None:
    assert by_the_ui.latest.resolve().name == f"{SMALL_YEAR}-r1"
    for arguments in (["figures", "--format", "json"], ["explain", "participants"], ["review"]):
        told = by_the_ui.run(*arguments, "--year", str(SMALL_YEAR))
        assert told.returncode == 0, told.stderr
    assert "Unchanged" in by_the_ui.build().stdout


def test_the_same_exports_make_the_same_bytes(released: Warehouse, by_the_ui: Warehouse) -> None:
    first, second = (snapshot(each.latest.resolve()) for each in (released, by_the_ui))
    assert sorted(first) == sorted(second)
    # A database file carries an identity of its own, and release.json its hash; its rows are compared below.
    allowed = {"warehouse.duckdb", "guards.json", "release.json"}
    assert {name for name in first if first[name] != second[name]} <= allowed
    assert _provenance(released.latest, allowed) == _provenance(by_the_ui.latest, allowed)
    assert _rows(released.latest) == _rows(by_the_ui.latest)


def _provenance(release: Path, files_aside: set[str]) -> dict[str, object]:
    provenance = json.loads((release / "release.json").read_text(encoding="utf-8"))
    files = {name: sha256 for name, sha256 in provenance["files"].items() if name not in files_aside}
    return {**provenance, "files": files, "checksum": None}


def _rows(release: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every table, in the order in which they lie."""
    with duckdb.connect(str(release / "warehouse.duckdb"), read_only=True) as connection:
        names = [row[0] for row in connection.execute("show tables").fetchall()]
        return {name: connection.execute(f'from "{name}"').fetchall() for name in names}


# --- Dagster's own command -----------------------------------------------------------------------


def test_steps_in_processes_of_their_own_take_turns(
    released: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = released.copy(tmp_path)
    contracts = [each for each in load_contracts().values() if each.group in ("website", "fees")]
    tables = [table.name for each in contracts for table in (main_table(each), *list_tables(each))]
    told = subprocess.run(
        [
            str(METROPOLIS.with_name("dagster")), "asset", "materialize", "-m", "orchestration.definitions",
            "--select", " or ".join(f'key:"landing/{name}"' for name in tables), "--partition", str(SMALL_YEAR),
        ],
        env=warehouse.environment(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )  # fmt: skip
    assert told.returncode == 0, (told.stdout + told.stderr)[-2000:]
    # What a step says last may be lost on its way to the terminal; what is kept of it is not.
    monkeypatch.setenv("DAGSTER_HOME", str(warehouse.home / "dagster"))
    with open_instance(Home(warehouse.home)) as instance:
        [run] = instance.get_runs(limit=1)
        ended = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_SUCCESS)
    steps = {each.dagster_event.step_key for each in ended if each.dagster_event is not None}
    assert steps == {"ingest_website", "ingest_fees"}
