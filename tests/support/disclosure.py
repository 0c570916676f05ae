"""Searches a folder for words in plain, compressed, encoded and binary contents."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import msgpack
import pyarrow.parquet as pq

_INLINED = re.compile(rb"[A-Za-z0-9+/]{200,}={0,2}")
_DEEPEST = 4


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every text of every file below a folder with where it is: names, raw bytes, decoded contents."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        yield f"{name} (name)", name.encode("utf-8", "surrogateescape")
        if path.is_file():
            yield from _file(path, name)


def _file(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    content = path.read_bytes()
    yield from _opened(name, content)
    if content.startswith(b"PAR1"):
        yield from ((f"{name} (rows)", text) for text in _parquet(path))
    elif content.startswith(b"SQLite format 3"):
        yield from ((f"{name} (rows)", text) for text in _sqlite(path))
    elif content[8:12] == b"DUCK":
        yield from ((f"{name} (rows)", text) for text in _duckdb(path))
    elif path.suffix == ".msgpack":
        for each in msgpack.Unpacker(io.BytesIO(content), strict_map_key=False, raw=True):
            yield from ((f"{name} (values)", text) for text in _texts(each))


def _texts(value: Any) -> Iterator[bytes]:
    """Every text nested in a value, including packed bytes."""
    if isinstance(value, str):
        yield value.encode("utf-8", "surrogateescape")
    elif isinstance(value, bytes):
        yield from (text for _, text in _opened("", value))
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from _texts(pair)
    elif isinstance(value, Iterable):
        for each in value:
            yield from _texts(each)


def _opened(name: str, content: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """The bytes, and those that are packed or encoded in them."""
    yield name, content
    if depth == _DEEPEST:
        return
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield f"{name}!{member} (name)", member.encode()
                yield from _opened(f"{name}!{member}", archive.read(member), depth + 1)
    elif content.startswith(b"\x1f\x8b"):
        yield from _opened(f"{name} (gzip)", gzip.decompress(content), depth + 1)
    elif content[:2] in (b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        yield from _opened(f"{name} (zlib)", zlib.decompressobj().decompress(content), depth + 1)
    else:
        for number, match in enumerate(_INLINED.finditer(content)):
            packed = match[0].rstrip(b"=")
            inlined = base64.b64decode(packed[: len(packed) // 4 * 4])
            yield from _opened(f"{name} (inlined {number})", inlined, depth + 1)


def _parquet(path: Path) -> Iterator[bytes]:
    table = pq.read_table(path)
    yield from _texts([table.schema.names, pq.read_metadata(path).metadata])
    for column in table.columns:
        yield from _texts(column.to_pylist())


def _sqlite(path: Path) -> Iterator[bytes]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        connection.text_factory = bytes
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            # An event log keeps some of its rows packed.
            yield from _texts(connection.execute(f'select * from "{table.decode()}"'))


def _duckdb(path: Path) -> Iterator[bytes]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall()
        for schema, table in tables:
            yield from _texts(connection.execute(f'select * from "{schema}"."{table}"').fetchall())
        told = """
            select comment from duckdb_tables() union all select comment from duckdb_columns()
            union all select sql from duckdb_tables() union all select sql from duckdb_views() where not internal
        """
        yield from _texts(connection.execute(told).fetchall())


def spellings(word: str) -> set[bytes]:
    """The byte forms of a word: encodings, JSON and HTML escapes."""
    escaped = json.dumps(word)[1:-1].encode("ascii")
    html = word.replace("&", "&amp;").replace("'", "&#x27;")
    texts = {
        word,
        html,
        html.replace("&#x27;", "&#39;"),
        *(word.replace("@", sign) for sign in ("&#64;", "&commat;", "%40", "＠", "﹫", " @ ")),
    }
    encoded = {text.encode("utf-8", "surrogateescape") for text in texts}
    encoded |= {escaped, word.encode("utf-16-le", "surrogatepass")}
    return {each.lower() for each in encoded}


def _any_of(words: Sequence[bytes]) -> bytes:
    """A pattern that matches any of the words efficiently."""
    if len(words) == 1:
        return re.escape(words[0])
    by_first: dict[bytes, list[bytes]] = defaultdict(list)
    for word in words:
        by_first[word[:1]].append(word[1:])
    # Where one word begins another, to find the shorter one is enough.
    tails = [re.escape(first) + (b"" if b"" in rest else _any_of(rest)) for first, rest in by_first.items()]
    return b"(?:" + b"|".join(tails) + b")"


def found_in(folder: Path, words: Iterable[str]) -> set[tuple[str, str]]:
    """Word → places in a folder, case-insensitive."""
    wanted = {spelling: word for word in words for spelling in spellings(word)}
    if not wanted:
        raise ValueError("no word to look for")
    pattern = re.compile(_any_of(list(wanted)))
    found = set()
    for place, content in contents(folder):
        for match in pattern.finditer(content.lower()):
            found.add((place, wanted[match[0]]))
    return found
