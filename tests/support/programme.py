"""Writes events/ of a synthetic year: programme, registration files, speakers, meetings."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from tests.support import dates, platforms
from tests.support.people import (
    ORGANISATIONS,
    Person,
    contrary,
    gender_answer,
    typed_address,
)
from tests.support.places import PlacePicker
from tests.support.platforms import RegistrationDesk, TeamsStyle, ZoomStyle
from tests.support.tables import Row, boolean, write_plain

PROGRAMME = (
    "event_id", "title", "start_date", "end_date", "kind", "format", "organiser_role", "scope",
    "action_line", "gender_perspective", "learning", "platform", "city", "country", "sessions",
)  # fmt: skip
SPEAKERS = ("event_id", "email", "full_name", "gender", "organisation", "country")
FORMATS = ("online", "hybrid", "in_person")
ROLES = ("led", "co_led", "participated", "listed")
SCOPES = ("global", "regional", "national", "local")
LINES = ("L1", "L2", "L3")
TOPICS = (
    "water management", "digital rights", "night-time economy", "the circular economy",
    "care, equality and time", "climate adaptation", "“housing and land”", 'the "15-minute" city',
)  # fmt: skip
MEETING_KINDS = ("board_meeting", "bilateral_meeting", "congress", "planning_meeting")


@dataclass(frozen=True)
class EventPlan:
    """What an event is, and which registration files it has; the first file names the platform."""

    kind: str
    role: str = "led"
    files: tuple[str, ...] = ()
    learning: bool = False
    scope: str = "global"
    sessions: str = ""
    platform: str = ""
    zoom: ZoomStyle = field(default_factory=ZoomStyle)
    teams: TeamsStyle = field(default_factory=TeamsStyle)
    full_eventbrite: bool = False


FIRST_JOIN = {"First Join": "First join", "Last Leave": "Last leave"}
FULL_NAME = {"Name": "Full Name"}
# The first dozen shows every platform and variant; the rest completes the kinds of events.
PLANS = (
    EventPlan(
        "congress", files=("zoom", "eventbrite"), sessions="22",
        zoom=ZoomStyle(longer_summary=True, others=True, dashes=True),
    ),
    EventPlan(
        "webinar", files=("zoom",), learning=True,
        zoom=ZoomStyle(date_form=1, line_end="\r\n", questions=True, nul=True, padding=3),
    ),
    EventPlan(
        "course", "co_led", files=("zoom",), learning=True,
        zoom=ZoomStyle(
            date_form=2, dashes=True, padding=2, padded_header=True, longer_summary=True,
            others=True, questions=True, shuffled=True,
        ),
    ),
    EventPlan("bilateral_meeting", files=()),
    EventPlan("board_meeting", files=()),
    EventPlan("launch", "co_led", files=("form",)),
    EventPlan("forum", "participated", files=("eventbrite",), learning=True),
    EventPlan("debate", files=("eventbrite",), full_eventbrite=True, scope="regional"),
    EventPlan("other", files=("teams", "form"), learning=True, scope="local"),
    EventPlan(
        "planning_meeting", files=("teams", "form"),
        teams=TeamsStyle("utf-16-be", 1, {**FIRST_JOIN, **FULL_NAME}),
    ),
    EventPlan(
        "vice_presidencies_meeting", files=("teams", "form"), learning=True,
        teams=TeamsStyle("utf-8", 1, FULL_NAME),
    ),
    EventPlan("campaign", "listed", files=(), platform="eventbrite"),
    EventPlan("co_presidencies_meeting", files=()),
    EventPlan("bilateral_meeting", files=("form",), scope="national"),
    EventPlan("webinar", files=("teams", "form"), teams=TeamsStyle("utf-8-sig", 0, FIRST_JOIN)),
    EventPlan("forum", "participated", files=(), learning=True),
    EventPlan("webinar", files=("zoom", "eventbrite"), learning=True, full_eventbrite=True,
              zoom=ZoomStyle(dashes=True, line_end="\r\n", nul=True)),
    EventPlan("other", "listed", files=(), scope="local"),
    EventPlan("board_meeting", files=()),
    EventPlan("webinar", "participated", files=("form",), learning=True),
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """A planned event on its day."""

    event_id: str
    title: str
    start: datetime
    end: date
    plan: EventPlan


def clean_plan(plan: EventPlan) -> EventPlan:
    """The same event without any platform's variants."""
    return replace(plan, zoom=ZoomStyle(), teams=TeamsStyle(), full_eventbrite=False)


def plan_events(rng: Random, year: int, plans: list[EventPlan], dirt: bool) -> list[Event]:
    """The year's events in order of their days, numbered."""
    days = sorted(dates.day_of(rng, year) for _ in plans)
    order = list(plans)
    rng.shuffle(order)
    if dirt and len(days) > 3:
        days[0], days[-1] = date(year, 1, 1), date(year, 12, 31)
        days[1] = date(year - 1, 12, 30)
    events = []
    for number, (day, plan) in enumerate(zip(days, order, strict=True), start=1):
        start = datetime(day.year, day.month, day.day, rng.choice((9, 12, 15)))
        title = f"{plan.kind.replace('_', ' ').capitalize()} {number}: {rng.choice(TOPICS)}"
        end = day + timedelta(days=rng.choice((0, 0, 1)))
        used = plan if dirt else clean_plan(plan)
        events.append(Event(f"E{year}-{number:03d}", title, start, end, used))
    return events


def planned(count: int) -> list[EventPlan]:
    """``count`` plans: the list as it is, then over again."""
    return [PLANS[number % len(PLANS)] for number in range(count)]


