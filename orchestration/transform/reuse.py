"""Which nodes of a build's database are up to date, and which have to run.

Every node is recorded with a hash of its inputs: the project, the engine's versions, and the inputs of what it
reads, down to the files of the landing tables. A view reads its parents when it is queried, so it is as new as
they are; a table, a seed or a test is as new as its last run. A node is up to date while its recorded hash is
the one that follows from the landing as it lies there now.

The record holds for one state of the database file. Where that is another, or the record cannot be read,
nothing is up to date.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.build import Build, database_stamp
from orchestration.errors import Refusal
from orchestration.fingerprints import node_fingerprint, project_fingerprint
from orchestration.paths import DBT_FOLDER
from orchestration.storage import read_json, write_json
from orchestration.transform.runner import NodeOutcome

_RECORD = "models.json"
_KINDS = frozenset({"model", "seed", "test"})


class BuildIncomplete(Refusal):
    """Nodes are missing, failed or stale; the message names them."""


@dataclass(frozen=True)
class _Recorded:
    """The last run of a node: input hash and outcome."""

    inputs: str
    outcome: NodeOutcome


class ModelsRecord:
    """The record of a build's nodes in ``models.json``."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._made_by = "|".join([project_fingerprint(DBT_FOLDER), version("duckdb"), version("dbt-duckdb")])
        self._graph = _Graph(build.manifest, self._made_by)
        self._nodes = self._read()

    @property
    def node_ids(self) -> list[str]:
        """Every node of the project that a build runs."""
        return list(self._graph.parents)

    @property
    def outcomes(self) -> dict[str, NodeOutcome]:
        """The last outcome of every node that is on record."""
        return {name: each.outcome for name, each in self._nodes.items()}

    def stale(self) -> list[str]:
        """The nodes to run: never ran, failed, or have other inputs now."""
        landing = self._build.landing_hashes()
        expected = self._graph.hashes(landing, {})
        return [name for name in self.node_ids if not self._stands(name, expected[name])]

    def missing_ancestors(self, selected: Sequence[str]) -> list[str]:
        """Ancestors of the selected nodes that were never built."""
        ancestors = self._graph.ancestors(selected)
        return [name for name in self.node_ids if name in ancestors and name not in self._nodes]

    def keep(self, outcomes: Sequence[NodeOutcome]) -> None:
        """Records a run; entries of other nodes stay."""
        # A hook of the project is an outcome, too, and no node.
        ran = {each.unique_id: each for each in outcomes if each.unique_id in self._graph.parents}
        for name in ran:
            self._nodes.pop(name, None)
        ran = {name: each for name, each in ran.items() if each.status != "skipped"}
        recorded = {name: each.inputs for name, each in self._nodes.items()}
        hashes = self._graph.hashes(self._build.landing_hashes(), recorded)
        self._nodes.update({name: _Recorded(hashes[name], each) for name, each in ran.items()})
        self._write()

    def verify_complete(self) -> None:
        """Raises BuildIncomplete unless every node is up to date and succeeded."""
        stale = self.stale()
        if not stale:
            return
        if not self._nodes:
            raise BuildIncomplete(f"the models of {self._build.year} have not run")
        failed = [name for name in stale if name in self._nodes and not self._nodes[name].outcome.succeeded]
        names = sorted(name.split(".")[2] for name in failed or stale)
        said = "failed" if failed else "are older than the landing, the project or what they read"
        further = f" and {len(names) - 5} more" if len(names) > 5 else ""
        raise BuildIncomplete(
            f"{len(names)} of {len(self.node_ids)} models and tests {said} ({', '.join(names[:5])}{further})"
        )

    def _stands(self, name: str, expected: str) -> bool:
        recorded = self._nodes.get(name)
        if recorded is None or not recorded.outcome.succeeded:
            return False
        return self._graph.is_view(name) or recorded.inputs == expected

    def _read(self) -> dict[str, _Recorded]:
        try:
            node = read_json(_path(self._build)) or {}
            is_current = (node["made_by"], node["database"]) == (
                self._made_by,
                database_stamp(self._build.database),
            )
            return {
                name: _Recorded(each["inputs"], NodeOutcome(**each["outcome"]))
                for name, each in node["nodes"].items()
                if is_current and name in self._graph.parents
            }
        except (KeyError, TypeError, AttributeError):
            return {}

    def _write(self) -> None:
        node = {
            "made_by": self._made_by,
            "database": database_stamp(self._build.database),
            "nodes": {name: asdict(each) for name, each in self._nodes.items()},
        }
        write_json(_path(self._build), node)


class _Graph:
    """The project's nodes in topological order, with their input hashes."""

    def __init__(self, manifest: Path, made_by: str) -> None:
        nodes: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
        nodes = {name: node for name, node in nodes.items() if node["resource_type"] in _KINDS}
        needs = {name: node["depends_on"].get("nodes", []) for name, node in sorted(nodes.items())}
        order = TopologicalSorter({name: [p for p in ps if p in nodes] for name, ps in needs.items()})
        self.parents: dict[str, list[str]] = {name: needs[name] for name in order.static_order()}
        self._views = {name for name, node in nodes.items() if node["config"]["materialized"] == "view"}
        self._made_by = made_by

    def is_view(self, name: str) -> bool:
        """Whether a node is a view."""
        return name in self._views

    def ancestors(self, selected: Sequence[str]) -> set[str]:
        """The ancestors of the selected nodes."""
        seen: set[str] = set()
        waiting = [parent for name in selected for parent in self.parents[name]]
        while waiting:
            name = waiting.pop()
            if name in self.parents and name not in seen:
                seen.add(name)
                waiting.extend(self.parents[name])
        return seen - set(selected)

    def hashes(self, landing: Mapping[str, str], recorded: Mapping[str, str]) -> dict[str, str]:
        """Node → hash of its inputs; of a table that is on record, the recorded one."""
        found: dict[str, str] = {}
        for name in self.parents:
            is_table = name in recorded and not self.is_view(name)
            found[name] = recorded[name] if is_table else self._hash(name, landing, found)
        return found

    def _hash(self, name: str, landing: Mapping[str, str], found: Mapping[str, str]) -> str:
        inputs = [found.get(each) or landing.get(each.split(".")[-1], "") for each in self.parents[name]]
        return node_fingerprint(name, self._made_by, inputs)


def _path(build: Build) -> Path:
    return build.folder / _RECORD


def sql_of_last_run(build: Build) -> dict[str, str]:
    """Node → the SQL that made it."""
    return {name: outcome.sql for name, outcome in ModelsRecord(build).outcomes.items()}
