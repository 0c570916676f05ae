"""Makes a landed year count as released, without building it."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.schema import place_key_columns
from orchestration.paths import Home
from orchestration.release_store import ReleaseStore
from tests.support.landing import LandedYear


def release_landed(landed: LandedYear, home: Home, figures: Iterable[Mapping[str, Any]] = ()) -> Path:
    """Writes what is read back of a release: sources, annex members, figures, places; the folder of the release."""
    store = ReleaseStore(home, landed.landing.year)
    folder = store.begin()
    names = ("source_file", "sha256", "bytes", "rows_read", "rows_loaded", "rows_quarantined")
    _write(folder / "sources.csv", names, landed.rows("source_files"))
    members = [{"member_id": row["member_id"], "member": row["name"]} for row in landed.rows("members")]
    for annex in ("annex_activity", "annex_engagement"):
        _write(folder / f"{annex}.csv", ("member_id", "member"), members)
    _write(folder / "figures.csv", ("figure_id", "value", "numerator", "denominator"), figures)
    places = _places(landed)
    columns = ("source_file", "text", "member", "rows")
    _write(folder / "resolved_places.csv", columns, [row for row in places if row["member"]])
    _write(
        folder / "unresolved_places.csv",
        [each for each in columns if each != "member"],
        [row for row in places if not row["member"]],
    )
    return store.publish(folder, store.next_name(), {"year": landed.landing.year})


def _places(landed: LandedYear) -> list[dict[str, Any]]:
    """Every place with the member of that name, if there is one alone, whatever its country."""
    members = {row["member_id"]: row["name"] for row in landed.rows("members")}
    named: defaultdict[str, set[str]] = defaultdict(set)
    for row in (*landed.rows("members"), *landed.rows("member_names")):
        named[row["name_key"]].add(members[row["member_id"]])
    counts = Counter(
        (row["source_file"], row[column])
        for contract in load_contracts().values()
        for table, column in place_key_columns(contract)
        for row in landed.rows(table)
        if row[column]
    )
    return [
        {
            "source_file": source_file,
            "text": key,
            "member": next(iter(named[key])) if len(named[key]) == 1 else "",
            "rows": rows,
        }
        for (source_file, key), rows in counts.items()
    ]


def _write(path: Path, names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(names), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
