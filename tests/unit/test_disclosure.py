"""The search for personal data finds it in every format; a search that finds nothing proves nothing."""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests.support.disclosure import found_in

WORD = "Núria.D'Ávila@example.org"


def _parquet(path: Path) -> None:
    table = pa.table({"a": ["x"] * 500 + [WORD]})
    pq.write_table(table, path.with_suffix(".parquet"), compression="zstd", use_dictionary=False)


def _sqlite(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a blob)")
        connection.execute("insert into t values (?)", [zlib.compress(json.dumps({"a": WORD}).encode())])


def _duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema s")
        connection.execute("create table s.t as select 'n' || range as a from range(3000)")
        connection.execute("insert into s.t values (?)", [WORD])


def _duckdb_comment(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t (a int)")
        quoted = WORD.replace("'", "''")
        connection.execute(f"comment on column t.a is '{quoted}'")


def _xlsx(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet().write_string(0, 0, WORD)
    book.close()


def _inlined(path: Path) -> None:
    packed = base64.b64encode(gzip.compress(json.dumps([list(range(200)), WORD]).encode())).decode()
    path.write_text(f"<script>const data = '{packed}';</script>")


def _gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(WORD.encode()))


def _name(path: Path) -> None:
    path.with_name(WORD).write_text("x")


def _as(text: Callable[[str], bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(b"\x00\xff before " + text(WORD) + b" after")

    return write


WRITERS: dict[str, Callable[[Path], None]] = {
    "plain": _as(str.encode),
    "upper case": _as(lambda word: word.replace("@example", "@EXAMPLE").encode()),
    "json": _as(lambda word: json.dumps(word).encode()),
    "html": _as(lambda word: word.replace("'", "&#39;").encode()),
    "utf-16": _as(lambda word: word.encode("utf-16-le")),
    "pickle": _as(lambda word: pickle.dumps({"a": word})),
    "gzip": _gzip,
    "parquet": _parquet,
    "sqlite": _sqlite,
    "duckdb": _duckdb,
    "a comment in duckdb": _duckdb_comment,
    "xlsx": _xlsx,
    "inlined": _inlined,
    "the name of a file": _name,
}


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_a_word_is_found_in_every_form(tmp_path: Path, form: str) -> None:
    WRITERS[form](tmp_path / "a.file")
    assert {word for _, word in found_in(tmp_path, ["Somebody Else", WORD])} == {WORD}
    assert found_in(tmp_path, ["Somebody Else", "nobody@example.net"]) == set()


def test_one_word_may_begin_another(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Marianne Lindqvist, Ana")
    words = ["Maria", "Marianne Lind", "Ana", "Anabel"]
    assert {word for _, word in found_in(tmp_path, words)} == {"Maria", "Ana"}
    with pytest.raises(ValueError, match="no word"):
        found_in(tmp_path, [])
