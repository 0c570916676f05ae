"""Compares event exports with the programme: title, day, and attendance of the event that a file is named for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from orchestration.ingest.contracts import REGISTRATION_FILE, Contract
from orchestration.ingest.dates import FORMS, UNREADABLE, read_moments
from orchestration.ingest.errors import FileRefused, Finding
from orchestration.ingest.filed_year import FiledYear
from orchestration.ingest.normalise import normalise_text
from orchestration.ingest.text import as_utf_8

_HEAD_BYTES = 16_384
_HEAD_ROWS = 12
_EPOCH = date(1970, 1, 1)
_MICROS_A_DAY = 86_400_000_000
# A test call the day before, a clock of another continent.
_DAYS_BESIDE = timedelta(days=2)
# Nobody registers so long before an event or after it.
_DAYS_AROUND_AN_EVENT = 400
_FEWEST_ROWS = 3
_MANY_REGISTRATIONS = 20
_FEW_PEOPLE = 5
# Two events of one community share people; two files of one event share nearly all.
_SHARE_OF_ONE_EVENT = 0.8
_PEOPLE_COMPARED = 64


def judge_events(year: FiledYear) -> Iterator[Finding]:
    """Finds exports of another event than the one in their file name, and odd attendance."""
    if not any(year.loaded[source] for source in year.contracts if year.contracts[source].per_event):
        return
    yield from _of_another_event(year)
    yield from _far_from_the_event(year)
    yield from _registered_on_odd_days(year)
    yield from _same_people(year)
    yield from _registrations(year)
    yield from _attendance(year)


# --- what a report says of its own event -----------------------------------------------------------


@dataclass(frozen=True)
class Occasion:
    """The title that a report gives its event, and the days that its start can be read as."""

    title: str
    days: tuple[date, ...]


def occasions(content: bytes, contract: Contract) -> list[Occasion]:
    """The event in the preamble of a Zoom or Teams report; empty if unreadable."""
    rows = _preamble(content, contract)
    return _of_teams(rows) if contract.format.kind == "teams_report" else _of_zoom(rows)


def generated_at(content: bytes, contract: Contract) -> int | None:
    """When Zoom made a report, in microseconds of the account's clock; None where it does not say so."""
    for row in _preamble(content, contract):
        if row[0].strip() == "Report Generated:" and len(row) > 1:
            moments = read_moments(pa.array([row[1]], pa.string()), FORMS["zoom"])
            return next((int(each) for each in moments.fixed if each != UNREADABLE), None)
    return None


def _preamble(content: bytes, contract: Contract) -> list[list[str]]:
    """The first rows of a report; none where it is unreadable."""
    try:
        text = as_utf_8(content[:_HEAD_BYTES], "", contract).decode("utf-8", "replace")
    except FileRefused:
        return []
    rows = csv.reader(io.StringIO(text), delimiter=contract.format.delimiter)
    return [row for row in rows if row][:_HEAD_ROWS]


def _of_zoom(rows: Sequence[Sequence[str]]) -> list[Occasion]:
    found = []
    for header, values in pairwise(rows):
        if header[0].strip() == "Topic":
            told = dict(zip((cell.strip() for cell in header), values, strict=False))
            found.append(Occasion(told["Topic"].strip(), _days(told.get("Actual Start Time", ""), "zoom")))
    return found


def _of_teams(rows: Sequence[Sequence[str]]) -> list[Occasion]:
    """The summary stands first: its title, and the first moment in it, whatever the language."""
    summary = [row for row in rows[1:] if len(row) > 1 and row[1].strip()]
    if not rows or not rows[0][0].startswith("1.") or not summary:
        return []
    starts = (days for row in summary[1:] if (days := _days(row[1], "teams")))
    return [Occasion(summary[0][1].strip(), next(starts, ()))]


