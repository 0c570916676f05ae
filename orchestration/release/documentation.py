"""Writes dbt's documentation page for the models of a release, as one offline HTML file.

Removes external addresses, the tracker, machine paths, and values that differ from one run to the next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from orchestration.databases import open_database
from orchestration.release.release_data import ReleaseData

PAGE = "documentation/models.html"
PROJECT = "metropolis"

Node = dict[str, Any]

# What the page shows of a node. Whatever else dbt notes of it, such as paths of this machine, stays here.
_SHOWN = (
    *("unique_id", "name", "resource_type", "package_name", "original_file_path", "path", "fqn"),
    *("alias", "database", "schema", "identifier", "source_name", "source_description", "access"),
    *("description", "columns", "tags", "meta", "docs", "language", "raw_code", "compiled_code"),
    *("macro_sql", "arguments", "depends_on", "refs", "sources", "version", "latest_version"),
    *("column_name", "test_metadata", "attached_node", "constraints", "contract", "group"),
    *("model", "given", "expect", "overrides", "source_meta", "loader", "external", "freshness"),
    *("owner", "label", "type", "maturity"),
)
_SHOWN_CONFIG = ("materialized", "contract", "access", "docs", "meta", "tags", "enabled")
_KINDS = ("nodes", "sources", "macros", "unit_tests", "exposures", "groups")

_OVERVIEW = """
# The models of {release}

How the figures, the annexes and the tables of this release came about: every model with its meaning, its
columns and the very SQL that ran. The way goes from the **landing** (the exports as tables, under *Sources*)
over **staging** and **intermediate** to the **marts**, which the release holds in `warehouse.duckdb`.

- One model is one rule of the report; its text says which.
- *Depends on* and *Referenced by* lead along the way; the round button below draws it.
- A figure is counted from the rows in `figure_evidence`; its definition is in the seed `figure_catalogue`.
- The report itself is on the [site of the release](../site/index.html).
"""

# The browser itself refuses whatever the page might still ask of a network.
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; font-src data:\">"
)
_REMOVED = (
    re.compile(r'<link rel="(?:canonical|shortcut icon)"[^>]*>'),
    re.compile(r"(?<=content=\"width=device-width,)minimum-scale=1,maximum-scale=1,"),
    # The tracker's script, and the scheme of addresses in licences and messages; names of XML stay.
    re.compile(r"(?<=src=\")//[\w.-]+/[\w./-]+\.js(?=\")"),
    re.compile(r"https?://(?!www\.w3\.org/)"),
)
# A picture whose address is a template would be asked for before the template is filled.
_TEMPLATED_PICTURE = re.compile(r"(?<![-\w])(?:xlink:)?href=(?=[\"']\{\{ getIcon)")


def write_documentation(folder: Path, content: ReleaseData) -> None:
    """Writes documentation/models.html: the page, the models of the build and its catalogue in one file."""
    manifest = _manifest(content)
    catalogue = _catalogue(content.database, manifest)
    target = folder / PAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_page(content.release, manifest, catalogue), encoding="utf-8")


def _page(release: str, manifest: Node, catalogue: Node) -> str:
    page = _offline(files("dbt.task.docs").joinpath("index.html").read_text(encoding="utf-8"))
    page = page.replace("<title>dbt Docs</title>", f"<title>Models of {release}</title>")
    for mark, node in (("MANIFEST", manifest), ("CATALOG", catalogue)):
        page = page.replace(f'"{mark}.JSON INLINE DATA"', _inline(node))
    return page


def _offline(page: str) -> str:
    """dbt's empty page without external references."""
    for pattern in _REMOVED:
        page = pattern.sub("", page)
    page = _TEMPLATED_PICTURE.sub("ng-attr-href=", page)
    return page.replace("<head>", f"<head>{_POLICY}", 1)


