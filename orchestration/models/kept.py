"""What the models of the last build were made of, and so which of them still stand.

Here belongs telling which landing tables differ from those that a database was made of. Nothing stands unless the
project, the machine's DuckDB and the database itself are those of the last complete run of all models.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.build import Build, database_stamp
from orchestration.models.runner import NodeOutcome, project_fingerprint, save_sql, saved_sql
from orchestration.storage import sha256_of_file, write_atomically

_FILE = "models.json"


@dataclass(frozen=True)
class Kept:
    """A complete run of the models: what of the landing it read, what became of each node."""

    landing: dict[str, str]
    outcomes: list[NodeOutcome]

    def changed_tables(self, build: Build) -> list[str]:
        """The landing tables that are not what they were, and those that came or went."""
        now = _landing(build)
        return sorted(
            name for name in now.keys() | self.landing.keys() if now.get(name) != self.landing.get(name)
        )

    def with_anew(self, outcomes: Sequence[NodeOutcome]) -> list[NodeOutcome]:
        """All outcomes, those of nodes that ran again in the place of the old ones."""
        anew = {each.unique_id: each for each in outcomes}
        stand = [each for each in self.outcomes if each.unique_id not in anew]
        return [*stand, *outcomes]


def take_kept(build: Build) -> Kept | None:
    """What still stands of the last run; None where nothing does. It is no longer on record from here on."""
    path = _path(build)
    try:
        node = json.loads(path.read_text(encoding="utf-8"))
        if node["made_by"] != _made_by() or node["database_stamp"] != database_stamp(build.database):
            return None
        sql = saved_sql(build.folder)
        outcomes = [
            NodeOutcome(**{**each, "is_kept": True}, sql=sql[each["unique_id"]]) for each in node["outcomes"]
        ]
        return Kept(node["landing"], outcomes)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    finally:
        # A run that is cut short leaves a database of two builds.
        path.unlink(missing_ok=True)


def keep(build: Build, outcomes: Sequence[NodeOutcome]) -> None:
    """Puts a complete run on record, its SQL in a file of its own."""
    save_sql(build.folder, outcomes)
    node = {
        "made_by": _made_by(),
        "database_stamp": database_stamp(build.database),
        "landing": _landing(build),
        "outcomes": [_recorded(each) for each in outcomes],
    }
    with write_atomically(_path(build)) as aside:
        aside.write_text(json.dumps(node), encoding="utf-8")


def _recorded(outcome: NodeOutcome) -> dict[str, Any]:
    return {name: value for name, value in asdict(outcome).items() if name != "sql"}


def _path(build: Build) -> Path:
    return build.folder / _FILE


def _made_by() -> list[str]:
    return [project_fingerprint(), version("duckdb"), version("dbt-duckdb")]


def _landing(build: Build) -> dict[str, str]:
    return {path.stem: sha256_of_file(path) for path in sorted(build.landing.glob("*.parquet"))}
