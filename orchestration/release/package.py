"""Describes a release as a Frictionless data package.

Column descriptions come from dbt's YAML and the contracts; they also make up the workbook's dictionary.
Columns that a CSV has beyond its mart are described here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.ingest.contracts import load_contracts
from orchestration.paths import DBT_FOLDER
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.release_data import ReleaseData
from orchestration.release.tables import Table

DESCRIPTOR = "datapackage.json"
_NAME = "metropolis-annual-report"
_LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
_UNITS = {
    "amount": "EUR",
    "amount_eur": "EUR",
    "share": "percent",
    "unrounded_share": "percent",
    "score": "percent",
    "bytes": "byte",
    "rows": "row",
    "rows_read": "row",
    "rows_loaded": "row",
    "rows_quarantined": "row",
    "bilateral": "meeting",
    "capacity_building": "activity",
    "news": "news item",
    "publications": "publication",
    "mentions": "publication",
    "use_cases": "case",
    "c4gh_initiatives": "initiative",
}
# An item weighs what its figure counts.
_OTHER_UNITS = {"figure_items": {"amount": ""}}
_LANGUAGE_NAMES = {"en": "English", "fr": "French", "es": "Spanish"}
# Columns of a mart that its CSV calls otherwise.
_RENAMED = {
    "figure_items": {"unit_key": "unit", "unit_label": "label", "dated_on": "date"},
    "members": {"name": "member"},
}
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".duckdb": "application/vnd.duckdb.database",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".yaml": "application/yaml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Column:
    """A column of a released table: name, type, description."""

    name: str
    type: str
    description: str
    unit: str = ""
    values: tuple[str, ...] = ()
    # As the dbt project writes it.
    physical_type: str = "string"
    is_required: bool = False
    # The table and column that every value is in; empty where no test says so.
    reference: tuple[str, str] | None = None


@dataclass(frozen=True)
class Description:
    """A released table: description, columns, the columns of its key, the group that answers for it, what its tests say.

    The key is empty where no test says that no two rows share one.
    """

    name: str
    text: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    group: str = ""
    rules: tuple[str, ...] = ()


def write_package(folder: Path, content: ReleaseData) -> None:
    """Writes datapackage.json over everything that lies in the release folder."""
    descriptor = describe_release(folder, content)
    text = json.dumps(descriptor, ensure_ascii=False, indent=1)
    (folder / DESCRIPTOR).write_text(text + "\n", encoding="utf-8")


def describe_release(folder: Path, content: ReleaseData) -> dict[str, Any]:
    """The descriptor of a release."""
    tables = [_table_resource(folder, content, each) for each in describe_tables(content)]
    return {
        "profile": "data-package",
        "name": f"{_NAME}-{content.release}",
        "title": f"Metropolis annual report {content.year}: figures and annex tables",
        "description": (
            "The figures of the annual report with numerator and denominator, both annex tables, what print "
            "said against what the data say, what was left out and why, and where everything came from."
        ),
        "version": content.release,
        "licenses": [_LICENCE],
        "sources": list(_sources()),
        "resources": [*tables, *_file_resources(folder)],
    }


# --- meaning -----------------------------------------------------------------------------------


def describe_tables(content: ReleaseData) -> list[Description]:
    """Every released table with the meaning of its columns, in the release's order."""
    return [describe_table(table) for table in content.tables.values()]


def describe_table(table: Table) -> Description:
    """A released table with the meaning of its columns."""
    known = describe_mart(table.name)
    renamed = _RENAMED.get(table.name, {})
    named = (replace(column, name=renamed.get(column.name, column.name)) for column in known.columns)
    columns = {column.name: column for column in (*named, *_beyond(table.name, known))}
    described = tuple(columns[name] for name in table.columns)
    key = tuple(renamed.get(name, name) for name in known.key)
    return replace(known, columns=described, key=key if set(key) <= set(table.columns) else ())


def _beyond(table: str, known: Description) -> Iterator[Column]:
    """Columns that a CSV has beyond its mart, or with further values."""
    if table == "unresolved_places":
        yield Column("suggestion", "string", "Member whose name is the nearest; for people to judge")
        yield Column("score", "number", "How near the names are, 100 for equal; blank without a suggestion")
        reason = next(column for column in known.columns if column.name == "reason")
        text = f"{reason.description}; near_miss, one letter or so from a name of a member"
        yield replace(reason, description=text, values=(*reason.values, "near_miss"))


