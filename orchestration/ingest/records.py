"""Bytes of an export as records: cells with the physical line on which each record begins.

Here belong encodings, dialects, sections and line numbers. What a cell means does not: that is
``cells``. Whatever the bytes, the outcome is records or a ``FileRefused``, never a traceback.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple, overload

from orchestration.ingest.contracts import Contract
from orchestration.ingest.faults import FileRefused

csv.field_size_limit(2**31 - 1)

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_ZOOM_SECTION = re.compile(r"^(\w[\w ]* Details|Other Attended)$")
_TEAMS_SECTION = re.compile(r"^\d+\. \w")
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
# A cell with a value in the XML of a sheet; one that only has a format ends at once.
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>")
_MOST_SHEET_BYTES = 1_000_000_000
_MOST_CELLS = 5_000_000
# Most files end with a record that is shorter.
_TAIL = 10_000
# This many undecodable rows, and not one that decodes beyond ASCII, is another encoding, not faults.
_WRONG_ENCODING_ROWS = 5


class Record(NamedTuple):
    """One record: the line where it begins and its cells; ``header`` is the one in force.

    ``is_of_odd_bytes`` says of the whole file whether any of it is no text; most have none, and are not searched.
    """

    line: int
    cells: list[Any]
    header: tuple[str, ...]
    is_of_odd_bytes: bool = True

    @property
    def is_undecodable(self) -> bool:
        """Whether a cell holds bytes that are no text in the declared encoding."""
        return self.is_of_odd_bytes and any(
            type(cell) is str and _SURROGATE.search(cell) for cell in self.cells
        )


class TextRecords(Sequence[Record]):
    """Records of text under one header, each a ``Record`` only when it is looked at: most are read in columns."""

    def __init__(
        self, lines: Sequence[int], rows: Sequence[list[Any]], header: tuple[str, ...], is_of_odd_bytes: bool
    ) -> None:
        self.lines = lines
        self.rows = rows
        self.header = header
        self.is_of_odd_bytes = is_of_odd_bytes

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Record]:
        for line, cells in zip(self.lines, self.rows, strict=True):
            yield Record(line, cells, self.header, self.is_of_odd_bytes)

    @overload
    def __getitem__(self, at: int) -> Record: ...

    @overload
    def __getitem__(self, at: slice) -> TextRecords: ...

    def __getitem__(self, at: int | slice) -> Record | TextRecords:
        if isinstance(at, slice):
            return TextRecords(self.lines[at], self.rows[at], self.header, self.is_of_odd_bytes)
        return Record(self.lines[at], self.rows[at], self.header, self.is_of_odd_bytes)


def read_records(
    content: bytes, source_file: str, contract: Contract
) -> tuple[Sequence[Record], tuple[str, ...]]:
    """The records of a file below its header, blank lines left out; and the last header.

    Raises FileRefused for a file that is not what its contract says as a whole.
    """
    if not content:
        raise FileRefused(source_file, "an empty file", f"the columns of {contract.source}")
    if source_file.endswith(".xlsx"):
        return _read_workbook(content, source_file, contract)
    text, odd = _decode(content, source_file, contract)
    if contract.kind == "json_array":
        return _read_json(text, odd, source_file, contract)
    rows = _split(text, source_file, contract)
    records, header = _SECTIONS[contract.kind](rows, source_file, odd)
    _refuse_another_encoding(records, source_file, contract)
    return records, header


# --- encodings ---------------------------------------------------------------------------------


def _decode(content: bytes, source_file: str, contract: Contract) -> tuple[str, bool]:
    """The text, and whether bytes of it are none in the encoding."""
    bom = next(((mark, name) for mark, name in _BOMS if content.startswith(mark)), None)
    encoding = bom[1] if bom else _encoding_without_bom(content, contract)
    family = "utf-16" if encoding.startswith("utf-16") else encoding
    if family not in contract.encodings:
        raise FileRefused(source_file, f"{family} text", " or ".join(contract.encodings))
    body = content[len(bom[0]) :] if bom else content
    if encoding == "cp1252" and _is_utf_8_beyond_ascii(body):
        raise FileRefused(source_file, "utf-8 text", "cp1252")
    try:
        text, odd = body.decode(encoding), False
    except UnicodeDecodeError:
        text, odd = _decode_leniently(body, encoding), True
    return text.lstrip("\ufeff").replace("\0", ""), odd


def _encoding_without_bom(content: bytes, contract: Contract) -> str:
    head = content[:400]
    if len(head) >= 4 and head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if len(head) >= 4 and head[0::2].count(0) > len(head) // 3:
        return "utf-16-be"
    return "cp1252" if "cp1252" in contract.encodings else "utf-8"


def _is_utf_8_beyond_ascii(body: bytes) -> bool:
    if body.isascii():
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_leniently(body: bytes, encoding: str) -> str:
    """Text in which undecodable bytes stand as lone surrogates, so that one row is at fault alone."""
    if encoding.startswith("utf-16"):
        whole, odd = body[: len(body) // 2 * 2], len(body) % 2
        return whole.decode(encoding, "surrogatepass") + "\udcff" * odd
    return body.decode(encoding, "surrogateescape")


def _refuse_another_encoding(records: Sequence[Record], source_file: str, contract: Contract) -> None:
    if not any(record.is_of_odd_bytes for record in records[:1]):
        return
    undecodable = sum(record.is_undecodable for record in records)
    if undecodable < _WRONG_ENCODING_ROWS:
        return
    readable = any(
        not record.is_undecodable and any(type(cell) is str and not cell.isascii() for cell in record.cells)
        for record in records
    )
    if not readable and undecodable * 10 > len(records):
        found = f"{undecodable} rows that are no such text and none that is"
        raise FileRefused(source_file, found, " or ".join(contract.encodings))


# --- delimited text ----------------------------------------------------------------------------

# Lines on which rows begin, and the rows.
Rows = tuple[list[int], list[list[str]]]
Records = tuple[Sequence[Record], tuple[str, ...]]


def _split(text: str, source_file: str, contract: Contract) -> Rows:
    # newline="" keeps line ends, so that a record's first physical line is known exactly.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=contract.delimiter)
    lines: list[int] = []
    rows: list[list[str]] = []
    begins = 1
    try:
        for cells in reader:
            if len(cells) > 1 or (cells and cells[0].strip()):
                lines.append(begins)
                rows.append(cells)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(source_file, f"text that is no CSV at line {begins}", str(error)) from None
    if rows:
        tail = _last_lines(text, reader.line_num, reader.line_num - lines[-1] + 1)
        _refuse_open_quote(tail, lines[-1], source_file, contract)
    return lines, rows


def _last_lines(text: str, lines: int, last: int) -> list[str]:
    """The last lines of a text that has so many, with their ends."""
    end = list(io.StringIO(text[-_TAIL:], newline=""))
    # The first of them may be a part of a line.
    if len(end) > last:
        return end[-last:]
    return list(islice(io.StringIO(text, newline=""), lines - last, None))


def _refuse_open_quote(tail: list[str], line: int, source_file: str, contract: Contract) -> None:
    """A quote that is never closed swallows all rows after it: the file is cut off or broken."""
    if '"' not in "".join(tail):
        return
    try:
        list(csv.reader(iter(tail), delimiter=contract.delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            found = f"a quoted cell, begun at line {line}, that is never closed"
            raise FileRefused(source_file, found, "a closing quote before the end") from None


def _plain(split: Rows, source_file: str, odd: bool) -> Records:
    lines, rows = split
    if not rows:
        raise FileRefused(source_file, "no header", "a header line")
    header = tuple(rows[0])
    return TextRecords(lines[1:], rows[1:], header, odd), header


def _zoom_sections(split: Rows, source_file: str, odd: bool) -> Records:
    _, rows = split
    if not rows or rows[0][0].strip() != "Attendee Report":
        raise FileRefused(source_file, "another first line", "Zoom's title line, Attendee Report")
    return _section_records(split, source_file, odd, "Attendee Details", _zoom_section)


def _teams_sections(split: Rows, source_file: str, odd: bool) -> Records:
    _, rows = split
    if not rows or not rows[0][0].strip().startswith("1. "):
        raise FileRefused(source_file, "another first line", "the Teams block 1. Summary")
    return _section_records(split, source_file, odd, "Participants", _teams_section)


def _zoom_section(cells: list[str]) -> str | None:
    title = cells[0].strip()
    return title if _ZOOM_SECTION.match(title) else None


def _teams_section(cells: list[str]) -> str | None:
    title = cells[0].strip()
    return title.split(". ", 1)[1].strip() if _TEAMS_SECTION.match(title) else None


def _section_records(
    split: Rows, source_file: str, odd: bool, wanted: str, title_of: Callable[[list[str]], str | None]
) -> Records:
    """The records of one section of a report whose sections stand one under the other."""
    section: str | None = None
    header: tuple[str, ...] = ()
    # One for each time that the section begins; most reports have it once.
    parts: list[tuple[tuple[str, ...], list[int], list[list[str]]]] = []
    for line, cells in zip(*split, strict=True):
        filled = [cell for cell in cells if cell.strip()]
        title = title_of(cells) if len(filled) == 1 else None
        if title is not None:
            section = title
            header = header if section != wanted else ()
        elif section == wanted and filled:
            if header:
                parts[-1][1].append(line)
                parts[-1][2].append(cells)
            else:
                header = _trimmed_header(cells)
                parts.append((header, [], []))
    if not header:
        raise FileRefused(source_file, f"no section {wanted}", "one, with its header")
    blocks = [TextRecords(lines, rows, header_, odd) for header_, lines, rows in parts]
    return blocks[0] if len(blocks) == 1 else [record for block in blocks for record in block], header


def _trimmed_header(cells: list[str]) -> tuple[str, ...]:
    """The header without the empty names that padding leaves at its end."""
    names = list(cells)
    while names and not names[-1].strip():
        names.pop()
    return tuple(names)


_SECTIONS = {
    "delimited": _plain,
    "zoom_report": _zoom_sections,
    "teams_report": _teams_sections,
}


# --- JSON and workbooks ------------------------------------------------------------------------


def _read_json(text: str, odd: bool, source_file: str, contract: Contract) -> Records:
    try:
        elements = json.loads(text)
    except json.JSONDecodeError as error:
        found = f"JSON that breaks at line {error.lineno}: {error.msg}"
        raise FileRefused(source_file, found, "a whole JSON array") from None
    except (RecursionError, ValueError):
        raise FileRefused(source_file, "JSON that cannot be read", "a JSON array") from None
    if not isinstance(elements, list):
        raise FileRefused(source_file, "JSON that is no array", "a JSON array")
    wanted = tuple(column.headers[0] for column in contract.columns)
    objects = [element for element in elements if isinstance(element, dict)]
    keys = dict.fromkeys(chain.from_iterable(objects))
    if elements and not objects:
        raise FileRefused(source_file, "an array without an object", "objects with " + ", ".join(wanted))
    if objects and (missing := [name for name in wanted if name not in keys]):
        found = "no object with the key " + ", ".join(missing)
        raise FileRefused(source_file, found, "objects with " + ", ".join(wanted))
    is_plain = "\\u0000" not in text and len(objects) == len(elements)
    rows = _json_rows(objects, wanted) if is_plain else [_json_cells(each, wanted) for each in elements]
    # JSON can name half a character in plain letters, too.
    records = TextRecords(range(1, len(rows) + 1), rows, wanted, odd or "\\u" in text)
    # The header that is told has the further keys as well: they are reported and not read.
    return records, (*wanted, *(key for key in keys if key not in wanted))


def _json_rows(objects: list[dict[str, Any]], header: tuple[str, ...]) -> list[list[Any]]:
    """The cells of objects, a key at a time; no text of theirs holds a null character."""
    columns = [[element.get(name) for element in objects] for name in header]
    return list(map(list, zip(*map(_json_column, columns), strict=True)))


def _json_column(column: list[Any]) -> list[str]:
    if set(map(type, column)) == {str}:
        return column
    return [each if type(each) is str else _json_cell(each) for each in column]


def _json_cells(element: Any, header: tuple[str, ...]) -> list[Any]:
    # An element that is no object has no cells, which is a fault of its column count.
    return [_json_cell(element.get(name)) for name in header] if isinstance(element, dict) else []


def _json_cell(value: Any) -> str:
    if not isinstance(value, list):
        return _json_text(value)
    try:
        return "|".join(value).replace("\0", "")
    except TypeError:
        return "|".join(map(_json_text, value))


def _json_text(value: Any) -> str:
    """A value that is no list as text; whatever is nested deeper, as it stands in JSON."""
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    text = value if isinstance(value, str) else _dumped(value)
    return text.replace("\0", "")


def _dumped(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "[…]"


def _read_workbook(content: bytes, source_file: str, contract: Contract) -> Records:
    from python_calamine import CalamineWorkbook

    assert contract.workbook is not None
    _refuse_boundless(content, source_file)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if contract.workbook.sheet not in workbook.sheet_names:
            names = ", ".join(workbook.sheet_names)
            raise FileRefused(source_file, f"sheets {names}", f"sheet {contract.workbook.sheet}")
        sheet = workbook.get_sheet_by_name(contract.workbook.sheet)
        rows = sheet.to_python(skip_empty_area=False)
    except FileRefused:
        raise
    except Exception as error:
        raise FileRefused(source_file, f"no readable workbook ({error})", "an XLSX file") from None
    except BaseException as error:
        # A defect of the library's own arrives as an exception beside Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused(source_file, "a workbook that breaks its reader", "an XLSX file") from None
    filled = [(line, row) for line, row in enumerate(rows, start=1) if any(str(c).strip() for c in row)]
    if not filled:
        raise FileRefused(source_file, "an empty sheet", "a header row")
    header = _trimmed_header([str(cell) for cell in filled[0][1]])
    rows_below = filled[1:]
    records = [Record(line, _sheet_cells(row, len(header)), header) for line, row in rows_below]
    return records, header


def _refuse_boundless(content: bytes, source_file: str) -> None:
    """Refuses what is no XLSX file, and one whose cells lie so far out that reading it would fill the memory.

    The reader makes room for the whole rectangle from the first cell to the last.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [each for each in archive.namelist() if _SHEET_PART.match(each)]
            if sum(archive.getinfo(name).file_size for name in names) > _MOST_SHEET_BYTES:
                raise FileRefused(source_file, "sheets of more than a gigabyte", "a ledger")
            extents = [_extent(archive.read(name)) for name in names]
    except FileRefused:
        raise
    except Exception as error:
        # A damaged archive breaks the library that opens it in more ways than it documents.
        raise FileRefused(source_file, f"no readable workbook ({error})", "an XLSX file") from None
    if not names:
        raise FileRefused(source_file, "an archive without a sheet", "an XLSX file")
    rows, columns = max(extents, key=lambda extent: extent[0] * extent[1])
    if rows * columns > _MOST_CELLS:
        found = f"cells as far as row {rows}, column {columns}"
        raise FileRefused(source_file, found, "nothing below or beside the entries")


def _extent(sheet: bytes) -> tuple[int, int]:
    """The last row and the last column of a sheet that hold a value."""
    rows = 0
    columns: set[bytes] = set()
    for match in _CELL.finditer(sheet):
        columns.add(match[1])
        rows = max(rows, int(match[2]))
    return rows, max(map(_column_number, columns), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet_cells(row: list[Any], width: int) -> list[Any]:
    cells = list(row)
    while len(cells) > width and not str(cells[-1]).strip():
        cells.pop()
    return cells + [""] * (width - len(cells))
