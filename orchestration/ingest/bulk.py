"""Large Zoom reports, a column at a time.

Here belongs speed alone: whatever is not plain to see goes row by row through ``loading``, which decides.
A distinct answer is read once, by the same parser; a moment is read as its day and its time of day. The
outcome is that of ``loading`` to the row, the order and the sentence, which a property test holds.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from orchestration.ingest.addresses import without_addresses
from orchestration.ingest.cells import column_parser
from orchestration.ingest.contracts import Column, Contract
from orchestration.ingest.faults import RowFault
from orchestration.ingest.landed import landed
from orchestration.ingest.loading import FileLoader, LoadedFile, Surroundings
from orchestration.ingest.pseudonyms import Pseudonymiser
from orchestration.ingest.records import Record
from orchestration.ingest.schema import landing_columns, main_table

# Below this size a report is read row by row: the way in columns would not pay.
BULK_BYTES = 1_000_000
_HEAD_BYTES = 65_536
_SECTION = b"\nAttendee Details"
_MIDNIGHT = {True: " 12:00:00 AM", False: " 00:00:00"}
_ANY_DAY = "Jan 01, 2000 "
_EPOCH = datetime(1970, 1, 1)
_ANY_DAY_MICROS = (datetime(2000, 1, 1) - _EPOCH).days * 86_400 * 1_000_000
_UNREADABLE = -(2**63)
# No moment is so long.
_LONG = 64
# The last letters of a time that has a half of the day.
_HALF = {-3: list(b" "), -2: list(b"AaPp"), -1: list(b"Mm")}
_MARK = b"\xef\xbb\xbf"
_PLAIN_ADDRESS = "^[!-9;=?A-~]+@[!-9;=?A-~]+$"
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_MAY_OPEN = np.isin(np.arange(256), np.frombuffer(b',\n"', dtype=np.uint8))
_MAY_CLOSE = np.isin(np.arange(256), np.frombuffer(b',\r\n"', dtype=np.uint8))
# What was read in one file is in the next, too: days with the clock they are read on, and times of day, by format.
_known_days: dict[tuple[str, bool], dict[str, int]] = defaultdict(dict)
_known_times: dict[str, dict[str, int]] = defaultdict(dict)


class NotPlain(Exception):
    """The file is not of the plain kind that columns can be read of; rows can."""


@dataclass(frozen=True)
class _Section:
    """The attendees of a report: their header, where their rows begin, on which line, and where quotes are in them."""

    header: tuple[str, ...]
    body: bytes
    first_line: int
    quotes: NDArray[Any]


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
    """The section of attendees, where it is the only one of its kind and the last but for callers.

    Titles that stand among the rows are found by whoever reads these: a title fills one cell of its row.
    """
    body_start = content.find(_SECTION)
    if body_start < 0 or b"\0" in content or content.find(_SECTION.strip(), 0, body_start) >= 0:
        raise NotPlain
    if not _is_title(content[: content.find(b"\n")].removeprefix(_MARK), "Attendee Report"):
        raise NotPlain
    try:
        header_start = content.index(b"\n", body_start + 1) + 1
        rows_start = content.index(b"\n", header_start) + 1
    except ValueError:
        raise NotPlain from None
    if not _is_title(content[body_start + 1 : header_start], "Attendee Details"):
        raise NotPlain
    quotes = _quotes(content)
    rows_end = content.rfind(b"\nOther Attended", rows_start - 1) + 1 or len(content)
    if any(np.searchsorted(quotes, at) % 2 for at in (header_start, rows_start, rows_end)):
        raise NotPlain
    if rows_end < len(content) and not _is_title(content[rows_end:].split(b"\n", 1)[0], "Other Attended"):
        raise NotPlain
    if content.find(b" Details", rows_end) >= 0 or (b"\r" in content and _LONE_RETURN.search(content)):
        raise NotPlain
    body = content[rows_start:rows_end]
    try:
        header = next(csv.reader([content[header_start : rows_start - 1].decode("utf-8")]))
    except (UnicodeDecodeError, StopIteration):
        raise NotPlain from None
    while header and not header[-1].strip():
        header.pop()
    if not header or not body or body.isspace() or body.startswith(_MARK):
        raise NotPlain
    inside = quotes[np.searchsorted(quotes, rows_start) : np.searchsorted(quotes, rows_end)] - rows_start
    return _Section(tuple(header), body, content.count(b"\n", 0, rows_start) + 1, inside)


def _quotes(content: bytes) -> NDArray[Any]:
    """Where quotes are, which stand around cells alone, so that their parity tells what is inside one."""
    data = np.frombuffer(content, dtype=np.uint8)
    quotes = np.flatnonzero(data == ord('"'))
    if len(quotes) % 2:
        raise NotPlain
    opening, closing, last = quotes[::2], quotes[1::2], len(data) - 1
    before = np.where(opening == 0, ord("\n"), data[np.maximum(opening - 1, 0)])
    after = np.where(closing == last, ord("\n"), data[np.minimum(closing + 1, last)])
    if not (_MAY_OPEN[before].all() and _MAY_CLOSE[after].all()):
        raise NotPlain
    return quotes


def _is_title(line: bytes, title: str) -> bool:
    """Whether a line has this one word in its first cell and nothing else."""
    return line.rstrip(b",\r\n") == title.encode("ascii")


def _record_lines(section: _Section, rows: int) -> NDArray[Any]:
    """The physical line of each record."""
    body = np.frombuffer(section.body, dtype=np.uint8)
    feeds = np.flatnonzero(body == ord("\n"))
    if len(feeds) + (not section.body.endswith(b"\n")) == rows:
        return np.arange(section.first_line, section.first_line + rows, dtype=np.int64)
    # Cells hold line feeds, or blank lines stand between records.
    ends = feeds[np.searchsorted(section.quotes, feeds) % 2 == 0]
    starts = np.concatenate(([0], ends + 1))
    stops = np.concatenate((ends, [len(body)]))
    length = stops - starts
    blank = (length == 0) | ((length == 1) & (body[np.minimum(starts, len(body) - 1)] == 13))
    starts = starts[~blank]
    if len(starts) != rows:
        raise NotPlain
    lines: NDArray[Any] = section.first_line + np.searchsorted(feeds, starts)
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
            others = rest.tables[self._contract.source].cast(table.schema)
            table = pa.concat_tables([table, others]).sort_by("source_line")
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
        if not all(_is_blank(pc.utf8_trim_whitespace(cells[name])).all() for name in padding):
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
    ) -> tuple[dict[str, pa.Array], NDArray[Any]]:
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
    ) -> tuple[dict[str, pa.Array], NDArray[Any]]:
        """A column of few distinct answers: each is read once."""
        encoded = cells.dictionary_encode()
        into = landing_columns(column)
        lands = landed(column, self._contract, self._surroundings.pseudonymiser)
        stored: list[tuple[Any, ...]] = []
        is_plain = []
        for answer in encoded.dictionary.to_pylist():
            try:
                value = parse(answer)
            except RowFault:
                value = None
                is_plain.append(False)
            else:
                is_plain.append(value is not None or not column.required)
            if without_addresses(answer, incomplete=True) != answer:
                is_plain[-1] = False
            stored.append(lands(answer, value) if lands else (value,))
        indices = encoded.indices
        values = {
            each.name: _put_where_it_stands(pa.array(distinct, each.type), indices)
            for each, distinct in zip(into, zip(*stored, strict=True), strict=True)
        }
        return values, np.asarray(is_plain, dtype=bool)[indices.to_numpy()]

    def _records(self, cells: pa.Table, lines: NDArray[Any], plain: NDArray[Any]) -> list[Record]:
        at = np.flatnonzero(~plain)
        rows = cells.take(pa.array(at)).to_pydict().values()
        if any(sum(bool(cell.strip()) for cell in row) < 2 for row in zip(*rows, strict=True)):
            # A row of padding alone is none, and a single word may be a title.
            raise NotPlain
        return [
            Record(int(lines[number]), list(row), self._section.header)
            for number, row in zip(at, zip(*rows, strict=True), strict=True)
        ]

    def _table(self, columns: dict[str, pa.Array], lines: NDArray[Any], plain: NDArray[Any]) -> pa.Table:
        rows = len(lines)
        first = pa.array(np.zeros(rows, dtype=np.int32))
        columns["source_file"] = _put_where_it_stands(pa.array([self._source_file], pa.string()), first)
        columns["source_line"] = pa.array(lines)
        columns["event_id"] = _put_where_it_stands(
            pa.array([self._surroundings.event_id], pa.string()), first
        )
        names = main_table(self._contract).schema.names
        table = pa.Table.from_arrays([columns[name] for name in names], names=names)
        return table if plain.all() else table.filter(pa.array(plain))


def _put_where_it_stands(distinct: pa.Array, indices: pa.Array) -> pa.Array:
    """Each row's value out of few. Texts stay few: as a dictionary they are sent on and written at once."""
    if not pa.types.is_string(distinct.type):
        return distinct.take(indices)
    # What distinct answers land as may be the same.
    encoded = distinct.dictionary_encode()
    return pa.DictionaryArray.from_arrays(encoded.indices.take(indices), encoded.dictionary)