@cache
def describe_mart(name: str) -> Description:
    """A public mart or seed as the dbt project describes it, and its tests; the figures also as print shows them."""
    node = _node(name)
    tests = [_test(test) for test in node.get("data_tests", ())]
    of_columns = {each["name"]: dict(map(_test, each.get("data_tests", ()))) for each in node["columns"]}
    columns = [_mart_column(name, node, each, of_columns[each["name"]]) for each in node["columns"]]
    if name == "figures":
        columns += [
            Column(
                f"display_{language}",
                "string",
                f"The figure as print shows it, in {_LANGUAGE_NAMES[language]}",
            )
            for language in LANGUAGES
        ]
    every = [*tests, *(test for each in of_columns.values() for test in each.items())]
    return Description(
        name=name,
        text=_one_line(node["description"]),
        columns=tuple(columns),
        key=_key(dict(tests), of_columns),
        group=node.get("config", {}).get("group", "report"),
        rules=tuple(_one_line(settings["description"]) for _, settings in every if "config" not in settings),
    )


def _node(name: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for folder, kind in ((DBT_FOLDER / "models" / "marts", "models"), (DBT_FOLDER / "seeds", "seeds")):
        path = folder / f"{name}.yml"
        if path.is_file():
            node: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)[kind][0]
            return node
    raise LookupError(f"the dbt project describes no mart or seed {name}")


def _mart_column(mart: str, node: dict[str, Any], column: dict[str, Any], tests: dict[str, Any]) -> Column:
    name = column["name"]
    data_type = column.get("data_type") or node["config"]["column_types"][name]
    values = tests.get("accepted_values", {}).get("arguments", {}).get("values", ())
    reference = tests.get("relationships", {}).get("arguments")
    return Column(
        name=name,
        type=_field_type(data_type),
        description=_one_line(column["description"]),
        unit=(_UNITS | _OTHER_UNITS.get(mart, {})).get(name, ""),
        values=tuple(str(value) for value in values if value != ""),
        physical_type=data_type,
        is_required="not_null" in tests,
        reference=(reference["to"].split("'")[1], reference["field"]) if reference else None,
    )


def _key(tests: dict[str, Any], of_columns: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """The columns that a test holds to be unique, unless it only warns."""
    for name, of_column in of_columns.items():
        if "unique" in of_column and "config" not in of_column["unique"]:
            return (name,)
    return tuple(tests.get("unique_combination", {}).get("arguments", {}).get("columns", ()))


def _test(test: str | dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(test, str):
        return test, {}
    name, settings = next(iter(test.items()))
    return name, settings or {}


def _field_type(data_type: str) -> str:
    named = {"string": "string", "bigint": "integer", "boolean": "boolean", "date": "date"}
    return "number" if data_type.startswith("decimal") else named[data_type]


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- descriptor --------------------------------------------------------------------------------


def _table_resource(folder: Path, content: ReleaseData, description: Description) -> dict[str, Any]:
    path = folder / f"{description.name}.csv"
    written = path.read_bytes()
    return {
        "name": description.name.replace("_", "-"),
        "type": "table",
        "path": path.name,
        "title": description.name.replace("_", " ").capitalize(),
        "description": description.text,
        "profile": "tabular-data-resource",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(written),
        "hash": f"sha256:{hashlib.sha256(written).hexdigest()}",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": _schema(
            content.tables[description.name],
            description,
            {table.name: table.columns for table in content.tables.values()},
        ),
    }


def _schema(table: Table, description: Description, released: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """The schema of a table; ``released`` has the columns of every table that it can refer to."""
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in description.columns],
        "missingValues": [""],
    }
    if description.key and all(_is_filled(table, column) for column in description.key):
        schema["primaryKey"] = list(description.key)
    foreign = [
        {"fields": [column.name], "reference": {"resource": other.replace("_", "-"), "fields": [field]}}
        for column in description.columns
        for other, field in ([column.reference] if column.reference else [])
        if field in released.get(other, ())
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return schema


def _is_filled(table: Table, column: str) -> bool:
    at = table.columns.index(column)
    return all(row[at] not in (None, "") for row in table.rows)


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "description": column.description,
    }
    if column.type == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.unit:
        field["unit"] = column.unit
    if column.values:
        field["constraints"] = {"enum": list(column.values)}
    return field


def _file_resources(folder: Path) -> Iterator[dict[str, Any]]:
    """All other files of the folder as resources."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        is_table = path.suffix == ".csv" and path.parent == folder
        if path.is_dir() or is_table or name == DESCRIPTOR:
            continue
        yield {
            "name": _slug(name),
            "type": "file",
            "path": name,
            "format": path.suffix.removeprefix("."),
            "mediatype": _MEDIA_TYPES.get(path.suffix, "application/octet-stream"),
        }


def _slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")


def _sources() -> Iterable[dict[str, str]]:
    """The exports of the year, as their contracts describe them."""
    for contract in load_contracts().values():
        text = _one_line(contract.description).rstrip(".")
        yield {"title": f"{contract.file}: {text}", "path": f"raw/contracts/{contract.source}.yml"}
