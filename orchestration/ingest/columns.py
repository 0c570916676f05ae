"""Records of text, a column at a time.

Here belongs speed alone: a distinct cell is read once, by the parser that reads it row by row, and a column is
put together from what its distinct cells became. No rule is written here. A row that has anything wrong with it,
or that another row may have something to do with, goes row by row through ``loading``, which decides. The outcome
is that of ``loading`` to the row, the order and the sentence, which a property test holds. Large Zoom reports
are read by ``bulk``, which does not even make texts of their cells.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, compress
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.ingest.addresses import without_addresses
from orchestration.ingest.cells import BLANK_IS_AN_ANSWER, takes_any_text, texts_of
from orchestration.ingest.contracts import Column, Contract
from orchestration.ingest.faults import RowFault
from orchestration.ingest.landed import is_place, landed, place_elements
from orchestration.ingest.loading import (
    FileLoader,
    Layout,
    LoadedFile,
    Reader,
    Surroundings,
    Values,
    unique_key,
)
from orchestration.ingest.records import Record, TextRecords
from orchestration.ingest.schema import landing_columns, list_tables, main_table

# Fewer rows are read as fast one by one.
MANY_ROWS = 200
# So many rows at a time are held as columns, beside the rows themselves.
PART_ROWS = 50_000


def load_in_columns(
    records: Sequence[Record],
    header: tuple[str, ...],
    source_file: str,
    contract: Contract,
    surroundings: Surroundings,
    unique: set[str],
) -> LoadedFile | None:
    """The rows of a file of many; None for a file that is to be read row by row.

    Raises FileRefused where the header lacks a required column.
    """
    if not isinstance(records, TextRecords) or len(records) < MANY_ROWS:
        return None
    return _File(records, source_file, contract, surroundings, unique).load(header)


class _Cells:
    """The cells of a part, in columns."""

    def __init__(self, rows: Sequence[list[Any]], layout: Layout) -> None:
        self.rows = len(rows)
        self._columns = list(zip(*rows, strict=True))
        self._layout = layout
        self._coded: dict[int, tuple[list[Any], NDArray[Any]]] = {}

    def column(self, position: int) -> Sequence[Any]:
        """The cells under a name of the header."""
        return self._columns[position]

    def coded(self, position: int) -> tuple[list[Any], NDArray[Any]]:
        """The distinct cells of a column, and which of them each row has."""
        if position not in self._coded:
            codes: defaultdict[Any, int] = defaultdict()
            # A cell that is new has the next number.
            codes.default_factory = codes.__len__
            of_rows = np.fromiter(map(codes.__getitem__, self.column(position)), np.int32, self.rows)
            self._coded[position] = list(codes), of_rows
        return self._coded[position]

    def where(self, holds: Callable[[Values], bool], names: Iterable[str]) -> NDArray[Any]:
        """In which rows something holds that depends on the cells of these columns alone."""
        kinds = np.zeros(self.rows, dtype=np.int64)
        for name in names:
            cells, codes = self.coded(self._layout.positions[name])
            kinds = np.unique(kinds * len(cells) + codes, return_inverse=True)[1]
        _, examples, of_rows = np.unique(kinds, return_index=True, return_inverse=True)
        decided = [
            holds(self._layout.condition_cells([column[row] for column in self._columns]))
            for row in examples.tolist()
        ]
        return np.asarray(decided, dtype=bool)[of_rows]


@dataclass(frozen=True)
class _Answers:
    """A column as read: its cells, what each says and whether it is a fault, and which of them each row has.

    Where ``codes`` is None each row has its own, in order.
    """

    cells: Sequence[Any]
    values: Sequence[Any]
    codes: NDArray[Any] | None = None
    is_fault: NDArray[Any] | None = None

    def of_rows(self) -> Sequence[Any]:
        """The value of each row."""
        if self.codes is None:
            return self.values
        return [self.values[code] for code in self.codes.tolist()]

    def is_blank(self) -> NDArray[Any]:
        """Which rows have no value."""
        blank = np.fromiter((value is None for value in self.values), bool, len(self.values))
        return blank if self.codes is None else blank[self.codes]


class _File:
    """One file, read in columns; rows that are not plain are handed to a ``FileLoader``."""

    def __init__(
        self,
        records: TextRecords,
        source_file: str,
        contract: Contract,
        surroundings: Surroundings,
        unique: set[str],
    ) -> None:
        self._loader = FileLoader(contract, source_file, surroundings, unique)
        self._records = records
        self._layout = self._loader.layout(records.header)
        self._readers = [each for each in self._layout.readers if _matters(each.column, contract)]
        self._source_file = source_file
        self._contract = contract
        self._surroundings = surroundings
        self._unique = unique
        self._schemas = {table.name: table.schema for table in (main_table(contract), *list_tables(contract))}
        self._parts: dict[str, list[pa.Table]] = {name: [] for name in self._schemas}

    def load(self, header: tuple[str, ...]) -> LoadedFile:
        """Every record, in the order of the file."""
        for start in range(0, len(self._records), PART_ROWS):
            # What a part loads is known before the next: a value that is unique is so in the whole file.
            self._load_part(self._records[start : start + PART_ROWS])
        loaded = self._loader.result(len(self._records), header)
        for name, parts in self._parts.items():
            loaded.tables[name] = _in_order(parts, loaded.tables[name])
        loaded.rows_loaded = loaded.tables[self._contract.source].num_rows
        return loaded

    def _load_part(self, records: TextRecords) -> None:
        at, rows = self._whole_rows(records)
        is_plain = np.zeros(len(records), dtype=bool)
        if rows:
            cells = _Cells(rows, self._layout)
            read = {reader.column.name: self._read(reader, cells) for reader in self._readers}
            plain = self._plain(read, cells)
            is_plain[at] = plain
            self._append(read, cells, np.asarray(records.lines, dtype=np.int64)[is_plain], plain)
        self._loader.judge(records[int(number)] for number in np.flatnonzero(~is_plain))

    def _whole_rows(self, records: TextRecords) -> tuple[NDArray[Any], Sequence[list[Any]]]:
        """Where the rows stand that are text throughout and as wide as the header, and their cells."""
        layout = self._layout
        if records.is_of_odd_bytes:
            whole = [None if each.is_undecodable else layout.full_row(each.cells) for each in records]
        elif set(map(len, records.rows)) == {layout.width}:
            return np.arange(len(records)), records.rows
        else:
            whole = [layout.full_row(cells) for cells in records.rows]
        at = np.flatnonzero([cells is not None for cells in whole])
        return at, [cells for cells in whole if cells is not None]

    def _read(self, reader: Reader, cells: _Cells) -> _Answers:
        column, contract = reader.column, self._contract
        lands_as_it_is = landed(column, contract, self._surroundings.pseudonymiser) is None
        if (
            takes_any_text(column, contract)
            and lands_as_it_is
            and not (contract.personal or column.references or column.type == "place_list")
        ):
            typed = cells.column(reader.position)
            texts = texts_of(column, typed)
            return _Answers(typed, [text and without_addresses(text) for text in texts])
        distinct, codes = cells.coded(reader.position)
        values: list[Any] = []
        is_fault = np.zeros(len(distinct), dtype=bool)
        for code, cell in enumerate(distinct):
            try:
                values.append(self._loader.value(reader, cell))
            except RowFault:
                values.append(None)
                is_fault[code] = True
        return _Answers(distinct, values, codes, is_fault)

    # --- which rows are plain ----------------------------------------------------------------------

    def _plain(self, read: Mapping[str, _Answers], cells: _Cells) -> NDArray[Any]:
        plain = np.ones(cells.rows, dtype=bool)
        for reader in self._readers:
            answers = read[reader.column.name]
            if answers.is_fault is not None:
                plain &= ~answers.is_fault[answers.codes]
            plain &= ~self._is_missing(reader, answers, cells)
            if reader.column.unique:
                plain &= self._is_alone(answers)
        return plain

    def _is_missing(self, reader: Reader, answers: _Answers, cells: _Cells) -> NDArray[Any]:
        """Which rows lack a value that they need."""
        column = reader.column
        if column.type in BLANK_IS_AN_ANSWER or None not in answers.values:
            return np.zeros(cells.rows, dtype=bool)
        is_needed = cells.where(reader.is_required, [*column.required_unless, *column.required_when])
        is_missing: NDArray[Any] = answers.is_blank() & is_needed
        return is_missing

    def _is_alone(self, answers: _Answers) -> NDArray[Any]:
        """Which rows have a value that no other row has, in this part or before it."""
        keys = list(map(unique_key, answers.of_rows()))
        rows = Counter(keys)
        shared = {key for key, count in rows.items() if count > 1} | (rows.keys() & self._unique)
        return np.fromiter((key not in shared for key in keys), bool, len(keys))

    # --- what lands --------------------------------------------------------------------------------

    def _append(
        self, read: Mapping[str, _Answers], cells: _Cells, lines: NDArray[Any], plain: NDArray[Any]
    ) -> None:
        """Lands the plain rows, which begin on these lines."""
        landing: dict[str, pa.Array] = {
            "source_file": pa.repeat(pa.scalar(self._source_file, pa.string()), len(lines)),
            "source_line": pa.array(lines),
            "event_id": pa.repeat(pa.scalar(self._surroundings.event_id, pa.string()), len(lines)),
        }
        for column in self._contract.columns:
            if not column.is_stored:
                continue
            answers = read.get(column.name) or self._unread(column, cells)
            if column.unique:
                self._unique.update(map(unique_key, compress(answers.of_rows(), plain)))
            if answers.codes is None:
                (into,) = landing_columns(column)
                landing[into.name] = pa.array(list(compress(answers.values, plain)), into.type)
            elif column.type == "place_list":
                self._append_list(column, answers.values, answers.codes[plain], lines)
            else:
                told = cells.where(partial(is_place, column), column.when)[plain] if column.when else None
                landing.update(self._landing(column, answers, answers.codes[plain], told))
        self._add(self._contract.source, landing)

    def _unread(self, column: Column, cells: _Cells) -> _Answers:
        """A column that this file does not have, or that says nothing beside another file."""
        if column.type in ("place", "country"):
            typed, codes = cells.coded(self._layout.positions[column.name])
            return _Answers(typed, [None] * len(typed), codes)
        return _Answers([None], [None], np.zeros(cells.rows, dtype=np.int32))

    def _landing(
        self, column: Column, answers: _Answers, codes: NDArray[Any], is_told: NDArray[Any] | None
    ) -> dict[str, pa.Array]:
        """What lands of each distinct cell, put where it stands; the key of a place only where it is one."""
        into = landing_columns(column)
        lands = landed(column, self._contract, self._surroundings.pseudonymiser)
        distinct: Sequence[Sequence[Any]] = [answers.values]
        if lands is not None:
            is_used = np.zeros(len(answers.cells), dtype=bool)
            is_used[codes] = True
            nothing = (None,) * len(into)
            each = zip(answers.cells, answers.values, is_used.tolist(), strict=True)
            distinct = list(
                zip(*(lands(cell, value) if used else nothing for cell, value, used in each), strict=True)
            )
        at = [pa.array(codes)] * len(into)
        at[-1] = at[-1] if is_told is None else pa.array(codes, mask=~is_told)
        return {
            column_.name: pa.array(values, column_.type).take(indices)
            for column_, values, indices in zip(into, distinct, at, strict=True)
        }

    def _append_list(
        self, column: Column, values: Sequence[Any], codes: NDArray[Any], lines: NDArray[Any]
    ) -> None:
        elements = [list(place_elements(value)) for value in values]
        sizes = np.fromiter(map(len, elements), np.int64, len(elements))
        # The elements of the distinct lists stand one after the other: a row takes those of its list.
        starts, size = (np.cumsum(sizes) - sizes)[codes], sizes[codes]
        steps = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        at = pa.array(np.repeat(starts, size) + steps)
        positions, texts, keys = list(zip(*chain.from_iterable(elements), strict=True)) or [(), (), ()]
        landing = {
            "source_file": pa.repeat(pa.scalar(self._source_file, pa.string()), len(at)),
            "source_line": pa.array(np.repeat(lines, size)),
            "position": pa.array(positions, pa.int64()).take(at),
            "place_text": pa.array(texts, pa.string()).take(at),
            "place_key": pa.array(keys, pa.string()).take(at),
        }
        self._add(f"{self._contract.source}_{column.name}", landing)

    def _add(self, name: str, landing: Mapping[str, pa.Array]) -> None:
        schema = self._schemas[name]
        table = pa.Table.from_arrays([landing[each] for each in schema.names], schema=schema)
        self._parts[name].append(table)


def _matters(column: Column, contract: Contract) -> bool:
    """Whether a column lands, or can be what is wrong with a row."""
    is_asked_for = column.required or column.required_unless or column.required_when
    return bool(
        column.is_stored
        or is_asked_for
        or column.references
        or column.unique
        or not takes_any_text(column, contract)
    )


def _in_order(parts: list[pa.Table], rest: pa.Table) -> pa.Table:
    """The rows of all parts and the rest, as they stand in the file."""
    table = pa.concat_tables([*parts, rest])
    if not rest.num_rows or not parts:
        return table
    keys = [name for name in ("source_line", "position") if name in table.column_names]
    return table.sort_by([(name, "ascending") for name in keys])
