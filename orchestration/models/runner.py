"""dbt, in this process.

Here belongs one call of dbt and the reading of its results. A process of its own would cost more than all
models together.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.databases import MEMORY_VARIABLE, memory_limit, open_database
from orchestration.errors import ExitCode, Refusal
from orchestration.paths import BUILD_DATABASE, DBT_FOLDER
from orchestration.storage import fingerprint_of_files, write_atomically

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

TARGET_FOLDER = DBT_FOLDER / "target"
_PARSED = "parsed.sha256"
# The target of profiles.yml whose manifest Dagster and the documentation read.
DUCKDB = "duckdb"
SQL_FILE = "sql.json"
_ROWS_TOLD = 5


class ModelsFailed(Refusal):
    """A model, seed or data test of dbt failed; the message names each."""


class EngineMissing(ModelsFailed):
    """What the models should run on is not here; the message says what to do about it."""

    exit_code = ExitCode.WRONG


@dataclass(frozen=True)
class NodeOutcome:
    """What became of one node of the dbt project."""

    unique_id: str
    status: str
    message: str
    seconds: float
    failures: int | None
    # The SQL of a data test of the project's own, whose rows say in words what is wrong.
    question: str = ""
    # Whether it stands from an earlier build, since nothing that it is made of changed.
    is_kept: bool = False
    # The SQL that ran.
    sql: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the node did what it should; a skipped one did not."""
        return self.status in ("success", "pass", "warn")

    @property
    def is_warning(self) -> bool:
        """Whether a test found what people should know and what holds nothing back."""
        return self.status == "warn"


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
        *("--vars", f"{{report_year: {year}}}"),
        *("--log-level", "none", "--log-level-file", "none", "--log-path", str(target)),
        *("--no-version-check", "--no-use-colors", "--no-send-anonymous-usage-stats"),
    ]


def save_sql(folder: Path, outcomes: Sequence[NodeOutcome]) -> None:
    """Keeps the SQL of every node in the folder of a build."""
    with write_atomically(folder / SQL_FILE) as aside:
        aside.write_text(json.dumps({each.unique_id: each.sql for each in outcomes}), encoding="utf-8")


def saved_sql(folder: Path) -> dict[str, str]:
    """The SQL of every node of the last run in a folder; nothing where none ran."""
    path = folder / SQL_FILE
    sql: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return sql


def project_fingerprint() -> str:
    """One hash over everything that dbt parses."""
    endings = (".sql", ".yml", ".csv", ".md")
    paths = [
        path
        for path in sorted(DBT_FOLDER.rglob("*"))
        if path.suffix in endings and TARGET_FOLDER not in path.parents
    ]
    return fingerprint_of_files(paths, DBT_FOLDER)


def _parsed_folder(engine: str) -> Path:
    """Where the project lies as parsed for an engine: types and macros differ from engine to engine."""
    return TARGET_FOLDER if engine == DUCKDB else TARGET_FOLDER / engine


def ensure_manifest(engine: str = DUCKDB) -> Path:
    """The manifest of the project as it is now, parsed anew only where the project changed."""
    folder = _parsed_folder(engine)
    manifest, parsed = folder / "manifest.json", folder / _PARSED
    fingerprint = project_fingerprint()
    if manifest.exists() and parsed.exists() and parsed.read_text() == fingerprint:
        return manifest
    _parse(engine)
    with write_atomically(parsed) as aside:
        aside.write_text(fingerprint)
    return manifest


def _parse(engine: str) -> None:
    from dbt.cli.main import dbtRunner

    # Parsing needs a year and paths, of which the database's name alone stays in the manifest.
    variables = {"METROPOLIS_LANDING": "landing", "METROPOLIS_WAREHOUSE": BUILD_DATABASE}
    with _environment(**variables, **{MEMORY_VARIABLE: memory_limit()}):
        outcome = dbtRunner().invoke(_arguments(["parse"], 1, engine, _parsed_folder(engine)))
    if not outcome.success:
        raise ModelsFailed(f"The dbt project does not parse: {outcome.exception}")


