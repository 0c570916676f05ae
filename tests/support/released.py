"""Makes a landed year count as released, without building it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from orchestration.paths import Home
from orchestration.release_store import ReleaseStore
from tests.support.landing import LandedYear


def release_landed(landed: LandedYear, home: Home, figures: Iterable[Mapping[str, Any]] = ()) -> Path:
    """Writes what is read back of a release: sources, annex members, figures; the folder of the release."""
    store = ReleaseStore(home, landed.landing.year)
    folder = store.begin()
    names = ("source_file", "sha256", "bytes", "rows_read", "rows_loaded", "rows_quarantined")
    _write(folder / "sources.csv", names, landed.rows("source_files"))
    members = [{"member_id": row["member_id"], "member": row["name"]} for row in landed.rows("members")]
    for annex in ("annex_activity", "annex_engagement"):
        _write(folder / f"{annex}.csv", ("member_id", "member"), members)
    _write(folder / "figures.csv", ("figure_id", "value", "numerator", "denominator"), figures)
    return store.publish(folder, store.next_name(), {"year": landed.landing.year})


def _write(path: Path, names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(names), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
