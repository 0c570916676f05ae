"""Readers under arbitrary input: a file is refused by name, or every one of its rows is accounted for.

Here belongs what holds of every reader and any bytes. What a certain export is read as belongs in
``tests/unit``.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.ingest import bulk
from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.faults import FileRefused
from orchestration.ingest.loading import LoadedFile
from tests.property.strategies import BOUNDED, SOURCES, cells, sections, tables, written
from tests.support.landing import Known, file_name, load, rows_of

CONTRACTS = load_contracts()
DELIMITED = [name for name in SOURCES if CONTRACTS[name].kind != "json_array"]
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
    source = data.draw(st.sampled_from([name for name in DELIMITED if CONTRACTS[name].kind == "delimited"]))
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


# --- in columns and row by row ------------------------------------------------------------------

ZOOM = CONTRACTS["zoom_attendees"]
ZOOM_GOOD = {
    "Attended": ["Yes", "No", "yes "],
    "Email": ["a@example.org", " B@EXAMPLE.ORG", "ç@example.org", "", "\x1c"],
    "Registration Time": ["Feb 16, 2019 03:52:10 PM", "Feb 16, 2019 15:52:10", "02/16/2019 03:52:10 PM",
                          "Feb 30, 2019 03:52:10 PM", "Feb 16, 2019 3:52:10 AM",
                          "Feb 16, 2019(15:52:10", "02/16/2019T03:52:10 PM", "Feb 16, 2019  15:52:10"],
    "Approval Status": ["approved", "Denied", "cancelled", "pending"],
    "Join Time": ["--", "", "Feb 16, 2019 03:52:10 PM", "02/17/2019 12:00:00 AM", "Feb 16, 2019 03:52:10 ＰＭ",
                  "\u00a0Feb 16, 2019 03:52:10 PM", "févr. 16, 2019 03:52:10 PM", "PM", " 03:52:10 PM", "x" * 70],
    "Leave Time": ["--", "Feb 16, 2019 13:52:10 PM", "Dec 31, 2019 23:59:59"],
    "Time in Session (minutes)": ["--", "12", "", "ten"],
    "Gender": ["", "Mujer", "N/A", "w"],
    "Country/Region": ["", "ES", "Spain", "Narnia"],
    "Which metropolis do you represent?": ["", "Barcelona", "臺北", 'a "b", c', "x\ny", "me@example.org"],
}  # fmt: skip


@st.composite
def zoom_reports(draw: st.DrawFn) -> bytes:
    """A Zoom report as it is, a little worse, or much worse."""
    header = draw(st.permutations([column.headers[0] for column in ZOOM.columns]))
    worse = draw(st.booleans())

    def row() -> list[str]:
        plain = [draw(st.sampled_from(ZOOM_GOOD.get(name, ["x"]))) for name in header]
        if not worse:
            return plain
        kind = draw(st.integers(0, 7))
        if kind == 0:
            return [draw(cells) for _ in header]
        if kind == 1:
            return plain[: draw(st.integers(0, len(plain)))]
        if kind == 2:
            return [""] * draw(st.integers(0, 3))
        return [draw(st.sampled_from(["Other Attended", "Host Details"]))] if kind == 3 else plain

    rows = [row() for _ in range(draw(st.integers(0, 5)))]
    padding = [""] * draw(st.integers(0, 2))
    lines = sections(ZOOM, list(header), [[*each, *padding] for each in rows])
    if draw(st.booleans()):
        lines = lines[:-3]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=draw(st.sampled_from(["\n", "\r\n"]))).writerows(lines)
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return mark + buffer.getvalue().encode("utf-8", "surrogateescape")


@BOUNDED
@given(content=zoom_reports())
def test_columns_and_rows_read_the_same(content: bytes) -> None:
    surroundings = Known().surroundings("zoom")
    name = file_name("zoom_attendees")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "BULK_BYTES", 0)
        in_columns = bulk.load_in_bulk(content, name, ZOOM, surroundings)
    if in_columns is None:
        return
    in_rows = load("zoom_attendees", content)
    assert in_columns.rows_read == in_rows.rows_read
    assert in_columns.quarantined == in_rows.quarantined
    assert in_columns.findings == in_rows.findings
    assert rows_of(in_columns, "zoom_attendees") == rows_of(in_rows, "zoom_attendees")


def check_in_columns(content: bytes) -> LoadedFile | None:
    """A report as read in columns, where it is, which is as it is read row by row."""
    name = file_name("zoom_attendees")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "BULK_BYTES", 0)
        in_columns = bulk.load_in_bulk(content, name, ZOOM, Known().surroundings("zoom"))
    if in_columns is not None:
        in_rows = load("zoom_attendees", content)
        assert in_columns.quarantined == in_rows.quarantined
        expected = in_rows.tables["zoom_attendees"]
        assert in_columns.tables["zoom_attendees"].cast(expected.schema).equals(expected)
    return in_columns


def test_each_odd_answer_is_read_the_same_in_columns() -> None:
    header = [column.headers[0] for column in ZOOM.columns]
    good = {name: ZOOM_GOOD.get(name, ["x"])[0] for name in header}
    rows = [list((good | {name: odd}).values()) for name, answers in ZOOM_GOOD.items() for odd in answers]
    loaded = check_in_columns(written(sections(ZOOM, header, rows), ZOOM, "\n", quote_all=False))
    assert loaded is not None
    assert 0 < len(loaded.quarantined) < loaded.rows_loaded


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "odd",
    ["Host Details", "Other Attended", "Attendee Details", " Host Details ", "", "Other Attended,x", "Panelist Details,x",
     'A "word", yes', '"Attendee Details"', "x\rHost Details"],
)  # fmt: skip
def test_a_title_among_the_rows_is_a_title_in_columns(odd: str, first: bool) -> None:
    header = [column.headers[0] for column in ZOOM.columns]
    names = list(header)
    if not first:
        names = [*header[1:], header[0]]
    row = ",".join(f'"{ZOOM_GOOD.get(name, ["x"])[0]}"' for name in names)
    for padding in range(len(header) + 2):
        lines = [
            *map(",".join, sections(ZOOM, names, [])[:5]),
            ",".join(names),
            row,
            odd + "," * padding,
            row,
            row,
        ]
        for end in ("\n", "\r\n"):
            check_in_columns((end.join(lines) + end).encode())


QUOTED = ["x", 'a"', '"b', 'a "b" c', '"a"b', '"a" ', '"a ""b"" c"', '"x\ny"', '"x\n\ny"', '""']


@BOUNDED
@given(cells=st.lists(st.sampled_from(QUOTED), min_size=1, max_size=6), blank=st.integers(0, 6))
@example(cells=['a"', '"x\ny"', 'a"'], blank=6)
@example(cells=['a"', '"x\ny"', 'a"', "x"], blank=0)
def test_quotes_anywhere_are_read_the_same_in_columns(cells: list[str], blank: int) -> None:
    header = [column.headers[0] for column in ZOOM.columns]
    good = {name: ZOOM_GOOD.get(name, ["x"])[0] for name in header}
    place = ZOOM.column("place").headers[0]
    rows = [",".join((good | {place: cell}).values()) for cell in cells]
    # A blank line somewhere: lines and rows are then told apart by quotes alone.
    rows.insert(min(blank, len(rows)), "")
    lines = [*map(",".join, sections(ZOOM, header, [])[:5]), ",".join(header), *rows]
    check_in_columns(("\n".join(lines) + "\n").encode())


def test_most_plain_reports_are_read_in_columns() -> None:
    rows = [[ZOOM_GOOD.get(column.headers[0], ["x"])[0] for column in ZOOM.columns]] * 3
    header = [column.headers[0] for column in ZOOM.columns]
    content = written(sections(ZOOM, header, rows), ZOOM, "\r\n", quote_all=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "BULK_BYTES", 0)
        loaded = bulk.load_in_bulk(content, "x.csv", ZOOM, Known().surroundings("zoom"))
    assert loaded is not None
    assert loaded.rows_loaded == 3