def load_manifest(engine: str = DUCKDB) -> Manifest:
    """The parsed project, as dbt itself reads it."""
    from dbt.contracts.graph.manifest import Manifest

    ensure_manifest(engine)
    packed = _parsed_folder(engine) / "partial_parse.msgpack"
    manifest: Manifest = Manifest.from_msgpack(packed.read_bytes())
    # What macros see as ``graph``; a manifest that was just parsed has it already.
    manifest.build_flat_graph()
    return manifest


# Projects that are being loaded before anybody asked for them, by engine.
_begun: dict[str, Future[Manifest]] = {}


def begin_to_load(engine: str) -> None:
    """Begins to import dbt and to load the project, while this process waits for something else."""
    thread = ThreadPoolExecutor(1)
    _begun[engine] = thread.submit(_import_and_load, engine)
    thread.shutdown(wait=False)


def _import_and_load(engine: str) -> Manifest:
    import dbt.cli.main  # noqa: F401

    # Arrow imports it for the first column of plain values, and guards need it where no process stands beside.
    import pandas  # noqa: F401
    from dbt.contracts.project import Configuration, PackageConfig, Project, ProjectFlags

    manifest = load_manifest(engine)
    # What dbt holds the project's settings against takes it longer to make than all else before the first model.
    for kind in (Configuration, PackageConfig, Project, ProjectFlags):
        kind.json_schema()
    return manifest


def _loaded(engine: str) -> Manifest:
    """The project, from where it was begun to be loaded; for one run, which writes into it."""
    begun = _begun.pop(engine, None)
    return begun.result() if begun is not None else load_manifest(engine)


def run_dbt(
    command: Sequence[str],
    *,
    year: int,
    landing: str | Path,
    database: Path,
    target: Path,
    engine: str = DUCKDB,
) -> list[NodeOutcome]:
    """Runs a dbt command for a year and tells what became of each node.

    Raises ModelsFailed where dbt could not run at all; a failed node is an outcome.
    """
    from dbt.cli.main import dbtRunner

    from orchestration.models.quiet import unheard_events

    variables = {
        "METROPOLIS_LANDING": str(landing),
        "METROPOLIS_WAREHOUSE": str(database),
        MEMORY_VARIABLE: memory_limit(),
    }
    with _environment(**variables), unheard_events():
        runner = dbtRunner(manifest=_loaded(engine))
        # What dbt knows of the project is in the manifest of the parsed one; what it did is in the outcomes.
        outcome = runner.invoke([*_arguments(command, year, engine, target), "--no-write-json"])
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        # dbt takes an interrupt for an error of its own.
        raise outcome.exception
    if outcome.exception is not None or outcome.result is None:
        raise ModelsFailed(f"dbt could not run: {outcome.exception}")
    return [_node_outcome(result) for result in outcome.result]


def release_duckdb() -> None:
    """Closes the connection that dbt keeps open to a DuckDB database, and with it DuckDB's lock."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _node_outcome(result: Any) -> NodeOutcome:
    return NodeOutcome(
        unique_id=result.node.unique_id,
        status=str(result.status),
        message=result.message or "",
        seconds=result.execution_time,
        failures=result.failures,
        question=_own_test(result.node),
        sql=getattr(result.node, "compiled_code", None) or "",
    )


def _own_test(node: Any) -> str:
    is_own = node.resource_type == "test" and getattr(node, "test_metadata", None) is None
    return (node.compiled_code or "") if is_own else ""


def told_in_words(outcomes: Sequence[NodeOutcome], database: Path) -> list[NodeOutcome]:
    """The outcomes, those of failed tests of the project's own with the first rows that they found."""
    return [_told_in_words(each, database) if each.failures else each for each in outcomes]


def _told_in_words(outcome: NodeOutcome, database: Path) -> NodeOutcome:
    import duckdb

    if not outcome.question:
        return outcome
    try:
        with open_database(database, read_only=True) as connection:
            found = connection.execute(f"select * from ({outcome.question}) limit {_ROWS_TOLD}")
            names = [column[0] for column in found.description]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except duckdb.Error:
        return outcome
    lines = [_in_words(row) for row in rows]
    further = (outcome.failures or 0) - len(lines)
    if further > 0:
        lines.append(f"and {further} more")
    return replace(outcome, message="; ".join(lines))


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