def programme_row(rng: Random, event: Event, dirt: bool) -> Row:
    plan = event.plan
    platform = plan.platform or (plan.files[0] if plan.files else "none")
    held = rng.choice((("", ""), ("Santiago de Compostela", "ES"), ("Taipei", "TW")))
    kind = plan.kind.upper() if dirt and rng.random() < 0.1 else plan.kind
    return (
        event.event_id, event.title, event.start.date().isoformat(), event.end.isoformat(), kind,
        rng.choice(FORMATS), plan.role, plan.scope, rng.choice(LINES),
        boolean(rng, rng.random() < 0.4, dirt), boolean(rng, plan.learning, dirt), platform,
        held[0], held[1], plan.sessions,
    )  # fmt: skip


def write_programme(folder: Path, rng: Random, events: list[Event], dirt: bool) -> None:
    rows = [programme_row(rng, event, dirt) for event in events]
    write_plain(folder / "events" / "programme.csv", PROGRAMME, rows, rng, dirt)


class RegistrationFiles:
    """Writes the registration files of a year's events."""

    def __init__(self, folder: Path, rng: Random, desk: RegistrationDesk, dirt: bool) -> None:
        self.folder = folder / "events" / "registrations"
        self.rng = rng
        self.desk = desk
        self.dirt = dirt

    def write(self, events: list[Event], registrations: int) -> None:
        """All files; ``registrations`` rows over those of zoom, eventbrite and forms."""
        self.folder.mkdir(parents=True, exist_ok=True)
        files = [(event, name) for event in events for name in event.plan.files if name != "teams"]
        weights = [self.rng.uniform(0.5, 1.5) for _ in files]
        counts = shares(registrations, weights)
        known: dict[str, list[Person]] = {}
        for (event, platform), count in zip(files, counts, strict=True):
            before = known.get(event.event_id, [])
            rows = self.desk.rows(count, event.start, before)
            known[event.event_id] = [row.person for row in rows]
            self.write_file(event, platform, rows)

    def write_file(self, event: Event, platform: str, rows: list[platforms.Registration]) -> None:
        """One export; for a form with a Teams call, that call's report as well."""
        rng, dirt, plan = self.rng, self.dirt, event.plan
        beside_teams = "teams" in plan.files
        if platform == "zoom":
            data = platforms.zoom_report(rng, event.title, event.start, rows, plan.zoom, dirt)
        elif platform == "eventbrite":
            data = platforms.eventbrite_export(rng, rows, plan.full_eventbrite, dirt)
        else:
            data = platforms.form_export(rng, rows, beside_teams, dirt)
            if beside_teams:
                self.write_call(event, rows)
        self.path(event, platform).write_bytes(data)

    def write_call(self, event: Event, rows: list[platforms.Registration]) -> None:
        strangers = self.desk.rows(max(2, len(rows) // 8), event.start, []) if self.dirt else []
        present = platforms.teams_participants(self.rng, rows, strangers, self.dirt)
        data = platforms.teams_report(
            self.rng, event.title, event.start, present, event.plan.teams, self.dirt
        )
        self.path(event, "teams").write_bytes(data)

    def path(self, event: Event, platform: str) -> Path:
        return self.folder / f"{event.event_id}__{platform}.csv"


def shares(total: int, weights: list[float]) -> list[int]:
    """Whole parts of ``total`` in proportion to the weights; the last part takes the rest."""
    if not weights:
        return []
    whole = sum(weights)
    counts = [max(1, int(total * weight / whole)) for weight in weights]
    counts[-1] = max(1, counts[-1] + total - sum(counts))
    return counts


def write_speakers(
    folder: Path, rng: Random, events: list[Event], people: list[Person], count: int, dirt: bool
) -> None:
    """Speakers: the congress has most, a campaign none; some speak twice, answering otherwise."""
    congress = [event for event in events if event.plan.kind == "congress"]
    events = [event for event in events if event.plan.kind != "campaign"]
    rows: list[Row] = []
    for number in range(count):
        event = congress[0] if congress and number % 3 == 0 else rng.choice(events)
        rows.append(speaker_row(rng, event, people[number % len(people)], dirt))
        if dirt and number % 7 == 0:
            rows.append(speaker_again(rng, rng.choice(events), rows[-1], people[number % 5]))
    write_plain(folder / "events" / "speakers.csv", SPEAKERS, rows, rng, dirt)


def speaker_row(rng: Random, event: Event, person: Person, dirt: bool) -> Row:
    name = "" if dirt and rng.random() < 0.1 else person.full_name
    email = typed_address(rng, person.email, dirt)
    answer = gender_answer(rng, person.gender, dirt)
    return event.event_id, email, name, answer, rng.choice(ORGANISATIONS), person.country


def speaker_again(rng: Random, event: Event, row: Row, person: Person) -> Row:
    """The same speaker elsewhere, with a blank answer or a contrary one."""
    answer = rng.choice(("", gender_answer(rng, contrary(person.gender), True)))
    return event.event_id, row[1].strip().upper(), row[2], answer, row[4], row[5]


def write_meetings(
    folder: Path, rng: Random, events: list[Event], places: PlacePicker, count: int, dirt: bool
) -> None:
    """Who was at a meeting: members by any of their names, some of them twice."""
    kinds = [event for event in events if event.plan.kind in MEETING_KINDS]
    others = [event for event in events if event.plan.kind != "campaign"]
    chosen = [*kinds, *kinds, *others] if dirt else kinds or others
    rows: list[Row] = [(rng.choice(chosen).event_id, places.name()) for _ in range(count)]
    if dirt:
        rows += [rows[0], (rows[1][0], "Santiago de Compostela"), (rows[0][0], "Barcelona")]
    write_plain(folder / "registers" / "meetings.csv", ("event_id", "member"), rows, rng, dirt)
