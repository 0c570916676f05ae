"""``metropolis query``: answers a question in SQL on released data, and on nothing else."""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from orchestration.commands.common import OK, WrongCall, current_release, print_json, print_table
from orchestration.databases import open_database, path_literal
from orchestration.paths import Home
from orchestration.release.tables import inert_row, text_of
from orchestration.release_store import ALL_YEARS, Release, ReleaseStore, released_years

if TYPE_CHECKING:
    import duckdb

_DATABASE = "warehouse.duckdb"
_PARQUET = "parquet/"
_BATCH = 50_000


def answer(home: Home, sql: str, year: int | None, all_years: bool, form: str, output: Path | None) -> int:
    """Prints the answer of a query, or writes it to a file.

    Raises WrongCall where the query is not one statement that reads, cannot be answered, or asks for a release that
    there is not; ReleaseDamaged where the release is not what was published.
    """
    if form == "parquet" and output is None:
        raise WrongCall("an answer as Parquet goes to a file: --output FILE")
    if form == "table" and output is not None:
        raise WrongCall(
            "a table is for reading on the terminal; --output goes with --format csv, json or parquet"
        )
    release = _release(home, year, all_years)
    import duckdb

    with _opened(release) as connection:
        try:
            _refuse_what_is_no_question(connection, sql)
            _write(connection, sql, form, output)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise WrongCall(_sentence(error)) from None
    return OK


def _release(home: Home, year: int | None, all_years: bool) -> Release:
    if all_years:
        release = ReleaseStore(home, ALL_YEARS).current_release()
        if release is None:
            raise WrongCall(
                f"there is no release over all years in {home.folder}; metropolis build makes one"
            )
        return release
    years = released_years(home)
    if year is None and not years:
        raise WrongCall(f"there is no release in {home.folder}; metropolis build --year YEAR makes one")
    return current_release(home, years[-1] if year is None else year)


@contextmanager
def _opened(release: Release) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database of a release; a query in it reaches no file but those of the release."""
    with (
        tempfile.TemporaryDirectory() as spill,
        open_database(release.file(_DATABASE), read_only=True, spill=Path(spill)) as connection,
    ):
        large = _marts_beside(connection, release)
        for name, path in large.items():
            connection.execute(f'create temp view "{name}" as from read_parquet({path_literal(path)})')
        allowed = ", ".join(path_literal(path) for path in large.values())
        connection.execute(f"set allowed_paths = [{allowed}]")
        connection.execute("set python_enable_replacements = false")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


def _marts_beside(connection: duckdb.DuckDBPyConnection, release: Release) -> dict[str, Path]:
    """Marts that are too large for the database, and the files that they are in."""
    known = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    files = (name for name in release.hashes if name.startswith(_PARQUET))
    return {Path(name).stem: release.file(name) for name in files if Path(name).stem not in known}


def _refuse_what_is_no_question(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    import duckdb

    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise WrongCall(f"one statement is answered at a time; there are {len(statements)}")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise WrongCall(
            "released data are only read: a query begins with select, from, with, show or describe"
        )


def _sentence(error: duckdb.Error) -> str:
    """DuckDB's message on one line, without the copy of the query."""
    message = " ".join(str(error).partition("\nLINE ")[0].split())
    if "disabled by configuration" in message:
        return "a query reads the tables of a release, and no other file"
    return f"the query cannot be answered. {message}"


def _write(connection: duckdb.DuckDBPyConnection, sql: str, form: str, output: Path | None) -> None:
    if form == "parquet" and output is not None:
        _write_parquet(connection.sql(sql), output)
    elif output is not None:
        with output.open("w", encoding="utf-8", newline="") as stream:
            _write_text(connection.execute(sql), form, stream)
    else:
        _write_text(connection.execute(sql), form, sys.stdout)


def _write_parquet(rows: duckdb.DuckDBPyRelation, output: Path) -> None:
    import pyarrow.parquet as pq

    _refuse_equal_names(rows.columns)
    reader = rows.to_arrow_reader(_BATCH)
    with pq.ParquetWriter(output, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def _write_text(rows: duckdb.DuckDBPyConnection, form: str, stream: TextIO) -> None:
    header = [column[0] for column in rows.description]
    if form == "csv":
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        while batch := rows.fetchmany(_BATCH):
            writer.writerows([text_of(value) for value in inert_row(row)] for row in batch)
    elif form == "json":
        _refuse_equal_names(header)
        named = (zip(header, map(_json_value, row), strict=True) for row in rows.fetchall())
        print_json([dict(row) for row in named], stream)
    else:
        _print_rows(header, rows.fetchall())


def _refuse_equal_names(header: Sequence[str]) -> None:
    if len(set(header)) < len(header):
        raise WrongCall("two columns of the answer have the same name; give them names with as")


def _print_rows(header: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    numbers = [
        at
        for at in range(len(header))
        if rows and all(isinstance(row[at], int | float | Decimal | None) for row in rows)
    ]
    print_table(header, [[text_of(value) for value in row] for row in rows], right=numbers)


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple):
        return [_json_value(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _json_value(each) for name, each in value.items()}
    if isinstance(value, date | time):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
