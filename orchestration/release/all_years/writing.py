"""Writes the release over all years: CSV, ``warehouse.duckdb``, Parquet and the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.databases import open_database, path_literal
from orchestration.release.all_years.content import VINTAGES, AllYears, Row
from orchestration.release.all_years.page import write_page
from orchestration.release.tables import inert_row, write_csv
from orchestration.release_store import ANNEXES, PROVENANCE

if TYPE_CHECKING:
    import duckdb

DATABASE = "warehouse.duckdb"
# Rows of people, known by pseudonym: they stay in the database of their year.
_OF_PEOPLE = frozenset({"attendances", "figure_evidence_rows"})
_FIGURES = {
    "year": "bigint",
    "figure_id": "varchar",
    "area": "varchar",
    "label": "varchar",
    "value": "decimal(18, 4)",
    "numerator": "decimal(18, 4)",
    "denominator": "decimal(18, 4)",
    "unit": "varchar",
    "status": "varchar",
    "display_en": "varchar",
    "display_fr": "varchar",
    "display_es": "varchar",
    "release": "varchar",
    "is_restated": "boolean",
}
_VINTAGES = {
    "figure_id": "varchar",
    "year": "bigint",
    "release": "varchar",
    "value": "decimal(18, 4)",
    "display_en": "varchar",
    "released_on": "varchar",
    "is_current": "boolean",
}


def write_all_years(folder: Path, name: str, content: AllYears) -> None:
    """Writes every file of the release but its release.json."""
    (folder / PROVENANCE).touch()
    (folder / "parquet").mkdir()
    with open_database(folder / DATABASE) as connection:
        _insert(connection, "figures", _FIGURES, content.figures)
        _insert(connection, VINTAGES, _VINTAGES, content.vintages)
        for table in _union_of_years(connection, content.databases):
            _write_parquet(connection, folder, table)
        for table in ("figures", VINTAGES):
            _write_parquet(connection, folder, table)
        for annex in ANNEXES:
            _write_annex(connection, folder, annex)
        connection.execute("checkpoint")
    write_csv(folder / "figures.csv", list(_FIGURES), _cells(content.figures, _FIGURES))
    write_csv(folder / f"{VINTAGES}.csv", list(_VINTAGES), _cells(content.vintages, _VINTAGES))
    write_page(folder, name, content)


def _cells(rows: list[Row], columns: Mapping[str, str]) -> list[tuple[Any, ...]]:
    return [inert_row([row[column] for column in columns]) for row in rows]


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rows: list[Row]
) -> None:
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    connection.execute(f"create table {table} ({declared})")
    if rows:
        marks = ", ".join("?" for _ in columns)
        values = [[row[name] for name in columns] for row in rows]
        connection.executemany(f"insert into {table} values ({marks})", values)


def _union_of_years(connection: duckdb.DuckDBPyConnection, databases: Mapping[int, Path]) -> list[str]:
    """Makes each table of the years one table with the year in front; returns their names.

    A column that a year did not have yet is empty there.
    """
    known: Counter[str] = Counter()
    tables: dict[str, list[str]] = {}
    for year, path in databases.items():
        connection.execute(f"attach {path_literal(path)} as year_{year} (read_only)")
        found = connection.execute(
            "select table_name, bool_or(column_name = 'year') from duckdb_columns() where database_name = ?"
            " group by table_name order by table_name",
            [f"year_{year}"],
        )
        for table, has_year in found.fetchall():
            known[table] += 1
            columns = "* exclude (year)" if has_year else "*"
            part = f'select {year} as year, {columns} from year_{year}.main."{table}"'
            tables.setdefault(table, []).append(part)
    names = sorted(known.keys() - _OF_PEOPLE - {"figures"})
    for table in names:
        union = " union all by name ".join(tables[table])
        connection.execute(f'create table "{table}" as {union} order by all')
    for year in databases:
        connection.execute(f"detach year_{year}")
    return names


def _write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, table: str) -> None:
    target = path_literal(folder / "parquet" / f"{table}.parquet")
    connection.execute(
        f'copy (select * from "{table}" order by all) to {target} (format parquet, compression zstd)'
    )


def _write_annex(connection: duckdb.DuckDBPyConnection, folder: Path, annex: str) -> None:
    """An annex as in the years' CSV files, with the year in front."""
    result = connection.execute(f"select * exclude (report_order) from {annex} order by year, report_order")
    columns = [column[0] for column in result.description]
    write_csv(folder / f"{annex}.csv", columns, [inert_row(row) for row in result.fetchall()])
