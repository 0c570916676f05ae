"""Writes the public marts with their descriptions: ``warehouse.duckdb``, and one Parquet file a mart."""

from __future__ import annotations

import json
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.databases import open_database, path_literal
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.package import Description, describe_mart

if TYPE_CHECKING:
    import duckdb

    from orchestration.release.tables import Table

PARQUET_FOLDER = "parquet"
# Above this many rows a table leaves as Parquet alone: the database stays small.
LARGE_TABLE_ROWS = 1_000_000
_ROW_GROUP = 122_880
# Every column and every key takes a block at least: most marts are small, and blocks of DuckDB's own size are not.
_BLOCK_SIZE = 16_384
_DISPLAYS = tuple(f"display_{language}" for language in LANGUAGES)


def write_database(build_database: Path, folder: Path, manifest: Path, figures: Table) -> list[str]:
    """Writes every public mart as parquet/<mart>.parquet, and into warehouse.duckdb unless it is too large for it.

    The descriptions are comments there, and key-value metadata here. The mart of the figures gets the columns
    display_en, display_fr and display_es of the released ``figures``. Returns the marts in the database.
    """
    path = folder / "warehouse.duckdb"
    (folder / PARQUET_FOLDER).mkdir(exist_ok=True)
    written: list[str] = []
    spill = build_database.with_name("spill")
    with open_database(path, spill=spill, block_size=_BLOCK_SIZE) as connection:
        connection.execute(f"attach {path_literal(build_database)} as build (read_only)")
        # One transaction: a commit a comment costs more than the comments.
        connection.begin()
        for mart in _referenced_first(public_marts(manifest)):
            rows = f"from build.main.{_name(mart['name'])} order by all"
            if not _is_large(connection, mart["name"]):
                table = _name(mart["name"])
                _create(connection, describe_mart(mart["name"]), written)
                connection.execute(f"insert into {table} {rows}")
                rows = f"from {table}"
                if mart["name"] == figures.name:
                    mart = _with_displays(connection, mart, figures)
                _comment(connection, mart)
                written.append(mart["name"])
            _write_parquet(connection, rows, mart, folder)
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


def _referenced_first(marts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Marts after those that their columns refer to."""
    named = {mart["name"]: mart for mart in marts}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name in named:
        sorter.add(name, *(column.reference[0] for column in describe_mart(name).columns if column.reference))
    return [named[name] for name in sorter.static_order() if name in named]


def _create(connection: duckdb.DuckDBPyConnection, mart: Description, written: list[str]) -> None:
    """An empty table with the columns that the mart has in the build, its key, and references to what is written."""
    columns = connection.execute(f"describe build.main.{_name(mart.name)}").fetchall()
    parts = [f"{_name(name)} {type_}" for name, type_, *_ in columns]
    if mart.key:
        required = {column.name for column in mart.columns if column.is_required}
        kind = "primary key" if required.issuperset(mart.key) else "unique"
        parts.append(f"{kind} ({', '.join(map(_name, mart.key))})")
    for column in mart.columns:
        if column.reference is not None and column.reference[0] in written:
            table, field = map(_name, column.reference)
            parts.append(f"foreign key ({_name(column.name)}) references {table} ({field})")
    connection.execute(f"create table {_name(mart.name)} ({', '.join(parts)})")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_large(connection: duckdb.DuckDBPyConnection, mart: str) -> bool:
    rows = connection.execute(f"select count(*) from build.main.{_name(mart)}").fetchall()
    return int(rows[0][0]) > LARGE_TABLE_ROWS


def _with_displays(
    connection: duckdb.DuckDBPyConnection, mart: dict[str, Any], figures: Table
) -> dict[str, Any]:
    """Adds the figures as print shows them to their table, and to its description."""
    described = {column.name: column.description for column in describe_mart(figures.name).columns}
    columns = dict(mart["columns"])
    for name in _DISPLAYS:
        connection.execute(f"alter table figures add column {name} varchar")
        columns[name] = {"name": name, "description": described[name]}
    shown = [[row[name] for name in (*_DISPLAYS, "figure_id")] for row in figures.as_dicts()]
    settings = ", ".join(f"{name} = ?" for name in _DISPLAYS)
    connection.executemany(f"update figures set {settings} where figure_id = ?", shown)
    return {**mart, "columns": columns}


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, rows: str, mart: dict[str, Any], folder: Path
) -> None:
    """A table, sorted. Of a large mart, what does not fit into memory while it is sorted goes to disk."""
    target = path_literal(folder / PARQUET_FOLDER / f"{mart['name']}.parquet")
    columns = {column["name"]: " ".join(column["description"].split()) for column in mart["columns"].values()}
    meanings = json.dumps(columns, ensure_ascii=False)
    # Pseudonyms, of which most of a large mart is, do not pack tighter at a higher level.
    connection.execute(
        f"copy ({rows}) to {target} (format parquet, compression zstd, compression_level 1,"
        f" row_group_size {_ROW_GROUP},"
        f" kv_metadata {{description: '{_text(mart['description'])}', columns: '{_text(meanings)}'}})"
    )


def _comment(connection: duckdb.DuckDBPyConnection, mart: dict[str, Any]) -> None:
    table = _name(mart["name"])
    connection.execute(f"comment on table {table} is '{_text(mart['description'])}'")
    for column in mart["columns"].values():
        connection.execute(
            f"comment on column {table}.{_name(column['name'])} is '{_text(column['description'])}'"
        )


def _text(text: str) -> str:
    return " ".join(text.split()).replace("'", "''")
