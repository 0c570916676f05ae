"""Records of a file as rows of the landing, or of the quarantine.

Here belongs the order in which a row is judged and the one rule that nothing is lost: every record
becomes a landing row or a quarantined one. How a cell is read belongs in ``cells``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from orchestration.ingest.addresses import without_addresses
from orchestration.ingest.cells import (
    BLANK_IS_AN_ANSWER,
    cell_text,
    column_parser,
    quoted,
)
from orchestration.ingest.contracts import UNSTORED_TYPES, Column, Contract
from orchestration.ingest.faults import (
    FileRefused,
    Finding,
    QuarantinedRow,
    Reason,
    RowFault,
)
from orchestration.ingest.landed import Landed, is_place, landed, place_elements
from orchestration.ingest.normalise import plain_spaces
from orchestration.ingest.pseudonyms import Pseudonymiser
from orchestration.ingest.records import Record
from orchestration.ingest.schema import LandingTable, landing_columns, list_tables, main_table

Values = dict[str, Any]
# Takes a row's line, its values, its cells and the cells that conditions look at.
_Store = Callable[[int, Values, list[Any], Values], None]

_IDENTIFIER = re.compile(r"[A-Z]\d[\d-]{0,18}", re.ASCII)
_UNKNOWN_REFERENCE = {
    "programme": Reason.UNKNOWN_EVENT,
    "members": Reason.UNKNOWN_MEMBER,
}


@dataclass(frozen=True)
class Surroundings:
    """What a file's rows are judged against, beside the contract itself."""

    references: Mapping[str, Collection[str]]
    pseudonymiser: Pseudonymiser
    event_id: str | None = None
    platforms_beside: frozenset[str] = frozenset()


@dataclass
class LoadedFile:
    """The rows of one file: landing tables by name, quarantined rows, findings."""

    tables: dict[str, pa.Table]
    rows_read: int
    rows_loaded: int
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """A column at its position in the file's header, and whether it may be blank in a row of these conditions."""

    column: Column
    position: int
    header: str
    parse: Callable[[Any], Any]
    is_required: Callable[[Values], bool]


class Layout:
    """Where a file's header puts the columns of the contract, and how each is read."""

    def __init__(
        self,
        contract: Contract,
        header: tuple[str, ...],
        source_file: str,
        surroundings: Surroundings,
    ) -> None:
        self.contract = contract
        self.header = header
        self.width = len(header)
        self.names = [name.strip() for name in header]
        found = self._find_columns(source_file)
        is_workbook = source_file.endswith(".xlsx")
        self.positions = {column.name: position for column, position in found}
        self.condition_names = {
            name
            for column in contract.columns
            for conditions in (column.required_unless, column.required_when, column.when)
            for name in conditions
        }
        self.readers = [
            Reader(
                column,
                position,
                self.names[position],
                column_parser(column, contract, self.names[position], is_workbook=is_workbook),
                self._requirement(column),
            )
            for column, position in sorted(found, key=lambda pair: pair[1])
            if column.type not in UNSTORED_TYPES and column.unless_beside not in surroundings.platforms_beside
        ]

    def _find_columns(self, source_file: str) -> list[tuple[Column, int]]:
        by_name: dict[str, list[int]] = {}
        for position, name in enumerate(self.names):
            by_name.setdefault(plain_spaces(name).casefold(), []).append(position)
        found: list[tuple[Column, int]] = []
        missing: list[str] = []
        known: set[int] = set()
        for column in self.contract.columns:
            positions = [p for name in column.headers for p in by_name.get(name.casefold(), ())]
            if len(positions) > 1 and column.type not in UNSTORED_TYPES:
                raise FileRefused(source_file, f"column {column.headers[0]} twice", "it once")
            if positions:
                found.append((column, positions[0]))
                known.update(positions)
            elif not column.optional:
                missing.append(column.headers[0])
        if missing:
            raise FileRefused(
                source_file,
                "a header without " + ", ".join(missing),
                "the columns " + ", ".join(c.headers[0] for c in self.contract.columns),
            )
        self.unknown = [name for position, name in enumerate(self.names) if name and position not in known]
        return found

    def _requirement(self, column: Column) -> Callable[[Values], bool]:
        def holds(conditions: Mapping[str, tuple[str, ...]], cells: Values) -> bool:
            return any(cells[name].casefold() in values for name, values in conditions.items())

        if column.required_unless:
            return lambda cells: not holds(column.required_unless, cells)
        if column.required_when:
            return lambda cells: holds(column.required_when, cells)
        return lambda cells: column.required

    def condition_cells(self, cells: Sequence[Any]) -> Values:
        """The cells that conditions of other columns look at, as trimmed text."""
        return {name: cell_text(cells[self.positions[name]]) for name in self.condition_names}

    def full_row(self, cells: list[Any]) -> list[Any] | None:
        """The cells that stand under the header; None for a row of another width."""
        if len(cells) == self.width:
            return cells
        surplus = cells[self.width :]
        is_padding = surplus and not any(cell.strip() for cell in surplus)
        return cells[: self.width] if is_padding and self.contract.surplus_cells_are_padding else None