def _pseudonyms(cells: pa.Array, pseudonymiser: Pseudonymiser) -> tuple[dict[str, pa.Array], NDArray[Any]]:
    """Pseudonyms of plain ASCII addresses; any other address is looked at row by row."""
    trimmed = pc.ascii_trim_whitespace(cells)
    plain = pc.ascii_lower(trimmed).cast(pa.binary()).to_pylist()
    keys = pa.array(pseudonymiser.pseudonyms_of(plain), pa.string())
    is_plain = pc.match_substring_regex(trimmed, _PLAIN_ADDRESS).to_numpy(zero_copy_only=False)
    return {"person_key": keys}, is_plain


def _moments(
    column: Column, cells: pa.Array, parse: Callable[[Any], Any]
) -> tuple[dict[str, pa.Array], NDArray[Any]]:
    """Moments as day and time of day: a year has few of the one, a day few of the other."""
    trimmed = pc.utf8_trim_whitespace(cells)
    blank = pc.is_in(trimmed, pa.array(["", *sorted(column.missing)], pa.string()))
    is_blank = blank.to_numpy(zero_copy_only=False)
    # Whatever is longer, or holds a letter of more than one byte, is looked at row by row.
    is_short = pc.string_is_ascii(trimmed).to_numpy(zero_copy_only=False) & ~is_blank
    lengths = np.where(is_short, pc.binary_length(trimmed).to_numpy(zero_copy_only=False), 0)
    micros = np.full(len(cells), _UNREADABLE, dtype=np.int64)
    for length in np.flatnonzero(np.bincount(np.minimum(lengths, _LONG))[1:_LONG]) + 1:
        at = np.flatnonzero(lengths == length)
        micros[at] = _moments_of_length(_letters(trimmed.take(pa.array(at)), int(length)), column, parse)
    readable = micros != _UNREADABLE
    values = pa.array(micros, pa.int64(), mask=~readable).cast(pa.timestamp("us"))
    return {column.name: values}, readable | (is_blank & (not column.required))


