"""Large Zoom reports, a column at a time.

Here belongs speed alone: whatever is not plain to see goes row by row through ``loading``, which decides.
A distinct answer is read once, by the same parser; a moment is read as its day and its time of day. The
outcome is that of ``loading`` to the row, the order and the sentence, which a property test holds.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from orchestration.ingest.cells import column_parser
from orchestration.ingest.contracts import Column, Contract
from orchestration.ingest.countries import country_code
from orchestration.ingest.faults import RowFault
from orchestration.ingest.loading import FileLoader, LoadedFile, Surroundings
from orchestration.ingest.normalise import normalise_text
from orchestration.ingest.pseudonyms import Pseudonymiser
from orchestration.ingest.records import Record
from orchestration.ingest.schema import main_table

# Below this size a report is read row by row: the way in columns would not pay.
BULK_BYTES = 1_000_000
_HEAD_BYTES = 65_536
_PART_BYTES = 1_000_000
_SECTION = b"\nAttendee Details"
_MIDNIGHT = {True: " 12:00:00 AM", False: " 00:00:00"}
_ANY_DAY = "Jan 01, 2000 "
_EPOCH = datetime(1970, 1, 1)
_ANY_DAY_MICROS = (datetime(2000, 1, 1) - _EPOCH).days * 86_400 * 1_000_000


class NotPlain(Exception):
    """The file is not of the plain kind that columns can be read of; rows can."""


@dataclass(frozen=True)
class _Section:
    """The attendees of a report: their header, where their rows begin, and on which line."""

    header: tuple[str, ...]
    body: bytes
    first_line: int


def load_in_bulk(
    content: bytes, source_file: str, contract: Contract, surroundings: Surroundings
) -> LoadedFile | None:
    """The rows of a large report; None for a file that is to be read row by row."""
    if contract.kind != "zoom_report" or len(content) < BULK_BYTES:
        return None
    try:
        return _Bulk(_section(content), source_file, contract, surroundings).load()
    except (NotPlain, pa.ArrowInvalid):
        return None


# --- the file ----------------------------------------------------------------------------------


def _section(content: bytes) -> _Section:
    """The section of attendees, where it is the only one of its kind and the last but for callers."""
    body_start = content.find(_SECTION)
    if body_start < 0 or b"\0" in content or content.count(_SECTION) != 1:
        raise NotPlain
    if not _is_title(content.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0], "Attendee Report"):
        raise NotPlain
    try:
        header_start = content.index(b"\n", body_start + 1) + 1
        rows_start = content.index(b"\n", header_start) + 1
    except ValueError:
        raise NotPlain from None
    if not _is_title(content[body_start + 1 : header_start], "Attendee Details"):
        raise NotPlain
    header_line = content[header_start : rows_start - 1]
    if content.count(b'"', 0, header_start) % 2 or header_line.count(b'"') % 2:
        raise NotPlain
    if not _is_well_quoted(content):
        raise NotPlain
    end = content.find(b"\nOther Attended", rows_start - 1)
    if end >= 0:
        title = content[end + 1 :].split(b"\n", 1)[0]
        if content.count(b'"', rows_start, end) % 2 or not _is_title(title, "Other Attended"):
            raise NotPlain
    if content.find(b" Details", rows_start) >= 0 or content.count(b"\r") != content.count(b"\r\n"):
        raise NotPlain
    try:
        header = next(csv.reader([header_line.decode("utf-8")]))
        body = content[rows_start : end + 1 if end >= 0 else len(content)]
        _decode_in_parts(body)
    except (UnicodeDecodeError, StopIteration):
        raise NotPlain from None
    while header and not header[-1].strip():
        header.pop()
    if not header or not body.strip() or body.startswith(b"\xef\xbb\xbf"):
        raise NotPlain
    return _Section(tuple(header), body, content[:rows_start].count(b"\n") + 1)


def _decode_in_parts(body: bytes) -> None:
    """Raises UnicodeDecodeError for bytes that are no text; the text itself is never held whole."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for at in range(0, len(body), _PART_BYTES):
        decoder.decode(body[at : at + _PART_BYTES])
    decoder.decode(b"", final=True)


