"""Splitting bytes into records: encodings, dialects, sections, line numbers, quotes, refusals."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter

from orchestration.ingest import documents
from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.errors import FileRefused, Reason
from tests.support.landing import Record, file_name, split_records

CONTRACTS = load_contracts()
VIDEOS = "title,published_on,project\n"


def records(source: str, content: bytes | str, *, workbook: bool = False) -> list[Record]:
    data = content.encode("utf-8") if isinstance(content, str) else content
    name = file_name(source, workbook=workbook)
    return split_records(data, name, CONTRACTS[source])


def lines_and_cells(source: str, content: bytes | str) -> list[tuple[int, list[Any]]]:
    return [(record.line, record.cells) for record in records(source, content)]


def refusal(source: str, content: bytes | str, *, workbook: bool = False) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        records(source, content, workbook=workbook)
    assert str(caught.value).startswith(file_name(source, workbook=workbook) + ": found ")
    return caught.value


# --- lines and dialects ------------------------------------------------------------------------


def test_a_line_is_the_physical_line_on_which_a_record_begins() -> None:
    text = '\ntitle,published_on,project\n\n"one\ntwo\r\nthree",x,\n\nfour,x,\n,,\n   \n"five","x"," "\n'
    assert lines_and_cells("videos", text) == [
        (4, ["one\ntwo\r\nthree", "x", ""]),
        (8, ["four", "x", ""]),
        (9, ["", "", ""]),
        (11, ["five", "x", " "]),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(end: str) -> None:
    text = end.join(["title,published_on,project", "a,b,c", "", "d,e,f"])
    assert lines_and_cells("videos", text) == [(2, ["a", "b", "c"]), (4, ["d", "e", "f"])]
    assert lines_and_cells("videos", text + end) == lines_and_cells("videos", text)


def test_quotes_delimiters_and_doubled_quotes() -> None:
    text = VIDEOS + '"a ""b"", c",d "e" f,\n'
    assert lines_and_cells("videos", text) == [(2, ['a "b", c', 'd "e" f', ""])]


def test_a_nul_byte_is_removed() -> None:
    assert lines_and_cells("videos", VIDEOS + "a\0b,c\0,\0\n") == [(2, ["ab", "c", ""])]


def test_a_form_is_separated_by_semicolons() -> None:
    head = "Timestamp;Email;First name;Last name;Gender;Organisation;Country;Metropolis;Attended"
    (record,) = records("form_responses", f"\ufeff{head}\n1;2;3;4;5;6, 7;8;9;X\n")
    assert record.cells == ["1", "2", "3", "4", "5", "6, 7", "8", "9", "X"]


# --- encodings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "\ufeff", "\ufeff\ufeff"])
def test_a_byte_order_mark_is_no_part_of_the_header(mark: str) -> None:
    (record,) = records("videos", mark + VIDEOS + "臺北,x,\n")
    assert record.header == ("title", "published_on", "project")
    assert record.cells[0] == "臺北"


def test_the_ledger_is_windows_1252() -> None:
    head = ";".join(column.headers[0] for column in CONTRACTS["ledger"].columns)
    (record,) = records("ledger", (head + "\n1;2;3;4;Malé – €;6;7;8;9;10;11\n").encode("cp1252"))
    assert record.cells[4] == "Malé – €"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("mark", [True, False])
def test_teams_reports_in_every_encoding(encoding: str, mark: bool) -> None:
    text = (
        "1. Summary\r\nMeeting title\tSão Paulo – 臺北\r\n\r\n2. Participants\r\n"
        "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\r\n"
        "Ana 🏙\ta\tb\tc\td\te\tAttendee\r\n\r\n3. In-Meeting Activities\r\nName\tx\r\nAna\ty\r\n"
    )
    marked = "\ufeff" if mark and encoding in ("utf-16-le", "utf-16-be", "utf-8") else ""
    (record,) = records("teams_participants", (marked + text).encode(encoding))
    assert (record.line, record.cells) == (6, ["Ana 🏙", "a", "b", "c", "d", "e", "Attendee"])


def test_an_undecodable_row_is_alone_at_fault() -> None:
    content = VIDEOS.encode() + "Málaga,x,\n".encode() + b"M\xe1laga,x,\n" + b'"a\nb\xff",x,\n' + b"z,x,\n"
    assert [(record.line, record.fault) for record in records("videos", content)] == [
        (2, None),
        (3, Reason.INVALID_UTF8),
        (4, Reason.INVALID_UTF8),
        (6, None),
    ]


def test_half_a_character_at_the_end_of_utf_16_is_undecodable() -> None:
    head = "1. Summary\n2. Participants\nName\tRole\nAna\tAttendee"
    (record,) = records("teams_participants", head.encode("utf-16") + b"\x41")
    assert record.fault is Reason.INVALID_UTF8


def test_a_lone_surrogate_in_json_is_undecodable() -> None:
    element = dict.fromkeys((c.name for c in CONTRACTS["initiatives"].columns), "x")
    text = json.dumps([element, {**element, "title": "\ud800"}])
    assert [record.fault for record in records("initiatives", text)] == [None, Reason.INVALID_UTF8]


@pytest.mark.parametrize(
    ("source", "content", "found"),
    [
        ("videos", (VIDEOS + "a,b,c\n").encode("utf-16"), "utf-16 text"),
        ("videos", (VIDEOS + "a,b,c\n").encode("utf-16-le"), "utf-16 text"),
        ("ledger", "entry_no;counterparty\n1;Malé\n".encode(), "utf-8 text"),
        ("ledger", "\ufeffentry_no;counterparty\n1;x\n".encode(), "utf-8 text"),
        ("ledger", "entry_no;counterparty\n1;x\n".encode("utf-16"), "utf-16 text"),
    ],
)
def test_another_encoding_is_refused(source: str, content: bytes, found: str) -> None:
    assert found in refusal(source, content).found


# --- sections ----------------------------------------------------------------------------------

ZOOM = (
    "Attendee Report\r\nReport Generated:,\"Feb 17, 2019 09:00:00 AM\"\r\nTopic,Webinar ID,Actual Start Time\r\n"
    "Cities,123 456,\"Feb 16, 2019 03:00:00 PM\",and one more\r\nHost Details,\r\nAttended,User Name,Email\r\n"
    "Yes,Host,host@example.org\r\nPanelist Details,\r\nAttended,User Name,Email\r\nYes,P,p@example.org\r\n"
    "Attendee Details,\r\nAttended,User Name (Original Name),Email,,\r\nYes,A,a@example.org,,\r\n,,,,\r\n"
    "\r\nNo,B,b@example.org\r\nOther Attended,\r\nUser Name,Phone\r\n+34 *** 12,Spain\r\n"
)  # fmt: skip


def test_of_a_zoom_report_the_attendees_are_read() -> None:
    assert lines_and_cells("zoom_attendees", ZOOM) == [
        (13, ["Yes", "A", "a@example.org"]),
        (16, ["No", "B", "b@example.org"]),
    ]
    assert records("zoom_attendees", ZOOM)[0].header == ("Attended", "User Name (Original Name)", "Email")


def test_a_section_that_comes_again_has_its_own_header() -> None:
    again = ZOOM + "Attendee Details,\r\nEmail,Attended\r\nc@example.org,Yes\r\n"
    last = records("zoom_attendees", again)[-1]
    assert (last.line, last.header, last.cells) == (22, ("Email", "Attended"), ["c@example.org", "Yes"])


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("zoom_attendees", "Attended,Email\nYes,a@example.org\n", "Zoom's title line"),
        ("zoom_attendees", "Attendee Report\nHost Details,\nEmail\n", "with its header"),
        ("zoom_attendees", "Attendee Report\nAttendee Details,\n", "with its header"),
        ("teams_participants", "Name\tEmail\nAna\ta@example.org\n", "1. Summary"),
        ("teams_participants", "1. Summary\nx\ty\n", "with its header"),
        ("zoom_attendees", "<!DOCTYPE html><title>Sign in</title>\n", "Zoom's title line"),
    ],
)
def test_what_is_not_the_platforms_export_is_refused(source: str, text: str, expected: str) -> None:
    assert expected in refusal(source, text).expected


# --- whole files that are wrong ----------------------------------------------------------------


@pytest.mark.parametrize("source", sorted(CONTRACTS))
def test_an_empty_file_is_refused(source: str) -> None:
    assert refusal(source, b"").found == "an empty file"
    assert refusal(source, b"\n \r\n").found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[{"id": "1", "ti', "JSON that breaks at line 1"),
        ('[\n{"id": 1},\n', "JSON that breaks at line 3"),
        ("{}", "no array"),
        ('{"items": []}', "no array"),
        ("null", "no array"),
        ("[1, 2]", "an array without an object"),
        ('[{"id": "1", "title": "x"}]', "no object with the key city, country, uploaded_at"),
        ("id,title\n1,2\n", "JSON that breaks"),
        ("[" * 100_000, "JSON that"),
        ("[" + "9" * 5000 + "]", "JSON that cannot be read"),
    ],
)
def test_json_that_is_no_whole_array_is_refused(text: str, found: str) -> None:
    assert found in refusal("initiatives", text).found


def test_json_loses_null_characters_and_nothing_else() -> None:
    plain = {column.name: "" for column in CONTRACTS["initiatives"].columns}
    whole = plain | {"title": "a|b", "themes": ["c", 1, None, "d"], "id": 7}
    odd = plain | {"title": "a\0|b", "themes": ["c\0", "\0d"], "id": {"x": "\0"}}
    for elements in ([whole, odd], [odd, whole, "no object"], [whole]):
        at = elements.index(whole)
        read = dict(zip(plain, records("initiatives", json.dumps(elements))[at].cells, strict=True))
        assert (read["title"], read["themes"], read["id"]) == ("a|b", "c|1||d", "7")
    read = dict(zip(plain, records("initiatives", json.dumps([whole, odd]))[1].cells, strict=True))
    assert (read["title"], read["themes"], read["id"]) == ("a|b", "c|d", '{"x": "\\u0000"}')


def test_a_json_line_is_the_position_in_the_array() -> None:
    element = {column.name: None for column in CONTRACTS["initiatives"].columns}
    text = json.dumps([element, 7, {**element, "themes": ["a", None, "b"], "id": 12, "title": "x\0y"}])
    first, second, third = records("initiatives", "\ufeff" + text)
    assert [first.line, second.line, third.line] == [1, 2, 3]
    assert second.fault is Reason.COLUMN_COUNT
    assert dict(zip(third.header, third.cells, strict=True)) | {} == {
        "id": "12", "title": "xy", "city": "", "country": "", "uploaded_at": "", "language": "",
        "themes": "a||b", "status": "",
    }  # fmt: skip


def test_an_empty_json_array_has_no_rows() -> None:
    assert records("initiatives", "[]") == []


# --- workbooks ---------------------------------------------------------------------------------

HEADER = [column.headers[0] for column in CONTRACTS["ledger"].columns]
Fill = Callable[[Any, Any], None]


def workbook(fill: Fill, sheet: str = "Ledger") -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet(sheet)
    page.write_row(0, 0, HEADER)
    fill(book, page)
    book.close()
    return buffer.getvalue()


def test_a_workbook_has_typed_cells_at_the_rows_of_the_sheet() -> None:
    def fill(book: Any, page: Any) -> None:
        page.write_row(2, 0, [17.0, None, "invoice"])
        page.write_datetime(2, 1, datetime(2019, 3, 4), book.add_format({"num_format": "dd/mm/yyyy"}))
        page.write_number(2, 7, 1234.56)
        page.write_blank(2, 20, None, book.add_format({"bold": True}))

    (record,) = records("ledger", workbook(fill), workbook=True)
    assert record.line == 3
    assert len(record.cells) == len(HEADER)
    assert record.cells[:3] == [17.0, datetime(2019, 3, 4).date(), "invoice"]
    assert record.cells[7] == 1234.56


def test_a_workbook_without_the_sheet_is_refused() -> None:
    error = refusal("ledger", workbook(lambda book, page: None, sheet="Sheet1"), workbook=True)
    assert (error.found, error.expected) == ("sheets Sheet1", "sheet Ledger")


def test_a_stray_cell_far_out_is_refused_before_it_fills_the_memory() -> None:
    far = workbook(lambda book, page: page.write(1_048_575, 16_383, "x"))
    assert refusal("ledger", far, workbook=True).found == "cells as far as row 1048576, column 16384"


def test_a_format_far_out_is_no_cell() -> None:
    def fill(book: Any, page: Any) -> None:
        page.write_row(1, 0, ["1"])
        page.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    assert len(records("ledger", workbook(fill), workbook=True)) == 1


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"entry_no;posting_date\n1;2\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
        workbook(lambda book, page: None)[:-400],
        workbook(lambda book, page: None)[:200],
        archive(readme=b"x"),
        archive(**{"xl__worksheets__sheet1.xml": b"<worksheet/>"}),
        struct.pack("<I", 0x04034B50) + b"\xff" * 60,
    ],
    ids=["text", "old format", "cut short", "cut off", "no sheet", "no types", "broken archive"],
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    assert refusal("ledger", content, workbook=True).expected == "an XLSX file"


def changed(content: bytes, change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """A workbook with other parts."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as whole,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in whole.namelist():
            packed.writestr(*change(name, whole.read(name)))
    return buffer.getvalue()


