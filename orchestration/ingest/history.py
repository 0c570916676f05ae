"""Reads the current releases of a year and of the year before back as landing tables, for comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa

from orchestration.ingest.landing_values import place_key
from orchestration.ingest.schema import (
    RELEASED_CELLS,
    RELEASED_FIGURES,
    RELEASED_PLACES,
    RELEASED_SOURCES,
    LandingTable,
)
from orchestration.ingest.sources import Landing
from orchestration.paths import Home
from orchestration.release_store import ANNEXES, Release, ReleaseStore
from orchestration.storage import read_csv

_CELL_KEYS = frozenset({"member_id"})


def latest_release(home: Home, year: int) -> Release | None:
    """The current release of a year; None if there never was one.

    Raises ReleaseDamaged where what is to be compared with is not what was published.
    """
    return ReleaseStore(home, year).current_release()


def recover_history(home: Home, year: int) -> None:
    """Puts the releases of a year and of the one before in order; only for a process that holds the home."""
    for each in (year - 1, year):
        ReleaseStore(home, each).recover()


def write_history(landing: Landing, home: Home) -> dict[str, int]:
    """Writes the released_* tables from the latest releases of the year and of the one before."""
    figures: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    sources: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    for year in (landing.year - 1, landing.year):
        release = latest_release(home, year)
        if release is None:
            continue
        origin = {"year": year, "release": release.name}
        figures.extend(origin | row for row in _figures(release))
        cells.extend(origin | row for row in _cells(release))
        sources.extend(origin | row for row in _sources(release))
        places.extend(origin | row for row in _places(release))
    tables: list[tuple[LandingTable, list[dict[str, Any]]]] = [
        (RELEASED_FIGURES, figures),
        (RELEASED_CELLS, cells),
        (RELEASED_SOURCES, sources),
        (RELEASED_PLACES, places),
    ]
    for table, rows in tables:
        landing.write_table(table.name, pa.Table.from_pylist(rows, table.schema))
    return {table.name: len(rows) for table, rows in tables}


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _figures(release: Release) -> Iterator[dict[str, Any]]:
    for row in read_csv(release.file("figures.csv")):
        yield {
            "figure_id": row["figure_id"],
            "value": _number(row["value"]),
            "numerator": _number(row["numerator"]),
            "denominator": _number(row["denominator"]),
        }


def _cells(release: Release) -> Iterator[dict[str, Any]]:
    for annex in ANNEXES:
        for row in read_csv(release.file(f"{annex}.csv")):
            for name, value in row.items():
                if name not in _CELL_KEYS:
                    yield {
                        "annex": annex,
                        "member_id": row["member_id"],
                        "column_name": name,
                        "value": value,
                    }


def _sources(release: Release) -> Iterator[dict[str, Any]]:
    for row in read_csv(release.file("sources.csv")):
        yield {
            "source_file": row["source_file"],
            "rows_read": int(row["rows_read"]),
            "sha256": row["sha256"],
        }


def _places(release: Release) -> Iterator[dict[str, Any]]:
    """Nothing of a release that has no tables of places."""
    rows: Counter[tuple[str, str | None, str | None]] = Counter()
    for name in ("resolved_places", "unresolved_places"):
        path = release.folder / f"{name}.csv"
        for row in read_csv(path) if path.exists() else ():
            rows[row["source_file"], place_key(row["text"]), row.get("member")] += int(row["rows"])
    for (source_file, key, member), number in rows.items():
        yield {"source_file": source_file, "place_key": key, "member": member, "rows": number}
