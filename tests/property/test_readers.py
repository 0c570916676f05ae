"""Readers on arbitrary bytes: a file is refused by name, or all of its rows are accounted for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.errors import FileRefused
from orchestration.ingest.loader import LoadedFile
from tests.property.strategies import BOUNDED, SOURCES, cells, sections, tables, written
from tests.support.landing import counted, file_name, load, rows_of

CONTRACTS = load_contracts()
DELIMITED = [name for name in SOURCES if CONTRACTS[name].format.kind != "json_array"]
PERSONAL = [name for name in SOURCES if CONTRACTS[name].personal]


def check_accounts(source: str, loaded: LoadedFile) -> None:
    """Every row that was read is in a table or in quarantine, at a line of its own."""
    landed = rows_of(loaded, source)
    assert len(landed) == loaded.rows_loaded
    assert loaded.rows_read == loaded.rows_loaded + len(loaded.quarantined)
    lines = [row["source_line"] for row in landed] + [row.source_line for row in loaded.quarantined]
    assert len(set(lines)) == len(lines)
    for row in loaded.quarantined:
        assert row.reason and row.reason.encode("utf-8")


def read_any(source: str, content: bytes, *, workbook: bool = False) -> LoadedFile | None:
    """What is loaded of any bytes; None where the file is refused, which names it."""
    try:
        loaded = load(source, content, workbook=workbook)
    except FileRefused as refusal:
        assert str(refusal).startswith(file_name(source, workbook=workbook))
        assert refusal.found and refusal.expected
        return None
    check_accounts(source, loaded)
    if not workbook:
        assert counted(source, content) == loaded.rows_read
    return loaded


@BOUNDED
@given(source=st.sampled_from(SOURCES), content=st.binary(max_size=300))
def test_any_bytes_are_refused_or_accounted_for(source: str, content: bytes) -> None:
    read_any(source, content)


@BOUNDED
@given(content=st.binary(max_size=200), magic=st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b""]))
def test_any_bytes_as_a_workbook_are_refused(content: bytes, magic: bytes) -> None:
    assert read_any("ledger", magic + content, workbook=True) is None


@pytest.mark.parametrize("source", DELIMITED)
@BOUNDED
@given(data=st.data())
def test_any_cells_are_accounted_for(source: str, data: st.DataObject) -> None:
    contract = CONTRACTS[source]
    header, rows = data.draw(tables(contract))
    line_end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    content = written(sections(contract, header, rows), contract, line_end, data.draw(st.booleans()))
    damage = data.draw(st.none() | st.tuples(st.integers(0, len(content)), st.binary(max_size=3)))
    if damage is not None:
        at, noise = damage
        content = content[:at] + noise + content[at + data.draw(st.integers(0, 3)) :]
    read_any(source, content)


@BOUNDED
@given(data=st.data())
def test_the_rows_of_a_plain_file_are_counted_one_by_one(data: st.DataObject) -> None:
    source = data.draw(
        st.sampled_from([name for name in DELIMITED if CONTRACTS[name].format.kind == "delimited"])
    )
    contract = CONTRACTS[source]
    header, rows = data.draw(tables(contract))
    # A lone blank cell is a blank line, and that is no row.
    rows = [row for row in rows if len(row) > 1 or any(cell.strip() for cell in row)]
    content = written([header, *rows], contract, "\n", quote_all=True)
    if len(rows) < 5:
        loaded = read_any(source, content)
        assert loaded is not None
        assert loaded.rows_read == len(rows)


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | cells,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(cells, inner, max_size=3),
    max_leaves=6,
)
KEYS = [column.name for column in CONTRACTS["initiatives"].columns]


@BOUNDED
@given(
    elements=st.lists(st.dictionaries(st.sampled_from(KEYS), values, max_size=8) | values, max_size=5),
    whole=st.dictionaries(st.sampled_from(KEYS), cells, min_size=8),
    cut=st.integers(0, 40),
)
def test_any_json_is_accounted_for(elements: list[Any], whole: dict[str, str], cut: int) -> None:
    text = json.dumps([whole, *elements])
    loaded = read_any("initiatives", text.encode("utf-8"))
    assert loaded is not None
    assert loaded.rows_read == 1 + len(elements)
    if cut:
        assert read_any("initiatives", text[:-cut].encode("utf-8")) is None


@pytest.mark.parametrize("depth", [200, 950, 990, 100_000])
def test_json_of_any_depth_is_read_or_refused(depth: int) -> None:
    cells_ = dict.fromkeys(KEYS, "x")
    text = json.dumps([cells_]).replace('"x"', "[" * depth + "]" * depth, 1)
    read_any("initiatives", text.encode("utf-8"))


@BOUNDED
@given(data=st.data())
def test_no_cell_of_a_person_is_quoted(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(PERSONAL))
    contract = CONTRACTS[source]
    header = [column.headers[0] for column in contract.columns]
    secret = data.draw(st.sampled_from(["Zuleika Quetzal", "zuleika.quetzal@example.org"]))
    row = data.draw(st.lists(st.just(secret) | cells, min_size=len(header), max_size=len(header) + 1))
    content = written(sections(contract, header, [row]), contract, "\n", quote_all=True)
    loaded = read_any(source, content)
    if loaded is None:
        return
    told = [row.reason for row in loaded.quarantined] + [each.message for each in loaded.findings]
    assert not any("zuleika" in text.casefold() for text in told)
    stored = [str(value) for landed in rows_of(loaded, source) for value in landed.values()]
    assert not any("zuleika.quetzal@example.org" in text.casefold() for text in stored)