def _is_well_quoted(content: bytes) -> bool:
    """Whether quotes stand around cells alone, so that their parity tells what is inside one."""
    data = np.frombuffer(content, dtype=np.uint8)
    quotes = np.flatnonzero(data == ord('"'))
    if len(quotes) % 2:
        return False
    opening, closing, last = quotes[::2], quotes[1::2], len(data) - 1
    before = np.where(opening == 0, ord("\n"), data[np.maximum(opening - 1, 0)])
    after = np.where(closing == last, ord("\n"), data[np.minimum(closing + 1, last)])
    return bool(
        np.isin(before, np.frombuffer(b',\n"', dtype=np.uint8)).all()
        and np.isin(after, np.frombuffer(b',\r\n"', dtype=np.uint8)).all()
    )


def _is_title(line: bytes, title: str) -> bool:
    """Whether a line has this one word in its first cell and nothing else."""
    return line.rstrip(b",\r\n") == title.encode("ascii")


def _record_lines(section: _Section, rows: int) -> np.ndarray[Any, Any]:
    """The physical line of each record."""
    ends = section.body.count(b"\n") + (not section.body.endswith(b"\n"))
    if ends == rows:
        return np.arange(section.first_line, section.first_line + rows, dtype=np.int64)
    lines = _lines_around_quotes(section)
    if len(lines) != rows:
        raise NotPlain
    return lines


def _lines_around_quotes(section: _Section) -> np.ndarray[Any, Any]:
    """Where records begin, when cells hold line feeds or blank lines stand between records."""
    body = np.frombuffer(section.body, dtype=np.uint8)
    feeds = np.flatnonzero(body == ord("\n"))
    quotes = np.flatnonzero(body == ord('"'))
    is_end = np.searchsorted(quotes, feeds) % 2 == 0
    ends = feeds[is_end]
    starts = np.concatenate(([0], ends + 1))
    stops = np.concatenate((ends, [len(body)]))
    length = stops - starts
    blank = (length == 0) | ((length == 1) & (body[np.minimum(starts, len(body) - 1)] == 13))
    starts = starts[~blank]
    lines: np.ndarray[Any, Any] = section.first_line + np.searchsorted(feeds, starts)
    return lines


# --- the columns -------------------------------------------------------------------------------


