"""Splits delimited text into columns of text, with the physical line of each record.

Lines whose quotes are balanced are split by Arrow in one call; the others are read one by one by rule 41, for
which ``Layout`` says whether cells form a whole row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from orchestration.ingest.contracts import Contract
from orchestration.ingest.diagnosis import describe, describe_header
from orchestration.ingest.errors import FileRefused, Reason
from orchestration.ingest.lines import (
    QUOTE,
    Indices,
    Records,
    find_lines,
    records_of_lines,
    records_of_several_lines,
)
from orchestration.ingest.sections import sections_of

_BLOCK = 16 << 20
SURROGATE = re.compile("[\ud800-\udfff]")


class Layout(Protocol):
    """What the splitter asks of a header."""

    @property
    def positions(self) -> Sequence[int]:
        """The cells of a row that are asked for."""
        ...

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether these are as many cells as the header has, padding aside."""
        ...

    def is_whole_row(self, cells: Sequence[str]) -> bool:
        """Whether these cells are by themselves a row: as many as the header has, the required ones readable."""
        ...


LayoutOf = Callable[[tuple[str, ...]], Layout]


@dataclass
class Block:
    """The records below one header: their lines, the cells asked for, and what is wrong with whole rows."""

    header: tuple[str, ...]
    lines: Indices
    # Cells by their position in the header: texts, or the typed cells of a workbook.
    columns: dict[int, pa.Array | list[Any]]
    faults: dict[int, tuple[Reason, str]] = field(default_factory=dict)


@dataclass
class Split:
    """A file as blocks of records, and the lines with stray quotes."""

    blocks: list[Block]
    stray_lines: list[int] = field(default_factory=list)


def split_delimited(data: bytes, source_file: str, contract: Contract, layout_of: LayoutOf) -> Split:
    """Splits delimited text, in UTF-8 without a mark and without NULs.

    Raises FileRefused where there is no header, or a quote in it is stray.
    """
    return _Splitter(data, source_file, contract, layout_of).split()


# --- records -------------------------------------------------------------------------------------


