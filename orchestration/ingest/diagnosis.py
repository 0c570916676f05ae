"""What a file that is not what its contract says is instead, in words for the person who has to mend it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from itertools import islice

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
    ({"full name", "user action", "timestamp"}, "Teams' attendance list of 2020 and 2021, not the attendance report"),
    ({"name (original name)", "duration (minutes)"}, "Zoom's participant list, not the Attendee Report"),
    ({"name (original name)", "total duration (minutes)"}, "Zoom's participant list, not the Attendee Report"),
    ({"user name (original name)", "question details"}, "Zoom's Q&A report, not the Attendee Report"),
    ({"order id", "attendee email"}, "Eventbrite's newer attendee report, not the Attendees export"),
    ({"timestamp", "email address"}, "answers of Google Forms, not of the own form"),
)
_ZOOM_REPORTS = re.compile(r"(Registration|Performance|Q&A|Poll|Survey|Panelist) Report", re.IGNORECASE)
# What a header does not hold, and the row of a person does.
_OF_A_ROW = re.compile(r"@|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{5}")
_TITLE_OF_TEAMS = re.compile(r"\d+\. \w")
_FIRST_CELLS = 6
_LONGEST_CELL = 40
_HEAD_BYTES = 200_000
# What offices save text in, beside Unicode.
_OFFICE_ENCODINGS = ["cp1252", "mac_roman", "cp850", "cp1251"]


def describe(data: bytes, contract: Contract) -> str:
    """What was found in a file that has not what it should have: its kind, delimiter, sections and first cells."""
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    text = data[:_HEAD_BYTES].decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return "no line with text"
    if re.match(r"\s*<(!doctype html|html)", text, re.IGNORECASE):
        return "a web page, perhaps the sign-in page of the platform"
    if re.match(r'"?sep=', lines[0].strip(), re.IGNORECASE):
        return f"Excel's line {lines[0].strip()[:8]} before the header"
    delimiter = _delimiter(lines, contract.delimiter)
    rows = _rows(lines, delimiter)
    said = [_first_cells(rows), *_other_report(rows)]
    if contract.kind in ("zoom_report", "teams_report") and (titles := list(_titles(rows))):
        said.append("the sections " + ", ".join(titles))
    if delimiter != contract.delimiter:
        said.append(f"cells separated by {_DELIMITERS[delimiter]}, where {_DELIMITERS[contract.delimiter]} are expected")
    return "; ".join(said)


def describe_header(header: Sequence[str], contract: Contract) -> list[str]:
    """What can be told of a header that lacks columns: its cells, another report's name, another delimiter."""
    rows = [list(header)]
    joined = contract.delimiter.join(header)
    delimiter = _delimiter([joined], contract.delimiter)
    said = [_first_cells(rows), *_other_report(rows if delimiter == contract.delimiter else [joined.split(delimiter)])]
    if delimiter != contract.delimiter:
        said.append(f"cells separated by {_DELIMITERS[delimiter]}, where {_DELIMITERS[contract.delimiter]} are expected")
    return said


def name_encoding(data: bytes) -> str:
    """The encoding that bytes are most likely in, by its usual name."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_HEAD_BYTES], cp_isolation=_OFFICE_ENCODINGS).best()
    name = best.encoding if best else "unknown"
    return {"cp1252": "Windows-1252", "mac_roman": "Mac Roman"}.get(name, name)


def _delimiter(lines: Sequence[str], usual: str) -> str:
    """What separates cells: the usual delimiter, unless another one stands more often in the longest of the lines."""
    counts = {each: max(line.count(each) for line in lines[:50]) for each in _DELIMITERS}
    other = max(counts, key=lambda each: counts[each])
    return other if counts[other] > 2 * counts[usual] and counts[other] > 1 else usual


def _rows(lines: Iterable[str], delimiter: str) -> list[list[str]]:
    return [next(csv.reader([line], delimiter=delimiter)) for line in islice(lines, 2_000)]


def _first_cells(rows: Sequence[Sequence[str]]) -> str:
    cells = [cell.strip() for cell in rows[0] if cell.strip()]
    if any(_OF_A_ROW.search(cell) for cell in cells):
        # Whose row it is does not leave the file.
        return "a first line that looks like a row, not like a header"
    shown = [" ".join(cell.split())[:_LONGEST_CELL] for cell in cells[:_FIRST_CELLS]]
    return "the first line " + ", ".join(shown) + (", …" if len(cells) > _FIRST_CELLS else "")


def _other_report(rows: Sequence[Sequence[str]]) -> list[str]:
    if match := _ZOOM_REPORTS.fullmatch(rows[0][0].strip() if rows[0] else ""):
        return [f"Zoom's {match[0]}, not the Attendee Report"]
    for row in rows[:20]:
        cells = {cell.strip().casefold() for cell in row}
        for headers, name in _OTHER_REPORTS:
            if headers <= cells:
                return [f"this is {name}"]
    return []


def _titles(rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """Records of one filled cell that can be titles; of a person they would hold more."""
    for row in rows:
        filled = [cell.strip() for cell in row if cell.strip()]
        is_title = len(filled) == 1 and row[0].strip() and not _OF_A_ROW.search(filled[0])
        if is_title and (_TITLE_OF_TEAMS.match(filled[0]) or filled[0].endswith(("Details", "Attended", "Report"))):
            yield filled[0][:_LONGEST_CELL]
