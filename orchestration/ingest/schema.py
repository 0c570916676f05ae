"""Arrow schemas of the landing tables, derived from the contracts.

Used by the Parquet writer, the dbt sources and the data dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from orchestration.ingest.contracts import Column, Contract

DECIMALS = {"amount": (18, 4), "rate": (18, 10), "decimal": (18, 4)}

_TEXT = pa.string()
_TYPES: dict[str, pa.DataType] = {
    "identifier": _TEXT,
    "text": _TEXT,
    "enum": _TEXT,
    "gender": _TEXT,
    "list": _TEXT,
    "integer_list": _TEXT,
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "instant": pa.timestamp("us"),
    "integer": pa.int64(),
    **{name: pa.decimal128(*size) for name, size in DECIMALS.items()},
}


@dataclass(frozen=True)
class LandingColumn:
    """A column of a landing table: name, Arrow type, meaning."""

    name: str
    type: pa.DataType
    description: str


@dataclass(frozen=True)
class LandingTable:
    """A table of the landing: name, meaning, columns."""

    name: str
    description: str
    columns: tuple[LandingColumn, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of the table."""
        return pa.schema([(column.name, column.type) for column in self.columns])


ORIGIN = (
    LandingColumn("source_file", _TEXT, "File that the row came from, as its path under the year"),
    LandingColumn("source_line", pa.int64(), "Physical line on which the row begins, from 1"),
)


def day_name(column: Column) -> str:
    """The column of the Madrid date of an instant: uploaded_at → uploaded_on."""
    return column.name.removesuffix("_at") + "_on"


def landing_columns(column: Column) -> list[LandingColumn]:
    """The landing columns of a contract column; empty for one that is not stored."""
    name, meaning = column.name, column.description
    if not column.is_stored or column.type == "place_list":
        return []
    match column.type:
        case "email":
            return [LandingColumn("person_key", _TEXT, "Keyed pseudonym of the person's address")]
        case "country":
            return [
                LandingColumn(f"{name}_text", _TEXT, f"{meaning}, as typed"),
                LandingColumn(f"{name}_code", _TEXT, f"{meaning}, ISO 3166 alpha-2 where it is one"),
                LandingColumn(f"{name}_key", _TEXT, f"{meaning}, code or else comparable text"),
            ]
        case "place":
            return [
                LandingColumn(f"{name}_text", _TEXT, meaning),
                LandingColumn(f"{name}_key", _TEXT, f"{meaning}; comparable text"),
            ]
        case "instant":
            return [
                LandingColumn(name, _TYPES["instant"], f"{meaning}; in UTC"),
                LandingColumn(day_name(column), pa.date32(), f"{meaning}; day on the Madrid clock"),
            ]
        case _:
            landed = [LandingColumn(name, _TYPES[column.type], meaning)]
            if column.name_key:
                landed.append(LandingColumn(f"{name}_key", _TEXT, f"{meaning}; comparable text"))
            return landed


def main_table(contract: Contract) -> LandingTable:
    """The table of a source, one row a loaded record."""
    columns = list(ORIGIN)
    if contract.per_event:
        columns.append(LandingColumn("event_id", _TEXT, "Event of the programme, by the file name"))
    for column in contract.columns:
        columns.extend(landing_columns(column))
    return LandingTable(contract.source, contract.description, tuple(columns))


def list_tables(contract: Contract) -> list[LandingTable]:
    """One table for each column that lists places: one row per element."""
    return [
        LandingTable(
            f"{contract.source}_{column.name}",
            f"{column.description}; one row an element",
            (
                *ORIGIN,
                LandingColumn("position", pa.int64(), "Place of the element in the list, from 1"),
                LandingColumn("place_text", _TEXT, "Element as typed, trimmed"),
                LandingColumn("place_key", _TEXT, "Element; comparable text"),
            ),
        )
        for column in contract.columns
        if column.type == "place_list"
    ]


def place_key_columns(contract: Contract) -> list[tuple[str, str]]:
    """Landing table and column of every comparable text of a place."""
    of_rows = [
        (contract.source, f"{column.name}_key")
        for column in contract.columns
        if column.type == "place" and column.is_stored
    ]
    return of_rows + [(table.name, "place_key") for table in list_tables(contract)]


def _table(name: str, description: str, *columns: tuple[str, pa.DataType, str]) -> LandingTable:
    return LandingTable(name, description, tuple(LandingColumn(*column) for column in columns))


