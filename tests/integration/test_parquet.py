"""The Parquet files of a release: one a public mart, the rows of its database, readable without DuckDB."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.storage import read_csv
from tests.conftest import Warehouse


@pytest.fixture(scope="module")
def folder(released: Warehouse) -> Path:
    return released.latest / "parquet"


def test_every_mart_is_there_with_the_rows_of_the_database_in_their_order(
    released: Warehouse, folder: Path
) -> None:
    with duckdb.connect(str(released.latest / "warehouse.duckdb"), read_only=True) as connection:
        marts = [name for (name,) in connection.execute("show tables").fetchall()]
        assert sorted(path.stem for path in folder.iterdir()) == sorted(marts)
        for mart in marts:
            described = [row[:2] for row in connection.execute(f"describe {mart}").fetchall()]
            file = f"read_parquet('{folder / mart}.parquet')"
            assert [row[:2] for row in connection.execute(f"describe from {file}").fetchall()] == described
            rows = connection.execute(f"from {mart}").fetchall()
            assert connection.execute(f"from {file}").fetchall() == rows
            assert connection.execute(f"from {mart} order by all").fetchall() == rows


def test_a_file_says_what_it_and_its_columns_mean(folder: Path) -> None:
    for path in folder.iterdir():
        schema = pq.read_schema(path)
        assert schema.metadata[b"description"].decode().strip()
        meanings = json.loads(schema.metadata[b"columns"])
        assert list(meanings) == schema.names
        assert all(meanings.values())


def test_files_are_packed_with_zstd(folder: Path) -> None:
    for path in folder.iterdir():
        described = pq.read_metadata(path)
        groups = [described.row_group(at) for at in range(described.num_row_groups)]
        packed = {group.column(at).compression for group in groups for at in range(group.num_columns)}
        assert packed <= {"ZSTD"}


def test_values_keep_their_types_for_pandas_and_polars(released: Warehouse, folder: Path) -> None:
    schema = pq.read_schema(folder / "ledger_entries.parquet")
    types = {name: schema.field(name).type for name in ("amount_eur", "stands", "posting_date")}
    assert types == {"amount_eur": pa.decimal128(18, 2), "stands": pa.bool_(), "posting_date": pa.date32()}
    entries = pl.read_parquet(folder / "ledger_entries.parquet").to_dicts()
    assert {type(row["amount_eur"]) for row in entries} == {Decimal}
    assert {type(row["posting_date"]) for row in entries} == {date}
    annex = pd.read_parquet(folder / "annex_engagement.parquet")
    assert annex["activated"].dtype == bool
    assert len(annex) == len(read_csv(released.latest / "annex_engagement.csv"))


def test_figures_come_as_print_shows_them_in_three_languages(released: Warehouse, folder: Path) -> None:
    shown = ["figure_id", "display_en", "display_fr", "display_es"]
    written = {tuple(row[name] for name in shown) for row in read_csv(released.latest / "figures.csv")}
    found = pl.read_parquet(folder / "figures.parquet").select(shown).fill_null("").rows()
    assert set(found) == written
    assert len(found) == len(written)


def test_the_database_declares_keys_and_references(released: Warehouse) -> None:
    with duckdb.connect(str(released.latest / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select table_name, constraint_type, constraint_column_names, referenced_table"
            " from duckdb_constraints()"
        ).fetchall()
    declared = {(table, kind, tuple(columns), other) for table, kind, columns, other in found}
    assert ("members", "PRIMARY KEY", ("member_id",), None) in declared
    assert ("pilots", "UNIQUE", ("source_file", "source_line"), None) in declared
    assert ("attendances", "FOREIGN KEY", ("event_id",), "events") in declared
    assert ("figure_items", "FOREIGN KEY", ("figure_id",), "figures") in declared
