"""Calls the readers without Dagster: on the bytes of one file, or on a year's folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from orchestration.ingest.contracts import Contract, load_contracts
from orchestration.ingest.counting import count_records
from orchestration.ingest.errors import Finding, QuarantinedRow, Reason
from orchestration.ingest.history import write_history
from orchestration.ingest.layout import Layout, Surroundings
from orchestration.ingest.loader import LoadedFile, load_file, split_file
from orchestration.ingest.pseudonyms import Pseudonymiser
from orchestration.ingest.source_inventory import write_corrected_values, write_source_inventory
from orchestration.ingest.sources import Landing, ingest_source, references_of
from orchestration.paths import Home

KEY = b"a key of the tests, long enough"
EVENT = "E2019-001"
PSEUDONYMS = Pseudonymiser(KEY)


@dataclass(frozen=True)
class Known:
    """What other sources hold when a file is read."""

    events: frozenset[str] = frozenset({EVENT})
    members: frozenset[str] = frozenset({"M001", "M002"})
    beside: frozenset[str] = frozenset()

    def surroundings(self, per_event: str | None) -> Surroundings:
        """The surroundings of a file of the event."""
        references = {"programme": self.events, "members": self.members}
        return Surroundings(references, PSEUDONYMS, EVENT if per_event else None, self.beside)


def file_name(source: str, *, workbook: bool = False) -> str:
    """The path under the year that a source's file has."""
    contract = load_contracts()[source]
    if workbook:
        assert contract.format.workbook is not None
        return contract.format.workbook.file
    return contract.file.replace("*", EVENT)


def load(
    source: str, content: bytes | str, known: Known | None = None, *, workbook: bool = False
) -> LoadedFile:
    """The bytes of one file of a source; a text is written as UTF-8."""
    contract = load_contracts()[source]
    name = file_name(source, workbook=workbook)
    data = content.encode("utf-8") if isinstance(content, str) else content
    surroundings = (known or Known()).surroundings(contract.per_event)
    return load_file(data, name, contract, surroundings)


def counted(source: str, content: bytes) -> int | None:
    """The records of a file, counted without its reader."""
    contract, name = load_contracts()[source], file_name(source)
    surroundings = Known().surroundings(contract.per_event)

    def layout_of(header: tuple[str, ...]) -> Layout:
        return Layout(contract, header, name, surroundings, is_lenient=True)

    return count_records(content, name, contract, layout_of)


@dataclass(frozen=True)
class AnyLayout:
    """A header under which every cell is read, whatever it holds, and no line alone is a row."""

    header: tuple[str, ...]

    @property
    def positions(self) -> Sequence[int]:
        """The positions of all cells."""
        return range(len(self.header))

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether these are as many cells as the header has."""
        return len(cells) == len(self.header)

    def is_whole_row(self, cells: Sequence[str]) -> bool:
        """Never."""
        return False


@dataclass(frozen=True)
class Record:
    """A record as it was split: its line, header and cells, and what is wrong with it as a whole."""

    line: int
    header: tuple[str, ...]
    cells: list[Any]
    fault: Reason | None


def split_records(content: bytes, name: str, contract: Contract) -> list[Record]:
    """The records of a file, with every cell; raises FileRefused."""
    found = []
    for block in split_file(content, name, contract, AnyLayout).blocks:
        columns = [block.columns[at] for at in range(len(block.header))]
        cells = [column if isinstance(column, list) else column.to_pylist() for column in columns]
        for row, line in enumerate(block.lines.tolist()):
            fault = block.faults.get(row)
            found.append(Record(line, block.header, [each[row] for each in cells], fault and fault[0]))
    return found


def rows_of(loaded: LoadedFile, table: str) -> list[dict[str, Any]]:
    """The rows of a landing table of a loaded file."""
    rows: list[dict[str, Any]] = loaded.tables[table].to_pylist()
    return rows


def faults_of(loaded: LoadedFile) -> list[tuple[int, str, str]]:
    """Line, field and reason code of every quarantined row."""
    return [(row.source_line, row.field, row.reason_code) for row in loaded.quarantined]


@dataclass(frozen=True)
class LandedYear:
    """A year's folder as landed."""

    landing: Landing
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a landing table."""
        rows: list[dict[str, Any]] = pq.read_table(self.landing.table_path(table)).to_pylist()
        return rows

    def codes(self) -> set[tuple[str, str, str]]:
        """Severity, code and file of every finding."""
        return {(each.severity, each.code, each.source_file) for each in self.findings}


def land_year(exports: Path, folder: Path, home: Home | None = None) -> LandedYear:
    """Every table of a year's landing, compared with the releases of a home.

    Raises SourceRefused where a file breaks its contract as a whole.
    """
    landing = Landing(int(exports.name), exports, folder, KEY)
    contracts = load_contracts()
    quarantined = []
    for contract in sorted(contracts.values(), key=lambda each: len(references_of(each))):
        quarantined += ingest_source(landing, contract).quarantined
    states = [state for name in contracts if (state := landing.read_state(name)) is not None]
    write_history(landing, home or Home(folder / "no home"))
    findings = write_source_inventory(landing, contracts, states)
    write_corrected_values(landing, states)
    return LandedYear(landing, quarantined, findings)