_FIGURE = pa.decimal128(18, 4)
QUARANTINE = _table(
    "quarantine",
    "Rows that did not load; never the personal data of the row.",
    ("source_file", _TEXT, "File of the row"),
    ("source_line", pa.int64(), "Physical line on which the row begins"),
    ("field", _TEXT, "Column at fault; blank where it is the whole row"),
    ("reason_code", _TEXT, "Reason, from a closed list"),
    ("reason", _TEXT, "Reason in a plain sentence"),
)
SOURCE_FILES = _table(
    "source_files",
    "Files that were read, and what became of their rows.",
    ("source_file", _TEXT, "File, as its path under the year"),
    ("source", _TEXT, "Contract that it was read by"),
    ("sha256", _TEXT, "Hash of its bytes"),
    ("bytes", pa.int64(), "Size"),
    ("rows_counted", pa.int64(), "Records, counted from the bytes without the reader; blank for a workbook"),
    ("rows_read", pa.int64(), "Records below the header"),
    ("rows_loaded", pa.int64(), "Of these, loaded"),
    ("rows_quarantined", pa.int64(), "Of these, in quarantine"),
)
FINDINGS = _table(
    "findings",
    "What people should know of the files of the year.",
    ("severity", _TEXT, "note, or refuse where nothing may be published"),
    ("code", _TEXT, "What sort of finding it is"),
    ("source_file", _TEXT, "File or folder concerned"),
    ("message", _TEXT, "Finding in a plain sentence"),
    ("owner", _TEXT, "Who answers for the file; blank for a file that no contract asks for"),
)
PROMISES = _table(
    "promises",
    "What the contract of each export promises about it, from year to year.",
    ("source", _TEXT, "Contract"),
    ("export", _TEXT, "Path of its file under the year, without the ending"),
    ("cumulative", pa.bool_(), "Whether it never holds fewer rows than before"),
    ("expected_every_year", pa.bool_(), "Whether it has rows where it had some the year before"),
)
CORRECTED_VALUES = _table(
    "corrected_values",
    "Declared corrections, one row a landing column that changes.",
    ("table_name", _TEXT, "Landing table"),
    ("source_file", _TEXT, "File of the row"),
    ("source_line", pa.int64(), "Line of the row"),
    ("column_name", _TEXT, "Landing column"),
    ("old_value", _TEXT, "Value that the file holds, as text"),
    ("new_value", _TEXT, "Value that stands instead, as text"),
    ("reason", _TEXT, "Why"),
    ("corrected_by", _TEXT, "Who declared it"),
    ("corrected_on", pa.date32(), "When"),
)
RELEASED_FIGURES = _table(
    "released_figures",
    "Figures of the latest releases of the year and of the year before.",
    ("year", pa.int64(), "Report year"),
    ("release", _TEXT, "Release"),
    ("figure_id", _TEXT, "Figure"),
    ("value", _FIGURE, "Value as released"),
    ("numerator", _FIGURE, "Numerator as released"),
    ("denominator", _FIGURE, "Denominator as released"),
)
RELEASED_CELLS = _table(
    "released_cells",
    "Annex cells of the latest releases of the year and of the year before.",
    ("year", pa.int64(), "Report year"),
    ("release", _TEXT, "Release"),
    ("annex", _TEXT, "Annex table"),
    ("member_id", _TEXT, "Member"),
    ("column_name", _TEXT, "Column"),
    ("value", _TEXT, "Value as released"),
)
RELEASED_SOURCES = _table(
    "released_sources",
    "Files of the latest releases of the year and of the year before.",
    ("year", pa.int64(), "Report year"),
    ("release", _TEXT, "Release"),
    ("source_file", _TEXT, "File"),
    ("rows_read", pa.int64(), "Records that it held then"),
    ("sha256", _TEXT, "Hash that it had then"),
)
RELEASED_PLACES = _table(
    "released_places",
    "Place texts of the latest releases of the year and of the year before.",
    ("year", pa.int64(), "Report year"),
    ("release", _TEXT, "Release"),
    ("source_file", _TEXT, "File"),
    ("place_key", _TEXT, "Key of the text"),
    ("member", _TEXT, "Member that it was resolved to, as named then; blank for an unresolved one"),
    ("rows", pa.int64(), "How often it stood there"),
)
FURTHER_TABLES = (
    QUARANTINE,
    SOURCE_FILES,
    FINDINGS,
    PROMISES,
    CORRECTED_VALUES,
    RELEASED_FIGURES,
    RELEASED_CELLS,
    RELEASED_SOURCES,
    RELEASED_PLACES,
)


def landing_tables(contracts: dict[str, Contract]) -> list[LandingTable]:
    """Every table of the landing, in the order of the contracts."""
    tables: list[LandingTable] = []
    for contract in contracts.values():
        tables.append(main_table(contract))
        tables.extend(list_tables(contract))
    return [*tables, *FURTHER_TABLES]
