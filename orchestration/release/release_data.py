"""``ReleaseData``: the data that every output of a release is written from.

CSV files, workbook, charts, site and data package share it, so that they agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.release.tables import Table


@dataclass(frozen=True)
class Guarded:
    """The guards' results: number of expectations, and each with its outcome."""

    passed: int
    failed: int
    could_not_check: int
    outcomes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ReleaseData:
    """A release of a year: name, tables, sources, changes.

    ``database`` is the build's, ``manifest`` dbt's manifest.json of the models in it, ``sql`` maps a node of the
    manifest to the SQL that ran.
    """

    year: int
    release: str
    previous: str | None
    tables: dict[str, Table]
    guarded: Guarded
    findings: list[dict[str, Any]]
    database: Path
    manifest: Path
    inputs_fingerprint: str
    code_fingerprint: str
    changes: str
    corrections: list[dict[str, Any]] = field(default_factory=list)
    sql: Mapping[str, str] = field(default_factory=dict)