def _inline(node: Node) -> str:
    """JSON escaped for a script element."""
    text = json.dumps(node, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


# --- what dbt knows of the models ---------------------------------------------------------------


def _manifest(content: ReleaseData) -> Node:
    """The build's manifest, reduced to what the page shows of this project."""
    whole = json.loads(content.manifest.read_text(encoding="utf-8"))
    shown = {
        kind: {key: _shown(node) for key, node in whole[kind].items() if node["package_name"] == PROJECT}
        for kind in _KINDS
    }
    for key, sql in content.sql.items():
        if sql and key in shown["nodes"]:
            shown["nodes"][key]["compiled_code"] = sql
    known = {key for nodes in shown.values() for key in nodes}
    metadata = {
        name: whole["metadata"][name] for name in ("dbt_schema_version", "dbt_version", "adapter_type")
    }
    return {
        **shown,
        "metadata": {
            **metadata,
            "dbt_schema_version": metadata["dbt_schema_version"].partition("://")[2],
            "project_name": PROJECT,
            "send_anonymous_usage_stats": False,
        },
        "docs": {f"doc.{PROJECT}.__overview__": _overview(content.release)},
        "parent_map": _neighbours(whole["parent_map"], known),
        "child_map": _neighbours(whole["child_map"], known),
        **{kind: {} for kind in ("metrics", "saved_queries", "disabled")},
        **{kind: {} for kind in ("selectors", "semantic_models", "group_map", "functions")},
    }


def _shown(node: Node) -> Node:
    shown = {name: node[name] for name in _SHOWN if node.get(name) is not None}
    config = node.get("config") or {}
    shown["config"] = {name: config[name] for name in _SHOWN_CONFIG if name in config}
    if "depends_on" in shown:
        own = [key for key in shown["depends_on"].get("macros", []) if f".{PROJECT}." in key]
        shown["depends_on"] = {**shown["depends_on"], "macros": own}
    return shown


def _neighbours(neighbours: dict[str, list[str]], known: set[str]) -> dict[str, list[str]]:
    return {
        key: [each for each in others if each in known] for key, others in neighbours.items() if key in known
    }


def _overview(release: str) -> Node:
    return {
        "unique_id": f"doc.{PROJECT}.__overview__",
        "name": "__overview__",
        "package_name": PROJECT,
        "resource_type": "doc",
        "path": "overview.md",
        "original_file_path": "overview.md",
        "block_contents": _OVERVIEW.format(release=release),
    }


# --- what the database knows of them ------------------------------------------------------------


def _catalogue(database: Path, manifest: Node) -> Node:
    """Column types and row counts of the build's relations."""
    with open_database(database, read_only=True) as connection:
        columns = connection.execute(
            """
            select schema_name, table_name, column_name, column_index, data_type
            from duckdb_columns() where not internal order by all
            """
        ).fetchall()
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'main' order by all"
        ).fetchall()
        rows = {
            name: connection.execute(f'select count(*) from main."{name}"').fetchall()[0][0]
            for (name,) in tables
        }
    found: dict[tuple[str, str], list[tuple[str, int, str]]] = {}
    for schema, table, *column in columns:
        found.setdefault((schema, table), []).append((column[0], column[1], column[2]))
    return {
        "metadata": {},
        "errors": None,
        "nodes": _entries(manifest["nodes"].values(), found, rows),
        "sources": _entries(manifest["sources"].values(), found, {}),
    }


def _entries(
    nodes: Iterable[Node],
    found: dict[tuple[str, str], list[tuple[str, int, str]]],
    rows: dict[str, int],
) -> Node:
    entries = {}
    for node in nodes:
        name = node.get("identifier") or node.get("alias") or node["name"]
        columns = found.get((node["schema"], name))
        if columns is None:
            continue
        entries[node["unique_id"]] = {
            "unique_id": node["unique_id"],
            "metadata": {
                "type": "table" if name in rows else "view",
                "schema": node["schema"],
                "name": name,
                "database": node["database"],
                "comment": None,
                "owner": None,
            },
            "columns": {
                column: {"name": column, "index": index, "type": type_, "comment": None}
                for column, index, type_ in columns
            },
            "stats": _stats(rows.get(name)),
        }
    return entries


def _stats(rows: int | None) -> Node:
    stats = {"has_stats": _stat("has_stats", "Has Stats?", rows is not None, is_shown=False)}
    if rows is not None:
        stats["rows"] = _stat("rows", "Rows", f"{rows:,}", is_shown=True)
    return stats


def _stat(key: str, label: str, value: object, *, is_shown: bool) -> Node:
    return {
        "id": key,
        "label": label,
        "value": value,
        "include": is_shown,
        "description": f"{label} in this release",
    }