class FileLoader:
    """Loads the records of one file; made anew for each file."""

    def __init__(
        self, contract: Contract, source_file: str, surroundings: Surroundings, unique: set[str]
    ) -> None:
        self._contract = contract
        self._source_file = source_file
        self._surroundings = surroundings
        self._unique = unique
        self._layouts: dict[tuple[str, ...], Layout] = {}
        self._stores_by_header: dict[tuple[str, ...], list[_Store]] = {}
        self._has_conditions = any(
            column.required_unless or column.required_when or column.when for column in contract.columns
        )
        self._table = main_table(contract)
        self._rows: dict[str, list[Any]] = {column.name: [] for column in self._table.columns}
        self._list_tables = list_tables(contract)
        self._lists: dict[str, dict[str, list[Any]]] = {
            table.name: {column.name: [] for column in table.columns} for table in self._list_tables
        }
        self._quarantined: list[QuarantinedRow] = []

    def load(self, records: Sequence[Record], header: tuple[str, ...] | None = None) -> LoadedFile:
        """All records of the file, each loaded or quarantined.

        Raises FileRefused where the header lacks a required column.
        """
        self.judge(records)
        return self.result(len(records), header)

    def judge(self, records: Iterable[Record]) -> None:
        """Some records of the file, each loaded or quarantined."""
        for record in records:
            try:
                self._load_row(record)
            except RowFault as fault:
                self._quarantine(record, fault)

    def result(self, rows_read: int, header: tuple[str, ...] | None = None) -> LoadedFile:
        """What became of the records that were judged; ``header`` is the last that the file has."""
        if header is not None:
            self.layout(header)
        return self._result(rows_read)

    def reject_all(self, records: Sequence[Record], fault: RowFault) -> LoadedFile:
        """All records of a file that is refused for one reason, in quarantine."""
        for record in records:
            self._quarantine(record, fault)
        return self._result(len(records))

    def layout(self, header: tuple[str, ...]) -> Layout:
        """Where a header puts the columns; made once a file.

        Raises FileRefused where the header lacks a required column.
        """
        if header not in self._layouts:
            self._layouts[header] = Layout(self._contract, header, self._source_file, self._surroundings)
        return self._layouts[header]

    # --- one row -------------------------------------------------------------------------------

    def _load_row(self, record: Record) -> None:
        layout = self.layout(record.header)
        if record.is_undecodable:
            raise RowFault(Reason.INVALID_UTF8, "The row holds bytes that are no text")
        cells = layout.full_row(record.cells)
        if cells is None:
            sentence = f"The row has {len(record.cells)} cells, the header {layout.width}"
            raise RowFault(Reason.COLUMN_COUNT, sentence)
        conditions = layout.condition_cells(cells) if self._has_conditions else {}
        values: Values = {}
        for reader in layout.readers:
            values[reader.column.name] = self._read_cell(reader, cells[reader.position], conditions)
        self._append(record.line, values, cells, layout, conditions)

    def _read_cell(self, reader: Reader, cell: Any, conditions: Values) -> Any:
        value = self.value(reader, cell)
        column = reader.column
        if value is None:
            if column.type not in BLANK_IS_AN_ANSWER and reader.is_required(conditions):
                raise RowFault(Reason.MISSING_REQUIRED, f"{reader.header} is blank", reader.header)
            return None
        if column.unique and value in self._unique:
            raise RowFault(
                Reason(column.unique),
                f"{reader.header}: {quoted(value)} stands in an earlier row",
                reader.header,
            )
        return value

    def value(self, reader: Reader, cell: Any) -> Any:
        """What a cell says, whichever row it stands in; None for a blank one.

        Raises RowFault for one that says nothing of its type, or refers to nothing.
        """
        value = reader.parse(cell)
        column = reader.column
        if value is None or value == "":
            return None
        if isinstance(value, str) and column.type != "email":
            value = without_addresses(value, incomplete=self._contract.personal)
        if column.references:
            self._check_reference(reader, value)
        return value

    def _check_reference(self, reader: Reader, value: str) -> None:
        source = reader.column.references
        assert source is not None
        if value not in self._surroundings.references[source]:
            # A name that slipped into the column is not repeated.
            is_told = not self._contract.personal or _IDENTIFIER.fullmatch(value)
            said = quoted(value) if is_told else "the value"
            raise RowFault(
                _UNKNOWN_REFERENCE[source],
                f"{reader.header}: {said} is in no loaded row of {source}",
                reader.header,
            )

    # --- what lands ----------------------------------------------------------------------------

    def _append(
        self, line: int, values: Values, cells: list[Any], layout: Layout, conditions: Values
    ) -> None:
        for store in self._stores(layout):
            store(line, values, cells, conditions)
        self._rows["source_line"].append(line)

    def _stores(self, layout: Layout) -> list[_Store]:
        """What puts a row's values into their columns; decided once a header, not once a row."""
        if layout.header not in self._stores_by_header:
            columns = [column for column in self._contract.columns if column.is_stored]
            self._stores_by_header[layout.header] = [self._store(each, layout) for each in columns]
        return self._stores_by_header[layout.header]

    def _store(self, column: Column, layout: Layout) -> _Store:
        name = column.name
        if column.type == "place_list":
            return lambda line, values, cells, conditions: self._append_list(column, line, values.get(name))
        lists = [self._rows[each.name] for each in landing_columns(column)]
        lands = landed(column, self._contract, self._surroundings.pseudonymiser)
        if lands is None:
            return self._plain_store(column, lists[0])
        if column.type in ("place", "country"):
            return self._name_store(column, lists, lands, layout.positions[name])

        def store(line: int, values: Values, cells: list[Any], conditions: Values) -> None:
            for into, value in zip(lists, lands(None, values.get(name)), strict=True):
                into.append(value)

        return store

    def _plain_store(self, column: Column, into: list[Any]) -> _Store:
        name, unique = column.name, self._unique

        def store(line: int, values: Values, cells: list[Any], conditions: Values) -> None:
            into.append(values.get(name))

        def store_unique(line: int, values: Values, cells: list[Any], conditions: Values) -> None:
            into.append(values.get(name))
            unique.add(unique_key(values.get(name)))

        return store_unique if column.unique else store

    def _name_store(self, column: Column, lists: list[list[Any]], lands: Landed, position: int) -> _Store:
        def store(line: int, values: Values, cells: list[Any], conditions: Values) -> None:
            names = lands(cells[position], values.get(column.name))
            if not is_place(column, conditions):
                names = (*names[:-1], None)
            for into, value in zip(lists, names, strict=True):
                into.append(value)

        return store

    def _append_list(self, column: Column, line: int, value: str | None) -> None:
        lists = self._lists[f"{self._contract.source}_{column.name}"].values()
        for element in place_elements(value):
            for into, each in zip(lists, (self._source_file, line, *element), strict=True):
                into.append(each)

    def _quarantine(self, record: Record, fault: RowFault) -> None:
        self._quarantined.append(
            QuarantinedRow(self._source_file, record.line, fault.field, fault.reason.value, fault.sentence)
        )

    def _result(self, rows_read: int) -> LoadedFile:
        loaded = len(self._rows["source_line"])
        self._rows["source_file"] = [self._source_file] * loaded
        if self._contract.per_event:
            self._rows["event_id"] = [self._surroundings.event_id] * loaded
        tables = {self._table.name: _arrow(self._table, self._rows)}
        for table in self._list_tables:
            tables[table.name] = _arrow(table, self._lists[table.name])
        findings = [
            Finding(
                "note",
                "unknown_column",
                self._source_file,
                f"Column {_plain_name(name)} is not in the contract and was left out",
            )
            for layout in self._layouts.values()
            for name in layout.unknown
        ]
        return LoadedFile(tables, rows_read, loaded, self._quarantined, findings)


def unique_key(value: Any) -> str:
    """As what a value of a column that is unique is known to the rows below."""
    return str(value)


def _plain_name(name: str) -> str:
    """A column's name for a sentence: decodable, on one line, without an address."""
    decodable = name.encode("utf-8", "replace").decode("utf-8")
    return without_addresses(" ".join(decodable.split()), incomplete=True)


def _arrow(table: LandingTable, rows: Mapping[str, list[Any]]) -> pa.Table:
    arrays = [pa.array(rows[column.name], column.type) for column in table.columns]
    return pa.Table.from_arrays(arrays, schema=table.schema)
