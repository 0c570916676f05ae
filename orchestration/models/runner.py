"""dbt, in this process.

Here belongs one call of dbt and the reading of its results. A process of its own would cost more than all
models together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.paths import BUILD_DATABASE, DBT_FOLDER
from orchestration.storage import fingerprint_of_files, write_atomically

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

TARGET_FOLDER = DBT_FOLDER / "target"
_PARSED = TARGET_FOLDER / "parsed.sha256"


class ModelsFailed(Exception):
    """A model, seed or data test of dbt failed; the message names each."""


@dataclass(frozen=True)
class NodeOutcome:
    """What became of one node of the dbt project."""

    unique_id: str
    status: str
    message: str
    seconds: float
    failures: int | None

    @property
    def succeeded(self) -> bool:
        """Whether the node did what it should; a skipped one did not."""
        return self.status in ("success", "pass", "warn")


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


def _arguments(command: Sequence[str], year: int, target: Path) -> list[str]:
    return [
        *command,
        *("--project-dir", str(DBT_FOLDER)),
        *("--profiles-dir", str(DBT_FOLDER)),
        *("--target-path", str(target)),
        *("--vars", f"{{report_year: {year}}}"),
        *("--log-level", "none", "--log-level-file", "none", "--log-path", str(target)),
        *("--no-version-check", "--no-use-colors", "--no-send-anonymous-usage-stats"),
    ]


def project_fingerprint() -> str:
    """One hash over everything that dbt parses."""
    endings = (".sql", ".yml", ".csv", ".md")
    paths = [
        path
        for path in sorted(DBT_FOLDER.rglob("*"))
        if path.suffix in endings and TARGET_FOLDER not in path.parents
    ]
    return fingerprint_of_files(paths, DBT_FOLDER)


def ensure_manifest() -> Path:
    """The manifest of the project as it is now, parsed anew only where the project changed."""
    manifest = TARGET_FOLDER / "manifest.json"
    fingerprint = project_fingerprint()
    if manifest.exists() and _PARSED.exists() and _PARSED.read_text() == fingerprint:
        return manifest
    _parse()
    with write_atomically(_PARSED) as aside:
        aside.write_text(fingerprint)
    return manifest


def _parse() -> Manifest:
    from dbt.cli.main import dbtRunner

    # Parsing needs a year and paths, of which the database's name alone stays in the manifest.
    with _environment(METROPOLIS_LANDING="landing", METROPOLIS_WAREHOUSE=BUILD_DATABASE):
        outcome = dbtRunner().invoke(_arguments(["parse"], 1, TARGET_FOLDER))
    if not outcome.success:
        raise ModelsFailed(f"The dbt project does not parse: {outcome.exception}")
    manifest: Manifest = outcome.result
    return manifest


def load_manifest() -> Manifest:
    """The parsed project, as dbt itself reads it."""
    from dbt.contracts.graph.manifest import Manifest

    ensure_manifest()
    packed = TARGET_FOLDER / "partial_parse.msgpack"
    manifest: Manifest = Manifest.from_msgpack(packed.read_bytes())
    # What macros see as ``graph``; a manifest that was just parsed has it already.
    manifest.build_flat_graph()
    return manifest


def run_dbt(
    command: Sequence[str], *, year: int, landing: Path, database: Path, target: Path
) -> list[NodeOutcome]:
    """Runs a dbt command for a year and tells what became of each node.

    Raises ModelsFailed where dbt could not run at all; a failed node is an outcome.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    variables = {
        "METROPOLIS_LANDING": str(landing.resolve()),
        "METROPOLIS_WAREHOUSE": str(database.resolve()),
    }
    try:
        with _environment(**variables):
            runner = dbtRunner(manifest=load_manifest())
            outcome = runner.invoke(_arguments(command, year, target))
    finally:
        # dbt keeps its connection open, and DuckDB's lock with it.
        DuckDBConnectionManager.close_all_connections()
    if outcome.exception is not None or outcome.result is None:
        raise ModelsFailed(f"dbt could not run: {outcome.exception}")
    return [_node_outcome(result) for result in outcome.result]


def _node_outcome(result: Any) -> NodeOutcome:
    return NodeOutcome(
        unique_id=result.node.unique_id,
        status=str(result.status),
        message=result.message or "",
        seconds=result.execution_time,
        failures=result.failures,
    )


def raise_for_failures(outcomes: Sequence[NodeOutcome]) -> None:
    """Raises ModelsFailed naming every node that failed."""
    failed = [each for each in outcomes if not each.succeeded and each.status != "skipped"]
    skipped = sum(each.status == "skipped" for each in outcomes)
    if failed or skipped:
        lines = [f"{each.unique_id}: {each.message}" for each in failed]
        if skipped:
            lines.append(f"{skipped} nodes that depend on them did not run")
        raise ModelsFailed("\n".join(lines))