def one_entry(book: Any, page: Any) -> None:
    page.write_row(1, 0, ["1", "x", "invoice"])


@pytest.mark.parametrize("reference", [b"a2", b"A 2", b" A2", b"A0", b"2A", b"", b"AAAA2", b"A99999999"])
def test_cell_references_that_no_spreadsheet_writes_are_refused(reference: bytes) -> None:
    content = changed(
        workbook(one_entry), lambda name, part: (name, part.replace(b'r="A2"', b'r="' + reference + b'"'))
    )
    assert "a cell with the reference" in refusal("ledger", content, workbook=True).found


def test_a_sheet_outside_the_usual_folder_is_read_or_refused() -> None:
    def moved(name: str, part: bytes) -> tuple[str, bytes]:
        return name.replace("worksheets", "elsewhere"), part.replace(b"worksheets/", b"elsewhere/")

    assert [
        record.cells[:3] for record in records("ledger", changed(workbook(one_entry), moved), workbook=True)
    ] == [["1", "x", "invoice"]]
    lost = changed(workbook(one_entry), lambda name, part: (name.replace("worksheets", "elsewhere"), part))
    assert refusal("ledger", lost, workbook=True).found


def test_an_archive_that_unpacks_to_gigabytes_is_refused() -> None:
    def bomb(name: str, part: bytes) -> tuple[str, bytes]:
        return name, part + b" " * 600_000_000 if name.endswith("sheet1.xml") else part

    assert "half a gigabyte" in refusal("ledger", changed(workbook(one_entry), bomb), workbook=True).found


def test_a_process_that_ends_while_it_reads_a_workbook_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SHEET_PROGRAM", "import os; os.abort()")
    content = workbook(one_entry)
    assert refusal("ledger", content, workbook=True).found == "a workbook that breaks its reader"
