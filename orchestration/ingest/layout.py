"""Maps a file's header to the columns of its contract, and gives each column its parser."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from orchestration.ingest.addresses import without_addresses
from orchestration.ingest.contracts import UNSTORED_TYPES, Column, Contract
from orchestration.ingest.dates import FORMS, Form, read_moments
from orchestration.ingest.errors import FileRefused, Reason, RowError
from orchestration.ingest.normalise import plain_spaces
from orchestration.ingest.parsers import BLANK_IS_AN_ANSWER, column_parser, quoted
from orchestration.ingest.pseudonyms import Pseudonymiser

# The reference that lists the keys of names of places; in files with people, other names may be people's.
LISTED_PLACES = "listed places"
_IDENTIFIER = re.compile(r"[A-Z]\d[\d-]{0,18}", re.ASCII)
_UNKNOWN_REFERENCE = {"programme": Reason.UNKNOWN_EVENT, "members": Reason.UNKNOWN_MEMBER}

Conditions = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Surroundings:
    """Context of a file beyond its contract: year, event, keys of referenced sources."""

    references: Mapping[str, Collection[str]]
    pseudonymiser: Pseudonymiser
    event_id: str | None = None
    platforms_beside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reader:
    """A contract column at its position in the file's header."""

    column: Column
    contract: Contract
    position: int
    header: str
    parse: Callable[[Any], Any]
    references: Mapping[str, Collection[str]]

    @property
    def form(self) -> Form | None:
        """The column's timestamp formats; None for a column of another type."""
        return FORMS[self.column.formats[0]] if self.column.type == "datetime" else None

    @property
    def may_be_missing(self) -> bool:
        """Whether a blank can invalidate a row."""
        column = self.column
        is_asked_for = column.required or column.required_unless or column.required_when
        return bool(is_asked_for) and column.type not in BLANK_IS_AN_ANSWER

    def value(self, cell: Any) -> Any:
        """The parsed value of a cell; None if blank.

        Raises RowError for one that says nothing of its type, or refers to nothing.
        """
        value = self.parse(cell)
        column = self.column
        if value is None or value == "":
            return None
        if isinstance(value, str) and column.type != "email":
            value = without_addresses(value, incomplete=self.contract.personal)
        if column.references and value not in self.references[column.references]:
            # A name that slipped into the column is not repeated.
            is_told = not self.contract.personal or _IDENTIFIER.fullmatch(value)
            said = quoted(value) if is_told else "the value"
            raise RowError(
                _UNKNOWN_REFERENCE[column.references],
                f"{self.header}: {said} is in no loaded row of {column.references}",
                self.header,
            )
        return value

    def is_readable(self, cell: str) -> bool:
        """Whether a cell is filled and parses; a timestamp may have day and month in either order."""
        if self.form is not None:
            return bool(read_moments(pa.array([cell], pa.string()), self.form).is_readable_somehow[0])
        try:
            return self.parse(cell) not in (None, "")
        except RowError:
            return False


class Layout:
    """The columns of a contract that one header has.

    Raises FileRefused where the header lacks a required column or has one twice, unless ``is_lenient``. ``texts``
    has the positions of the columns named by ``also``, whose texts are kept whether they land or not.
    """

    def __init__(
        self,
        contract: Contract,
        header: tuple[str, ...],
        source_file: str,
        surroundings: Surroundings,
        *,
        is_lenient: bool = False,
        also: Collection[str] = (),
    ) -> None:
        self._contract = contract
        self._width = len(header)
        names = [name.strip() for name in header]
        found, known, wrong = _find_columns(contract, names)
        if wrong and not is_lenient:
            expected = "the columns " + ", ".join(column.headers[0] for column in contract.columns)
            raise FileRefused(source_file, wrong, expected)
        self.unknown = [name for position, name in enumerate(names) if name and position not in known]
        is_workbook = source_file.endswith(".xlsx")
        self.readers = [
            Reader(
                column,
                contract,
                position,
                names[position],
                column_parser(column, contract, names[position], is_workbook=is_workbook),
                surroundings.references,
            )
            for column, position in sorted(found, key=lambda pair: pair[1])
            if _matters(column) and column.unless_beside not in surroundings.platforms_beside
        ]
        self.texts = {column.name: position for column, position in found if column.name in also}

    @property
    def positions(self) -> Sequence[int]:
        """Positions of the cells that are kept."""
        return sorted({*(reader.position for reader in self.readers), *self.texts.values()})

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether a row has as many cells as the header; in some reports, extra blank ones are allowed."""
        if len(cells) > self._width and self._contract.format.surplus_cells == "padding":
            return not any(cell.strip() for cell in cells[self._width :])
        return len(cells) == self._width

    def is_whole_row(self, cells: Sequence[str]) -> bool:
        """Whether these cells form a complete row with readable required cells (rule 41)."""
        if not self.fits(cells):
            return False
        return all(
            reader.is_readable(cells[reader.position])
            for reader in self.readers
            if self._requires(reader, cells)
        )

    def _requires(self, reader: Reader, cells: Sequence[str]) -> bool:
        column = reader.column
        if not reader.may_be_missing:
            return False
        if column.required_unless:
            return not self._holds(column.required_unless, cells)
        return self._holds(column.required_when, cells) if column.required_when else column.required

    def _holds(self, conditions: Conditions, cells: Sequence[str]) -> bool:
        by_name = {reader.column.name: reader for reader in self.readers}
        for name, wanted in conditions.items():
            try:
                value = by_name[name].parse(cells[by_name[name].position])
            except RowError:
                continue
            if is_one_of(value, wanted):
                return True
        return False


def is_one_of(value: Any, wanted: tuple[str, ...]) -> bool:
    """Whether a parsed value is one of a condition's values; case-insensitive."""
    return value is not None and str(value).casefold() in {each.casefold() for each in wanted}


def _matters(column: Column) -> bool:
    """Whether a column is stored or validated."""
    is_asked_for = column.required or column.required_unless or column.required_when
    return column.type not in UNSTORED_TYPES and bool(column.is_stored or is_asked_for or column.references)


def _name_key(name: str) -> str:
    """Key of a column name: ignores case, odd spaces, and forms of accents and apostrophes."""
    return (
        unicodedata.normalize("NFC", plain_spaces(name))
        .replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        .casefold()
    )


def _find_columns(contract: Contract, names: list[str]) -> tuple[list[tuple[Column, int]], set[int], str]:
    """Columns with their positions, duplicate positions, and header errors."""
    by_name: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        by_name.setdefault(_name_key(name), []).append(position)
    found: list[tuple[Column, int]] = []
    known: set[int] = set()
    missing: list[str] = []
    for column in contract.columns:
        positions = [at for name in column.headers for at in by_name.get(_name_key(name), ())]
        if len(positions) > 1 and column.type not in UNSTORED_TYPES:
            return found, known, f"column {column.headers[0]} twice"
        if positions:
            found.append((column, positions[0]))
            known.update(positions)
        elif not column.optional:
            missing.append(column.headers[0])
    return found, known, "a header without " + ", ".join(missing) if missing else ""