def _days(text: str, form: str) -> tuple[date, ...]:
    moments = read_moments(pa.array([text], pa.string()), FORMS[form])
    read = {int(each[0]) for each in (moments.fixed, moments.month_first, moments.day_first)}
    return tuple(_EPOCH + timedelta(days=each // _MICROS_A_DAY) for each in sorted(read - {UNREADABLE}))


@dataclass(frozen=True)
class _Event:
    event_id: str
    title: str
    key: str
    start: date
    end: date

    def is_on(self, days: Sequence[date]) -> bool:
        """Whether one of the days can be a day of the event."""
        return any(self.start - _DAYS_BESIDE <= day <= self.end + _DAYS_BESIDE for day in days)


def _events(year: FiledYear) -> dict[str, _Event]:
    rows = year.rows(
        "select event_id, title, start_date, end_date from landing.programme order by source_line"
    )
    return {
        row["event_id"]: _Event(
            row["event_id"], row["title"], normalise_text(row["title"]), row["start_date"], row["end_date"]
        )
        for row in rows
    }


def _of_another_event(year: FiledYear) -> Iterator[Finding]:
    events = _events(year)
    titled: dict[str, list[_Event]] = {}
    for event in events.values():
        titled.setdefault(event.key, []).append(event)
    for file in year.files:
        contract = year.contracts[file.source]
        match = REGISTRATION_FILE.match(file.source_file)
        if (
            contract.format.kind not in ("zoom_report", "teams_report")
            or match is None
            or match["event_id"] not in events
        ):
            continue
        event = events[match["event_id"]]
        for occasion in occasions(_head(year.landing.exports / file.source_file), contract):
            if said := _told(occasion, event, titled):
                yield Finding("note", "titled_otherwise", file.source_file, said)
                break


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def _told(occasion: Occasion, event: _Event, titled: dict[str, list[_Event]]) -> str:
    """The contradictions between a report's preamble and the event; empty if none."""
    key = normalise_text(occasion.title)
    others = [each for each in titled.get(key, ()) if each.event_id != event.event_id]
    days = " or ".join(f"{day:%Y-%m-%d}" for day in occasion.days)
    when = f", of {days}" if days else ""
    if key != event.key and others:
        return (
            f'The report is of "{occasion.title}"{when}, which is {others[0].event_id}; it is filed under'
            f' {event.event_id}, "{event.title}", of {event.start}. Two exports may be exchanged'
        )
    if occasion.days and not event.is_on(occasion.days):
        return f'The report is of "{occasion.title}"{when}; {event.event_id}, "{event.title}", is of {event.start}'
    return ""


# --- who registered, and when ----------------------------------------------------------------------

_FAR = """
    select exports.source_file, programme.start_date, min(exports.{moment})::date as first,
        max(exports.{moment})::date as last
    from landing.{source} as exports
    inner join landing.programme using (event_id)
    group by exports.source_file, programme.start_date
    having count(*) >= {rows:d} and (first > start_date + {days:d} or last < start_date - {days:d})
    order by exports.source_file
"""


def _far_from_the_event(year: FiledYear) -> Iterator[Finding]:
    """Exports without a row near the day of their event."""
    for contract in year.contracts.values():
        if not contract.per_event:
            continue
        sql = _FAR.format(
            source=contract.source, moment=contract.dated_by, rows=_FEWEST_ROWS, days=_DAYS_AROUND_AN_EVENT
        )
        for row in year.rows(sql):
            said = f"Its rows are of {row['first']} to {row['last']}, the event begins on {row['start_date']}"
            yield Finding("refuse", "another_event", row["source_file"], said)


_ROWS_OF_REGISTRATIONS = """(
        select source_file, event_id, person_key, registered_at from landing.zoom_attendees
        union all
        select source_file, event_id, person_key, registered_at from landing.eventbrite_attendees
        union all
        select source_file, event_id, person_key, registered_at from landing.form_responses
    )"""
# Nobody registers for weeks before an event only where the export is an old one, or another event's.
_DAYS_WITHOUT_REGISTRATION = 120
_ODD_DAYS = f"""
    select exports.source_file, count(*) as rows, any_value(programme.end_date) as ended,
        any_value(programme.start_date) as begins, cast(max(exports.registered_at) as date) as last,
        count(*) filter (cast(exports.registered_at as date) > programme.end_date + 1) as late,
        late > 2 and late * 2 > count(*) as is_late,
        count(*) > 2 and last < begins - {_DAYS_WITHOUT_REGISTRATION} as is_early
    from {_ROWS_OF_REGISTRATIONS} as exports
    inner join landing.programme using (event_id)
    where registered_at is not null
    group by exports.source_file
    having is_late or is_early
    order by exports.source_file
"""


def _registered_on_odd_days(year: FiledYear) -> Iterator[Finding]:
    """Exports most of whose people registered after the event, or all of them months before."""
    for row in year.rows(_ODD_DAYS):
        code = "registered_too_late" if row["is_late"] else "registered_too_early"
        said = (
            f"{row['late']} of {row['rows']} people registered after the event was over, on {row['ended']}"
            if row["is_late"]
            else f"The last of {row['rows']} people registered on {row['last']}, for an event of {row['begins']}"
        )
        yield Finding("note", code, row["source_file"], f"{said}: another event's export?")


_PEOPLE = """
    create temp table people as
    select event_id, person_key, min(source_file) as source_file, bool_or(is_registered) as is_registered,
        bool_or(has_attended) as has_attended
    from (
        select event_id, person_key, source_file, true as is_registered, attended = 'yes' as has_attended
        from landing.zoom_attendees
        where coalesce(approval_status, 'approved') not in ('denied', 'cancelled')
        union all
        select event_id, person_key, source_file, true, lower(attendee_status) = 'checked in'
        from landing.eventbrite_attendees
        where lower(attendee_status) in ('attending', 'checked in')
        union all
        select event_id, person_key, source_file, true,
            coalesce(attended, false) and event_id not in (select event_id from landing.teams_participants)
        from landing.form_responses
        union all
        select event_id, person_key, source_file, false, true
        from landing.teams_participants
        where role = 'attendee'
    )
    group by event_id, person_key
"""
# The people of an event with the smallest pseudonyms stand for all: two exports of one event have the same ones.
_ALIKE = f"""
    with sizes as (
        select event_id, count(*) as people, min(source_file) as source_file from people group by event_id
        having count(*) >= {_FEW_PEOPLE}
    ),
    sample as (
        select event_id, person_key from people where event_id in (select event_id from sizes)
        qualify row_number() over (partition by event_id order by person_key) <= {_PEOPLE_COMPARED}
    ),
    candidates as (
        select one.event_id as one, other.event_id as other
        from sample as one inner join sample as other
            on one.person_key = other.person_key and one.event_id < other.event_id
        group by one.event_id, other.event_id
        having count(*) >= {_FEW_PEOPLE}
    )
    select first.source_file as first_file, second.source_file as second_file, first.people as first_people,
        second.people as second_people, shared.people as shared
    from candidates
    inner join sizes as first on candidates.one = first.event_id
    inner join sizes as second on candidates.other = second.event_id
    cross join lateral (
        select count(*) as people from people as a inner join people as b using (person_key)
        where a.event_id = candidates.one and b.event_id = candidates.other
    ) as shared
    where shared.people >= {_SHARE_OF_ONE_EVENT} * least(first.people, second.people)
    order by all
"""


def _same_people(year: FiledYear) -> Iterator[Finding]:
    year.connection.execute(_PEOPLE)
    for row in year.rows(_ALIKE):
        said = (
            f"{row['shared']} of its {row['second_people']} people are those of {row['first_file']}, which has"
            f" {row['first_people']}: is it another event's export?"
        )
        yield Finding("note", "people_of_another_event", row["second_file"], said)


_REGISTRATIONS = f"""
    select exports.source_file, count(*) as rows, count(people.event_id) as registrations,
        count(distinct exports.person_key) as addresses
    from {_ROWS_OF_REGISTRATIONS} as exports
    left join people
        on exports.event_id = people.event_id and exports.person_key = people.person_key and people.is_registered
    group by exports.source_file
    having rows >= {_MANY_REGISTRATIONS} and (registrations = 0 or addresses = 1)
    order by exports.source_file
"""


def _registrations(year: FiledYear) -> Iterator[Finding]:
    """Exports of which no row counts, or whose rows all have one address."""
    for row in year.rows(_REGISTRATIONS):
        if not row["registrations"]:
            said = f"None of {row['rows']} rows is a registration: all were denied, cancelled or the like"
            yield Finding("note", "nobody_registered", row["source_file"], said)
        else:
            said = f"All {row['rows']} rows have one address: was a column filled by hand?"
            yield Finding("note", "one_address", row["source_file"], said)


# Of so many people somebody is always missing.
_MANY_ATTENDANCES = 20
_ATTENDANCE = """
    select min(source_file) as source_file, event_id, count(*) filter (is_registered) as registered,
        count(*) filter (has_attended) as attended
    from people
    group by event_id
    order by event_id
"""


def _attendance(year: FiledYear) -> Iterator[Finding]:
    for row in year.rows(_ATTENDANCE):
        registered, attended = row["registered"], row["attended"]
        if not attended and registered >= _MANY_REGISTRATIONS:
            said = f"Nobody attended {row['event_id']}, which {registered} people registered for"
            yield Finding("note", "nobody_attended", row["source_file"], said)
        elif attended == registered >= _MANY_ATTENDANCES:
            said = f"All {registered} people who registered for {row['event_id']} attended: was the export filtered?"
            yield Finding("note", "everybody_attended", row["source_file"], said)
        elif registered and attended > registered:
            said = f"{attended} people attended {row['event_id']}, and {registered} registered"
            yield Finding("note", "more_attended_than_registered", row["source_file"], said)
