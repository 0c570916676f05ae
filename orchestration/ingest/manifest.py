"""What the sources of a year say together: files, quarantine, findings.

Here belongs what needs more than one source to be seen: a file that nobody asked for, an event without its
file, the same bytes twice, another year's export. What one file says of itself belongs in ``sources``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.databases import open_database
from orchestration.ingest.contracts import PLATFORMS, Contract
from orchestration.ingest.corrections import not_applied
from orchestration.ingest.faults import Finding
from orchestration.ingest.folder import odd_entries_of_year
from orchestration.ingest.schema import (
    CORRECTED_VALUES,
    FINDINGS,
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

_SECOND_COPY = re.compile(r" ?\(\d+\)(?=\.\w+$)")
_NEARLY_A_REGISTRATIONS_FILE = re.compile(rf"events/registrations/[^/]+?_+(?:{'|'.join(PLATFORMS)})\.csv")
# What is told before other notes: people who filed such a file think that it counts.
_FIRST_CODES = ("second_copy", "inexact_name")
# An export most of whose days lie outside the year is another year's.
_SHARE_OF_ANOTHER_YEAR = 0.5
# Sources of one year, and those of all years so far, with the column that says when.
_OF_THE_YEAR = {
    "activities": "held_on",
    "drawings": "received_on",
    "learning_products": "uploaded_on",
    "ledger": "posting_date",
    "news": "published_on",
    "publications": "published_on",
    "social": "date",
    "videos": "published_on",
    "wmd_activities": "held_on",
}
_OF_ALL_YEARS = {"cases": "updated_on", "city_makers": "registered_on", "initiatives": "uploaded_on"}
# The moment that every row of a registrations file has.
_MOMENTS = {
    "eventbrite_attendees": "registered_at",
    "form_responses": "registered_at",
    "teams_participants": "joined_at",
    "zoom_attendees": "registered_at",
}
# Fewer rows say nothing of a whole export.
_FEW_ROWS = 10
# Two exports of so few rows may be alike by chance.
_FEW_PEOPLE = 3
# Nobody registers so long before an event or after it.
_DAYS_AROUND_AN_EVENT = 400


def write_manifest(
    landing: Landing, contracts: dict[str, Contract], states: Sequence[SourceState]
) -> list[Finding]:
    """Writes quarantine, source_files and findings; the findings of the folder are returned too."""
    files = [each for state in states for each in state.files]
    findings = [each for state in states for each in state.findings]
    if odd := odd_entries_of_year(landing.exports):
        raise SourceRefused(odd)
    findings += _unrecognised_files(landing.exports, {each.source_file for each in files})
    findings += _same_bytes(files)
    findings += _events_without_file(landing)
    findings += _another_year(landing)
    findings += _nothing_of_the_year(landing)
    findings += _same_people(landing, files)
    findings += _far_from_the_event(landing)
    _write(landing, SOURCE_FILES, sorted((asdict(each) for each in files), key=_by_file))
    rows = [asdict(each) for state in states for each in state.quarantined]
    _write(landing, QUARANTINE, sorted(rows, key=lambda row: (*_by_file(row), row["source_line"])))
    unique = sorted(set(findings), key=_by_weight)
    _write(landing, FINDINGS, [asdict(each) for each in unique])
    return unique


def _by_weight(finding: Finding) -> tuple[str, bool, str, str, str]:
    is_later = finding.code not in _FIRST_CODES
    return finding.severity, is_later, finding.code, finding.source_file, finding.message


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
        if not path.is_file() or name in read or path.name.startswith("."):
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
    """A file's name without what browsers and drives add to a second copy: a number, another case."""
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


def _same_people(landing: Landing, files: Iterable[SourceFile]) -> Iterable[Finding]:
    """Exports of different bytes with the same people at the same moments: one was exported twice."""
    by_size: dict[tuple[str, int], set[str]] = defaultdict(set)
    hashes = set()
    for each in files:
        if each.source in _MOMENTS and each.rows_loaded >= _FEW_PEOPLE and each.sha256 not in hashes:
            hashes.add(each.sha256)
            by_size[each.source, each.rows_loaded].add(each.source_file)
    for (source, rows), names in sorted(by_size.items()):
        if len(names) < 2:
            continue
        columns = ["source_file", "person_key", _MOMENTS[source]]
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


def _far_from_the_event(landing: Landing) -> Iterable[Finding]:
    """Exports none of whose rows is anywhere near the day of their event."""
    programme = landing.read_table("programme", ["event_id", "start_date"])
    starts = dict(zip(*(column.to_pylist() for column in programme.columns), strict=True))
    for source, moment in sorted(_MOMENTS.items()):
        for name, event_id, first, last in _spans(landing.table_path(source), moment):
            start = starts[event_id]
            if not _is_near(first, last, start):
                yield Finding(
                    "refuse",
                    "another_event",
                    name,
                    f"Its rows are of {first} to {last}, the event begins on {start}",
                )


def _spans(table: Path, moment: str) -> list[tuple[str, str, date, date]]:
    """File, event, first and last day of every export with more than a few rows."""
    query = f"""
        select source_file, event_id, min({moment})::date, max({moment})::date
        from read_parquet($table)
        group by source_file, event_id
        having count(*) >= {_FEW_PEOPLE:d}
        order by source_file
    """
    with open_database(None, spill=table.parent / "spill") as connection:
        spans: list[tuple[str, str, date, date]] = connection.execute(query, {"table": str(table)}).fetchall()
    return spans


def _is_near(first: date, last: date, start: date) -> bool:
    """Whether some day from the first to the last can belong to an event of that start."""
    return (first - start).days <= _DAYS_AROUND_AN_EVENT and (start - last).days <= _DAYS_AROUND_AN_EVENT


def _nothing_of_the_year(landing: Landing) -> Iterable[Finding]:
    """Dated exports without a single row of the year."""
    for source, column in sorted({**_OF_THE_YEAR, **_OF_ALL_YEARS}.items()):
        table = landing.read_table(source, ["source_file", column])
        days = table.column(column).drop_null()
        if len(days) < _FEW_ROWS or landing.year in pc.year(days).unique().to_pylist():
            continue
        first, last = pc.min_max(days).as_py().values()
        span = f"{len(days)} rows, of {first} to {last}, and none of {landing.year}"
        name = table.column("source_file")[0].as_py()
        if source in _OF_THE_YEAR:
            yield Finding("refuse", "another_year", name, f"{span}: another year's export")
        else:
            yield Finding("note", "nothing_of_the_year", name, f"{span}: perhaps an old export")


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