class _Bulk:
    """One report, read in columns; rows that are not plain are handed to a ``FileLoader``."""

    def __init__(
        self, section: _Section, source_file: str, contract: Contract, surroundings: Surroundings
    ) -> None:
        self._section = section
        self._source_file = source_file
        self._contract = contract
        self._surroundings = surroundings
        self._loader = FileLoader(contract, source_file, surroundings, set())

    def load(self) -> LoadedFile:
        """Every record, in the order of the file."""
        cells = self._read_cells()
        lines = _record_lines(self._section, cells.num_rows)
        plain = np.ones(cells.num_rows, dtype=bool)
        columns: dict[str, pa.Array] = {}
        for column, name in self._found(cells):
            values, is_plain = self._read_column(column, name, cells[name].combine_chunks())
            plain &= is_plain
            columns.update(values)
        rest = self._loader.load(self._records(cells, lines, plain), self._section.header)
        table = self._table(columns, lines, plain)
        if rest.rows_loaded:
            table = pa.concat_tables([table, rest.tables[self._contract.source]])
            table = table.sort_by("source_line")
        return LoadedFile(
            tables={self._contract.source: table},
            rows_read=cells.num_rows,
            rows_loaded=table.num_rows,
            quarantined=rest.quarantined,
            findings=rest.findings,
        )

    def _read_cells(self) -> pa.Table:
        """All cells as text. Surplus cells that are blank throughout are padding."""
        header = self._section.header
        names = [name.strip() for name in header]
        if len({name.casefold() for name in names}) != len(names):
            raise NotPlain
        first = next(csv.reader(io.StringIO(self._section.body[:_HEAD_BYTES].decode("utf-8", "ignore"))))
        padding = [f"\0{at}" for at in range(len(first) - len(names))]
        cells = pyarrow.csv.read_csv(
            pa.BufferReader(self._section.body),
            read_options=pyarrow.csv.ReadOptions(
                column_names=[*names, *padding], use_threads=False, block_size=16 << 20
            ),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys([*names, *padding], pa.string()),
                strings_can_be_null=False,
            ),
        )
        for name in padding:
            blank = pc.equal(pc.utf8_trim_whitespace(cells[name]), "")
            if not pc.all(blank).as_py():
                raise NotPlain
        return cells.select(names)

    def _found(self, cells: pa.Table) -> list[tuple[Column, str]]:
        by_name = {name.casefold(): name for name in cells.column_names}
        found = []
        for column in self._contract.columns:
            names = [by_name[h.casefold()] for h in column.headers if h.casefold() in by_name]
            if not column.is_stored:
                continue
            if len(names) != 1 or column.unless_beside or column.references or column.unique:
                raise NotPlain
            found.append((column, names[0]))
        return found

    def _read_column(
        self, column: Column, name: str, cells: pa.Array
    ) -> tuple[dict[str, pa.Array], np.ndarray[Any, Any]]:
        parse = column_parser(column, self._contract, name)
        match column.type:
            case "email":
                return _pseudonyms(cells, self._surroundings.pseudonymiser)
            case "datetime":
                return _moments(column, cells, parse)
            case _:
                return self._answers(column, cells, parse)

    def _answers(
        self, column: Column, cells: pa.Array, parse: Callable[[Any], Any]
    ) -> tuple[dict[str, pa.Array], np.ndarray[Any, Any]]:
        """A column of few distinct answers: each is read once."""
        encoded = cells.dictionary_encode()
        types = {each.name: each.type for each in main_table(self._contract).columns}
        stored: dict[str, list[Any]] = {name: [] for name in _landed_names(column)}
        is_plain = []
        for answer in encoded.dictionary.to_pylist():
            try:
                value = parse(answer)
            except RowFault:
                value = None
                is_plain.append(False)
            else:
                is_plain.append(value is not None or not column.required)
            if "@" in answer:
                is_plain[-1] = False
            for name, landed in _landed(column, answer, value).items():
                stored[name].append(landed)
        indices = encoded.indices
        values = {name: pa.array(distinct, types[name]).take(indices) for name, distinct in stored.items()}
        return values, np.asarray(is_plain, dtype=bool)[indices.to_numpy()]

    def _records(
        self, cells: pa.Table, lines: np.ndarray[Any, Any], plain: np.ndarray[Any, Any]
    ) -> list[Record]:
        at = np.flatnonzero(~plain)
        rows = cells.take(pa.array(at)).to_pydict().values()
        if any(sum(bool(cell.strip()) for cell in row) < 2 for row in zip(*rows, strict=True)):
            # A row of padding alone is none, and a single word may be a title.
            raise NotPlain
        return [
            Record(int(lines[number]), list(row), self._section.header)
            for number, row in zip(at, zip(*rows, strict=True), strict=True)
        ]

    def _table(
        self, columns: dict[str, pa.Array], lines: np.ndarray[Any, Any], plain: np.ndarray[Any, Any]
    ) -> pa.Table:
        rows = len(lines)
        columns["source_file"] = pa.repeat(pa.scalar(self._source_file, pa.string()), rows)
        columns["source_line"] = pa.array(lines, pa.int64())
        columns["event_id"] = pa.repeat(pa.scalar(self._surroundings.event_id, pa.string()), rows)
        schema = main_table(self._contract).schema
        table = pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)
        return table if plain.all() else table.filter(pa.array(plain))


