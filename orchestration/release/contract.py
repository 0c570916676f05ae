"""Writes ``datacontract.yaml``: the public marts of a release as an Open Data Contract (ODCS 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.guards.suites import load_suites
from orchestration.paths import DBT_FOLDER
from orchestration.release.database import public_marts
from orchestration.release.package import Column, Description, describe_mart
from orchestration.release.release_data import ReleaseData

FILE = "datacontract.yaml"
_STANDARD = "v3.1.0"
# The day of the following year by which a release is there: exports are due on 31 March.
DUE_MONTH, DUE_DAY = 4, 1
# What a landing table that guards look at is called in a release.
_PUBLIC_NAMES = {"source_files": "sources"}


def write_contract(folder: Path, content: ReleaseData) -> None:
    """Writes the contract; equal releases have equal bytes."""
    text = yaml.safe_dump(describe_contract(content), sort_keys=False, allow_unicode=True, width=110)
    (folder / FILE).write_text(text, encoding="utf-8")


def describe_contract(content: ReleaseData) -> dict[str, Any]:
    """The contract of a release: every public mart with its columns, keys, owner, rules, and when it is there."""
    marts = [describe_mart(mart["name"]) for mart in public_marts(content.manifest)]
    return {
        "apiVersion": _STANDARD,
        "kind": "DataContract",
        "id": "metropolis-annual-report",
        "name": "Metropolis annual report",
        "version": content.release,
        "status": "active",
        "domain": "activity of Metropolis",
        "dataProduct": "annual report",
        "description": {
            "purpose": "The figures of the annual report, and everything that they are counted from.",
            "usage": "Read a release as a file: warehouse.duckdb, parquet/<mart>.parquet, or the CSV tables.",
            "limitations": "People are known by pseudonym only; what could not be read is in quarantine.",
        },
        "servers": [
            {
                "server": "database",
                "type": "duckdb",
                "database": "warehouse.duckdb",
                "schema": "main",
                "description": "Marts of more than a million rows are in files alone",
            },
            {"server": "files", "type": "local", "path": "parquet/*.parquet", "format": "parquet"},
        ],
        "schema": [_schema(mart) for mart in marts],
        "team": {
            "name": "Report team",
            "members": [
                {"username": name, "name": owner, "role": "owner", "description": text}
                for name, (owner, text) in _groups().items()
            ],
        },
        "slaProperties": _promises(content.year),
    }


def _schema(mart: Description) -> dict[str, Any]:
    owner, _ = _groups()[mart.group]
    schema: dict[str, Any] = {
        "name": mart.name,
        "logicalType": "object",
        "physicalType": "table",
        "physicalName": f"{mart.name}.parquet",
        "description": mart.text,
        "tags": [mart.group],
        "customProperties": [{"property": "owner", "value": owner}],
        "properties": [_property(column, mart) for column in mart.columns],
    }
    quality = list(_quality(mart))
    return schema | ({"quality": quality} if quality else {})


def _property(column: Column, mart: Description) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.name,
        "logicalType": column.type,
        "physicalType": column.physical_type,
        "description": column.description,
        "required": column.is_required,
    }
    if mart.key == (column.name,):
        found["unique"] = True
    if column.name in mart.key:
        found |= {"primaryKey": True, "primaryKeyPosition": mart.key.index(column.name) + 1}
    if column.unit:
        found["customProperties"] = [{"property": "unit", "value": column.unit}]
    if column.reference is not None:
        found["relationships"] = [{"type": "foreignKey", "to": ".".join(column.reference)}]
    if column.values:
        found["quality"] = [
            {
                "type": "library",
                "metric": "invalidValues",
                "arguments": {"validValues": list(column.values)},
                "mustBe": 0,
            }
        ]
    return found


def _quality(mart: Description) -> Iterator[dict[str, Any]]:
    """What the tests of a mart and the guards of the release hold, a sentence each."""
    for rule in mart.rules:
        yield {"type": "text", "description": rule}
    for suite in load_suites():
        guarded = suite.guards.partition("/")[2]
        if _PUBLIC_NAMES.get(guarded, guarded) == mart.name:
            for expectation in suite.expectations:
                name = f"{suite.layer}.{suite.name}.{expectation.rule}"
                yield {"name": name, "type": "text", "description": expectation.meaning, "severity": "error"}


@cache
def _groups() -> dict[str, tuple[str, str]]:
    """Group of models → who answers for it, and what it is about."""
    text = (DBT_FOLDER / "models" / "_groups.yml").read_text(encoding="utf-8")
    return {
        group["name"]: (group["owner"]["name"], group["description"])
        for group in yaml.safe_load(text)["groups"]
    }


def _promises(year: int) -> list[dict[str, Any]]:
    return [
        {
            "property": "generalAvailability",
            "value": date(year + 1, DUE_MONTH, DUE_DAY).isoformat(),
            "description": "The exports of a year are due the day before, and the release is made of them",
        },
        {"property": "frequency", "value": 1, "unit": "y", "description": "A report a year"},
        {
            "property": "retention",
            "value": None,
            "description": "A release never changes; it is kept until somebody removes it, the current one always",
        },
    ]
