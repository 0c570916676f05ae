"""Rule 41: a stray quote costs its own row only, and cells of several lines are never cut."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingest.contracts import REGISTRATION_FILE, load_contracts
from orchestration.ingest.counting import count_records
from orchestration.ingest.errors import FileRefused
from orchestration.ingest.layout import Layout, Surroundings
from orchestration.ingest.loader import LoadedFile, load_file
from orchestration.ingest.sources import source_paths
from orchestration.paths import PROJECT_FOLDER
from tests.property.strategies import BOUNDED
from tests.support.landing import PSEUDONYMS, split_records

SAMPLE = PROJECT_FOLDER / "raw" / "2021"
CONTRACTS = load_contracts()


class Everything(frozenset[str]):
    """A set that contains every key."""

    def __contains__(self, key: object) -> bool:
        return True


def sample_files() -> list[tuple[str, Path]]:
    """Every delimited file of the sample, with its source."""
    return [
        (contract.source, path)
        for contract in CONTRACTS.values()
        if contract.format.kind != "json_array"
        for path in source_paths(contract, SAMPLE)
        if path.suffix == ".csv"
    ]


FILES = sample_files()


def read(source: str, path: Path, content: bytes) -> tuple[LoadedFile, dict[int, Any]]:
    """A file of the sample with some content: its rows by their line. Reader and counter agree on it."""
    contract, name = CONTRACTS[source], path.relative_to(SAMPLE).as_posix()
    match = REGISTRATION_FILE.match(name)
    keys = {"programme": Everything(), "members": Everything()}
    surroundings = Surroundings(keys, PSEUDONYMS, match and match["event_id"])
    loaded = load_file(content, name, contract, surroundings)
    counted = count_records(
        content, name, contract, lambda header: Layout(contract, header, name, surroundings, is_lenient=True)
    )
    assert counted == loaded.rows_read
    return loaded, {row["source_line"]: row for row in loaded.tables[source].to_pylist()}


@cache
def read_whole(source: str, path: Path) -> tuple[LoadedFile, dict[int, Any]]:
    """A file of the sample as it is."""
    return read(source, path, path.read_bytes())


def letters_of(content: bytes) -> tuple[str, str]:
    """A file as letters that each stand for bytes of their own, and the encoding that gives the bytes back."""
    marks = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
    encoding = marks.get(content[:2], "latin-1")
    return content.decode(encoding), encoding


def place_of_a_quote(rng: Random, text: str, delimiter: str) -> int:
    """Anywhere; mostly where a cell begins, as there a quote means something."""
    if rng.random() < 0.7:
        return rng.choice([at + 1 for at, letter in enumerate(text) if letter in (delimiter, "\n")])
    at = rng.randrange(len(text) + 1)
    # Between the two characters of a line end it would make two lines of one.
    return at + (text[at - 1 : at + 1] == "\r\n")


@settings(BOUNDED, max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_a_stray_quote_costs_its_own_row_alone(seed: int) -> None:
    rng = Random(seed)
    source, path = rng.choice(FILES)
    text, encoding = letters_of(path.read_bytes())
    at = place_of_a_quote(rng, text, CONTRACTS[source].format.delimiter)
    whole, rows_before = read_whole(source, path)
    try:
        loaded, rows = read(source, path, f'{text[:at]}"{text[at:]}'.encode(encoding))
    except FileRefused as refusal:
        assert refusal.source_file == path.relative_to(SAMPLE).as_posix()
        return
    assert loaded.rows_read >= whole.rows_read
    changed = [line for line, row in rows_before.items() if rows.get(line) != row]
    # A quote in the name of a column that may be absent makes it one that nobody knows.
    if len(loaded.findings) == len(whole.findings):
        assert len(changed) <= 1
    else:
        changed = [line for line in changed if line not in rows]
        assert not changed
    faults = {row.source_line: row.reason_code for row in loaded.quarantined}
    if changed and changed[0] not in rows:
        # It is stray, or text in a cell that says nothing with it.
        assert changed[0] in faults


TEXTS = st.text(st.sampled_from('ab ",;\n\r\u00e9'), max_size=12)


@BOUNDED
@given(
    rows=st.lists(st.lists(TEXTS, min_size=4, max_size=4), min_size=1, max_size=6),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    is_quoted_throughout=st.booleans(),
)
def test_texts_of_several_lines_are_split_as_they_were_written(
    rows: list[list[str]], end: str, is_quoted_throughout: bool
) -> None:
    contract = CONTRACTS["corrections"]
    header = [column.headers[0] for column in contract.columns]
    # No line of a text has as many cells as a row.
    rows = [[*(cell.replace(",", ";") for cell in row), *["x, y"] * (len(header) - 4)] for row in rows]
    content, expected = ",".join(header) + end, []
    for row in rows:
        line = len(re.findall(r"\r\n|\r|\n", content)) + 1
        expected.append((line, row))
        content += ",".join(written(cell, is_quoted_throughout) for cell in row) + end
    found = split_records(content.encode(), contract.file, contract)
    assert [(record.line, record.cells) for record in found] == expected


def written(cell: str, is_quoted: bool) -> str:
    """A correctly quoted cell."""
    needs_quotes = is_quoted or any(letter in ',"\r\n' for letter in cell)
    return '"' + cell.replace('"', '""') + '"' if needs_quotes else cell


CASE = "C{},t,Lima,PE,published,2019-01-01,2019-02-01,a,1,{}"
CASE_HEADER = "case_id,title,city,country,status,published_on,updated_on,themes,sdgs,summary"


def faults_of_cases(*lines: str) -> tuple[int, dict[int, str]]:
    contract = CONTRACTS["cases"]
    content = "\n".join([CASE_HEADER, *lines]).encode()
    loaded = load_file(content, contract.file, contract, Surroundings({}, PSEUDONYMS))
    return loaded.rows_read, {row.source_line: row.reason_code for row in loaded.quarantined}


@pytest.mark.parametrize(
    ("lines", "read", "stray"),
    [
        # A closed cell of several lines is a text.
        ([CASE.format(1, '"one'), 'two, three"', CASE.format(2, "x")], 2, []),
        # It is never closed.
        ([CASE.format(1, '"one'), CASE.format(2, "x"), CASE.format(3, "x")], 3, [2]),
        # It is closed before something that is neither a separator nor an end; a space is none.
        ([CASE.format(1, '"one" and'), CASE.format(2, "x")], 2, [2]),
        ([CASE.format(1, '"one" '), CASE.format(2, "x")], 2, [2]),
        # A whole row lies inside.
        ([CASE.format(1, '"one'), CASE.format(2, "x"), 'of a cell"'], 3, [2]),
        # A line inside is as wide as a row, but not one: its day is none.
        ([CASE.format(1, '"one'), "C2,t,Lima,PE,published,2019-01-01,soon,a,1,x", 'of a cell"'], 1, []),
        # A row inside may have its blank day where a draft may.
        ([CASE.format(1, '"one'), "C2,t,Lima,PE,Draft,,2019-01-01,a,1,x", 'of a cell"'], 3, [2]),
        ([CASE.format(1, '"one'), "C2,t,Lima,PE,published,,2019-01-01,a,1,x", 'of a cell"'], 1, []),
        # Both ends lie in lines that are rows without the quote.
        ([CASE.format(1, '"one'), CASE.format(2, 'x"')], 2, [2]),
        # A quote inside an unquoted cell, or after a space, is text.
        ([CASE.format(1, 'say "x'), CASE.format(2, ' "x')], 2, []),
        # Doubled quotes end nothing.
        ([CASE.format(1, '"say ""x'), 'and ""y"""', CASE.format(2, '""')], 2, []),
        # A row with a stray quote is nothing else, whatever is wrong with it.
        ([CASE.format("", '"one').replace("published", "n.d."), CASE.format(2, "x")], 2, [2]),
    ],
)
def test_what_makes_a_quote_stray(lines: list[str], read: int, stray: list[int]) -> None:
    rows_read, faults = faults_of_cases(*lines)
    assert [line for line, reason in faults.items() if reason == "stray_quote"] == stray
    tails = sum(reason != "stray_quote" for reason in faults.values())
    assert rows_read == read
    # What is left of a cut cell is a row that cannot be read.
    assert tails == (1 if read == 3 and lines[-1] == 'of a cell"' else 0)


def test_a_stray_quote_in_the_header_refuses_the_file() -> None:
    with pytest.raises(FileRefused, match="a stray quote in the header, line 1"):
        load_file(
            b'title,"published_on,project\nt,2019-01-01,\n', "website/videos.csv", CONTRACTS["videos"],
            Surroundings({}, PSEUDONYMS),
        )  # fmt: skip