def _landed_names(column: Column) -> list[str]:
    match column.type:
        case "country":
            return [f"{column.name}_text", f"{column.name}_code", f"{column.name}_key"]
        case "place":
            return [f"{column.name}_text", f"{column.name}_key"]
        case _:
            return [column.name]


def _landed(column: Column, typed: str, value: Any) -> dict[str, Any]:
    name = column.name
    match column.type:
        case "country":
            key = normalise_text(value) if value else None
            code = country_code(value) if value else None
            return {f"{name}_text": typed, f"{name}_code": code, f"{name}_key": code or key or None}
        case "place":
            key = normalise_text(value) if value else None
            return {f"{name}_text": typed, f"{name}_key": key or None}
        case _:
            return {name: value}


def _pseudonyms(
    cells: pa.Array, pseudonymiser: Pseudonymiser
) -> tuple[dict[str, pa.Array], np.ndarray[Any, Any]]:
    """Pseudonyms of plain ASCII addresses; any other address is looked at row by row."""
    is_plain = pc.and_(pc.ascii_is_printable(cells), pc.not_equal(pc.ascii_trim_whitespace(cells), ""))
    pseudonym = pseudonymiser.pseudonym
    keys = pa.array([pseudonym(address) for address in cells.to_pylist()], pa.string())
    return {"person_key": keys}, is_plain.to_numpy(zero_copy_only=False)


def _moments(
    column: Column, cells: pa.Array, parse: Callable[[Any], Any]
) -> tuple[dict[str, pa.Array], np.ndarray[Any, Any]]:
    """Moments as day and time of day: a year has few of the one, a day few of the other."""
    trimmed = pc.utf8_trim_whitespace(cells)
    blank = pc.is_in(trimmed, pa.array(["", *sorted(column.missing)]))
    micros = np.zeros(len(cells), dtype=np.int64)
    readable = np.zeros(len(cells), dtype=bool)
    halves = pc.match_substring_regex(trimmed, r" [AaPp][Mm]$").to_numpy(zero_copy_only=False)
    for has_half, width in ((True, 12), (False, 9)):
        at = np.flatnonzero((halves == has_half) & ~blank.to_numpy(zero_copy_only=False))
        if not len(at):
            continue
        part = trimmed.take(pa.array(at))
        days, day_ok = _distinct(
            pc.utf8_slice_codeunits(part, 0, -width),
            lambda text, half=has_half: parse(text + _MIDNIGHT[half]),  # type: ignore[misc]
        )
        times, time_ok = _distinct(
            pc.utf8_slice_codeunits(part, -width + 1, None), lambda text: parse(_ANY_DAY + text)
        )
        micros[at] = days + times - _ANY_DAY_MICROS
        apart = pc.equal(pc.utf8_slice_codeunits(part, -width, -width + 1), " ")
        readable[at] = day_ok & time_ok & apart.to_numpy(zero_copy_only=False)
    is_blank = blank.to_numpy(zero_copy_only=False)
    values = pa.array(micros, pa.int64(), mask=~readable).cast(pa.timestamp("us"))
    return {column.name: values}, readable | (is_blank & (not column.required))


def _distinct(
    texts: pa.Array, parse: Callable[[str], Any]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Microseconds since 1970 of each text, by reading each distinct one once; and whether it is readable."""
    encoded = texts.dictionary_encode()
    micros, readable = [], []
    for text in encoded.dictionary.to_pylist():
        try:
            moment = parse(text)
        except RowFault:
            moment = None
        readable.append(moment is not None)
        elapsed = moment - _EPOCH if moment is not None else None
        micros.append(0 if elapsed is None else (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000)
    indices = encoded.indices.to_numpy()
    return np.asarray(micros, dtype=np.int64)[indices], np.asarray(readable, dtype=bool)[indices]