class _StrayQuote(Exception):
    """A stray quote at this offset (rule 41)."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class _CellReader:
    """Reads cells one by one, as rule 41 defines quoted cells."""

    def __init__(self, delimiter: bytes) -> None:
        self.delimiter = delimiter
        end = rb"[" + re.escape(delimiter) + rb"\r\n]"
        self._cell = re.compile(
            rb'"(?P<quoted>(?:[^"]++|"")*+)"(?=' + end + rb'|\Z)|(?!")(?P<bare>[^' + end[1:] + rb"*+)"
        )

    def cells(self, data: bytes, at: int) -> Iterator[re.Match[bytes]]:
        """The cells from a place on to the end of the record; raises _StrayQuote."""
        while match := self._cell.match(data, at):
            yield match
            at = match.end()
            if data[at : at + 1] != self.delimiter:
                return
            at += 1
        raise _StrayQuote(at)


def _text(match: re.Match[bytes]) -> str:
    quoted = match["quoted"]
    cell = match["bare"] if quoted is None else quoted.replace(b'""', b'"')
    return cell.decode("utf-8", "surrogateescape")


@dataclass
class _Part:
    """Rows below one header: ranges of plain lines, other rows, stray quotes."""

    header: tuple[str, ...]
    layout: Layout
    plain: list[tuple[int, int]] = field(default_factory=list)
    others: dict[int, list[str]] = field(default_factory=dict)
    strays: list[int] = field(default_factory=list)


class _Splitter:
    """Splits one file into blocks."""

    def __init__(self, data: bytes, source_file: str, contract: Contract, layout_of: LayoutOf) -> None:
        self._data = data
        self._source_file = source_file
        self._contract = contract
        self._layout_of = layout_of
        self._reader = _CellReader(contract.format.delimiter.encode("ascii"))
        self._sections = sections_of(contract)
        quotes = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == QUOTE)
        self._lines = find_lines(data, quotes, ord(contract.format.delimiter))
        self._records = self._find_records(quotes)
        self._is_in_rows = self._sections is None
        self._layout: Layout | None = None
        self._parts: list[_Part] = []
        self._stray_lines: list[int] = []

    def _find_records(self, quotes: Indices) -> Records:
        by_line = records_of_lines(self._lines)
        if self._lines.is_in_order.all():
            return by_line
        least = sum(not column.optional for column in self._contract.columns)
        delimiter = ord(self._contract.format.delimiter)
        by_quotes = records_of_several_lines(self._data, self._lines, quotes, delimiter, least)
        if by_quotes is None or self._has_titles_inside(by_quotes):
            return by_line
        return by_quotes

    def _has_titles_inside(self, records: Records) -> bool:
        """Whether a line inside a record is a section title."""
        if not self._sections:
            return False
        inside = np.setdiff1d(np.arange(len(self._lines.starts)), records.lines, assume_unique=True)
        length = self._lines.ends - self._lines.starts - self._lines.delimiters
        short = inside[length[inside] < self._sections.longest_title]
        return any(self._sections.title(cells) for cells in map(self._alone, short.tolist()) if cells)

    def split(self) -> Split:
        """Goes through the records; plain ones between special ones are taken in bulk."""
        records, special = self._records, self._special_records()
        record = next_special = 0
        while record < len(records.lines):
            next_special += int(np.searchsorted(special[next_special:], record))
            until = int(special[next_special]) if next_special < len(special) else len(records.lines)
            if self._layout is not None and until > record:
                self._parts[-1].plain.append((record, until))
                record = until
                continue
            line = int(records.lines[record])
            cells, after, is_stray = self._record(line)
            self._take(line, cells, is_stray)
            record = int(np.searchsorted(records.lines, after))
        if not self._parts:
            raise FileRefused(
                self._source_file,
                describe(self._data, self._contract),
                self._sections.expected if self._sections else "a header line",
            )
        return Split([self._block(part) for part in self._parts], self._stray_lines)

    def _special_records(self) -> Indices:
        """Records that are examined one by one: not plain, possibly a title, or blank."""
        records = self._records
        if self._sections:
            is_short = records.ends - records.starts - records.cells < self._sections.longest_title
        else:
            is_short = records.cells == 1
        return np.flatnonzero(~records.is_plain | is_short)

    def _take(self, line: int, cells: list[str], is_stray: bool) -> None:
        """Adds one record to its block."""
        is_blank = not any(cell.strip() for cell in cells) and (len(cells) == 1 or self._sections is not None)
        title = self._sections.title(cells) if self._sections else None
        if self._sections and not is_blank and not self._has_begun(cells):
            raise FileRefused(
                self._source_file, describe(self._data, self._contract), self._sections.expected_begin
            )
        if title is not None and self._sections:
            self._is_in_rows, self._layout = title == self._sections.wanted, None
        if title is not None or is_blank or not self._is_in_rows:
            self._stray_lines += [line + 1] * is_stray
        elif self._layout is None:
            self._begin(line, cells, is_stray)
        elif is_stray:
            self._parts[-1].strays.append(line)
        else:
            self._parts[-1].others[line] = cells

    def _has_begun(self, cells: list[str]) -> bool:
        """Whether the report's first record was seen, or is this one."""
        if not self._begun and self._sections:
            self._begun = self._sections.begins(cells)
        return self._begun

    _begun = False

    def _begin(self, line: int, cells: list[str], is_stray: bool) -> None:
        """Starts a block with a record as its header."""
        if is_stray:
            found = f"a stray quote in the header, line {line + 1}"
            raise FileRefused(self._source_file, found, "a header whose quotes are closed")
        if self._sections:
            # Padding leaves empty names at its end.
            while cells and not cells[-1].strip():
                cells.pop()
        header = tuple(cells)
        try:
            self._layout = self._layout_of(header)
        except FileRefused as refusal:
            found = f"{refusal.found}; {describe_header(header, self._data, self._contract)}"
            raise FileRefused(self._source_file, found, refusal.expected) from None
        self._parts.append(_Part(header, self._layout))

    def _record(self, line: int) -> tuple[list[str], int, bool]:
        """The cells of the record that begins on a line, the line after it, and whether a quote in it is stray.

        Of a stray one the cells are those of its line, read without that quote.
        """
        try:
            cells, last = self._read(line)
        except _StrayQuote as stray:
            is_here = stray.at < self._lines.ends[line]
            alone = self._alone(line, stray.at if is_here else None)
            return alone or [self._line(line).decode("utf-8", "replace")], line + 1, True
        return cells, last + 1, False

    def _read(self, line: int) -> tuple[list[str], int]:
        """The cells of the record that begins on a line, and its last line; raises _StrayQuote."""
        cells = []
        for match in self._reader.cells(self._data, int(self._lines.starts[line])):
            cells.append(_text(match))
            if match.end() > self._lines.ends[line]:
                last = int(np.searchsorted(self._lines.starts, match.end() - 1, side="right")) - 1
                if self._swallows((line, match.start()), (last, match.end() - 1)):
                    raise _StrayQuote(match.start())
                line = last
        return cells, line

    def _swallows(self, opens: tuple[int, int], closes: tuple[int, int]) -> bool:
        """Whether a quoted multi-line cell has swallowed rows; line and offset of both quotes."""
        inside = filter(None, map(self._alone, range(opens[0] + 1, closes[0])))
        if any(self._is_by_itself(cells) for cells in inside):
            return True
        ends = [self._alone(*opens), self._alone(*closes)]
        layout = self._layout
        return layout is not None and all(cells is not None and layout.fits(cells) for cells in ends)

    def _is_by_itself(self, cells: list[str]) -> bool:
        if self._sections and self._sections.title(cells) is not None:
            return True
        return self._layout is not None and self._layout.is_whole_row(cells)

    def _alone(self, line: int, without: int | None = None) -> list[str] | None:
        """Reads a line alone, with or without the quote at an offset; None if a quote in it is stray."""
        text = self._line(line)
        if without is not None:
            at = without - int(self._lines.starts[line])
            text = text[:at] + text[at + 1 :]
        try:
            return [_text(match) for match in self._reader.cells(text, 0)]
        except _StrayQuote:
            return None

    def _line(self, line: int) -> bytes:
        return self._data[int(self._lines.starts[line]) : int(self._lines.ends[line])]

    # --- blocks ----------------------------------------------------------------------------------

    def _block(self, part: _Part) -> Block:
        records = self._records
        plain = np.concatenate([np.arange(*span) for span in part.plain] or [np.zeros(0, dtype=np.int64)])
        width = self._usual_width(part, records.cells[plain])
        others = dict(part.others)
        for line in records.lines[plain[records.cells[plain] != width]].tolist():
            others[line] = self._read(line)[0]
        plain = plain[records.cells[plain] == width]
        positions = sorted(part.layout.positions)
        columns = self._split_by_arrow(plain, width, [*positions, *range(len(part.header), width)])
        is_surplus = np.zeros(len(plain), dtype=bool)
        for position in range(len(part.header), width):
            is_filled = pc.not_equal(pc.utf8_trim_whitespace(columns[position]), "")
            is_surplus |= is_filled.to_numpy(zero_copy_only=False)
        rest = sorted([*others, *part.strays])
        lines = np.concatenate([records.lines[plain], np.asarray(rest, dtype=np.int64)])
        order = np.argsort(lines)
        block = Block(part.header, lines[order] + 1, {})
        for position in positions:
            column = columns.pop(position)
            if rest:
                cells = [_cell(others.get(line), position) for line in rest]
                column = pa.concat_arrays([column, pa.array(cells, pa.string())]).take(pa.array(order))
            block.columns[position] = column
        faults = dict.fromkeys(records.lines[plain[is_surplus]].tolist(), _too_many(width, part))
        for line in rest:
            if fault := _fault_of(others.get(line), part):
                faults[line] = fault
        rows = np.searchsorted(block.lines, np.asarray(list(faults), dtype=np.int64) + 1)
        block.faults = dict(zip(rows.tolist(), faults.values(), strict=True))
        return block

    def _usual_width(self, part: _Part, counts: Indices) -> int:
        """The most frequent cell count of plain lines: the header's, unless padding is allowed."""
        width = len(part.header)
        if self._contract.format.surplus_cells != "padding" or not len(counts):
            return width
        return max(width, int(np.bincount(counts).argmax()))

    def _split_by_arrow(self, plain: Indices, width: int, positions: list[int]) -> dict[int, pa.Array]:
        """The cells at these positions of plain records that have so many cells each."""
        if not len(plain):
            return {position: pa.array([], pa.string()) for position in positions}
        wanted = [str(position) for position in positions]
        longest = int((self._records.ends - self._records.starts).max())
        table = pyarrow.csv.read_csv(
            pa.BufferReader(self._text_of(plain)),
            pyarrow.csv.ReadOptions(
                column_names=[str(position) for position in range(width)],
                use_threads=False,
                block_size=max(_BLOCK, 2 * longest),
            ),
            pyarrow.csv.ParseOptions(delimiter=self._contract.format.delimiter, newlines_in_values=True),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()),
                include_columns=wanted,
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
        if table.num_rows != len(plain):
            raise AssertionError(
                f"{self._source_file}: {len(plain)} records were split to {table.num_rows} rows"
            )
        return {position: table[str(position)].combine_chunks() for position in positions}

    def _text_of(self, plain: Indices) -> pa.Buffer:
        """The concatenated text of records."""
        starts = np.append(self._records.starts, len(self._data))
        breaks = np.flatnonzero(np.diff(plain) != 1) + 1
        firsts = starts[plain[np.append(0, breaks)]].tolist()
        lasts = starts[plain[np.append(breaks - 1, len(plain) - 1)] + 1].tolist()
        whole = pa.py_buffer(self._data)
        if len(firsts) == 1:
            return whole.slice(firsts[0], lasts[0] - firsts[0])
        view = memoryview(self._data)
        return pa.py_buffer(b"".join(view[first:last] for first, last in zip(firsts, lasts, strict=True)))


def _cell(cells: list[str] | None, position: int) -> str:
    """A cell of an irregular row; blank if missing, invalid bytes replaced."""
    if cells is None or position >= len(cells):
        return ""
    return cells[position].encode("utf-8", "replace").decode("utf-8")


def _fault_of(cells: list[str] | None, part: _Part) -> tuple[Reason, str] | None:
    if cells is None:
        return Reason.STRAY_QUOTE, "A quote in the row opens a cell that swallows other rows or is not closed"
    if any(SURROGATE.search(cell) for cell in cells):
        return Reason.INVALID_UTF8, "The row holds bytes that are no text"
    return None if part.layout.fits(cells) else _too_many(len(cells), part)


def _too_many(count: int, part: _Part) -> tuple[Reason, str]:
    return Reason.COLUMN_COUNT, f"The row has {count} cells, the header {len(part.header)}"
