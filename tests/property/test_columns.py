"""Files read in columns and row by row: the same rows, in the same order, in the same words.

Here belongs that the way of reading cannot be seen in what was read, for every source of text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingest import columns
from orchestration.ingest.contracts import Column, Contract, load_contracts, load_vocabulary
from orchestration.ingest.faults import FileRefused
from orchestration.ingest.loading import FileLoader, LoadedFile
from orchestration.ingest.records import TextRecords, read_records
from tests.property.strategies import AWKWARD, BOUNDED, SOURCES, sections
from tests.support.landing import EVENT, Known, file_name

CONTRACTS = load_contracts()
DELIMITED = [name for name in SOURCES if CONTRACTS[name].kind != "json_array"]

# A few answers of each type: right ones, ones with odd spaces, ones of another spelling, wrong ones.
_ANSWERS: dict[str, tuple[str, ...]] = {
    "date": ("2019-02-16", " 2019-02-17", "16/02/2019", "2019-02-30", "soon", "1/2/2019"),
    "datetime": ("Feb 16, 2019 03:52:10 PM", "16/02/2019 10:12", "14/11/19, 09:29:07", "11/14/19, 9:29:07 AM",
                 "2019-06-30T10:00:00+02:00", "2019-03-31T00:30:00Z", "--", "Feb 30, 2019 03:52:10 PM"),
    "instant": ("2019-06-30T22:30:00+00:00", "2019-12-31T23:30:00Z", "2019-06-30T10:00:00", "never"),
    "integer": ("12", "012", " 7 ", "--", "ten", "-1", "1234567890123456789"),
    "amount": ("8.376,27", "12,5", "0", "1.2", "12,12345", "x"),
    "rate": ("1", "1,0000000001", "0,5", "0"),
    "decimal": ("12.5", "0", "1.23456", "x"),
    "list": ("a|b", " a | b ", "|", "a"),
    "integer_list": ("1|2", " 1 | 02", "1|x", "3"),
    "place": ("Barcelona", " BARCELONA ", "Ｔéｈéｒａｎ", "臺北", "me@example.org", "\u200b", "a | b"),
    "place_list": ("Barcelona|Cusco", " São Paulo | | 臺北", "|", "Lima"),
    "country": ("ES", "es ", "Spain", "Narnia", "Côte d’Ivoire", "you@example.org"),
    "email": ("a@example.org", " B@EXAMPLE.ORG", "ç@example.org", "no address"),
    "text": ("Something", "  something ", "write to me@example.org", "a\nb", "x" * 50, "None"),
    "identifier": ("A1", "a1", " A1 ", "A2", "A3", "A4", "A5", "None"),
}  # fmt: skip


def answer(rng: Random, column: Column | None) -> str:
    """A cell for a column: mostly one of its kind."""
    if column is None:
        return rng.choice(AWKWARD)
    chance = rng.random()
    if chance < 0.1:
        return ""
    if chance < 0.13:
        return rng.choice(AWKWARD)
    if column.references and chance < 0.9:
        return rng.choice([EVENT, "M001", " M002", "M777", "somebody"])
    if column.unique and chance < 0.9:
        return rng.choice(["", " ", "0"]) + str(rng.randrange(40))
    if column.type == "enum":
        return rng.choice([*column.values, column.values[0].upper(), f" {column.values[-1]}\t", "another"])
    if column.type in ("boolean", "gender"):
        return rng.choice([*load_vocabulary(column.type), "YES", "perhaps"])
    return rng.choice(_ANSWERS.get(column.type, ("x", "y")))


def good_answer(column: Column | None, number: int) -> str:
    """A cell that is right in a row of right ones; of a column that is unique, another one for each number."""
    if column is None or column.required_when:
        return ""
    if column.references:
        return "M001" if column.references == "members" else EVENT
    if column.type == "enum":
        return column.values[0]
    if column.type in ("boolean", "gender", "datetime", "date"):
        formats = {"zoom": "Feb 16, 2019 03:52:10 PM", "teams": "11/14/19, 9:29:07 AM",
                   "form": "16/02/2019 10:12", "iso_offset": "2019-06-30T10:00:00+02:00",
                   "day_first": "16/02/2019"}  # fmt: skip
        iso = "2019-02-16" if column.type == "date" else ""
        return formats[column.formats[0]] if column.formats else iso
    return f"{number}" if column.unique else _ANSWERS.get(column.type, ("x",))[0]


def rows_of_some_kind(rng: Random, contract: Contract, header: Sequence[str], count: int) -> list[list[str]]:
    """Rows that are right, that have some or only odd answers, and that are no rows of this file at all."""
    by_header = {column.headers[0]: column for column in contract.columns}
    odd = rng.choice([0.0, 0.02, 0.1, 0.5])
    padding = [""] * rng.choice([0, 0, 1, 2])
    rows = []
    for number in range(count):
        # Now and then the number of an earlier row again.
        known = number if rng.random() < 0.8 else rng.randrange(number + 1)
        row = [
            answer(rng, column) if rng.random() < odd else good_answer(column, known)
            for column in map(by_header.get, header)
        ]
        chance = rng.random()
        if chance < 0.03:
            row = row[: rng.randrange(len(row) + 1)]
        elif chance < 0.06:
            row = [*row, rng.choice(["", " ", "surplus", "\udcff"])]
        elif chance < 0.08:
            row[rng.randrange(len(row))] += "\udcff"
        rows.append([*row, *padding])
    return rows


def export(rng: Random, contract: Contract) -> bytes:
    """A delimited file of a source, better or worse."""
    header = [column.headers[0] for column in contract.columns if not column.optional or rng.random() < 0.7]
    header += ["Something else"] * (rng.random() < 0.3)
    rng.shuffle(header)
    if rng.random() < 0.04:
        header.pop()
    rows = rows_of_some_kind(rng, contract, header, rng.choice([0, 1, 3, 12, 30]))
    lines = sections(contract, header, rows)
    if contract.kind != "delimited" and rng.random() < 0.3:
        other = rng.sample(header, len(header))
        lines += sections(contract, other, rows_of_some_kind(rng, contract, other, 2))[2:]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=contract.delimiter, lineterminator=rng.choice(["\n", "\r\n"])).writerows(
        lines
    )
    text = buffer.getvalue()
    if contract.encodings[0] == "cp1252":
        return text.encode("cp1252", "replace").replace(b"surplus", b"\x81")
    return text.encode("utf-8", "surrogateescape")


def stricter(rng: Random, contract: Contract) -> Contract:
    """A contract that asks for more than this one: columns that are not stored, texts that are unique."""

    def changed(column: Column) -> Column:
        if not column.land:
            return replace(column, required=True)
        is_bare = column.type in ("identifier", "text") and not (column.references or column.name_key)
        if is_bare and rng.random() < 0.3:
            return replace(column, unique="duplicate_entry", missing=frozenset({"--", "A1"}))
        return column

    return replace(contract, columns=tuple(map(changed, contract.columns)))


def array_of_objects(rng: Random, contract: Contract) -> bytes:
    """A JSON file of a source, better or worse."""
    elements: list[Any] = []
    ascii_alone = rng.random() < 0.5
    for number in range(rng.choice([1, 3, 12, 30])):
        worse = rng.random() < 0.4
        element: dict[str, Any] = {
            column.name: answer(rng, column) if worse else good_answer(column, number)
            for column in contract.columns
        }
        element["id"] = rng.choice([number, str(number)])
        element["themes"] = rng.choice([["a", " b"], [], ["", 1, None], "a|b", None, {"a": ["\0"]}])
        if rng.random() < 0.05:
            element[rng.choice(list(element))] = rng.choice([1.0, True, [[1]], "\0", "a\0b", None])
        if rng.random() < 0.1:
            del element[rng.choice(list(element))]
        if rng.random() < 0.1:
            element["further"] = 1
        elements.append("no object" if rng.random() < 0.03 else element)
    return json.dumps(elements, ensure_ascii=ascii_alone).encode("utf-8", "surrogateescape")


@contextmanager
def read_in_parts(rows: int) -> Iterator[None]:
    """Every file is read in columns, so many rows at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "MANY_ROWS", 1)
        patch.setattr(columns, "PART_ROWS", rows)
        yield


