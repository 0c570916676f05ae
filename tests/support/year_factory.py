"""Generates a synthetic year of raw exports from a seed. Every row is valid; ``faults`` injects invalid ones."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.support import ledger, programme
from tests.support.contributions import Contributions
from tests.support.people import make_people
from tests.support.places import Member, PlacePicker, make_members
from tests.support.platforms import RegistrationDesk
from tests.support.programme import EventPlan, RegistrationFiles
from tests.support.registers import Registers, Sizes

FEWEST_MEMBERS = 8
FEWEST_EVENTS = 5
LEDGER_FORMATS = ("csv", "xlsx")


@dataclass(frozen=True)
class YearSizes:
    """How large the sources beside the registrations are."""

    people: int
    speakers: int
    meetings: int
    ledger: int
    cases: int
    makers: int
    initiatives: int
    news: int
    publications: int
    videos: int
    registers: Sizes


def sizes_for(members: int, events: int, registrations: int, most: int = 100_000) -> YearSizes:
    """Sizes in proportion to a year's registrations, none above ``most`` rows."""

    def part(share: int, least: int) -> int:
        return min(most, max(least, registrations // share))

    registers = Sizes(drawings=part(12, 30), activities=part(30, 20), small=max(12, events // 2))
    return YearSizes(
        people=part(1, 50) + 50,
        speakers=part(25, 24),
        meetings=max(12, 3 * events),
        ledger=part(8, 30) + members,
        cases=part(8, 40),
        makers=part(8, 30),
        initiatives=part(6, 60),
        news=part(40, 18),
        publications=part(40, 12),
        videos=part(60, 10),
        registers=registers,
    )


@dataclass(frozen=True)
class YearPlan:
    """A year to write: its register, its events, and how many registrations they have."""

    year: int
    seed: int
    members: list[Member]
    events: list[EventPlan]
    registrations: int
    sizes: YearSizes
    ledger_format: str = "csv"
    dirt: bool = True

    def rng(self, source: str) -> Random:
        """A random generator per source, so that sources do not affect each other."""
        return Random(f"{self.seed}/{self.year}/{source}")

    def places(self, source: str) -> PlacePicker:
        return PlacePicker(self.rng(f"places of {source}"), self.members, self.dirt)

    def guests(self, source: str) -> PlacePicker:
        """A picker of places of participants; one member in six never takes part."""
        active = [member for number, member in enumerate(self.members) if number % 6 != 5]
        return PlacePicker(self.rng(f"guests of {source}"), active, self.dirt)


def write_events(folder: Path, plan: YearPlan, with_registrations: bool) -> None:
    """events/ and the register of who was at its meetings."""
    dirt, sizes = plan.dirt, plan.sizes
    events = programme.plan_events(plan.rng("events"), plan.year, plan.events, dirt)
    programme.write_programme(folder, plan.rng("programme"), events, dirt)
    people = make_people(plan.rng("people"), sizes.people, plan.guests("people"))
    desk = RegistrationDesk(plan.rng("desk"), people, plan.guests("desk"), dirt)
    files = RegistrationFiles(folder, plan.rng("files"), desk, dirt)
    if with_registrations:
        files.write(events, plan.registrations)
    programme.write_speakers(folder, plan.rng("speakers"), events, people, sizes.speakers, dirt)
    meetings, places = plan.rng("meetings"), plan.guests("meetings")
    programme.write_meetings(folder, meetings, events, places, sizes.meetings, dirt)


def write_ledger(folder: Path, plan: YearPlan) -> None:
    rng = plan.rng("ledger")
    entries = ledger.book(rng, plan.year, plan.places("ledger"), plan.sizes.ledger, plan.dirt)
    ledger.write_ledger(folder, plan.year, entries, plan.ledger_format, rng, plan.dirt)


def write_contributions(folder: Path, plan: YearPlan) -> None:
    rng, sizes = plan.rng("contributions"), plan.sizes
    cities = Contributions(folder, plan.year, rng, plan.guests("contributions"), plan.dirt)
    cities.cases(sizes.cases)
    cities.makers(sizes.makers)
    cities.initiatives(sizes.initiatives)
    site = Contributions(folder, plan.year, plan.rng("site"), plan.places("site"), plan.dirt)
    site.news(sizes.news)
    site.publications(sizes.publications)
    site.videos(sizes.videos)
    site.social()


def write_plan(folder: Path, plan: YearPlan, *, with_registrations: bool = True) -> None:
    """Write every source of the planned year into ``folder``, or all but the registrations."""
    folder.mkdir(parents=True, exist_ok=True)
    write_events(folder, plan, with_registrations)
    rng, places, guests = plan.rng("registers"), plan.places("registers"), plan.guests("registers")
    registers = Registers(folder, plan.year, rng, places, guests, plan.dirt)
    registers.write(plan.members, plan.sizes.registers)
    write_ledger(folder, plan)
    write_contributions(folder, plan)


def write_year(
    folder: Path,
    year: int,
    seed: int,
    *,
    members: int = 20,
    events: int = 12,
    registrations: int = 600,
    ledger_format: str = "csv",
    dirt: bool = True,
) -> None:
    """Write a complete raw/<year> folder as each platform writes it.

    The same arguments give the same bytes. ``members`` are the rows of the register, former and
    future ones among them; ``registrations`` are the rows over zoom, eventbrite and form files,
    Teams participants beside them. A dozen events show every platform and variant, 14 every kind.
    Without ``dirt`` everything is written in the plainest form that the contract allows.
    """
    if members < FEWEST_MEMBERS or events < FEWEST_EVENTS or registrations < events:
        raise ValueError("too small for a year: see FEWEST_MEMBERS and FEWEST_EVENTS")
    if ledger_format not in LEDGER_FORMATS:
        raise ValueError(f"no such ledger format: {ledger_format}")
    plan = YearPlan(
        year=year,
        seed=seed,
        members=make_members(members),
        events=programme.planned(events),
        registrations=registrations,
        sizes=sizes_for(members, events, registrations),
        ledger_format=ledger_format,
        dirt=dirt,
    )
    write_plan(folder, plan)
