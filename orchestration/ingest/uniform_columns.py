"""Finds columns that are not what they were: one value in every row, no countries, no addresses, shifted by rows.

Contracts mark the columns whose values vary (``varies``), that another column decides (``same_within``), and that are
web addresses (``is_address``). Of the registrations of one event all may answer alike, so there only a blank column is
told. Fewer than ten rows say nothing, and fewer than thirty of a date that may be blank, such as the last day of a post.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from orchestration.ingest.contracts import Column, Contract
from orchestration.ingest.errors import Finding
from orchestration.ingest.filed_year import FiledYear, counted
from orchestration.ingest.parsers import quoted

_FEW_ROWS = 10
_FEW_BLANK_DATES = 30
_UNDISCLOSED = "undisclosed"


def judge_columns(year: FiledYear) -> Iterator[Finding]:
    """Findings of columns that are blank or the same throughout a file, or hold what they should not."""
    for contract in year.contracts.values():
        if not year.loaded[contract.source]:
            continue
        yield from _uniform(year, contract)
        for column in contract.columns:
            if column.type == "country" and column.is_stored:
                yield from _no_countries(year, contract, column)
                if contract.spine:
                    yield from _unknown_countries(year, contract, column)
            if column.is_address:
                yield from _no_addresses(year, contract, column)
            if column.same_within is not None:
                yield from _shifted(year, contract, column, contract.column(column.same_within))


_VALUES = """
    select source_file, count(*) as rows, [{found}] as found
    from landing.{source}
    group by source_file
    order by source_file
"""
_FOUND = (
    "{{filled: count({value}), least: cast(min({value}) as varchar), most: cast(max({value}) as varchar)}}"
)
# A list is a table of its own, with a row an element.
_WITHOUT_ELEMENTS = """
    select source_file, count(*) as rows
    from landing.{source}
    where source_file not in (select source_file from landing.{source}_{name})
    group by source_file
    order by source_file
"""


def _uniform(year: FiledYear, contract: Contract) -> Iterator[Finding]:
    """Columns whose values vary, with the same value or none in every row."""
    varying = [column for column in contract.columns if column.varies]
    plain = [column for column in varying if column.type != "place_list"]
    found = ", ".join(_FOUND.format(value=_value(column)) for column in plain)
    for row in year.rows(_VALUES.format(source=contract.source, found=found)) if plain else ():
        for column, values in zip(plain, row["found"], strict=True):
            is_one = values["filled"] == row["rows"] and values["least"] == values["most"]
            if not values["filled"]:
                yield from _told(row, column, "is blank")
            elif is_one and not contract.per_event:
                yield from _told(row, column, f"says {quoted(values['least'])}")
    for column in varying:
        if column.type == "place_list":
            for row in year.rows(_WITHOUT_ELEMENTS.format(source=contract.source, name=column.name)):
                yield from _told(row, column, "is blank")


def _told(row: Mapping[str, Any], column: Column, says: str) -> Iterator[Finding]:
    few = _FEW_BLANK_DATES if column.type == "date" and not column.required else _FEW_ROWS
    if row["rows"] >= few:
        said = f"Column {column.headers[0]} {says} in all {row['rows']} rows: was it exported as it should?"
        yield Finding("note", "column_uniform", row["source_file"], said)


def _value(column: Column) -> str:
    """The SQL of a column's value; null where it is blank."""
    match column.type:
        case "place" | "country":
            return f"nullif({column.name}_text, '')"
        case "gender":
            return f"nullif({column.name}, '{_UNDISCLOSED}')"
    return f'"{column.name}"'


_OTHERS = f"""
    select source_file, count(*) as rows, count(*) filter (is_none) as others,
        arg_min(value, source_line) filter (is_none) as first
    from (
        select source_file, source_line, {{value}} as value, {{is_none}} as is_none
        from landing.{{source}}
    )
    where value <> ''
    group by source_file
    having rows >= {_FEW_ROWS} and others * 2 > rows
    order by source_file
"""


def _no_countries(year: FiledYear, contract: Contract, column: Column) -> Iterator[Finding]:
    value, is_none = f"{column.name}_text", f"{column.name}_code is null"
    return _others(year, contract, column, value, is_none, Finding("note", "no_countries", "", "no country"))


_UNKNOWN = """
    select source_file, count(*) as rows, min(source_line) as line, arg_min({name}_text, source_line) as first
    from landing.{source}
    where {name}_code is null and {name}_text <> ''
    group by source_file
"""


def _unknown_countries(year: FiledYear, contract: Contract, column: Column) -> Iterator[Finding]:
    """Countries that are none, in an export that everything else rests on: no place agrees with them."""
    for row in year.rows(_UNKNOWN.format(source=contract.source, name=column.name)):
        said = (
            f"{counted(row['rows'], 'cell')} of {column.headers[0]} name no country, such as {quoted(row['first'])} in"
            f" line {row['line']}: no place that states its country will agree"
        )
        yield Finding("note", "unknown_country", row["source_file"], said)


def _no_addresses(year: FiledYear, contract: Contract, column: Column) -> Iterator[Finding]:
    value = f'"{column.name}"'
    is_none = f"not regexp_matches({value}, '^[^\\s]+[.][^\\s]+$')"
    found = Finding("note", "no_addresses", "", "no web address")
    return _others(year, contract, column, value, is_none, found)


def _others(
    year: FiledYear, contract: Contract, column: Column, value: str, is_none: str, found: Finding
) -> Iterator[Finding]:
    """Files most of whose cells of a column are not what they should be, which the message of ``found`` names."""
    for row in year.rows(_OTHERS.format(source=contract.source, value=value, is_none=is_none)):
        said = (
            f"{row['others']} of {row['rows']} cells of {column.headers[0]} are {found.message}, such as"
            f" {quoted(row['first'])}: are two columns exchanged?"
        )
        yield replace(found, source_file=row["source_file"], message=said)


# Types whose comparable value lands under a name of its own.
_COMPARED = {"country": "{name}_code", "email": "person_key", "place": "{name}_key"}
# One or two values may well be exceptions, and cities of one name lie in many countries.
_FEW_MIXED = 2
_MIXED_IN_ONE = 4
_MIXED = f"""
    with within as (
        select source_file, {{within}} as decides, count(*) as rows, count(distinct {{value}}) as different,
            min(source_line) as line
        from landing.{{source}}
        where {{within}} is not null
        group by all
    )
    select source_file, count(*) filter (rows > 1) as many, count(*) filter (different > 1) as mixed,
        arg_min(decides, line) filter (different > 1) as first
    from within
    group by source_file
    having mixed > {_FEW_MIXED} and mixed * {_MIXED_IN_ONE} > many
    order by source_file
"""


def _shifted(year: FiledYear, contract: Contract, column: Column, deciding: Column) -> Iterator[Finding]:
    within, value = (
        _COMPARED.get(each.type, _value(each)).format(name=each.name) for each in (deciding, column)
    )
    for row in year.rows(_MIXED.format(source=contract.source, within=within, value=value)):
        header = deciding.headers[0]
        # Of people a finding says how many.
        example = "" if deciding.type == "email" else f", such as {quoted(row['first'])}"
        said = (
            f"{row['mixed']} of {row['many']} values of {header} stand beside more than one"
            f" {column.headers[0]}{example}: was one of the two sorted or shifted without the other?"
        )
        yield Finding("note", "column_shifted", row["source_file"], said)
