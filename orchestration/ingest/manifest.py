"""What the sources of a year say together: files, quarantine, findings.

Here belongs what needs more than one source to be seen: a file that nobody asked for, an event without its
file, the same bytes twice, another year's export. What one file says of itself belongs in ``sources``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingest.contracts import Contract
from orchestration.ingest.faults import Finding
from orchestration.ingest.schema import (
    FINDINGS,
    QUARANTINE,
    SOURCE_FILES,
    LandingTable,
)
from orchestration.ingest.sources import Landing, SourceState

# An export most of whose days lie outside the year is another year's.
_SHARE_OF_ANOTHER_YEAR = 0.5


def write_manifest(
    landing: Landing, contracts: dict[str, Contract], states: Sequence[SourceState]
) -> list[Finding]:
    """Writes quarantine, source_files and findings; the findings of the folder are returned too."""
    files = [each for state in states for each in state.files]
    findings = [each for state in states for each in state.findings]
    findings += _unrecognised_files(landing.exports, {each.source_file for each in files}, contracts)
    findings += _same_bytes(files)
    findings += _events_without_file(landing)
    findings += _another_year(landing)
    _write(landing, SOURCE_FILES, sorted((asdict(each) for each in files), key=_by_file))
    rows = [asdict(each) for state in states for each in state.quarantined]
    _write(landing, QUARANTINE, sorted(rows, key=lambda row: (*_by_file(row), row["source_line"])))
    unique = sorted(set(findings), key=lambda each: (each.severity, each.code, each.source_file))
    _write(landing, FINDINGS, [asdict(each) for each in unique])
    return unique


def _by_file(row: dict[str, Any]) -> tuple[str]:
    return (row["source_file"],)


def _write(landing: Landing, table: LandingTable, rows: Sequence[dict[str, Any]]) -> None:
    landing.write_table(table.name, pa.Table.from_pylist(list(rows), table.schema))


def _unrecognised_files(exports: Path, read: set[str], contracts: dict[str, Contract]) -> Iterable[Finding]:
    for path in sorted(exports.rglob("*")):
        name = path.relative_to(exports).as_posix()
        if path.is_file() and name not in read and not path.name.startswith("."):
            yield Finding(
                "note", "unrecognised_file", name, "No contract asks for this file; it was not read"
            )


def _same_bytes(files: Iterable[Any]) -> Iterable[Finding]:
    by_hash: dict[str, list[str]] = defaultdict(list)
    for each in files:
        # A copy that loads nothing does no harm: its event is unknown, which is said already.
        if each.rows_loaded:
            by_hash[each.sha256].append(each.source_file)
    for names in by_hash.values():
        for name in names[1:]:
            yield Finding(
                "refuse",
                "same_bytes",
                name,
                f"The file is {names[0]} under another name: one export was filed twice",
            )


def _events_without_file(landing: Landing) -> Iterable[Finding]:
    table = pq.read_table(landing.table_path("programme"), columns=["event_id", "platform"])
    for event_id, platform in zip(*(column.to_pylist() for column in table.columns), strict=True):
        name = f"events/registrations/{event_id}__{platform}.csv"
        if platform != "none" and not (landing.exports / name).is_file():
            yield Finding(
                "note",
                "event_without_file",
                name,
                f"Event {event_id} names the platform {platform}, whose file is not there",
            )


def _another_year(landing: Landing) -> Iterable[Finding]:
    dates = pq.read_table(landing.table_path("programme"), columns=["start_date"])
    days = [day for day in dates.column(0).to_pylist() if day is not None]
    outside = sum(day.year != landing.year for day in days)
    if days and outside > len(days) * _SHARE_OF_ANOTHER_YEAR:
        yield Finding(
            "refuse",
            "another_year",
            "events/programme.csv",
            f"{outside} of {len(days)} events begin outside {landing.year}: another year's export",
        )
    elif outside:
        yield Finding(
            "note",
            "events_outside_year",
            "events/programme.csv",
            f"{outside} of {len(days)} events begin outside {landing.year}; they count all the same",
        )
