"""The Open Data Contract of a release: valid by the standard's schema, and true of the files beside it."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from typing import Any

import duckdb
import jsonschema
import pyarrow.parquet as pq
import pytest
import yaml

from orchestration.guards.suites import load_suites
from tests.conftest import SMALL_YEAR, Warehouse

STANDARD = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8"))
# Logical type of the standard → types of DuckDB.
KINDS = {
    "string": ("VARCHAR",),
    "integer": ("BIGINT",),
    "number": ("DECIMAL",),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
}


@pytest.fixture(scope="module")
def contract(released: Warehouse) -> dict[str, Any]:
    node: dict[str, Any] = yaml.safe_load((released.latest / "datacontract.yaml").read_text("utf-8"))
    return node


def faults(contract: dict[str, Any]) -> list[str]:
    return [error.message for error in jsonschema.Draft201909Validator(STANDARD).iter_errors(contract)]


def test_the_contract_is_valid_by_the_standard(contract: dict[str, Any]) -> None:
    assert contract["apiVersion"] == "v3.1.0"
    assert faults(contract) == []
    broken = copy.deepcopy(contract)
    broken["schema"][0]["properties"][0]["logicalType"] = "text"
    assert faults(broken)


def test_every_mart_is_in_it_as_it_lies_beside_it(released: Warehouse, contract: dict[str, Any]) -> None:
    marts = {mart["name"]: mart for mart in contract["schema"]}
    assert set(marts) == {path.stem for path in (released.latest / "parquet").iterdir()}
    with duckdb.connect(str(released.latest / "warehouse.duckdb"), read_only=True) as connection:
        for name, mart in marts.items():
            assert (released.latest / "parquet" / mart["physicalName"]).is_file()
            described = connection.execute(f"describe {name}").fetchall()
            assert [column["name"] for column in mart["properties"]] == [row[0] for row in described]
            for column, row in zip(mart["properties"], described, strict=True):
                assert row[1].startswith(KINDS[column["logicalType"]]), (name, row)


def test_keys_references_and_required_values_hold(released: Warehouse, contract: dict[str, Any]) -> None:
    marts = {mart["name"]: mart["properties"] for mart in contract["schema"]}
    tables = {name: pq.read_table(released.latest / "parquet" / f"{name}.parquet") for name in marts}
    references = 0
    for name, columns in marts.items():
        key = [column["name"] for column in columns if column.get("primaryKey")]
        rows = list(zip(*(tables[name].column(each).to_pylist() for each in key), strict=True))
        assert len(set(rows)) == len(rows)
        for column in columns:
            values = tables[name].column(column["name"])
            assert not (column["required"] and values.null_count), (name, column["name"])
            for relation in column.get("relationships", ()):
                other, field = relation["to"].split(".")
                known = set(tables[other].column(field).to_pylist())
                assert set(values.to_pylist()) - {None} <= known, (name, column["name"])
                references += 1
    assert references > 20


def test_owners_rules_and_the_promise_are_said(contract: dict[str, Any]) -> None:
    assert all(mart["customProperties"][0]["value"] for mart in contract["schema"])
    said = {rule["description"] for mart in contract["schema"] for rule in mart.get("quality", ())}
    assert {each.meaning for suite in load_suites() for each in suite.expectations} <= said
    assert "No two rows are of the same figure" in said
    promises = {each["property"]: each["value"] for each in contract["slaProperties"]}
    assert promises["generalAvailability"] == f"{SMALL_YEAR + 1}-04-01"
    assert promises["frequency"] == 1
