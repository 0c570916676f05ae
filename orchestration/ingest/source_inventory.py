"""Writes quarantine, account of files, and findings over all sources of a year.

Findings of the folder itself are made here: unexpected files, missing exports, copies of files.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingest.continuity import judge_continuity
from orchestration.ingest.contracts import PLATFORMS, Contract, owner_of
from orchestration.ingest.corrections import not_applied
from orchestration.ingest.errors import Finding, by_importance
from orchestration.ingest.filed_year import filed_year
from orchestration.ingest.folder import PROVENANCE, odd_entries_of_year
from orchestration.ingest.garbled import judge_texts
from orchestration.ingest.occasions import judge_events
from orchestration.ingest.promises import judge_numbers, judge_promises
from orchestration.ingest.schema import (
    CORRECTED_VALUES,
    FINDINGS,
    PROMISES,
    QUARANTINE,
    SOURCE_FILES,
    LandingTable,
)
from orchestration.ingest.sources import (
    Landing,
    SourceFile,
    SourceRefused,
    SourceState,
    declared_corrections,
    source_file_of,
)
from orchestration.ingest.uniform_columns import judge_columns
from orchestration.ingest.whole_files import judge_files

_SECOND_COPY = re.compile(r" ?\(\d+\)(?=\.\w+$)")
_NEARLY_A_REGISTRATIONS_FILE = re.compile(rf"events/registrations/[^/]+?_+(?:{'|'.join(PLATFORMS)})\.csv")
# An export most of whose days lie outside the year is another year's.
_SHARE_OF_ANOTHER_YEAR = 0.5
# Fewer events of a platform may well have no file.
_FEW_EVENTS = 3
# Two exports of so few rows may be alike by chance.
_FEW_PEOPLE = 3


def write_source_inventory(
    landing: Landing, contracts: dict[str, Contract], states: Sequence[SourceState]
) -> list[Finding]:
    """Writes quarantine, source_files, promises and findings; the findings are returned too, most important first.

    The tables of the last releases (``history``) must be there.
    """
    files = [each for state in states for each in state.files]
    findings = [each for state in states for each in state.findings]
    if odd := odd_entries_of_year(landing.exports):
        raise SourceRefused(odd)
    findings += _unrecognised_files(landing.exports, {each.source_file for each in files})
    findings += _same_bytes(files)
    findings += _events_without_file(landing)
    findings += _platforms_without_files(landing)
    findings += _another_year(landing)
    findings += _same_people(landing, contracts, files)
    _write(landing, SOURCE_FILES, sorted((asdict(each) for each in files), key=_by_file))
    rows = [asdict(each) for state in states for each in state.quarantined]
    _write(landing, QUARANTINE, sorted(rows, key=lambda row: (*_by_file(row), row["source_line"])))
    _write(landing, PROMISES, _promises(contracts))
    findings += _judged(landing, contracts, states)
    unique = by_importance(findings)
    _write(
        landing,
        FINDINGS,
        [asdict(each) | {"owner": owner_of(each.source_file, contracts)} for each in unique],
    )
    return unique


def _judged(
    landing: Landing, contracts: Mapping[str, Contract], states: Sequence[SourceState]
) -> list[Finding]:
    """Findings of a landed year against contracts, programme and last releases."""
    with filed_year(landing, contracts, states) as year:
        return [
            *judge_files(year),
            *judge_promises(year),
            *judge_numbers(year),
            *judge_columns(year),
            *judge_texts(year),
            *judge_continuity(year),
            *judge_events(year),
        ]


def _promises(contracts: Mapping[str, Contract]) -> list[dict[str, Any]]:
    return [
        {
            "source": contract.source,
            "export": contract.file.rpartition(".")[0],
            "cumulative": contract.cumulative,
            "expected_every_year": contract.expected_every_year,
        }
        for contract in contracts.values()
        if contract.cumulative or contract.expected_every_year
    ]


def write_corrected_values(landing: Landing, states: Sequence[SourceState]) -> None:
    """Writes corrected_values: every landing value that a declared correction replaced.

    Raises SourceRefused with each correction that was put in place nowhere.
    """
    corrected = [each for state in states for each in state.corrected]
    refusals = not_applied(declared_corrections(landing), corrected)
    if refusals:
        raise SourceRefused(refusals)
    rows = [
        asdict(each) | {"corrected_on": date.fromisoformat(each.corrected_on)}
        for each in sorted(corrected, key=lambda each: each.declared_line)
    ]
    _write(landing, CORRECTED_VALUES, rows)


def _by_file(row: dict[str, Any]) -> tuple[str]:
    return (row["source_file"],)


def _write(landing: Landing, table: LandingTable, rows: Sequence[dict[str, Any]]) -> None:
    landing.write_table(table.name, pa.Table.from_pylist(list(rows), table.schema))


def _unrecognised_files(exports: Path, read: set[str]) -> Iterable[Finding]:
    exact = {_plain_name(name): name for name in read}
    for path in sorted(exports.rglob("*")):
        name = source_file_of(path, exports)
        if not path.is_file() or name in (*read, PROVENANCE) or path.name.startswith("."):
            continue
        if (original := exact.get(_plain_name(name))) is not None:
            message = f"A second copy of {original} under another name; it was not read"
            yield Finding("note", "second_copy", name, message)
        elif _NEARLY_A_REGISTRATIONS_FILE.fullmatch(_plain_name(name)):
            message = (
                "Only the exact name of an export is read, such as E2021-014__zoom.csv; this file was not"
            )
            yield Finding("note", "inexact_name", name, message)
        else:
            message = "No contract asks for this file; it was not read"
            yield Finding("note", "unrecognised_file", name, message)


def _plain_name(name: str) -> str:
    """A file's name without copy suffixes such as " (1)", case-folded."""
    return _SECOND_COPY.sub("", name).casefold()


