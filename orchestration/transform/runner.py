"""Runs dbt in this process, through ``dbtRunner``.

``parse_project`` keeps the parsed project up to date in a folder, ``run_dbt`` runs one command for a year and
returns an outcome a node. A failed node is an outcome; ModelsFailed says that dbt could not run at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from orchestration.databases import MEMORY_VARIABLE, memory_limit, open_database
from orchestration.errors import ExitCode, Refusal
from orchestration.fingerprints import project_fingerprint
from orchestration.paths import BUILD_DATABASE, DBT_FOLDER
from orchestration.storage import write_atomically

# The target of profiles.yml whose manifest Dagster and the documentation read.
DUCKDB = "duckdb"
_PARSED = "parsed.sha256"
_PARSED_FROM = "project_folder"
_PARTIAL_PARSE = "partial_parse.msgpack"
# dbt's events that carry the result of one node.
_RESULT_EVENTS = frozenset({"LogModelResult", "LogSeedResult", "LogTestResult"})
_SUCCEEDED = frozenset({"success", "pass", "warn"})
_ROWS_TOLD = 5


class ModelsFailed(Refusal):
    """A model, seed or data test of dbt failed; the message names each."""


class EngineMissing(ModelsFailed):
    """The engine is not installed; the message says how to install it."""

    exit_code = ExitCode.WRONG


@dataclass(frozen=True)
class NodeOutcome:
    """The result of one node of the dbt project.

    ``failures`` counts the rows that a data test found; ``sql`` is the SQL that ran; ``event`` is dbt's own
    result event, from which Dagster's events are made.
    """

    unique_id: str
    status: str
    message: str = ""
    failures: int | None = None
    sql: str = ""
    event: dict[str, Any] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        """Whether a model was built or a test passed, warnings included; False for a skipped node."""
        return self.status in _SUCCEEDED


# --- the parsed project ------------------------------------------------------------------------


def parse_project(folder: Path, engine: str = DUCKDB) -> Path:
    """Parses the project into a folder if it changed; returns the path of manifest.json."""
    manifest, parsed = folder / "manifest.json", folder / _PARSED
    fingerprint = project_fingerprint(DBT_FOLDER)
    if manifest.exists() and parsed.exists() and parsed.read_text(encoding="utf-8") == fingerprint:
        return manifest
    _parse(folder, engine)
    with write_atomically(parsed) as aside:
        aside.write_text(fingerprint, encoding="utf-8")
    return manifest


def _parse(folder: Path, engine: str) -> Any:
    """dbt's Manifest object; dbt's partial parse lies in the folder."""
    from dbt.cli.main import dbtRunner

    _forget_other_project(folder)
    # The manifest holds no year and no path; of the database it holds the name.
    variables = {"METROPOLIS_LANDING": "landing", "METROPOLIS_WAREHOUSE": BUILD_DATABASE}
    with _environment(**variables, **{MEMORY_VARIABLE: memory_limit()}):
        outcome = dbtRunner().invoke(_arguments(["parse"], 1, engine, folder))
    if not outcome.success:
        raise ModelsFailed(f"The dbt project does not parse: {outcome.exception}")
    return outcome.result


def _forget_other_project(folder: Path) -> None:
    """Deletes what was parsed from a project in another place: dbt keeps the absolute paths of its files."""
    place = folder / _PARSED_FROM
    if place.exists() and place.read_text(encoding="utf-8") == str(DBT_FOLDER):
        return
    (folder / _PARTIAL_PARSE).unlink(missing_ok=True)
    with write_atomically(place) as aside:
        aside.write_text(str(DBT_FOLDER), encoding="utf-8")


# --- a command ---------------------------------------------------------------------------------


def run_dbt(
    command: Sequence[str],
    *,
    year: int,
    landing: str | Path,
    database: Path,
    target: Path,
    parsed: Path,
    engine: str = DUCKDB,
) -> list[NodeOutcome]:
    """Runs a dbt command for a year; the outcome of each node.

    ``target`` receives dbt's artifacts of the run, ``parsed`` is the folder of the parsed project.
    Raises ModelsFailed where dbt could not run at all.
    """
    from dbt.cli.main import dbtRunner
    from dbt_common.events.functions import msg_to_dict

    events: dict[str, dict[str, Any]] = {}

    def collect(event: Any) -> None:
        if event.info.name in _RESULT_EVENTS:
            node = msg_to_dict(event)
            events[node["data"]["node_info"]["unique_id"]] = node

    manifest = _parse(parsed, engine)
    variables = {
        "METROPOLIS_LANDING": str(landing),
        "METROPOLIS_WAREHOUSE": str(database),
        MEMORY_VARIABLE: memory_limit(),
    }
    with _environment(**variables):
        runner = dbtRunner(manifest=manifest, callbacks=[collect])
        outcome = runner.invoke([*_arguments(command, year, engine, target), "--no-write-json"])
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        # dbt takes an interrupt for an error of its own.
        raise outcome.exception
    if outcome.exception is not None or outcome.result is None:
        raise ModelsFailed(f"dbt could not run: {outcome.exception}")
    return [_node_outcome(each, events.get(each.node.unique_id, {})) for each in outcome.result]


def release_duckdb() -> None:
    """Closes the connection that dbt keeps open to a DuckDB database, and with it DuckDB's lock."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _arguments(command: Sequence[str], year: int, engine: str, target: Path) -> list[str]:
    return [
        *command,
        *("--target", engine),
        *("--project-dir", str(DBT_FOLDER)),
        *("--profiles-dir", str(DBT_FOLDER)),
        *("--target-path", str(target)),
        *("--vars", json.dumps({"report_year": year})),
        *("--log-level", "none", "--log-level-file", "none", "--log-path", str(target)),
        *("--no-version-check", "--no-use-colors", "--no-send-anonymous-usage-stats"),
    ]


