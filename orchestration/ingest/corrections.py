"""Declared corrections, from the row they name to the landing columns they change.

Here belongs finding the row, checking that the old value is still there, and reading the new one by the
contract. Applying them is staging's; raw files are never edited.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from orchestration.ingest.cells import column_parser
from orchestration.ingest.contracts import REGISTRATION_FILE, Column, Contract
from orchestration.ingest.countries import country_code
from orchestration.ingest.dates import secretariat_time
from orchestration.ingest.faults import FileRefused, RowFault
from orchestration.ingest.normalise import normalise_text
from orchestration.ingest.schema import CORRECTED_VALUES, day_name
from orchestration.ingest.sources import Landing, SourceRefused

_CORRECTABLE = frozenset(
    {"identifier", "text", "enum", "boolean", "date", "datetime", "instant", "integer", "amount",
     "rate", "gender", "country", "place", "list", "integer_list"}
)  # fmt: skip


def write_corrected_values(landing: Landing, contracts: dict[str, Contract]) -> int:
    """Writes corrected_values; the number of corrections.

    Raises SourceRefused with each correction whose row, field or old value is not there.
    """
    declared = landing.read_table("corrections").to_pylist()
    rows: list[dict[str, Any]] = []
    refusals: list[FileRefused] = []
    for correction in declared:
        try:
            rows.extend(_correct(landing, contracts, correction))
        except FileRefused as refusal:
            refusals.append(refusal)
    if refusals:
        raise SourceRefused(refusals)
    landing.write_table("corrected_values", pa.Table.from_pylist(rows, CORRECTED_VALUES.schema))
    return len(declared)


def _refuse(correction: dict[str, Any], found: str, expected: str) -> FileRefused:
    place = f"{correction['corrected_file']}, {correction['key']}, {correction['field']}"
    where = f"{correction['source_file']}, line {correction['source_line']}"
    return FileRefused(where, f"{found} ({place})", expected)


def _correct(
    landing: Landing, contracts: dict[str, Contract], correction: dict[str, Any]
) -> list[dict[str, Any]]:
    contract = _contract_of(contracts, correction)
    column = _column_of(contract, correction)
    row = _row_of(landing, contract, correction)
    old = _landed(column, contract, correction, "old")
    new = _landed(column, contract, correction, "new")
    for name, value in old.items():
        if name.endswith("_text"):
            continue
        if row[name] != value:
            found = f"another value than the declared old one, {correction['old']}"
            raise _refuse(correction, found, "the old value; the source may have been mended")
    return [
        {
            "table_name": contract.source,
            "source_file": row["source_file"],
            "source_line": row["source_line"],
            "column_name": name,
            "old_value": _as_text(row[name]),
            "new_value": _as_text(value),
            "reason": correction["reason"],
            "corrected_by": correction["by"],
            "corrected_on": correction["on"],
        }
        for name, value in new.items()
    ]


def _contract_of(contracts: dict[str, Contract], correction: dict[str, Any]) -> Contract:
    name = correction["corrected_file"]
    registration = REGISTRATION_FILE.match(name)
    for contract in contracts.values():
        if registration and contract.per_event == registration["platform"]:
            return contract
        files = {contract.file} | ({contract.workbook.file} if contract.workbook else set())
        if name in files:
            return contract
    raise _refuse(correction, "a file of no contract", "a file of the year")


def _column_of(contract: Contract, correction: dict[str, Any]) -> Column:
    wanted = correction["field"].casefold()
    for column in contract.columns:
        names = {column.name.casefold(), *(header.casefold() for header in column.headers)}
        if wanted in names and column.type in _CORRECTABLE and column.is_stored:
            return column
    raise _refuse(correction, "a field that cannot be corrected", "a stored column of the file")


def _row_of(landing: Landing, contract: Contract, correction: dict[str, Any]) -> dict[str, Any]:
    """The one row with the declared key; a source without a key takes the line of the row."""
    table = landing.read_table(contract.source).to_pylist()
    names = [_key_column(contract, name) for name in contract.key] or ["source_line"]
    wanted = [part.strip() for part in correction["key"].split("|")]
    rows = [
        row
        for row in table
        if row["source_file"] == correction["corrected_file"]
        and (
            [_as_text(row[name]) for name in names] == wanted
            or [_as_text(row[names[0]])] == wanted
            or correction["key"] == f"line {row['source_line']}"
        )
    ]
    if len(rows) != 1:
        raise _refuse(correction, f"{len(rows)} rows with this key", "one, by " + ", ".join(names))
    row: dict[str, Any] = rows[0]
    return row


def _key_column(contract: Contract, name: str) -> str:
    is_place = any(column.name == name and column.type == "place" for column in contract.columns)
    return f"{name}_text" if is_place else name


def _landed(column: Column, contract: Contract, correction: dict[str, Any], which: str) -> dict[str, Any]:
    typed = correction[which] or ""
    try:
        value = column_parser(column, contract, column.headers[0])(typed)
    except RowFault as fault:
        raise _refuse(correction, f"a {which} value that cannot be read", fault.sentence) from None
    name = column.name
    match column.type:
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


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
