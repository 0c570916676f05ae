"""Declared corrections: puts the corrected values in place while a file lands. Raw files are never edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from orchestration.ingest.contracts import REGISTRATION_FILE, Column, Contract
from orchestration.ingest.countries import country_code
from orchestration.ingest.dates import secretariat_time
from orchestration.ingest.errors import FileRefused, RowError
from orchestration.ingest.normalise import normalise_text
from orchestration.ingest.parsers import column_parser
from orchestration.ingest.schema import day_name

# The source that declares them; every other source is landed after it.
CORRECTIONS = "corrections"
_CORRECTABLE = frozenset(
    {"identifier", "text", "enum", "boolean", "date", "datetime", "instant", "integer", "amount",
     "rate", "gender", "country", "place", "list", "integer_list"}
)  # fmt: skip

# A row of the table corrections.
Correction = dict[str, Any]


@dataclass(frozen=True)
class CorrectedValue:
    """A landing value that a correction replaced, as text; ``declared_line`` is its line in corrections.csv."""

    declared_line: int
    table_name: str
    source_file: str
    source_line: int
    column_name: str
    old_value: str | None
    new_value: str | None
    reason: str
    corrected_by: str
    corrected_on: str


@dataclass(frozen=True)
class _Change:
    """An applicable correction: the row's position, and the new value of each landing column."""

    correction: Correction
    position: int
    values: dict[str, Any]


def corrections_of(contract: Contract, declared: Sequence[Correction]) -> list[Correction]:
    """The declared corrections of a source's files."""
    return [each for each in declared if _is_file_of(contract, each["corrected_file"])]


def correct(
    table: pa.Table, contract: Contract, corrections: Sequence[Correction]
) -> tuple[pa.Table, list[CorrectedValue], list[FileRefused]]:
    """Applies corrections to a file's landing table; returns table, replaced values, misfits.

    A correction fits where its key names one row, its field can be corrected and holds the declared old value.
    """
    changes: list[_Change] = []
    refusals: list[FileRefused] = []
    for correction in corrections:
        try:
            changes.append(_change(table, contract, correction))
        except FileRefused as refusal:
            refusals.append(refusal)
    corrected = table
    for change in changes:
        for name, value in change.values.items():
            corrected = _with_value(corrected, name, change.position, value)
    return corrected, [each for change in changes for each in _recorded(table, contract, change)], refusals


def not_applied(declared: Sequence[Correction], applied: Sequence[CorrectedValue]) -> list[FileRefused]:
    """The corrections that were applied to no file."""
    lines = {each.declared_line for each in applied}
    return [
        _refuse(each, "a file of no contract, or one that was landed without it", "a file of the year")
        for each in declared
        if each["source_line"] not in lines
    ]


def _refuse(correction: Correction, found: str, expected: str) -> FileRefused:
    place = f"{correction['corrected_file']}, {correction['key']}, {correction['field']}"
    where = f"{correction['source_file']}, line {correction['source_line']}"
    return FileRefused(where, f"{found} ({place})", expected)


def _is_file_of(contract: Contract, name: str) -> bool:
    registration = REGISTRATION_FILE.match(name)
    if registration:
        return contract.per_event == registration["platform"]
    files = {contract.file} | ({contract.format.workbook.file} if contract.format.workbook else set())
    return contract.source != CORRECTIONS and name in files


def _change(table: pa.Table, contract: Contract, correction: Correction) -> _Change:
    column = _column_of(contract, correction)
    position = _position_of(table, contract, correction)
    new = _landed(column, contract, correction, "new")
    for name, value in _landed(column, contract, correction, "old").items():
        if not name.endswith("_text") and table[name][position].as_py() != value:
            found = f"another value than the declared old one, {correction['old']}"
            raise _refuse(correction, found, "the old value; the source may have been mended")
    return _Change(correction, position, new)


def _column_of(contract: Contract, correction: Correction) -> Column:
    wanted = correction["field"].casefold()
    for column in contract.columns:
        names = {column.name.casefold(), *(header.casefold() for header in column.headers)}
        if wanted in names and column.type in _CORRECTABLE and column.is_stored:
            return column
    raise _refuse(correction, "a field that cannot be corrected", "a stored column of the file")


def _position_of(table: pa.Table, contract: Contract, correction: Correction) -> int:
    """The position of the one row with the declared key, or on the declared line."""
    names = [_key_column(contract, name) for name in contract.key] or ["source_line"]
    wanted = [part.strip() for part in correction["key"].split("|")]
    lines = table["source_line"].to_pylist()
    keys = zip(*(table[name].to_pylist() for name in names), strict=True)
    positions = [
        position
        for position, (line, key) in enumerate(zip(lines, keys, strict=True))
        if [_as_text(part) for part in key] == wanted
        or [_as_text(key[0])] == wanted
        or correction["key"] == f"line {line}"
    ]
    if len(positions) != 1:
        raise _refuse(correction, f"{len(positions)} rows with this key", "one, by " + ", ".join(names))
    return positions[0]


def _key_column(contract: Contract, name: str) -> str:
    is_place = any(column.name == name and column.type == "place" for column in contract.columns)
    return f"{name}_text" if is_place else name


def _landed(column: Column, contract: Contract, correction: Correction, which: str) -> dict[str, Any]:
    """The landing columns of the declared old or new value."""
    typed = correction[which] or ""
    try:
        value = column_parser(column, contract, column.headers[0])(typed)
    except RowError as fault:
        raise _refuse(correction, f"a {which} value that cannot be read", fault.sentence) from None
    name = column.name
    match column.type:
        case "boolean":
            return {name: bool(value)}
        case "list" | "integer_list":
            return {name: value or None}
        case "place":
            return {f"{name}_text": typed, f"{name}_key": normalise_text(typed) or None}
        case "country":
            code = country_code(typed)
            key = code or normalise_text(typed) or None
            return {f"{name}_text": typed, f"{name}_code": code, f"{name}_key": key}
        case "instant":
            day = secretariat_time(value).date() if value else None
            return {name: value, day_name(column): day}
        case _ if column.name_key:
            return {name: value, f"{name}_key": normalise_text(value or "") or None}
        case _:
            return {name: value}


def _with_value(table: pa.Table, name: str, position: int, value: Any) -> pa.Table:
    column = table[name]
    is_dictionary = pa.types.is_dictionary(column.type)
    plain = column.cast(column.type.value_type) if is_dictionary else column
    around = [
        *plain.slice(0, position).chunks,
        pa.array([value], plain.type),
        *plain.slice(position + 1).chunks,
    ]
    changed = pa.chunked_array(around, plain.type)
    index = table.schema.get_field_index(name)
    return table.set_column(index, name, changed.dictionary_encode() if is_dictionary else changed)


def _recorded(table: pa.Table, contract: Contract, change: _Change) -> list[CorrectedValue]:
    correction = change.correction
    return [
        CorrectedValue(
            declared_line=correction["source_line"],
            table_name=contract.source,
            source_file=correction["corrected_file"],
            source_line=table["source_line"][change.position].as_py(),
            column_name=name,
            old_value=_as_text(table[name][change.position].as_py()),
            new_value=_as_text(value),
            reason=correction["reason"],
            corrected_by=correction["by"],
            corrected_on=correction["on"].isoformat(),
        )
        for name, value in change.values.items()
    ]


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