def _node_outcome(result: Any, event: dict[str, Any]) -> NodeOutcome:
    return NodeOutcome(
        unique_id=result.node.unique_id,
        status=str(result.status),
        message=result.message or "",
        failures=result.failures,
        sql=getattr(result.node, "compiled_code", None) or "",
        event=event,
    )


# --- what failed -------------------------------------------------------------------------------


def with_failing_rows(outcomes: Sequence[NodeOutcome], database: Path) -> list[NodeOutcome]:
    """The outcomes, with the first five failing rows in the message of each failed singular test."""
    return [_with_failing_rows(each, database) if each.failures else each for each in outcomes]


def _with_failing_rows(outcome: NodeOutcome, database: Path) -> NodeOutcome:
    import duckdb

    if not _is_singular_test(outcome):
        return outcome
    try:
        with open_database(database, read_only=True) as connection:
            found = connection.execute(f"select * from ({outcome.sql}) limit {_ROWS_TOLD}")
            names = [column[0] for column in found.description]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except duckdb.Error:
        return outcome
    lines = [_in_words(row) for row in rows]
    further = (outcome.failures or 0) - len(lines)
    if further > 0:
        lines.append(f"and {further} more")
    return replace(outcome, message="; ".join(lines))


def _is_singular_test(outcome: NodeOutcome) -> bool:
    # The id of a generic test ends in a hash of its arguments.
    return outcome.unique_id.startswith("test.") and outcome.unique_id.count(".") == 2


def _in_words(row: dict[str, Any]) -> str:
    if set(row) == {"figure_id", "problem"}:
        return f"{row['figure_id']} {row['problem']}"
    return ", ".join(f"{name} {value}" for name, value in row.items())


def raise_for_failures(outcomes: Sequence[NodeOutcome]) -> None:
    """Raises ModelsFailed naming every node that failed."""
    failed = [each for each in outcomes if not each.succeeded and each.status != "skipped"]
    skipped = sum(each.status == "skipped" for each in outcomes)
    if failed or skipped:
        lines = [f"{each.unique_id}: {each.message}" for each in failed]
        if skipped:
            lines.append(f"{skipped} nodes that depend on them did not run")
        raise ModelsFailed("\n".join(lines))
