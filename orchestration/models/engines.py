"""What models run on: DuckDB in this process, or a Spark session.

Here belongs what an engine has to do, whichever it is: build every model of a year and leave all of them in
the build's database, where guards and release find them. Calling dbt is ``runner``'s; what Spark needs
beside dbt is in ``spark_session`` and ``spark_results``.
"""

from __future__ import annotations

from typing import Protocol

from orchestration.build import Build
from orchestration.models.kept import keep, take_kept
from orchestration.models.runner import (
    DUCKDB,
    EngineMissing,
    NodeOutcome,
    release_duckdb,
    run_dbt,
)
from orchestration.progress import say

SPARK = "spark"
_BUILD = ("build", "--exclude-resource-type", "unit_test")


class Engine(Protocol):
    """What runs the models of a year."""

    def build(self, build: Build) -> list[NodeOutcome]:
        """Runs every model, seed and data test; the outcome of each.

        Raises ModelsFailed where they could not run at all.
        """


class DuckDBEngine:
    """The models in this process, on the database of the build itself."""

    def build(self, build: Build) -> list[NodeOutcome]:
        """Runs what depends on landing tables that changed; everything, where nothing stands of an earlier run."""
        kept = take_kept(build)
        if kept is None:
            # Models are made in place, in a database that holds nothing yet.
            build.remove_database()
            outcomes = self._run(build, [])
        else:
            outcomes = kept.with_anew(self._run_after(build, kept.changed_tables(build)))
        if all(each.succeeded for each in outcomes):
            keep(build, outcomes)
        return outcomes

    def _run_after(self, build: Build, changed: list[str]) -> list[NodeOutcome]:
        if not changed:
            return []
        return self._run(build, ["--select", *(f"source:landing.{table}+" for table in changed)])

    def _run(self, build: Build, selection: list[str]) -> list[NodeOutcome]:
        say("models", "dbt build")
        try:
            return run_dbt(
                [*_BUILD, *selection],
                year=build.year,
                landing=build.landing.resolve(),
                database=build.database.resolve(),
                target=build.folder.resolve() / "dbt",
            )
        finally:
            release_duckdb()


class SparkEngine:
    """The same models on a Spark session; what they make comes back into the build's database."""

    def build(self, build: Build) -> list[NodeOutcome]:
        """Runs dbt on Spark, and brings the tables back where all went well."""
        from orchestration.models.spark_results import bring_back
        from orchestration.models.spark_session import spark_session

        # Whatever happens from here on, no earlier build's database is taken for this one's.
        build.remove_database()
        with spark_session(build) as spark:
            say("models", "dbt build on Spark")
            outcomes = run_dbt(
                _BUILD,
                year=build.year,
                landing=spark.exchange.landing,
                database=build.database.resolve(),
                target=build.folder.resolve() / "dbt-spark",
                engine=SPARK,
            )
            if all(each.succeeded for each in outcomes):
                say("models", "results from Spark")
                bring_back(build, spark)
        return outcomes


_ENGINES: dict[str, type[Engine]] = {DUCKDB: DuckDBEngine, SPARK: SparkEngine}


def engine_named(name: str) -> Engine:
    """The engine of a name; EngineMissing where there is none."""
    if name not in _ENGINES:
        raise EngineMissing(f"There is no engine {name}: it is one of {', '.join(_ENGINES)}")
    return _ENGINES[name]()