def _same_bytes(files: Iterable[SourceFile]) -> Iterable[Finding]:
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


def _same_people(
    landing: Landing, contracts: Mapping[str, Contract], files: Iterable[SourceFile]
) -> Iterable[Finding]:
    """Finds exports with the same people at the same times: one export under two names."""
    by_size: dict[tuple[str, int], set[str]] = defaultdict(set)
    hashes = set()
    for each in files:
        if contracts[each.source].per_event and each.rows_loaded >= _FEW_PEOPLE and each.sha256 not in hashes:
            hashes.add(each.sha256)
            by_size[each.source, each.rows_loaded].add(each.source_file)
    for (source, rows), names in sorted(by_size.items()):
        if len(names) < 2:
            continue
        columns = ["source_file", "person_key", str(contracts[source].dated_by)]
        table = pq.read_table(
            landing.table_path(source), columns=columns, filters=[("source_file", "in", names)]
        )
        people: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for name, *person in zip(*(column.to_pylist() for column in table.columns), strict=True):
            people[name].append(tuple(person))
        first: dict[tuple[tuple[Any, ...], ...], str] = {}
        for name in sorted(names):
            other = first.setdefault(tuple(sorted(people[name])), name)
            if other != name:
                yield Finding(
                    "refuse",
                    "same_people",
                    name,
                    f"The file holds the {rows} rows of {other}: one event was exported under two names",
                )


def _platforms_without_files(landing: Landing) -> Iterable[Finding]:
    """Platforms that several events name, and of which no event has its file."""
    table = landing.read_table("programme", ["event_id", "platform"])
    events: defaultdict[str, list[bool]] = defaultdict(list)
    for event_id, platform in zip(*(column.to_pylist() for column in table.columns), strict=True):
        name = f"events/registrations/{event_id}__{platform}.csv"
        events[platform].append((landing.exports / name).is_file())
    for platform, there in sorted(events.items()):
        if platform != "none" and len(there) >= _FEW_EVENTS and not any(there):
            said = f"Not one of the {len(there)} events that name {platform} has its file: is the export missing?"
            yield Finding("note", "platform_without_files", "events/registrations", said)


def _events_without_file(landing: Landing) -> Iterable[Finding]:
    table = landing.read_table("programme", ["event_id", "platform"])
    for event_id, platform in zip(*(column.to_pylist() for column in table.columns), strict=True):
        name = f"events/registrations/{event_id}__{platform}.csv"
        if platform != "none" and not (landing.exports / name).is_file():
            yield Finding(
                "note",
                "event_without_file",
                name,
                f"Event {event_id} names the platform {platform}, whose file is not there",
            )
        form = f"events/registrations/{event_id}__form.csv"
        if (
            platform == "teams"
            and (landing.exports / name).is_file()
            and not (landing.exports / form).is_file()
        ):
            yield Finding(
                "note",
                "teams_without_form",
                form,
                f"Event {event_id} has a Teams report and no form: it has neither genders nor places",
            )


def _another_year(landing: Landing) -> Iterable[Finding]:
    dates = landing.read_table("programme", ["start_date"])
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
