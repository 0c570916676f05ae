"""Recognises a download: of which source it is, by its form, and of which event, by what it says.

Nothing is guessed: a source must fit alone, and an event must be ahead of every other by a margin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz

from orchestration.ingest.contracts import Contract, load_contracts
from orchestration.ingest.diagnosis import describe, kind_of_bytes
from orchestration.ingest.errors import FileRefused
from orchestration.ingest.layout import Layout, Surroundings
from orchestration.ingest.loader import LoadedFile, load_file, split_file
from orchestration.ingest.normalise import normalise_text
from orchestration.ingest.occasions import Occasion, occasions
from orchestration.ingest.pseudonyms import Pseudonymiser
from orchestration.ingest.sources import AnyKey, references_of

# Titles differ by a word or so from those of the programme; two events of one series by a number.
_LEAST_SCORE, _LEAST_MARGIN = 88.0, 8.0
# What an event loses that is not on a day of the report.
_ANOTHER_DAY = 50.0
# A clock of another continent, a test call the day before.
_DAYS_BESIDE = timedelta(days=2)
# The last registration comes some days before an event, or on its first day.
_DAYS_BEFORE = timedelta(days=4)
# A form is the office's own, for events without another platform but Teams; Eventbrite goes with any.
_PLATFORMS_OF_FORM = frozenset({"form", "teams"})
# Of those who came to a meeting, so many had filled in its form; of another event's form, few.
_SHARE_OF_ATTENDEES, _SHARE_OF_STRANGERS = 0.6, 0.3
_MOST_CANDIDATES = 3
_WORKBOOK = "workbook.xlsx"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Event:
    """An event of the programme."""

    event_id: str
    title: str
    start: date
    end: date
    platform: str


@dataclass(frozen=True)
class Found:
    """The event of an export, or the nearest candidates with their scores, and why."""

    event_id: str
    reason: str
    candidates: tuple[tuple[Event, float], ...] = ()


def load_form(content: bytes, name: str, contract: Contract, key: bytes, event_id: str = "") -> LoadedFile:
    """Loads a file for its form alone: references to other sources are taken to hold.

    Raises FileRefused for a file that breaks its contract as a whole.
    """
    return load_file(content, name, contract, _around(contract, key, event_id))


def _around(contract: Contract, key: bytes, event_id: str = "") -> Surroundings:
    references = dict.fromkeys(references_of(contract), AnyKey())
    return Surroundings(references, Pseudonymiser(key), event_id or None)


# --- which source ------------------------------------------------------------------------------


def source_of(content: bytes, name: str, key: bytes) -> Contract:
    """The one contract whose header or sections a file has.

    Raises FileRefused with what the file is instead, or with the contracts between which it cannot be decided.
    """
    fits = sorted(
        ((fit, contract) for contract in load_contracts().values() if (fit := _fit(content, contract, key))),
        key=lambda pair: (-pair[0], pair[1].source),
    )
    if not fits:
        found = kind_of_bytes(content) or describe(content, load_contracts()["zoom_attendees"])
        raise FileRefused(name, found, "an export or register that a contract describes")
    best = [contract for fit, contract in fits if fit == fits[0][0]]
    if len(best) > 1:
        named = " and ".join(contract.file for contract in best)
        raise FileRefused(name, f"a file that can be {named}", "one of them: file it by hand")
    return best[0]


def _fit(content: bytes, contract: Contract, key: bytes) -> float:
    """How much of a file's header a contract knows, and of the contract's columns the header has: 0 to 2."""
    layouts: dict[tuple[str, ...], Layout] = {}
    around = _around(contract, key)

    def layout_of(header: tuple[str, ...]) -> Layout:
        layouts[header] = Layout(contract, header, contract.file, around)
        return layouts[header]

    name = _WORKBOOK if content.startswith(_ZIP) else contract.file
    if name == _WORKBOOK and contract.format.workbook is None:
        return 0.0
    try:
        split_file(content, name, contract, layout_of)
    except FileRefused:
        return 0.0
    return max((_known(header, layout, contract) for header, layout in layouts.items()), default=0.0)


def _known(header: tuple[str, ...], layout: Layout, contract: Contract) -> float:
    named = [cell for cell in header if cell.strip()]
    known = len(named) - len(layout.unknown)
    return known / len(named) + known / len(contract.columns) if named else 0.0


# --- which event -------------------------------------------------------------------------------


def programme_of(table: pa.Table) -> list[Event]:
    """The events of a loaded programme."""
    return [
        Event(
            row["event_id"],
            row["title"],
            row["start_date"],
            row["end_date"] or row["start_date"],
            row["platform"] or "none",
        )
        for row in table.to_pylist()
    ]


def event_of(
    content: bytes,
    name: str,
    contract: Contract,
    loaded: LoadedFile,
    programme: Sequence[Event],
    attendees: Mapping[str, frozenset[str]],
) -> Found:
    """The event of an export.

    It is known by an identifier in its file name, by its own title and day, by people who came to a meeting of Teams,
    or else by its dates. ``attendees`` are the pseudonyms of those who came, by event.
    """
    named = [event for event in programme if re.search(rf"{re.escape(event.event_id)}(?!\d)", name)]
    if len(named) == 1:
        return Found(named[0].event_id, "its name says so")
    told = occasions(content, contract) if contract.format.kind in ("zoom_report", "teams_report") else []
    if told:
        return _by_title(told, programme)
    table = loaded.tables[contract.source]
    return _by_people(table, contract, attendees) or _by_dates(table, contract, programme)


def people_of(loaded: LoadedFile, contract: Contract) -> frozenset[str]:
    """The pseudonyms in an export."""
    return frozenset(loaded.tables[contract.source]["person_key"].to_pylist()) - {None}


def _by_people(table: pa.Table, contract: Contract, attendees: Mapping[str, frozenset[str]]) -> Found | None:
    """The only meeting of Teams whose people filled in a form; None where there is none."""
    if contract.per_event != "form":
        return None
    answered = set(table["person_key"].to_pylist())
    shares = sorted(
        ((len(came & answered) / len(came), event_id) for event_id, came in attendees.items() if came),
        reverse=True,
    )
    if not shares or shares[0][0] < _SHARE_OF_ATTENDEES:
        return None
    if len(shares) > 1 and shares[1][0] > _SHARE_OF_STRANGERS:
        return None
    return Found(shares[0][1], "those who came to the meeting of Teams filled it in")


def _by_title(told: Sequence[Occasion], programme: Sequence[Event]) -> Found:
    scores = sorted(
        ((max(_score(each, event) for each in told), event) for event in programme),
        key=lambda pair: (-pair[0], pair[1].event_id),
    )
    titles = " and ".join(f'"{each.title}"' for each in told)
    candidates = tuple((event, score) for score, event in scores[:_MOST_CANDIDATES])
    if not scores or scores[0][0] < _LEAST_SCORE:
        return Found("", f"no event is called {titles} on its day", candidates)
    if len(scores) > 1 and scores[0][0] - scores[1][0] < _LEAST_MARGIN:
        return Found("", f"several events can be {titles}", candidates)
    return Found(scores[0][1].event_id, f"it is of {titles}", candidates)


def _score(occasion: Occasion, event: Event) -> float:
    """How like a title is, 0 to 100; less where the day is another."""
    like = fuzz.token_sort_ratio(normalise_text(occasion.title), normalise_text(event.title))
    on_day = any(event.start - _DAYS_BESIDE <= day <= event.end + _DAYS_BESIDE for day in occasion.days)
    return like if on_day or not occasion.days else max(like - _ANOTHER_DAY, 0.0)


def _by_dates(table: pa.Table, contract: Contract, programme: Sequence[Event]) -> Found:
    """The only event with an export that was to begin when people registered last."""
    last = pc.max(table[contract.dated_by]).as_py() if contract.dated_by and table.num_rows else None
    if last is None:
        return Found("", "it names no event and has no date")
    day = last.date()
    open_then = [
        event
        for event in programme
        if _can_be_on(event, contract) and event.start - _DAYS_BEFORE <= day <= event.start
    ]
    candidates = tuple((event, 0.0) for event in open_then[:_MOST_CANDIDATES])
    if len(open_then) == 1:
        return Found(open_then[0].event_id, f"people registered until {day}", candidates)
    said = "several events were" if open_then else "no event was"
    return Found("", f"people registered until {day}, when {said} to begin", candidates)


def _can_be_on(event: Event, contract: Contract) -> bool:
    return event.platform in _PLATFORMS_OF_FORM if contract.per_event == "form" else event.platform != "none"
