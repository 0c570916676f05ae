"""Builds a year with DuckDB and with Spark, and compares the results."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.conftest import Warehouse

# What is released as a table of its own, the annexes and the figures before all.
PUBLISHED = ("figures", "annex_activity", "annex_engagement")
_MINUTES = 60


@dataclass(frozen=True)
class Pair:
    """The same year, built with each engine."""

    duckdb: Warehouse
    spark: Warehouse

    def differing_files(self) -> list[str]:
        """Names of released CSV files that are not the same byte for byte."""
        names = {path.name for each in (self.duckdb, self.spark) for path in each.latest.glob("*.csv")}
        return sorted(name for name in names if _bytes(self.duckdb, name) != _bytes(self.spark, name))

    def differing_relations(self) -> list[str]:
        """Names of what differs between the databases of both builds: kind, columns, types or rows."""
        path = f"builds/{self.duckdb.year}/build.duckdb"
        with duckdb.connect() as connection:
            ours = _described(connection, self.duckdb.home / path)
            theirs = _described(connection, self.spark.home / path)
        return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def build_both(raw: Path, year: int, folder: Path) -> Pair:
    """Builds the year with each engine, each in a home of its own; both with one key for pseudonyms."""
    pair = Pair(Warehouse(raw, folder / "duckdb", year), Warehouse(raw, folder / "spark", year))
    _build(pair.duckdb, "duckdb")
    pair.spark.home.mkdir(parents=True)
    shutil.copy2(pair.duckdb.home / "pseudonym.key", pair.spark.home / "pseudonym.key")
    _build(pair.spark, "spark")
    return pair


def _build(warehouse: Warehouse, engine: str) -> None:
    result = warehouse.run("build", "--year", str(warehouse.year), "--engine", engine, timeout=60 * _MINUTES)
    assert result.returncode == 0, result.stderr


def _bytes(warehouse: Warehouse, name: str) -> bytes:
    path = warehouse.latest / name
    return path.read_bytes() if path.exists() else b"no such file"


def _described(connection: duckdb.DuckDBPyConnection, database: Path) -> dict[str, tuple[object, ...]]:
    """Every relation of a build: kind, columns with types, and a checksum of its rows."""
    # The views of a build name it by the name of its file.
    connection.execute(f"attach '{database}' as build (read_only)")
    relations = connection.execute(
        """
        select table_name, table_type from information_schema.tables
        where table_catalog = 'build' and table_schema = 'main'
        """
    ).fetchall()
    found = {name: (kind, *_content(connection, name)) for name, kind in relations}
    connection.execute("detach build")
    return found


def _content(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[object, ...]:
    relation = f'build.main."{name}"'
    columns = connection.execute(f"select column_name, column_type from (describe {relation})").fetchall()
    rows = connection.execute(f"select count(*), sum(hash(t)::hugeint) from {relation} as t").fetchall()
    return tuple(columns), rows[0]
