"""Copies the results of a Spark build into the build's DuckDB database.

Tables are copied with the columns and types that DuckDB gives the same model; views are created from their
SQL. Both come from the project as dbt compiles it for DuckDB.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.build import Build
from orchestration.databases import path_literal
from orchestration.storage import write_atomically
from orchestration.transform.runner import (
    NodeOutcome,
    raise_for_failures,
    release_duckdb,
    run_dbt,
)
from orchestration.transform.spark_session import OpenSession

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Relation:
    """A model or seed as DuckDB would build it."""

    name: str
    is_view: bool
    sql: str


def bring_back(build: Build, spark: OpenSession, outcomes: Sequence[NodeOutcome]) -> list[NodeOutcome]:
    """Builds the database from Spark's results, atomically.

    Returns the outcomes of Spark's run with the SQL that makes the same models on DuckDB, which is what the
    documentation of a release shows after either engine.
    """
    import duckdb

    # A compiled model names the database by the name of its file.
    made = spark.exchange.folder / build.database.name
    sql = _compiled(build, made)
    relations = list(_relations(build, sql))
    with duckdb.connect(str(made)) as connection:
        _attach_landing(connection, build.landing)
        for relation in relations:
            if relation.is_view:
                connection.execute(f'create view main."{relation.name}" as {relation.sql}')
            else:
                _bring_table(connection, relation, spark)
    build.remove_database()
    with write_atomically(build.database) as aside:
        made.rename(aside)
    return [replace(each, sql=sql.get(each.unique_id, each.sql)) for each in outcomes]


def _compiled(build: Build, database: Path) -> dict[str, str]:
    """Model → its SQL on DuckDB."""
    try:
        outcomes = run_dbt(
            ["compile", "--select", "resource_type:model"],
            year=build.year,
            landing=build.landing.resolve(),
            database=database,
            target=build.folder.resolve() / "dbt",
            parsed=build.manifest.parent,
        )
    finally:
        release_duckdb()
    raise_for_failures(outcomes)
    return {each.unique_id: each.sql for each in outcomes}


def _relations(build: Build, sql: Mapping[str, str]) -> Iterator[Relation]:
    """Every model and seed in topological order."""
    manifest = json.loads(build.manifest.read_text(encoding="utf-8"))
    nodes: dict[str, Any] = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")
    }
    needs = {key: nodes.keys() & node["depends_on"].get("nodes", []) for key, node in nodes.items()}
    for key in TopologicalSorter(needs).static_order():
        yield _relation(nodes[key], sql.get(key, ""))


def _relation(node: dict[str, Any], sql: str) -> Relation:
    if node["resource_type"] == "seed":
        types = node["config"]["column_types"]
        columns = ", ".join(f'cast(null as {type_}) as "{name}"' for name, type_ in types.items())
        return Relation(node["name"], is_view=False, sql=f"select {columns}")
    return Relation(node["name"], node["config"]["materialized"] == "view", sql)


def _attach_landing(connection: duckdb.DuckDBPyConnection, landing: Path) -> None:
    connection.execute("create schema landing")
    for path in sorted(landing.resolve().glob("*.parquet")):
        rows = _parquet(path)
        connection.execute(f'create view landing."{path.stem}" as select * from {rows}')


def _bring_table(connection: duckdb.DuckDBPyConnection, relation: Relation, spark: OpenSession) -> None:
    table = spark.session.table(f"main.{relation.name}")
    table.write.mode("overwrite").parquet(spark.exchange.result(relation.name))
    rows = _parquet(spark.exchange.received(relation.name) / "*.parquet")
    empty = f"select * from ({relation.sql}) limit 0"
    connection.execute(f'create table main."{relation.name}" as {empty}')
    connection.execute(f'insert into main."{relation.name}" by name select * from {rows}')


def _parquet(path: Path) -> str:
    return f"read_parquet({path_literal(path)})"
