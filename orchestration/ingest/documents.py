"""JSON arrays and workbooks as columns of cells."""

from __future__ import annotations

import io
import json
import pickle
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.ingest.contracts import Contract
from orchestration.ingest.diagnosis import kind_of_bytes
from orchestration.ingest.errors import FileRefused, Reason
from orchestration.ingest.splitting import SURROGATE, Block, LayoutOf, Split

# A cell with a value in the XML of a sheet; one that only has a format ends at once.
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)(?<!/)>")
_REFERENCE = re.compile(rb"\br=[\"']([^\"']*)[\"']")
_PLACE = re.compile(rb"([A-Z]{1,3})([1-9]\d{0,6})")
_MOST_BYTES = 500_000_000
_MOST_CELLS = 5_000_000
_SECONDS = 300
SHEET_PROGRAM = Path(__file__).with_name("sheet.py").read_text(encoding="utf-8")


# --- JSON ----------------------------------------------------------------------------------------


def split_json(data: bytes, source_file: str, contract: Contract, layout_of: LayoutOf) -> Split:
    """Splits a JSON array of objects into columns; line numbers are positions from 1."""
    elements = _elements(data, source_file)
    wanted = tuple(column.headers[0] for column in contract.columns)
    objects = [element for element in elements if isinstance(element, dict)]
    keys = dict.fromkeys(chain.from_iterable(objects))
    expected = "objects with " + ", ".join(wanted)
    if elements and not objects:
        raise FileRefused(source_file, "an array without an object", expected)
    if objects and (missing := [name for name in wanted if name not in keys]):
        raise FileRefused(source_file, "no object with the key " + ", ".join(missing), expected)
    # Further keys are reported and not read.
    header = (*wanted, *(key for key in keys if key not in wanted))
    layout = layout_of(header)
    columns = {at: [_json_cell(each, header[at]) for each in elements] for at in layout.positions}
    faults: dict[int, tuple[Reason, str]] = {}
    for row, element in enumerate(elements):
        if not isinstance(element, dict):
            faults[row] = (Reason.COLUMN_COUNT, f"The row has 0 cells, the header {len(wanted)}")
        elif any(SURROGATE.search(_json_cell(element, name)) for name in wanted):
            faults[row] = (Reason.INVALID_UTF8, "The row holds bytes that are no text")
    texts = {at: pa.array([_shown(cell) for cell in cells], pa.string()) for at, cells in columns.items()}
    return Split([Block(header, np.arange(1, len(elements) + 1), dict(texts), faults)])


def _elements(data: bytes, source_file: str) -> list[Any]:
    try:
        elements = json.loads(data.decode("utf-8", "surrogateescape"))
    except json.JSONDecodeError as error:
        found = f"JSON that breaks at line {error.lineno}: {error.msg}"
        raise FileRefused(source_file, found, "a whole JSON array") from None
    except (RecursionError, ValueError):
        raise FileRefused(source_file, "JSON that cannot be read", "a JSON array") from None
    if not isinstance(elements, list):
        raise FileRefused(source_file, "JSON that is no array", "a JSON array")
    return elements


def _json_cell(element: Any, name: str) -> str:
    value = element.get(name) if isinstance(element, dict) else None
    return "|".join(map(_json_text, value)) if isinstance(value, list) else _json_text(value)


def _json_text(value: Any) -> str:
    """A scalar as text; nested values as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\0", "")
    try:
        return json.dumps(value, ensure_ascii=False).replace("\0", "")
    except RecursionError:
        return "[…]"


def _shown(cell: str) -> str:
    return cell.encode("utf-8", "replace").decode("utf-8")


# --- workbooks -----------------------------------------------------------------------------------


def split_workbook(content: bytes, source_file: str, contract: Contract, layout_of: LayoutOf) -> Split:
    """Splits the contract's sheet into columns of typed cells; line numbers are sheet rows."""
    assert contract.format.workbook is not None
    _refuse_odd_parts(content, source_file)
    rows = read_sheet(content, source_file, contract.format.workbook.sheet)
    filled = [(line, row) for line, row in enumerate(rows, start=1) if any(str(cell).strip() for cell in row)]
    if not filled:
        raise FileRefused(source_file, "an empty sheet", "a header row")
    names = [str(cell) for cell in filled[0][1]]
    while not names[-1].strip():
        names.pop()
    header = tuple(names)
    layout = layout_of(header)
    faults = {}
    for number, (_, row) in enumerate(filled[1:]):
        if any(str(cell).strip() for cell in row[len(header) :]):
            count = max(at + 1 for at, cell in enumerate(row) if str(cell).strip())
            faults[number] = (Reason.COLUMN_COUNT, f"The row has {count} cells, the header {len(header)}")
    columns: dict[int, Any] = {
        at: [row[at] if at < len(row) else "" for _, row in filled[1:]] for at in layout.positions
    }
    lines = np.asarray([line for line, _ in filled[1:]], dtype=np.int64)
    return Split([Block(header, lines, columns, faults)])


def _refuse_odd_parts(content: bytes, source_file: str) -> None:
    """Refuses files that are no XLSX, and those that would exhaust memory or break the reader.

    The reader makes room for the whole rectangle from the first cell to the last.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
                raise FileRefused(source_file, "parts of more than half a gigabyte when unpacked", "a ledger")
            rows = columns = sheets = 0
            for part in archive.namelist():
                content_of_part = archive.read(part)
                # Sheets may lie in any folder of the archive.
                sheets += b"sheetData" in content_of_part
                for row, column in _places(content_of_part, source_file):
                    rows, columns = max(rows, row), max(columns, column)
    except FileRefused:
        raise
    except Exception as error:
        # A damaged archive breaks the library that opens it in more ways than it documents.
        kind = None if content.startswith(b"PK") else kind_of_bytes(content)
        found = kind or f"no readable workbook ({error})"
        raise FileRefused(source_file, found, "an XLSX file") from None
    if not sheets:
        raise FileRefused(source_file, "an archive without a sheet", "an XLSX file")
    if rows * columns > _MOST_CELLS:
        found = f"cells as far as row {rows}, column {columns}"
        raise FileRefused(source_file, found, "nothing below or beside the entries")


def _places(sheet: bytes, source_file: str) -> Iterator[tuple[int, int]]:
    """Row and column of every cell with a value."""
    for match in _CELL.finditer(sheet):
        reference = _REFERENCE.search(match[1])
        place = _PLACE.fullmatch(reference[1]) if reference else None
        if reference and not place:
            found = f'a cell with the reference "{reference[1][:20].decode("utf-8", "replace")}"'
            raise FileRefused(source_file, found, "references as A1, such as Excel writes")
        if place:
            yield int(place[2]), _column_number(place[1])


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def read_sheet(content: bytes, source_file: str, sheet: str) -> Sequence[Sequence[Any]]:
    """Reads a sheet's rows in a subprocess, since the library can abort its process.

    Raises FileRefused for a workbook that cannot be read or has no such sheet.
    """
    command = [sys.executable, "-I", "-c", SHEET_PROGRAM, sheet]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise FileRefused(source_file, "a workbook that takes minutes to read", "a ledger") from None
    if done.returncode:
        raise FileRefused(source_file, "a workbook that breaks its reader", "an XLSX file")
    answer = pickle.loads(done.stdout)
    if "error" in answer:
        raise FileRefused(source_file, answer["error"], answer["expected"])
    rows: list[list[Any]] = answer["rows"]
    return rows