Read = tuple[LoadedFile | str, set[str]]


def read_both_ways(contract: Contract, content: bytes, known: Known) -> tuple[Read, Read] | None:
    """What a file is row by row, and in columns, with what is unique after it; None where it has no records."""
    name = file_name(contract.source)
    surroundings = known.surroundings(contract.per_event)
    try:
        records, header = read_records(content, name, contract)
    except FileRefused:
        return None
    outcomes: list[Read] = []
    for in_columns in (False, True):
        unique = {"1", "A1", "None"} if known.beside else set()
        loader = FileLoader(contract, name, surroundings, unique)
        loaded: LoadedFile | str | None
        try:
            if in_columns:
                loaded = columns.load_in_columns(records, header, name, contract, surroundings, unique)
            else:
                loaded = loader.load(records, header)
        except FileRefused as refusal:
            loaded = str(refusal)
        if loaded is None:
            return None
        outcomes.append((loaded, unique))
    return outcomes[0], outcomes[1]


def check_same(by_rows: Read, in_columns: Read) -> None:
    """Nothing tells one way of reading from the other."""
    expected, found = by_rows[0], in_columns[0]
    assert by_rows[1] == in_columns[1]
    if isinstance(expected, str) or isinstance(found, str):
        assert found == expected
        return
    assert (found.rows_read, found.rows_loaded) == (expected.rows_read, expected.rows_loaded)
    assert found.quarantined == expected.quarantined
    assert found.findings == expected.findings
    assert list(found.tables) == list(expected.tables)
    for name, table in expected.tables.items():
        assert found.tables[name].to_pylist() == table.to_pylist()
        assert found.tables[name].equals(table)


