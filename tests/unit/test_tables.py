"""Released tables: formatting of values, and no formulas."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.release.tables import (
    Table,
    _Query,
    _run,
    _run_large,
    inert_text,
    text_of,
    typed_text,
    write_csv,
)
from tests.property.strategies import BOUNDED

FORMULAS = [
    "=1+1", '=HYPERLINK("http://example.org","x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "=cmd|' /C calc'!A0", "+cmd|x", "-cmd", "--", "＝1+1", "＋x", "－x", "＠x", "+34 600 (home)",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_inert(text: str) -> None:
    assert inert_text(text) == f"'{text}"
    assert typed_text(f"'{text}") == text


@pytest.mark.parametrize(
    "value",
    ["", "-", "+", "=", "@", "a=1", "+2.14K", "-3", "+58", "-12,5 %", "72.7%", " =1", "'s-Gravenhage", None, 7,
     True, Decimal("-1.5"), date(2019, 1, 1)],
)  # fmt: skip
def test_what_is_none_stays_as_it_is(value: Any) -> None:
    assert inert_text(value) == value
    if isinstance(value, str):
        assert typed_text(value) == value


@BOUNDED
@given(text=st.text(st.sampled_from("=+-@\t\r\n' aK1.%,"), max_size=6))
def test_what_was_typed_comes_back(text: str) -> None:
    inert = inert_text(text)
    assert typed_text(inert) == text or text.startswith("'")
    assert inert_text(inert) == inert


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (date(2019, 1, 2), "2019-01-02"),
        (datetime(2019, 1, 2, 3, 4, 5), "2019-01-02T03:04:05"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (12, "12"),
        ("a,b", "a,b"),
    ],
)
def test_values_as_text(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_a_table_is_utf_8_with_commas_and_line_feeds(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_csv(path, ["a", "b"], [["臺北", 'x "y", z'], [None, True]])
    assert path.read_bytes() == 'a,b\n臺北,"x ""y"", z"\n,true\n'.encode()


def test_any_cell_reads_back(tmp_path: Path) -> None:
    rows = [[text, "x"] for text in ("a\nb", "a\r\nb", "a\rb", '"', " a ", "a;b", "\u2028")]
    path = tmp_path / "t.csv"
    write_csv(path, ["a", "b"], rows)
    with path.open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == [["a", "b"], *rows]


def test_each_cell_of_a_column_is_written_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_csv(path, ["a", "b", "c"], [[1, "x", True], [True, None, 2], [Decimal("2.50"), 3, 4]])
    assert path.read_text(encoding="utf-8") == "a,b,c\n1,x,true\ntrue,,2\n2.50,3,4\n"


def test_rows_by_column_name() -> None:
    assert Table("t", ("a", "b"), [(1, 2), (3, 4)]).as_dicts() == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


@pytest.mark.parametrize("text", ["=1+1", "@x", "＋1", "\t1", "-3 %", "-", "plain", "", None])
def test_a_large_table_reads_as_a_small_one_does(text: str | None) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table mart (name varchar, spare varchar, rows bigint)")
        connection.execute("insert into mart values (?, 'x', 1), ('another', null, null)", [text])
        query = _Query("mart", "select * from mart order by all")
        assert _run_large(connection, query) == _run(connection, query)


def test_a_large_table_without_rows_has_its_columns() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table mart (name varchar, rows bigint)")
        assert _run_large(connection, _Query("mart", "from mart")) == Table("mart", ("name", "rows"), [])
