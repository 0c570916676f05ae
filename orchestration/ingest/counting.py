"""Counts the records of a file independently of its reader, from the bytes.

The guard of the row accounts compares both counts, so that a row lost by the reader is noticed. Record
boundaries are found here by the text of rule 41; only the definitions of a whole row and of a section title
are shared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from orchestration.ingest.contracts import Contract
from orchestration.ingest.sections import Sections, sections_of
from orchestration.ingest.splitting import Layout, LayoutOf
from orchestration.ingest.text import as_utf_8

_LINE_END = re.compile(rb"\r\n?|\n")


def count_records(content: bytes, source_file: str, contract: Contract, layout_of: LayoutOf) -> int | None:
    """The number of records below the header (in a report, of its data section); None for a workbook."""
    if source_file.endswith(".xlsx"):
        # A sheet says where each row is: none can hide in another.
        return None
    data = as_utf_8(content, source_file, contract)
    if contract.format.kind == "json_array":
        return len(json.loads(data.decode("utf-8", "surrogateescape")))
    return _count(data, contract, layout_of)


def _count(data: bytes, contract: Contract, layout_of: LayoutOf) -> int:
    delimiter, sections = contract.format.delimiter.encode(), sections_of(contract)
    many, one = _many_rows(delimiter), _row_of_several_lines(delimiter)
    # A row has as many delimiters at least.
    least = sum(not column.optional for column in contract.columns) - 1
    at, rows, is_in_rows = 0, 0, sections is None
    layout: Layout | None = None
    while at < len(data):
        if layout is not None and (match := many.match(data, at)):
            rows += match[0].count(b"\n")
            at = match.end()
            continue
        if (
            layout is not None
            and (match := one.match(data, at))
            and _is_safe(match[0], delimiter, least, sections)
        ):
            rows += 1
            at = match.end()
            continue
        cells, at = _next_record(data, at, delimiter, sections, layout)
        title = sections.title(cells) if sections else None
        is_blank = not "".join(cells).strip() and (len(cells) == 1 or sections is not None)
        if title is not None and sections:
            is_in_rows, layout = title == sections.wanted, None
        elif is_in_rows and not is_blank and layout is None:
            while sections and not cells[-1].strip():
                cells.pop()
            layout = layout_of(tuple(cells))
        else:
            rows += is_in_rows and not is_blank
    return rows


def _many_rows(delimiter: bytes) -> re.Pattern[bytes]:
    """Pattern of consecutive lines with several filled cells each and balanced quotes."""
    return re.compile(rb"(?:%b\r?\n)++" % _row(delimiter, rb'[^"\r\n]'))


def _row_of_several_lines(delimiter: bytes) -> re.Pattern[bytes]:
    """Pattern of a record with quoted cells that may hold line ends."""
    return re.compile(rb"%b\r?\n" % _row(delimiter, rb'[^"]'))


def _row(delimiter: bytes, inside: bytes) -> bytes:
    """Pattern of several filled cells with well-formed quotes."""
    d = re.escape(delimiter)
    several = rb"(?=[^\r\n]*?\w[^\r\n%b]*+%b[^\r\n]*?\w)" % (d, d)
    quoted = rb'(?<=[\r\n%b])"(?:%b++|"")*+"(?=[\r\n%b])' % (d, inside, d)
    return rb'%b[^"\r\n]*+(?:%b[^"\r\n]*+)*+' % (several, quoted)


def _is_safe(record: bytes, delimiter: bytes, least: int, sections: Sections | None) -> bool:
    """Whether a record's lines can hold no other row: too few delimiters, no title."""
    first, *inside, last = record.splitlines()
    if sections and any(sections.title(cells) for line in inside if (cells := _split(line, delimiter))):
        return False
    ends = (first.count(delimiter), last.count(delimiter))
    return min(ends) < least and not any(line.count(delimiter) >= least for line in inside)


class _Stray(Exception):
    """The quoted cell at this place is not closed properly."""


def _cells(data: bytes, at: int, delimiter: bytes) -> Iterator[tuple[int, int]]:
    """The start and end of each cell of a record, quotes included; raises _Stray."""
    ends = (delimiter, b"\r", b"\n", b"")
    while True:
        start = at
        if data[at : at + 1] == b'"':
            at = data.find(b'"', at + 1)
            while at >= 0 and data[at + 1 : at + 2] == b'"':
                at = data.find(b'"', at + 2)
            if at < 0 or data[at + 1 : at + 2] not in ends:
                raise _Stray(start)
            at += 1
        else:
            found = data.find(delimiter, at, _line_end(data, at))
            at = found if found >= 0 else _line_end(data, at)
        yield start, at
        if data[at : at + 1] != delimiter:
            return
        at += 1


def _next_record(
    data: bytes, at: int, delimiter: bytes, sections: Sections | None, layout: Layout | None
) -> tuple[list[str], int]:
    """The cells of a record and the place after it. Of one with a stray quote, its line alone, without that quote."""
    cells = []
    end = at
    try:
        for start, end in _cells(data, at, delimiter):
            if _line_end(data, start) < end and _is_swallowing(
                data, start, end - 1, delimiter, sections, layout
            ):
                raise _Stray(start)
            cells.append(_text(data[start:end]))
    except _Stray as stray:
        (quote,) = stray.args
        end = _line_end(data, at)
        line = _line_without(data, quote) if quote < end else data[at:end]
        cells = _split(line, delimiter) or [line.decode("utf-8", "replace")]
    return cells, _next_line(data, end)


def _is_swallowing(
    data: bytes,
    opening: int,
    closing: int,
    delimiter: bytes,
    sections: Sections | None,
    layout: Layout | None,
) -> bool:
    """Whether a line inside a quoted cell is by itself a row or a title, or both its ends are parts of rows."""
    at, last = _next_line(data, _line_end(data, opening)), _line_start(data, closing)
    while at < last:
        cells = _split(data[at : _line_end(data, at)], delimiter)
        if cells and sections and sections.title(cells) is not None:
            return True
        if cells and layout and layout.is_whole_row(cells):
            return True
        at = _next_line(data, _line_end(data, at))
    ends = [_split(_line_without(data, quote), delimiter) for quote in (opening, closing)]
    return layout is not None and all(cells is not None and layout.fits(cells) for cells in ends)


def _split(line: bytes, delimiter: bytes) -> list[str] | None:
    try:
        return [_text(line[start:end]) for start, end in _cells(line, 0, delimiter)]
    except _Stray:
        return None


def _text(cell: bytes) -> str:
    plain = cell[1:-1].replace(b'""', b'"') if cell.startswith(b'"') else cell
    return plain.decode("utf-8", "surrogateescape")


def _line_end(data: bytes, at: int) -> int:
    match = _LINE_END.search(data, at)
    return match.start() if match else len(data)


def _line_start(data: bytes, at: int) -> int:
    return max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1


def _next_line(data: bytes, end: int) -> int:
    match = _LINE_END.match(data, end)
    return match.end() if match else len(data)


def _line_without(data: bytes, quote: int) -> bytes:
    return data[_line_start(data, quote) : quote] + data[quote + 1 : _line_end(data, quote)]
