"""Generates a large synthetic year: millions of Zoom registrations, other sources in proportion.

    python -m benchmarks.generate --out RAW_DIR --year Y --registrations N --seed S

Streams rows to disk in little memory; the small sources come from the tests' year factory. Rows are realistic
and valid. The same arguments give the same bytes.
"""

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.support import dates, programme
from tests.support.people import (
    DOMAINS,
    GENDER_ANSWERS,
    MEN,
    ORGANISATIONS,
    SURNAMES,
    WOMEN,
    ascii_letters,
)
from tests.support.places import COUNTRIES, PlacePicker, make_members
from tests.support.platforms import ZOOM_ATTENDEES, ZoomReport, ZoomStyle
from tests.support.programme import Event, EventPlan
from tests.support.tables import line
from tests.support.year_factory import YearPlan, sizes_for, write_plan

MEMBERS = 140
ZOOM_EVENTS = 50
OTHER_EVENTS = (
    EventPlan("board_meeting"),
    EventPlan("vice_presidencies_meeting"),
    EventPlan("co_presidencies_meeting"),
    EventPlan("planning_meeting"),
    EventPlan("bilateral_meeting"),
    EventPlan("bilateral_meeting"),
    EventPlan("campaign", "listed"),
    EventPlan("forum", "participated"),
)
CHUNK = 20_000
MOST_ROWS = 60_000
SESSIONS = 4096
ANSWERS = 8192
# A person's gender, organisation and place are looked up by their number times a prime.
GENDER_PRIME, PLACE_PRIME, ORGANISATION_PRIME = 7919, 104729, 15485863


@dataclass(frozen=True)
class Task:
    """One Zoom file to write."""

    path: Path
    event: Event
    rows: int
    people: int
    seed: str


def zoom_plans() -> list[EventPlan]:
    """Plans of about fifty Zoom events, including a congress and the statutory meetings."""
    kinds = ("webinar", "course", "forum", "debate", "launch")
    roles = ("led", "co_led", "led", "participated")
    plans = [EventPlan("congress", files=("zoom",), sessions="22")]
    for number in range(1, ZOOM_EVENTS):
        kind, role = kinds[number % len(kinds)], roles[number % len(roles)]
        plans.append(EventPlan(kind, role, ("zoom",), learning=number % 3 == 0))
    return plans


def fragment(*cells: str) -> str:
    """Adjacent cells of a row as CSV."""
    return line(cells).removesuffix("\n") if any(cells) else "," * (len(cells) - 1)


def names() -> list[tuple[str, str]]:
    """The name cells of a row, and the local part of an address without its number."""
    found = []
    for first in (*WOMEN, *MEN):
        for last in SURNAMES:
            local = f"{ascii_letters(first)}.{ascii_letters(last)}"
            found.append((fragment(f"{first} {last}", first, last), local))
    return found


def genders(usual: str) -> list[str]:
    """Draws gender answers with frequencies that depend on the first name."""
    seldom = [*GENDER_ANSWERS["non_binary"], *GENDER_ANSWERS["undisclosed"] * 2]
    return [*GENDER_ANSWERS[usual] * 12, *seldom]


def answers(rng: Random) -> list[tuple[str, str]]:
    """Country and metropolis of a person: members' names, other cities, blanks, near misses."""
    picker = PlacePicker(rng, make_members(MEMBERS), dirt=True)
    picked = (picker.pick() for _ in range(ANSWERS))
    return [(fragment(country), fragment(place)) for place, country in picked]


def sessions(rng: Random, start: datetime) -> list[tuple[str, str]]:
    """Registration time and status, and the rest up to the gender: two in five are no-shows."""
    countries = sorted(COUNTRIES.values())
    found = []
    for number in range(SESSIONS):
        registered = dates.zoom_time(dates.moment_before(rng, start.date(), 25), 0)
        status = "denied" if number % 97 == 0 else "pending" if number % 89 == 0 else "approved"
        joined = start + timedelta(seconds=rng.randrange(-180, 3600))
        minutes = rng.randint(1, 95)
        times = [dates.zoom_time(joined + timedelta(minutes=m), 0) for m in (0, minutes)]
        here = (*times, str(minutes), "Yes", rng.choice(countries))
        absent = number % 5 in (1, 3)
        rest = ("", "", "", "", "") if absent else here
        found.append(("No" if absent else "Yes", fragment(registered, status, *rest)))
    return found


