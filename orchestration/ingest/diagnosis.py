"""Describes what a file is instead of what its contract expects: format, encoding, delimiter, header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence

from orchestration.ingest.contracts import Contract

_SIGNATURES = (
    (b"PK\x03\x04", "an Excel workbook or another archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text of a word processor"),
)
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# Other reports of the platforms, by headers that no other has.
_OTHER_REPORTS = (
    (
        {"full name", "user action", "timestamp"},
        "this is Teams' attendance list of 2020 and 2021, not the attendance report",
    ),
    (
        {"name (original name)", "duration (minutes)"},
        "this is Zoom's participant list, not the Attendee Report",
    ),
    (
        {"name (original name)", "total duration (minutes)"},
        "this is Zoom's participant list, not the Attendee Report",
    ),
    ({"user name (original name)", "question details"}, "this is Zoom's Q&A report, not the Attendee Report"),
    ({"order id", "attendee email"}, "this is Eventbrite's newer attendee report, not the Attendees export"),
    ({"timestamp", "email address"}, "these are answers of Google Forms, not of the own form"),
)
_ZOOM_REPORTS = re.compile(r"(Registration|Performance|Q&A|Poll|Survey|Panelist) Report", re.IGNORECASE)
# What a header does not hold, and the row of a person does.
_OF_A_ROW = re.compile(r"@|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{5}")
_TITLE = re.compile(r"\d+\. \w|.*(Details|Attended|Report)$")
_FIRST_CELLS = 6
_LONGEST_CELL = 40
_HEAD_BYTES = 200_000
_MOST_LINES = 2_000
# What offices save text in, beside Unicode.
_OFFICE_ENCODINGS = ["cp1252", "mac_roman", "cp850", "cp1251"]


def kind_of_bytes(content: bytes) -> str | None:
    """The kind of a binary file (PDF, XLSX, ...); None for what may be text."""
    return next((name for signature, name in _SIGNATURES if content.startswith(signature)), None)


def describe(data: bytes, contract: Contract) -> str:
    """Describes an unexpected text file: first cells, sections, delimiter."""
    text = data[:_HEAD_BYTES].decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return "no line with text"
    if re.match(r"\s*<(!doctype html|html)", text, re.IGNORECASE):
        return "a web page, perhaps the sign-in page of the platform"
    delimiter = _delimiter(lines, contract.format.delimiter)
    rows = [next(csv.reader([line], delimiter=delimiter)) for line in lines[:_MOST_LINES]]
    said = [_first_cells(rows[0]), *_other_report(rows)]
    return "; ".join([*said, *_sections(rows, contract), *_other_delimiter(delimiter, contract)])


def describe_header(header: Sequence[str], data: bytes, contract: Contract) -> str:
    """Describes a header that lacks columns, and its file."""
    delimiter = _delimiter([contract.format.delimiter.join(header)], contract.format.delimiter)
    cells = (
        list(header)
        if delimiter == contract.format.delimiter
        else contract.format.delimiter.join(header).split(delimiter)
    )
    lines = data[:_HEAD_BYTES].decode("utf-8", "replace").splitlines()
    rows = [line.split(delimiter) for line in lines[:_MOST_LINES]]
    said = [_first_cells(cells), *_other_report([cells])]
    return "; ".join([*said, *_sections(rows, contract), *_other_delimiter(delimiter, contract)])


def name_encoding(data: bytes) -> str:
    """The most likely encoding of bytes, by its usual name."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_HEAD_BYTES], cp_isolation=_OFFICE_ENCODINGS).best()
    name = best.encoding if best else "unknown"
    return {"cp1252": "Windows-1252", "mac_roman": "Mac Roman"}.get(name, name)


def _delimiter(lines: Sequence[str], usual: str) -> str:
    """The delimiter: the expected one, unless another is more frequent in the longest line."""
    counts = {each: max(line.count(each) for line in lines[:50]) for each in _DELIMITERS}
    other = max(counts, key=lambda each: counts[each])
    return other if counts[other] > 2 * counts[usual] else usual


def _first_cells(row: Sequence[str]) -> str:
    cells = [" ".join(cell.split()) for cell in row if cell.strip()]
    if cells and re.match(r"sep=", cells[0], re.IGNORECASE):
        return f"Excel's line {cells[0][:5]} before the header"
    if any(_OF_A_ROW.search(cell) for cell in cells):
        # Whose row it is does not leave the file.
        return "a first line that looks like a row, not like a header"
    shown = [cell[:_LONGEST_CELL] for cell in cells[:_FIRST_CELLS]]
    return "the first cells " + ", ".join(shown) + (", …" if len(cells) > _FIRST_CELLS else "")


def _other_report(rows: Sequence[Sequence[str]]) -> list[str]:
    if match := _ZOOM_REPORTS.fullmatch(rows[0][0].strip() if rows[0] else ""):
        return [f"this is Zoom's {match[0]}, not the Attendee Report"]
    for row in rows[:20]:
        cells = {cell.strip().casefold() for cell in row}
        for headers, name in _OTHER_REPORTS:
            if headers <= cells:
                return [name]
    return []


def _other_delimiter(delimiter: str, contract: Contract) -> list[str]:
    if delimiter == contract.format.delimiter:
        return []
    return [
        f"cells separated by {_DELIMITERS[delimiter]}, where {_DELIMITERS[contract.format.delimiter]} are expected"
    ]


def _sections(rows: Iterable[Sequence[str]], contract: Contract) -> list[str]:
    """Section titles: records with exactly one filled cell."""
    if contract.format.kind not in ("zoom_report", "teams_report"):
        return []
    titles = []
    for row in rows:
        filled = [cell.strip() for cell in row if cell.strip()]
        is_one = len(filled) == 1 and row[0].strip() and not _OF_A_ROW.search(filled[0])
        if is_one and _TITLE.match(filled[0]):
            titles.append(filled[0][:_LONGEST_CELL])
    return ["the sections " + ", ".join(titles)] if titles else []