def _letters(texts: pa.Array, length: int) -> NDArray[Any]:
    """The bytes of texts that are all of one length, a row a text."""
    data = texts.buffers()[2]
    return np.frombuffer(data, np.uint8, len(texts) * length, texts.offset * length).reshape(-1, length)


def _moments_of_length(letters: NDArray[Any], column: Column, parse: Callable[[Any], Any]) -> NDArray[Any]:
    """Microseconds since 1970 of each text."""
    length = letters.shape[1]
    micros = np.full(len(letters), _UNREADABLE, dtype=np.int64)
    has_half = np.logical_and.reduce(
        [np.isin(letters[:, at], some) for at, some in _HALF.items() if -at <= length]
    )
    for half, width in ((True, 12), (False, 9)):
        if length <= width:
            continue
        at = np.flatnonzero((has_half == half) & (letters[:, -width] == ord(" ")))
        if not len(at):
            continue
        part = letters if len(at) == len(letters) else letters[at]
        days = _distinct(
            _fixed(part[:, :-width]),
            _known_days[column.formats[0], half],
            lambda text, half=half: parse(text + _MIDNIGHT[half]),  # type: ignore[misc]
        )
        times = _distinct(
            _fixed(part[:, 1 - width :]),
            _known_times[column.formats[0]],
            lambda text: parse(_ANY_DAY + text),
        )
        is_readable = (days != _UNREADABLE) & (times != _UNREADABLE)
        micros[at] = np.where(is_readable, days + times - _ANY_DAY_MICROS, _UNREADABLE)
    return micros


def _fixed(letters: NDArray[Any]) -> pa.Array:
    """Rows of bytes as texts."""
    data = pa.py_buffer(np.ascontiguousarray(letters))
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(letters.shape[1]), len(letters), [None, data])


def _distinct(texts: pa.Array, known: dict[str, int], parse: Callable[[str], Any]) -> NDArray[Any]:
    """Microseconds since 1970 of each text, by reading each distinct one once."""
    encoded = texts.dictionary_encode()
    micros = []
    for letters in encoded.dictionary.to_pylist():
        text = letters.decode("ascii")
        if text not in known:
            try:
                known[text] = _micros(parse(text))
            except RowFault:
                micros.append(_UNREADABLE)
                continue
        micros.append(known[text])
    of_rows: NDArray[Any] = np.asarray(micros, dtype=np.int64)[encoded.indices.to_numpy()]
    return of_rows


def _micros(moment: datetime) -> int:
    elapsed = moment - _EPOCH
    return (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000


def _is_blank(texts: pa.Array) -> NDArray[Any]:
    lengths: NDArray[Any] = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    is_blank: NDArray[Any] = np.equal(lengths, 0)
    return is_blank