def attendee_chunks(task: Task) -> Iterator[str]:
    """The attendee rows of one file, a chunk of text at a time; one in 25 connects again."""
    rng = Random(task.seed)
    shared = Random("answers")
    people_names, people_answers = names(), answers(shared)
    stated, women = (genders("man"), genders("woman")), len(WOMEN) * len(SURNAMES)
    organisations = [fragment(name) for name in ORGANISATIONS]
    visits = sessions(rng, task.event.start)
    bits = max(task.people, SESSIONS).bit_length() + 13
    left = task.rows
    while left:
        lines: list[str] = []
        for _ in range(min(CHUNK, left)):
            # One draw gives both the person and the visit.
            draw = rng.getrandbits(bits)
            attended, visit = visits[draw & (SESSIONS - 1)]
            number = (draw >> 12) % task.people
            called = number % len(people_names)
            name, local = people_names[called]
            key = number * PLACE_PRIME
            country, place = people_answers[key % ANSWERS]
            organisation = organisations[number * ORGANISATION_PRIME % len(organisations)]
            choice = stated[called < women]
            gender = choice[number * GENDER_PRIME % len(choice)]
            who = f"{name},{local}{number}@{DOMAINS[number % 3]},{organisation},{country}"
            lines.append(f"{attended},{who},{visit},{gender},{place}\n")
            if not draw % 25:
                attended, visit = visits[number & (SESSIONS - 1)]
                lines.append(f"{attended},{who},{visit},{gender},{place}\n")
        del lines[left:]
        left -= len(lines)
        yield "".join(lines)


def write_zoom(task: Task) -> int:
    """Write one Attendee Report; gives its rows."""
    report = ZoomReport(Random(task.seed), ZoomStyle(), dirt=False)
    head = [*report.summary(task.event.title, task.event.start, [])]
    head += [*report.panel([], task.event.start), report.line("Attendee Details", "")]
    head.append(report.line(*ZOOM_ATTENDEES))
    with task.path.open("w", encoding="utf-8-sig", newline="", buffering=1 << 20) as file:
        file.write("".join(head))
        for text in attendee_chunks(task):
            file.write(text)
    return task.rows


def year_plan(year: int, seed: int, registrations: int) -> YearPlan:
    """The year beside the Zoom files, its sources in proportion and bounded."""
    plans = [*zoom_plans(), *OTHER_EVENTS]
    return YearPlan(
        year=year,
        seed=seed,
        members=make_members(MEMBERS),
        events=plans,
        registrations=registrations,
        sizes=sizes_for(MEMBERS, len(plans), registrations, MOST_ROWS),
    )


def zoom_tasks(folder: Path, plan: YearPlan) -> list[Task]:
    """The files to write, largest first."""
    rng = plan.rng("events")
    events = programme.plan_events(rng, plan.year, plan.events, plan.dirt)
    events = [event for event in events if event.plan.files]
    weights = [plan.rng(event.event_id).uniform(0.3, 2.0) for event in events]
    counts = programme.shares(plan.registrations, weights)
    target = folder / "events" / "registrations"
    target.mkdir(parents=True, exist_ok=True)
    people = max(100, plan.registrations * 6 // 10)
    tasks = [
        Task(target / f"{event.event_id}__zoom.csv", event, count, people,
             f"{plan.seed}/{plan.year}/{event.event_id}")
        for event, count in zip(events, counts, strict=True)
    ]  # fmt: skip
    return sorted(tasks, key=lambda task: -task.rows)


def generate(out: Path, year: int, registrations: int, seed: int, workers: int | None = None) -> int:
    """Write ``out``/<year>; gives the number of registration rows written."""
    folder = out / str(year)
    plan = year_plan(year, seed, registrations)
    write_plan(folder, plan, with_registrations=False)
    tasks = zoom_tasks(folder, plan)
    if workers == 1:
        return sum(write_zoom(task) for task in tasks)
    with ProcessPoolExecutor(max_workers=workers) as pool:
        return sum(pool.map(write_zoom, tasks))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a large synthetic year of raw exports.")
    parser.add_argument("--out", type=Path, required=True, help="the folder that holds the years")
    parser.add_argument("--year", type=int, required=True)
    parser.add_argument("--registrations", type=int, required=True, help="10 000 to 10 000 000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=None, help="processes; all cores if left out")
    options = parser.parse_args()
    rows = generate(options.out, options.year, options.registrations, options.seed, options.workers)
    print(f"{rows} registrations in {options.out / str(options.year)}")


if __name__ == "__main__":
    main()
