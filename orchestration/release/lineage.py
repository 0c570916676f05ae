"""Landing tables and models behind each figure, from the catalogue and dbt's graph."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from orchestration.release.chart_data import read_chart_data
from orchestration.release.release_data import ReleaseData

_LAYERS = ("staging", "intermediate", "marts")


def write_lineage(folder: Path, content: ReleaseData) -> None:
    """Writes lineage.json: for each figure the landing tables and models on its way."""
    manifest = json.loads(content.manifest.read_text(encoding="utf-8"))
    node = {
        entry.figure_id: lineage(manifest, entry.area, entry.rests_on.split("|"))
        for entry in read_chart_data(content).catalogue.values()
    }
    (folder / "lineage.json").write_text(json.dumps(node, indent=1) + "\n", encoding="utf-8")


def lineage(manifest: dict[str, Any], area: str, rests_on: Iterable[str]) -> list[str]:
    """The upstream tables of a figure: landing tables, models by layer, ``figures``."""
    sources = manifest["sources"]
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    keys = {node["name"]: key for key, node in nodes.items()}
    behind = _with_ancestors([keys[name] for name in rests_on], nodes)
    models = sorted(
        (nodes[key] for key in behind if key in nodes),
        key=lambda node: (_LAYERS.index(node["fqn"][1]), node["name"]),
    )
    return [
        *sorted(f"{sources[key]['schema']}.{sources[key]['name']}" for key in behind if key in sources),
        *(node["name"] for node in models),
        *(f"evidence_{area}", "figure_evidence", "figures"),
    ]


def _with_ancestors(keys: list[str], nodes: dict[str, Any]) -> set[str]:
    seen: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(nodes[key]["depends_on"]["nodes"] if key in nodes else ())
    return seen
