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
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.ingest.arrays import Numbers, array_of, array_of_numbers, repeated
from orchestration.ingest.cells import BLANK_IS_AN_ANSWER, cell_text
from orchestration.ingest.contracts import Column, Contract
from orchestration.ingest.faults import RowFault
from orchestration.ingest.landed import is_place, landed, place_elements
from orchestration.ingest.loading import FileLoader, LoadedFile, Reader, Surroundings, Values, unique_key
from orchestration.ingest.records import Record, TextRecords
from orchestration.ingest.schema import landing_columns, list_tables, main_table

# Fewer rows are read as fast one by one.
MANY_ROWS = 200
# So many rows at a time are held as columns, beside the rows themselves.
PART_ROWS = 50_000

# The cells under each name of the header.
_Columns = Sequence[Sequence[Any]]


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


@dataclass(frozen=True)
class _Answers:
    """A column: its distinct cells, what each of them says, and which of them each row has."""

    cells: Sequence[Any]
    values: list[Any]
    is_fault: Numbers
    codes: Numbers

    def of_rows(self, distinct: Iterable[bool]) -> Numbers:
        """For each row what holds of its cell."""
        return np.fromiter(distinct, dtype=bool, count=len(self.cells))[self.codes]


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
            columns = list(zip(*rows, strict=True))
            read = {
                reader.column.name: _answers(columns[reader.position], partial(self._loader.value, reader))
                for reader in self._layout.readers
            }
            plain = self._plain(read, columns)
            is_plain[at] = plain
            self._append(read, columns, np.asarray(records.lines, dtype=np.int64)[is_plain], plain)
        self._loader.judge(records[int(number)] for number in np.flatnonzero(~is_plain))

    def _whole_rows(self, records: TextRecords) -> tuple[Numbers, Sequence[list[Any]]]:
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

    # --- which rows are plain ----------------------------------------------------------------------

    def _plain(self, read: Mapping[str, _Answers], columns: _Columns) -> Numbers:
        plain = np.ones(len(columns[0]), dtype=bool)
        for reader in self._layout.readers:
            answers = read[reader.column.name]
            plain &= ~answers.is_fault[answers.codes]
            plain &= ~self._is_missing(reader, answers, columns)
            if reader.column.unique:
                plain &= self._is_alone(answers)
        return plain

    def _is_missing(self, reader: Reader, answers: _Answers, columns: _Columns) -> Numbers:
        """Which rows lack a value that they need."""
        column = reader.column
        is_blank = answers.of_rows(value is None for value in answers.values)
        if column.type in BLANK_IS_AN_ANSWER or not is_blank.any():
            return np.zeros(len(is_blank), dtype=bool)
        names = [*column.required_unless, *column.required_when]
        return is_blank & self._where(reader.is_required, names, columns)

    def _where(self, holds: Callable[[Values], bool], names: Sequence[str], columns: _Columns) -> Numbers:
        """In which rows something holds that depends on the cells of these columns alone."""
        if not names:
            return np.full(len(columns[0]), holds({}))
        cells = list(zip(*(columns[self._layout.positions[name]] for name in names), strict=True))
        known = {each: holds(dict(zip(names, map(cell_text, each), strict=True))) for each in set(cells)}
        return np.fromiter(map(known.__getitem__, cells), dtype=bool, count=len(cells))

    def _is_alone(self, answers: _Answers) -> Numbers:
        """Which rows have a value that no other row has, in this part or before it."""
        keys = [unique_key(value) for value in answers.values]
        rows: Counter[str] = Counter()
        for key, count in zip(keys, np.bincount(answers.codes).tolist(), strict=True):
            rows[key] += count
        return answers.of_rows(rows[key] == 1 and key not in self._unique for key in keys)

    # --- what lands --------------------------------------------------------------------------------

    def _append(
        self, read: Mapping[str, _Answers], columns: _Columns, lines: Numbers, plain: Numbers
    ) -> None:
        """Lands the plain rows, which begin on these lines."""
        landing: dict[str, pa.Array] = {
            "source_file": repeated(self._source_file, len(lines)),
            "source_line": array_of_numbers(lines),
            "event_id": repeated(self._surroundings.event_id, len(lines)),
        }
        for column in self._contract.columns:
            if not column.is_stored:
                continue
            answers = read.get(column.name) or self._unread(column, columns)
            codes = answers.codes[plain]
            if column.type == "place_list":
                self._append_list(column, answers, codes, lines)
                continue
            if column.unique:
                self._unique.update(unique_key(answers.values[code]) for code in codes.tolist())
            is_told = self._where(partial(is_place, column), [*column.when], columns)[plain]
            landing.update(self._landing(column, answers, codes, is_told))
        self._add(self._contract.source, landing)

    def _unread(self, column: Column, columns: _Columns) -> _Answers:
        """A column that this file does not have, or that says nothing beside another file."""
        is_typed = column.type in ("place", "country")
        cells = columns[self._layout.positions[column.name]] if is_typed else [None] * len(columns[0])
        return _answers(cells, lambda cell: None)

    def _landing(
        self, column: Column, answers: _Answers, codes: Numbers, is_told: Numbers
    ) -> dict[str, pa.Array]:
        into = landing_columns(column)
        lands = landed(column, self._contract, self._surroundings.pseudonymiser)
        at = [array_of_numbers(codes)] * len(into)
        if column.when:
            at[-1] = array_of_numbers(codes, is_told)
        distinct: Sequence[Sequence[Any]] = [answers.values]
        if lands is not None:
            used, nothing = set(codes.tolist()), (None,) * len(into)
            cells = zip(answers.cells, answers.values, strict=True)
            rows = (lands(*each) if code in used else nothing for code, each in enumerate(cells))
            distinct = list(zip(*rows, strict=True))
        return {
            each.name: array_of(values, each.type).take(indices)
            for each, values, indices in zip(into, distinct, at, strict=True)
        }

    def _append_list(self, column: Column, answers: _Answers, codes: Numbers, lines: Numbers) -> None:
        elements = [list(place_elements(value)) for value in answers.values]
        sizes = np.fromiter(map(len, elements), dtype=np.int64, count=len(elements))
        # The elements of the distinct lists stand one after the other: a row takes those of its list.
        starts, size = (np.cumsum(sizes) - sizes)[codes], sizes[codes]
        steps = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        at = array_of_numbers(np.repeat(starts, size) + steps)
        positions, texts, keys = list(zip(*chain.from_iterable(elements), strict=True)) or [(), (), ()]
        landing = {
            "source_file": repeated(self._source_file, len(at)),
            "source_line": array_of_numbers(np.repeat(lines, size)),
            "position": array_of(positions, pa.int64()).take(at),
            "place_text": array_of(texts, pa.string()).take(at),
            "place_key": array_of(keys, pa.string()).take(at),
        }
        self._add(f"{self._contract.source}_{column.name}", landing)

    def _add(self, name: str, landing: Mapping[str, pa.Array]) -> None:
        schema = self._schemas[name]
        table = pa.Table.from_arrays([landing[each] for each in schema.names], schema=schema)
        self._parts[name].append(table)


def _answers(column: Sequence[Any], value: Callable[[Any], Any]) -> _Answers:
    """The distinct cells of a column, each of which is read once."""
    codes: defaultdict[Any, int] = defaultdict()
    # A cell that is new has the next number.
    codes.default_factory = codes.__len__
    of_rows = np.fromiter(map(codes.__getitem__, column), dtype=np.int32, count=len(column))
    values: list[Any] = []
    is_fault = np.zeros(len(codes), dtype=bool)
    for code, cell in enumerate(codes):
        try:
            values.append(value(cell))
        except RowFault:
            values.append(None)
            is_fault[code] = True
    return _Answers(list(codes), values, is_fault, of_rows)


def _in_order(parts: list[pa.Table], rest: pa.Table) -> pa.Table:
    """The rows of all parts and the rest, as they stand in the file."""
    table = pa.concat_tables([*parts, rest])
    if not rest.num_rows or not parts:
        return table
    keys = [name for name in ("source_line", "position") if name in table.column_names]
    return table.sort_by([(name, "ascending") for name in keys])
