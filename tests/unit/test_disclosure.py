"""The search for personal data finds it in every file format."""

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
import msgpack
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests.support.disclosure import found_in

WORD = "Núria.D'Ávila@example.org"
# Cells of which a compressor makes the word that comes after them, so that it does not lie there as it is.
PARTS = [WORD[at : at + 7] for at in range(0, len(WORD), 4)] * 200


def _write_parquet(path: Path, table: pa.Table, *, dictionaries: bool = False) -> None:
    # Named otherwise: what a file is, its bytes say.
    pq.write_table(table, path, compression="zstd", use_dictionary=dictionaries)


def _parquet(path: Path) -> None:
    _write_parquet(path, pa.table({"a": [*PARTS, WORD]}))


def _parquet_dictionary(path: Path) -> None:
    cells = pa.array([*PARTS, WORD]).dictionary_encode()
    _write_parquet(path, pa.table({"a": cells}), dictionaries=True)


def _parquet_nested(path: Path) -> None:
    _write_parquet(path, pa.table({"a": [[{"b": part}] for part in [*PARTS, WORD]]}))


def _parquet_metadata(path: Path) -> None:
    _write_parquet(path, pa.table({"a": [1]}).replace_schema_metadata({"told": WORD}))


def _parquet_column(path: Path) -> None:
    _write_parquet(path, pa.table({WORD: [1]}))


def _sqlite(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a blob)")
        connection.execute("insert into t values (?)", [zlib.compress(json.dumps({"a": WORD}).encode())])


def _duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("set force_compression = 'zstd'")
        connection.execute("create schema s")
        connection.execute("create table s.t as select unnest(?) as a", [[*PARTS, WORD]])


def _duckdb_comment(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t (a int)")
        quoted = WORD.replace("'", "''")
        connection.execute(f"comment on column t.a is '{quoted}'")


def _duckdb_nested(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("set force_compression = 'zstd'")
        connection.execute("create table t as select [{'b': unnest(?)}] as a", [[*PARTS, WORD]])


def _duckdb_view(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        quoted = WORD.replace("'", "''")
        connection.execute(f"create view v as select '{quoted}' as a")


def _sqlite_text(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a text)")
        connection.executemany("insert into t values (?)", [["x" * 3000 + WORD + "x" * 3000]])


def _msgpack(path: Path) -> None:
    packed = msgpack.packb({"a": [{"b": WORD}], 1: [2]})
    path.with_suffix(".msgpack").write_bytes(packed)


def _msgpack_of_packed(path: Path) -> None:
    packed = msgpack.packb([{"a": zlib.compress(WORD.encode() * 3)}])
    path.with_suffix(".msgpack").write_bytes(packed)


def _xlsx(path: Path, *, cell: str = "x", note: str = "x", told: str = "x", constant: bool = False) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": constant})
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, cell)
    sheet.write_comment(0, 0, note)
    book.set_properties({"author": told})
    book.close()


def _xlsx_cell(path: Path) -> None:
    _xlsx(path, cell=WORD)


def _xlsx_inline(path: Path) -> None:
    _xlsx(path, cell=WORD, constant=True)


def _xlsx_note(path: Path) -> None:
    _xlsx(path, note=WORD)


def _xlsx_author(path: Path) -> None:
    _xlsx(path, told=WORD)


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
    "a dictionary in parquet": _parquet_dictionary,
    "a nested value in parquet": _parquet_nested,
    "metadata of parquet": _parquet_metadata,
    "a column of parquet": _parquet_column,
    "sqlite": _sqlite_text,
    "packed in sqlite": _sqlite,
    "duckdb": _duckdb,
    "a nested value in duckdb": _duckdb_nested,
    "a view in duckdb": _duckdb_view,
    "a comment in duckdb": _duckdb_comment,
    "msgpack": _msgpack,
    "packed in msgpack": _msgpack_of_packed,
    "xlsx": _xlsx_cell,
    "an inline text in xlsx": _xlsx_inline,
    "a note in xlsx": _xlsx_note,
    "a property of xlsx": _xlsx_author,
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
