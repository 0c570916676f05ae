"""Which layer reads which: models among each other, and the release step, which reads public marts alone."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from jinja2 import Template

from orchestration.paths import PROJECT_FOLDER
from orchestration.transform.runner import parse_project

Manifest = dict[str, Any]

# What a model of a layer, by the folder that it lies in, may read.
MAY_READ = {
    "staging": {"source"},
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"intermediate", "marts", "seed"},
}
READERS = ("orchestration/release", "orchestration/commands")
# What stands in for a part of a statement that is filled in when it runs.
FILLED_IN = "filled_in"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The project as dbt parses it."""
    path = parse_project(tmp_path_factory.mktemp("parsed"))
    node: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return node


def layer(key: str, manifest: Manifest) -> str:
    """The layer of a model; of anything else, what it is."""
    kind = key.split(".")[0]
    return str(manifest["nodes"][key]["fqn"][1]) if kind == "model" else kind


def wrong_reads(manifest: Manifest) -> list[str]:
    """Every model that reads a layer it must not."""
    return [
        f"{node['name']} ({layer(key, manifest)}) reads {parent.split('.')[-1]} ({layer(parent, manifest)})"
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        for parent in node["depends_on"]["nodes"]
        if layer(parent, manifest) not in MAY_READ[layer(key, manifest)]
    ]


def statements(source: str) -> Iterator[str]:
    """The queries that stand in a Python module as text."""
    tree = ast.parse(source)
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            texts = [str(p.value) if isinstance(p, ast.Constant) else FILLED_IN for p in node.values]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            texts = [node.value.replace("{rows}", FILLED_IN).replace("?", "null")]
        else:
            continue
        text = "".join(texts).strip()
        if text.lower().startswith(("select ", "select\n", "with ", "with\n")):
            yield text


def tables_read(source: str) -> set[str]:
    """The tables that the queries of a Python module read."""
    with duckdb.connect() as connection:
        found = [connection.get_table_names(text, qualified=True) for text in statements(source)]
    # DuckDB says the alias with the name.
    names = {name.split(" AS ")[0] for names in found for name in names}
    return {name for name in names if not name.endswith(FILLED_IN)}


def public(manifest: Manifest) -> set[str]:
    """The names of public marts and seeds."""
    return {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "seed" or node.get("access") == "public"
    }


def test_a_model_reads_the_layer_above_or_its_own(manifest: Manifest) -> None:
    assert wrong_reads(manifest) == []


def test_every_mart_and_nothing_else_is_public_and_under_contract(manifest: Manifest) -> None:
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    marts = {node["name"] for key, node in models.items() if layer(key, manifest) == "marts"}
    assert {node["name"] for node in models.values() if node["access"] == "public"} == marts
    assert {node["name"] for node in models.values() if node["contract"]["enforced"]} == marts


def test_a_model_that_skips_a_layer_is_named(manifest: Manifest) -> None:
    broken: Manifest = json.loads(json.dumps(manifest))
    nodes = broken["nodes"]
    nodes["model.metropolis.calendar"]["depends_on"]["nodes"].append("model.metropolis.stg_programme")
    nodes["model.metropolis.int_events"]["depends_on"]["nodes"].append("model.metropolis.figures")
    nodes["model.metropolis.stg_news"]["depends_on"]["nodes"].append("model.metropolis.stg_videos")
    assert sorted(wrong_reads(broken)) == [
        "calendar (marts) reads stg_programme (staging)",
        "int_events (intermediate) reads figures (marts)",
        "stg_news (staging) reads stg_videos (staging)",
    ]


def columns_of(model: dict[str, Any], landing: dict[str, Any]) -> list[str]:
    """The columns that a staging model makes of its landing table."""
    context = {
        "source": lambda schema, table: f"{schema}.{table}",
        "adapter": SimpleNamespace(quote='"{}"'.format),
    }
    typed = ", ".join(f'"{each["name"]}" {each["data_type"]}' for each in landing["columns"].values())
    with duckdb.connect() as connection:
        connection.execute("create schema landing")
        connection.execute(f"create table landing.{landing['name']} ({typed})")
        names: list[str] = connection.sql(Template(model["raw_code"]).render(context)).columns
    return names


def test_a_staging_model_describes_every_column_of_its_landing_table(manifest: Manifest) -> None:
    models = [node for key, node in manifest["nodes"].items() if layer(key, manifest) == "staging"]
    assert len(models) > 40
    for model in models:
        (source,) = model["depends_on"]["nodes"]
        landing = manifest["sources"][source]
        assert model["name"] == f"stg_{landing['name']}"
        columns = columns_of(model, landing)
        assert columns == list(model["columns"])
        assert len(columns) == len(landing["columns"]), f"{model['name']} leaves columns out"


def test_what_is_released_is_read_from_public_marts(manifest: Manifest) -> None:
    modules = sorted(path for folder in READERS for path in (PROJECT_FOLDER / folder).rglob("*.py"))
    read = {path.stem: tables_read(path.read_text(encoding="utf-8")) for path in modules}
    assert sum(map(len, read.values())) > 15
    beyond = {module: names - public(manifest) for module, names in read.items()}
    assert {module: names for module, names in beyond.items() if names} == {}


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("'select * from int_events'", {"int_events"}),
        ("f'select {columns} from landing.findings where x = {y}'", {"landing.findings"}),
        ('"""\n    with a as (select 1 from stg_news) select * from a join figures as f on true\n"""',
         {"stg_news", "figures"}),
    ],
)  # fmt: skip
def test_what_a_query_reads_is_seen(statement: str, read: set[str]) -> None:
    assert tables_read(f"x = {statement}") == read


def test_a_statement_is_found_in_a_file_of_the_release_step() -> None:
    path = Path(PROJECT_FOLDER / "orchestration/release/tables.py")
    assert {"annex_activity", "quarantine", "sources"} <= tables_read(path.read_text(encoding="utf-8"))
