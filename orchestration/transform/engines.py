"""The engines that run the models: DuckDB in this process, or a Spark session.

Either leaves every model in the build's DuckDB database, where guards and release read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from orchestration.build import Build
from orchestration.progress import say
from orchestration.transform.reuse import ModelsRecord
from orchestration.transform.runner import (
    DUCKDB,
    EngineMissing,
    NodeOutcome,
    release_duckdb,
    run_dbt,
    with_failing_rows,
)

SPARK = "spark"


class Engine(Protocol):
    """Runs dbt nodes into the build's database."""

    def run(self, build: Build, nodes: Sequence[str]) -> list[NodeOutcome]:
        """Runs the nodes of these ids, all of them where none is named; the outcome of each.

        Raises ModelsFailed where they could not run at all.
        """


class DuckDBEngine:
    """The models in this process, in the build's own database."""

    def run(self, build: Build, nodes: Sequence[str]) -> list[NodeOutcome]:
        """Runs the nodes in place."""
        say("models", "dbt build")
        try:
            return run_dbt(
                build_command(nodes),
                year=build.year,
                landing=build.landing.resolve(),
                database=build.database.resolve(),
                target=build.folder.resolve() / "dbt",
                parsed=build.manifest.parent,
            )
        finally:
            release_duckdb()


class SparkEngine:
    """Runs models on a Spark session, and copies the results into the build's database."""

    def run(self, build: Build, nodes: Sequence[str]) -> list[NodeOutcome]:
        """Runs every node, since a session begins with no table, and copies the tables back."""
        from orchestration.transform.spark_results import bring_back
        from orchestration.transform.spark_session import spark_session

        with spark_session(build) as spark:
            say("models", "dbt build on Spark")
            outcomes = run_dbt(
                build_command([]),
                year=build.year,
                landing=spark.exchange.landing,
                database=build.database.resolve(),
                target=build.folder.resolve() / "dbt-spark",
                parsed=build.manifest.parent / SPARK,
                engine=SPARK,
            )
            if all(each.succeeded for each in outcomes):
                say("models", "results from Spark")
                outcomes = bring_back(build, spark, outcomes)
        return outcomes


_ENGINES: dict[str, type[Engine]] = {DUCKDB: DuckDBEngine, SPARK: SparkEngine}


def engine_named(name: str) -> Engine:
    """The engine of that name; raises EngineMissing for an unknown one."""
    if name not in _ENGINES:
        raise EngineMissing(f"There is no engine {name}: it is one of {', '.join(_ENGINES)}")
    return _ENGINES[name]()


def build_command(nodes: Sequence[str]) -> list[str]:
    """``dbt build`` of exactly these nodes, or of the whole project if none is given."""
    command = ["build"]
    for kind in ("unit_test", "exposure", "saved_query"):
        command += ["--exclude-resource-type", kind]
    if nodes:
        # A node is selected by the name in its id, which is unique in the project.
        names = [node.split(".")[2] for node in nodes]
        command += ["--indirect-selection", "empty", "--select", *names]
    return command


def run_models(build: Build, engine: Engine) -> list[NodeOutcome]:
    """Runs every stale node of a build; returns the outcomes of the nodes that ran."""
    record = ModelsRecord(build)
    stale = record.stale()
    if len(stale) == len(record.node_ids):
        build.remove_database()
        return _run(build, engine, record, [])
    return _run(build, engine, record, stale) if stale else []


def run_selected(build: Build, engine: Engine, nodes: Sequence[str]) -> list[NodeOutcome]:
    """Runs these nodes, after their ancestors that were never built."""
    record = ModelsRecord(build)
    return _run(build, engine, record, [*record.missing_ancestors(nodes), *nodes])


def _run(build: Build, engine: Engine, record: ModelsRecord, nodes: Sequence[str]) -> list[NodeOutcome]:
    outcomes = with_failing_rows(engine.run(build, nodes), build.database)
    record.keep(outcomes)
    return outcomes
