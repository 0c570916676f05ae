"""Exports as editable records with their physical lines; unchanged records keep their bytes."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped, unused-ignore]

from tests.support import ledger
from tests.support.contributions import write_json
from tests.support.tables import MARKS, line

ZOOM_SECTIONS = ("Host Details", "Panelist Details", "Attendee Details", "Other Attended")


@dataclass(eq=False)
class Record:
    """One record; ``raw`` is its text with the line end, quotes and all."""

    raw: str
    cells: list[str]
    is_row: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.raw.strip("\r\n")

    @property
    def is_undecodable(self) -> bool:
        return any("\udc80" <= letter <= "\udcff" for letter in self.raw)


@dataclass
class Document:
    """A file: its records in order, the header of its rows, and how to write it."""

    path: Path
    source_file: str
    header: list[str]
    records: list[Record]

    def rows(self) -> Iterator[Record]:
        return (record for record in self.records if record.is_row)

    def lines(self) -> Iterator[tuple[int, Record]]:
        """Each record with the number that a report gives it."""
        return enumerate(self.records, start=1)

    def edit(self, record: Record, cells: list[str]) -> None:
        record.cells = cells

    def insert_before(self, record: Record, new: Record) -> None:
        self.records.insert(self.records.index(record), new)

    def insert_after(self, record: Record, new: Record) -> None:
        self.records.insert(self.records.index(record) + 1, new)

    def save(self) -> None:
        raise NotImplementedError


@dataclass
class TextDocument(Document):
    """Delimited text; undecodable bytes of UTF-8 are kept as lone surrogates."""

    mark: bytes = b""
    encoding: str = "utf-8"
    delimiter: str = ","

    def lines(self) -> Iterator[tuple[int, Record]]:
        number = 1
        for record in self.records:
            yield number, record
            number += record.raw.count("\n")

    def edit(self, record: Record, cells: list[str]) -> None:
        end = "\r\n" if record.raw.endswith("\r\n") else "\n"
        record.cells = cells
        record.raw = line(cells, self.delimiter, "\n").removesuffix("\n") + end

    def text(self) -> str:
        return "".join(record.raw for record in self.records)

    def save(self) -> None:
        errors = "surrogateescape" if self.encoding == "utf-8" else "strict"
        self.path.write_bytes(self.mark + self.text().encode(self.encoding, errors))


@dataclass
class JsonDocument(Document):
    """A JSON array; a record's cells are the texts of its values in the contract's order."""

    values: dict[int, dict[str, Any]] = field(default_factory=dict)

    def edit(self, record: Record, cells: list[str]) -> None:
        entry = self.values[id(record)]
        for name, old, new in zip(self.header, record.cells, cells, strict=True):
            if new != old:
                entry[name] = new if new or isinstance(entry.get(name), str) else None
        record.cells = cells

    def save(self) -> None:
        write_json(self.path, [self.values[id(record)] for record in self.records])


@dataclass
class WorkbookDocument(Document):
    """The ledger's workbook, its cells as the texts of the CSV form."""

    year: int = 0

    def save(self) -> None:
        rows = [record.cells if any(record.cells) else None for record in self.records[1:]]
        self.path.write_bytes(ledger.workbook_bytes(rows, self.year))


def split_records(text: str, delimiter: str) -> list[Record]:
    """The records of a text; line ends inside quotes do not end one."""
    records = []
    pending = ""
    for piece in io.StringIO(text, "\n"):
        pending += piece
        if pending.count('"') % 2 == 0:
            records.append(Record(pending, parse(pending, delimiter)))
            pending = ""
    if pending:
        records.append(Record(pending, parse(pending, delimiter)))
    return records


def parse(raw: str, delimiter: str) -> list[str]:
    """The cells of one record, its NULs removed; none for a blank line."""
    plain = raw.replace("\0", "")
    return next(csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter), [])


def marked(data: bytes, plain: str) -> tuple[bytes, str]:
    """The byte order mark of a file and its encoding; ``plain`` where it has no mark."""
    for mark, encoding in MARKS.values():
        if data.startswith(mark):
            return mark, encoding
    return b"", plain


def mark_simple(records: list[Record]) -> list[str]:
    """Rows are the records below the first; gives the header."""
    filled = [record for record in records if not record.is_blank]
    for record in filled[1:]:
        record.is_row = True
    return filled[0].cells if filled else []


def mark_section(records: list[Record], title: str, next_titles: tuple[str, ...]) -> list[str]:
    """Rows are the records below the header of one section; gives that header."""
    header: list[str] | None = None
    inside = False
    for record in records:
        first = record.cells[0].strip() if record.cells else ""
        is_title = not any(record.cells[1:])
        if is_title and first.startswith(title):
            inside = True
        elif is_title and inside and first and first.startswith(next_titles):
            break
        elif inside and not record.is_blank:
            record.is_row = header is not None
            header = header if header is not None else record.cells
    return header or []


def platform_of(path: Path) -> str:
    """``zoom``, ``eventbrite``, ``form`` or ``teams`` for a registrations file, else nothing."""
    return path.stem.partition("__")[2] if path.parent.name == "registrations" else ""


def read_text(path: Path, source_file: str) -> TextDocument:
    data = path.read_bytes()
    platform = platform_of(path)
    is_ledger = path.stem == "ledger"
    mark, encoding = marked(data, "cp1252" if is_ledger else "utf-8")
    errors = "surrogateescape" if encoding == "utf-8" else "strict"
    text = data[len(mark) :].decode(encoding, errors)
    delimiter = ";" if is_ledger or platform == "form" else "\t" if platform == "teams" else ","
    records = split_records(text, delimiter)
    if platform == "zoom":
        header = mark_section(records, "Attendee Details", ZOOM_SECTIONS)
    elif platform == "teams":
        header = mark_section(records, "2. Participants", ("3. ",))
    else:
        header = mark_simple(records)
    return TextDocument(path, source_file, header, records, mark, encoding, delimiter)


def json_cell(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def read_json(path: Path, source_file: str, header: tuple[str, ...]) -> JsonDocument:
    entries = json.loads(path.read_text(encoding="utf-8"))
    records = [Record("", [json_cell(e.get(name)) for name in header], True) for e in entries]
    values = {id(record): entry for record, entry in zip(records, entries, strict=True)}
    return JsonDocument(path, source_file, list(header), records, values)


def workbook_cell(value: object, name: str) -> str:
    """A typed cell in the words of the CSV form."""
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int | float) and name == "amount":
        return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    if isinstance(value, int | float):
        return f"{value:g}".replace(".", ",") if name == "eur_rate" else str(int(value))
    return "" if value is None else str(value)


def read_workbook(path: Path, source_file: str, year: int) -> WorkbookDocument:
    sheet = openpyxl.load_workbook(path)["Ledger"]
    header = [str(cell.value) for cell in sheet[1]]
    records: list[Record] = []
    for row in sheet.iter_rows():
        cells = [workbook_cell(c.value, name) for c, name in zip(row, header, strict=False)]
        records.append(Record("", cells, bool(records) and any(cells)))
    return WorkbookDocument(path, source_file, header, records, year)
