"""Makes a landed year count as released, without building it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from orchestration.paths import Home
from tests.support.landing import LandedYear


def release_landed(landed: LandedYear, home: Home, figures: Iterable[Mapping[str, Any]] = ()) -> Path:
    """Writes what is read back of a release: sources, annex members, figures; the folder of the release."""
    year = landed.landing.year
    folder = home.releases(year) / f"{year}-r1"
    folder.mkdir(parents=True)
    names = ("source_file", "sha256", "bytes", "rows_read", "rows_loaded", "rows_quarantined")
    _write(folder / "sources.csv", names, landed.rows("source_files"))
    members = [{"member_id": row["member_id"], "member": row["name"]} for row in landed.rows("members")]
    for annex in ("annex_activity", "annex_engagement"):
        _write(folder / f"{annex}.csv", ("member_id", "member"), members)
    _write(folder / "figures.csv", ("figure_id", "value", "numerator", "denominator"), figures)
    (home.releases(year) / "latest").symlink_to(folder.name)
    return folder


def _write(path: Path, names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(names), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
