"""``ReleaseContent``: the data that every output of a release is written from.

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
    """What the guards said of the build: how many questions, and each with its answer."""

    passed: int
    failed: int
    could_not_check: int
    outcomes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ReleaseContent:
    """A release of a year: its name, its tables, where they came from, what changed.

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
