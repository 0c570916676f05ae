"""Which models a figure comes through.

Here belongs reading the way of a figure from dbt's manifest, for ``metropolis explain`` and the site.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from orchestration.release.content import ReleaseContent

_EVIDENCE = re.compile(r"\bevidence\(\s*'(\w+)'")
_EVIDENCE_OF_WHOLE = re.compile(r"\bevidence_of_whole\(\s*'(\w+)'")
LAYERS = ("staging", "intermediate", "marts")


def write_lineage(folder: Path, content: ReleaseContent) -> None:
    """Writes lineage.json: for each figure the models on its way, landing to mart."""
    manifest = json.loads(content.manifest.read_text(encoding="utf-8"))
    figures = [str(row["figure_id"]) for row in content.tables["figures"].as_dicts()]
    node = lineage(manifest, figures)
    (folder / "lineage.json").write_text(json.dumps(node, indent=1) + "\n", encoding="utf-8")


def lineage(manifest: dict[str, Any], figures: list[str]) -> dict[str, list[str]]:
    """Figure → names of its models, in the order of the layers."""
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    evidence = {k: n for k, n in nodes.items() if n["name"].startswith("evidence_")}
    found: dict[str, list[str]] = {}
    for figure in figures:
        starts = [key for key, node in evidence.items() if _serves(node["raw_code"], figure)]
        ways = {name for start in starts for name in _ancestors(start, nodes)}
        models = sorted(ways, key=lambda key: (_layer(nodes[key]), nodes[key]["name"]))
        found[figure] = [nodes[key]["name"] for key in models] + ["figure_evidence", "figures"]
    return found


def _serves(code: str, figure: str) -> bool:
    if figure in _EVIDENCE.findall(code):
        return True
    wholes = _EVIDENCE_OF_WHOLE.findall(code)
    return any(figure.startswith(f"{whole}_") and figure.endswith("_share") for whole in wholes)


def _ancestors(start: str, nodes: dict[str, Any]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key in nodes and key not in seen:
            seen.add(key)
            waiting.extend(nodes[key]["depends_on"]["nodes"])
    return seen


def _layer(node: dict[str, Any]) -> int:
    return LAYERS.index(node["fqn"][1])
