"""The metrics of the dbt project say what the release says, and the questions of the analysts' page are saved queries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb
import pytest

from orchestration.paths import PROJECT_FOLDER
from orchestration.storage import read_csv
from tests.conftest import Warehouse
from tests.support.metrics import Metrics


@pytest.fixture(scope="module")
def manifest(released: Warehouse) -> dict[str, Any]:
    node: dict[str, Any] = json.loads((released.home / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    return node


@pytest.fixture(scope="module")
def metrics(released: Warehouse, manifest: dict[str, Any]) -> Iterator[Metrics]:
    with duckdb.connect(str(released.latest / "warehouse.duckdb"), read_only=True) as connection:
        yield Metrics(manifest, connection)


def test_a_metric_that_names_a_figure_is_that_figure(released: Warehouse, metrics: Metrics) -> None:
    figures = {row["figure_id"]: row for row in read_csv(released.latest / "figures.csv")}
    compared = {
        name: (metric["config"]["meta"]["figure_id"], metrics.number(name))
        for name, metric in metrics.metrics.items()
        if metric["config"]["meta"]
    }
    assert len(compared) > 40
    wrong = {}
    for name, (figure_id, number) in compared.items():
        figure = figures[figure_id]
        factor = 100 if figure["unit"] == "percent" else 1
        value = Decimal(figure["value"])
        if (number * factor).quantize(value, ROUND_HALF_UP) != value:
            wrong[name] = (number, value)
    assert wrong == {}


def test_metrics_that_are_no_figure_have_a_number(metrics: Metrics) -> None:
    others = [name for name, metric in metrics.metrics.items() if not metric["config"]["meta"]]
    assert others
    assert all(metrics.number(name) >= 0 for name in others)


def test_every_question_of_the_analysts_page_is_a_saved_query(manifest: dict[str, Any]) -> None:
    page = (PROJECT_FOLDER / "docs" / "analysts.md").read_text(encoding="utf-8")
    questions = re.findall(r"^## \d+\. (.+)$", page, re.M)
    saved = [each["description"] for each in manifest["saved_queries"].values()]
    assert len(questions) == 10
    assert sorted(saved) == sorted(questions)


def test_a_metric_is_described_as_its_figure(manifest: dict[str, Any], metrics: Metrics) -> None:
    catalogue = read_csv(PROJECT_FOLDER / "dbt_project" / "seeds" / "figure_catalogue.csv")
    figures = {row["figure_id"]: row for row in catalogue}
    for metric in metrics.metrics.values():
        if metric["config"]["meta"]:
            figure = figures[metric["config"]["meta"]["figure_id"]]
            wanted = {figure["area"]}
            wanted |= {"gender"} if figure["is_gender_impact"] == "true" else set()
            line = re.fullmatch(r"L(\d)", figure["section"])
            wanted |= {f"action_line_{line[1]}"} if line else set()
            assert set(metric["tags"]) == wanted, metric["name"]
            assert metric["label"] == figure["label"]
            assert metric["description"].startswith(figure["definition"])
    marts = [node for node in manifest["nodes"].values() if node.get("access") == "public"]
    assert all(node["tags"] for node in marts)
