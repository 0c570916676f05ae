"""Writes ``warehouse.duckdb``: the public marts with their descriptions, for analysts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.databases import open_database, path_literal

if TYPE_CHECKING:
    import duckdb

# Above this many rows a table leaves as Parquet beside the database, which then stays small.
LARGE_TABLE_ROWS = 1_000_000


def write_database(build_database: Path, folder: Path, manifest: Path) -> list[str]:
    """Writes warehouse.duckdb with every public mart and its descriptions as comments.

    A mart too large for it becomes facts/<mart>.parquet. Returns the marts in the database.
    """
    path = folder / "warehouse.duckdb"
    written: list[str] = []
    with open_database(path, spill=build_database.with_name("spill")) as connection:
        connection.execute(f"attach {path_literal(build_database)} as build (read_only)")
        # One transaction: a commit a comment costs more than the comments.
        connection.begin()
        for mart in public_marts(manifest):
            if _is_large(connection, mart["name"]):
                _write_facts(connection, mart["name"], folder)
                continue
            name = _name(mart["name"])
            connection.execute(f"create table {name} as select * from build.main.{name} order by all")
            _comment(connection, mart)
            written.append(mart["name"])
        connection.commit()
        connection.execute("detach build")
        connection.execute("checkpoint")
    return written


def public_marts(manifest_file: Path) -> list[dict[str, Any]]:
    """The public models of the dbt project: name, description, columns, in the order of their names."""
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    marts = [
        {
            "name": node["name"],
            "description": node["description"],
            "columns": node["columns"],
        }
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public"
    ]
    seeds = [
        {"name": node["name"], "description": node["description"], "columns": node["columns"]}
        for node in manifest["nodes"].values()
        if node["resource_type"] == "seed"
    ]
    return sorted([*marts, *seeds], key=lambda mart: str(mart["name"]))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_large(connection: duckdb.DuckDBPyConnection, mart: str) -> bool:
    rows = connection.execute(f"select count(*) from build.main.{_name(mart)}").fetchall()
    return int(rows[0][0]) > LARGE_TABLE_ROWS


def _write_facts(connection: duckdb.DuckDBPyConnection, mart: str, folder: Path) -> None:
    (folder / "facts").mkdir(exist_ok=True)
    target = path_literal(folder / "facts" / f"{mart}.parquet")
    # In no order: sorting tens of millions of wide rows takes more memory than a build may have.
    # Pseudonyms, of which most of it is, do not pack tighter at a higher level.
    packed = "format parquet, compression zstd, compression_level 1"
    connection.execute(f"copy build.main.{_name(mart)} to {target} ({packed})")


def _comment(connection: duckdb.DuckDBPyConnection, mart: dict[str, Any]) -> None:
    table = _name(mart["name"])
    connection.execute(f"comment on table {table} is '{_text(mart['description'])}'")
    for column in mart["columns"].values():
        connection.execute(
            f"comment on column {table}.{_name(column['name'])} is '{_text(column['description'])}'"
        )


def _text(text: str) -> str:
    return " ".join(text.split()).replace("'", "''")