@pytest.mark.parametrize("source", SOURCES)
@settings(BOUNDED, max_examples=40)
@given(seed=st.integers(0, 2**32), part=st.sampled_from([1, 4, 10, 1_000]), beside=st.booleans())
def test_columns_and_rows_read_the_same(source: str, seed: int, part: int, beside: bool) -> None:
    rng = Random(seed)
    contract = CONTRACTS[source] if rng.random() < 0.7 else stricter(rng, CONTRACTS[source])
    content = export(rng, contract) if source in DELIMITED else array_of_objects(rng, contract)
    with read_in_parts(part):
        outcomes = read_both_ways(contract, content, Known(beside=frozenset({"teams"} if beside else ())))
    if outcomes is not None:
        check_same(*outcomes)


@pytest.mark.parametrize("source", SOURCES)
def test_plain_files_of_many_rows_are_read_in_columns(source: str) -> None:
    contract = CONTRACTS[source]
    header = [column.headers[0] for column in contract.columns]
    rows = [
        [good_answer(column, number) for column in contract.columns] for number in range(columns.MANY_ROWS)
    ]
    if source in DELIMITED:
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=contract.delimiter).writerows(sections(contract, header, rows))
        content = buffer.getvalue().encode(contract.encodings[0])
    else:
        content = json.dumps([dict(zip(header, row, strict=True)) for row in rows]).encode()
    records, header_ = read_records(content, file_name(source), contract)
    assert isinstance(records, TextRecords)
    outcomes = read_both_ways(contract, content, Known())
    assert outcomes is not None
    check_same(*outcomes)
    assert isinstance(outcomes[1][0], LoadedFile)
    assert outcomes[1][0].rows_loaded == len(rows)
    with pytest.MonkeyPatch.context() as patch:
        # Not one of them is looked at as a row.
        patch.setattr(FileLoader, "_load_row", None)
        surroundings = Known().surroundings(contract.per_event)
        loaded = columns.load_in_columns(records, header_, file_name(source), contract, surroundings, set())
    assert loaded is not None
    assert loaded.rows_loaded == len(rows)


@pytest.mark.parametrize("part", [1, 2, 3, 10])
def test_a_number_that_stands_twice_is_so_across_parts(part: int) -> None:
    header = (
        "entry_no;posting_date;type;category;counterparty;project;fee_year;amount;currency;eur_rate;reverses"
    )
    row = "{};01/02/2019;invoice;other;x;;2019;1,0;EUR;1;"
    bad = "{};01/02/2019;nothing;other;x;;2019;1,0;EUR;1;"
    lines = [
        header,
        bad.format(7),
        row.format(8),
        row.format(7),
        row.format(" 8"),
        row.format(9),
        row.format(7),
    ]
    with read_in_parts(part):
        outcomes = read_both_ways(CONTRACTS["ledger"], "\n".join(lines).encode(), Known())
    assert outcomes is not None
    check_same(*outcomes)
    loaded = outcomes[1][0]
    assert isinstance(loaded, LoadedFile)
    assert [each.source_line for each in loaded.quarantined] == [2, 5, 7]
    assert loaded.tables["ledger"]["source_line"].to_pylist() == [3, 4, 6]


def test_what_a_row_needs_is_asked_of_its_own_kind() -> None:
    header = (
        "entry_no;posting_date;type;category;counterparty;project;fee_year;amount;currency;eur_rate;reverses"
    )
    rest = "1,0;EUR;1;"
    lines = [
        header,
        f"1;01/02/2019;invoice;other;Lima;;2019;{rest}",
        f"2;01/02/2019;Reversal;other;Lima;;2019;{rest}",
        f"3;01/02/2019;reversal;membership_fee;Lima;;2019;{rest}1",
        f"4;01/02/2019;invoice;membership_fee;Lima;;2019;{rest}",
    ]
    with read_in_parts(10):
        outcomes = read_both_ways(CONTRACTS["ledger"], "\n".join(lines).encode(), Known())
    assert outcomes is not None
    check_same(*outcomes)
    loaded = outcomes[1][0]
    assert isinstance(loaded, LoadedFile)
    assert [(each.source_line, each.field) for each in loaded.quarantined] == [(3, "reverses")]
    assert loaded.tables["ledger"]["counterparty_key"].to_pylist() == [None, "lima", "lima"]


def test_a_column_that_does_not_land_can_be_what_is_wrong_with_a_row() -> None:
    cases = CONTRACTS["cases"]
    asked = replace(cases, columns=tuple(replace(each, required=True) for each in cases.columns))
    good = ["C1", "T", "Lima", "PE", "published", "2019-01-01", "2019-01-01", "a", "1", "said"]
    rows = [[column.name for column in cases.columns], good, [*good[:-1], " "], good]
    with read_in_parts(10):
        outcomes = read_both_ways(asked, "\n".join(map(",".join, rows)).encode(), Known())
    assert outcomes is not None
    check_same(*outcomes)
    loaded = outcomes[1][0]
    assert isinstance(loaded, LoadedFile)
    assert [(each.source_line, each.field) for each in loaded.quarantined] == [(3, "summary")]
