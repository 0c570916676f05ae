"""Writes registers/ of a synthetic year, except meetings.csv."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.support import dates
from tests.support.dates import iso
from tests.support.people import GENDER_ANSWERS, ORGANISATIONS, gender_answer
from tests.support.places import Member, PlacePicker
from tests.support.tables import Row, boolean, write_plain

PROJECTS = (
    ("P001", "Metropolis Urban Innovation"), ("P002", "City Managers Community"),
    ("P003", "Institutional relations"), ("P004", "Pilot Projects"),
    ("P005", "Membership activation"), ("P009", "Membership activation in Asia Pacific"),
    ("P010", "Metropolis Congress and annual meetings"), ("P011", "Metropolis media"),
    ("P012", "Metropolis Observatory"), ("P013", "USE Platform"), ("P014", "Policy"),
    ("P015", "Gender mainstreaming"), ("P017", "Learning and capacity building"),
    ("P018", "Strategic Partnerships"), ("P019", "Statutory affairs"), ("P020", "Administration"),
    ("P021", "External donor grants"),
)  # fmt: skip
BODIES = (
    "board_of_directors", "co_presidency", "vice_presidency", "financial_committee",
    "executive_secretariat", "regional_secretariat",
)  # fmt: skip
PARTNER_CATEGORIES = ("knowledge", "strategic", "granting", "collaborator", "sponsor")
ACTION_KINDS = ("training", "tool", "research", "learning_programme", "ec_project")
PILOTS = ("Participatory democracy", "Metropolitan green infrastructure", "Care, shared")
ACTIVITIES = ("Care policies", "Round table", "Gender training")
SPACES = ("Rhine–Ruhr", "Valle de Aburrá", "Greater Accra", "Basin of México", "The Hague")
TITLES = ("Mayor", "President", "Governor", "Intendant", "Head of Government")
ORGANISERS = ("Association for waste and recycling", "Network for cultural policies",
              "Institute for urban mobility", "Government of Buenos Aires")  # fmt: skip


@dataclass(frozen=True)
class Sizes:
    """How many rows the larger registers have."""

    drawings: int = 60
    activities: int = 30
    small: int = 12


def membership(year: int, number: int, count: int, rng: Random) -> tuple[date, date | None]:
    """Joined and left; the last members of a register left or join about the year's end."""
    joined = date(year - rng.randint(2, 30), rng.randint(1, 12), rng.randint(1, 28))
    special: dict[int, tuple[date, date | None]] = {
        1: (date(year + 1, 1, 1), None),
        2: (joined, date(year, 12, 30)),
        3: (joined, date(year, 12, 31)),
        4: (joined, date(year - 1, 6, 30)),
        5: (date(year, 12, 31), None),
        6: (date(year, 1, 1), None),
        7: (date(year - 1, 12, 31), None),
    }
    return special.get(count - number, (joined, None))


def answer(rng: Random, dirt: bool) -> str:
    """Some gender answer of a register, mostly a stated one."""
    if dirt and rng.random() < 0.08:
        return rng.choice(GENDER_ANSWERS["undisclosed"])
    roll = rng.random()
    gender = "woman" if roll < 0.45 else "non_binary" if roll < 0.5 else "man"
    return gender_answer(rng, gender, dirt)


def term(rng: Random, year: int, dirt: bool) -> tuple[date, date | None]:
    """From and to: open, past, ending exactly on 31 December, ending later, or to come."""
    start = date(year - rng.randint(1, 6), rng.randint(1, 12), rng.randint(1, 28))
    if not dirt:
        return start, None
    ends: list[tuple[date, date | None]] = [
        (start, None), (start, None), (start, date(year, 12, 31)), (start, date(year, 12, 30)),
        (start, date(year + 1, 1, 15)), (start, dates.day_between(rng, start, date(year, 6, 30))),
        (date(year + 1, 1, 1), None), (date(year + 1, 1, 7), date(year + 2, 12, 31)),
        (date(year, 12, 31), None), (date(year, 12, 31), date(year, 12, 31)),
    ]  # fmt: skip
    return rng.choice(ends)


class Registers:
    """Writes the registers of a year; ``guests`` picks among the members that take part."""

    def __init__(
        self,
        folder: Path,
        year: int,
        rng: Random,
        places: PlacePicker,
        guests: PlacePicker,
        dirt: bool,
    ) -> None:
        self.folder = folder / "registers"
        self.year = year
        self.rng = rng
        self.places = places
        self.guests = guests
        self.dirt = dirt

    def table(self, name: str, header: str, rows: list[Row]) -> None:
        write_plain(self.folder / f"{name}.csv", header.split(), rows, self.rng, self.dirt)

    def flag(self, share: float = 0.4) -> str:
        return boolean(self.rng, self.rng.random() < share, self.dirt)

    def days(self, count: int) -> list[str]:
        return [iso(day) for day in dates.spread(self.rng, self.year, count, self.dirt)]

    def terms(self, count: int) -> list[tuple[str, str]]:
        pairs = [term(self.rng, self.year, self.dirt) for _ in range(count)]
        return [(iso(start), iso(end)) for start, end in pairs]

    def members(self, members: list[Member]) -> None:
        """members.csv and member_names.csv; the last member has no other name."""
        rows: list[Row] = []
        names: list[Row] = []
        for number, member in enumerate(members):
            code = f"M{number + 1:03d}"
            joined, left = membership(self.year, number, len(members), self.rng)
            rows.append(
                (code, member.name, member.country, member.region, iso(joined), iso(left),
                 self.flag(0.2))
            )  # fmt: skip
            aliases = member.aliases if number + 1 < len(members) else ()
            names += [(code, name, language) for name, language in aliases]
        header = "member_id name country region joined_on left_on board_member"
        self.table("members", header, rows)
        self.table("member_names", "member_id name language", names)

    def leaders(self, count: int) -> None:
        """One or two leaders a member: before and after an election; the last has none."""
        rows: list[Row] = []
        for number in range(1, count):
            code, title = f"M{number:03d}", self.rng.choice(TITLES)
            start, end = term(self.rng, self.year, self.dirt)
            rows.append((code, title, answer(self.rng, self.dirt), iso(start), iso(end)))
            if end is not None:
                follow = iso(end + timedelta(days=1))
                rows.append((code, title, answer(self.rng, self.dirt), follow, ""))
        self.table("leaders", "member_id title gender from_date to_date", rows)

    def governance(self, count: int) -> None:
        rows: list[Row] = []
        for number, (start, end) in enumerate(self.terms(count)):
            body = BODIES[number % len(BODIES)]
            member = "" if self.dirt and number % 9 == 0 else self.places.name()
            gender = answer(self.rng, self.dirt)
            rows.append((body, f"Seat {number}", gender, member, start, end))
        self.table("governance", "body seat gender member from_date to_date", rows)

    def projects(self) -> None:
        rows: list[Row] = [(code, name, self.flag(0.6)) for code, name in PROJECTS]
        self.table("projects", "project_code name gender_coordination", rows)

    def pilots(self, count: int) -> None:
        rng = self.rng
        rows: list[Row] = [
            (rng.choice(PILOTS), self.guests.name(), rng.choice(("L", "P", "P"))) for _ in range(count)
        ]
        if self.dirt:
            rows += [(PILOTS[0], rows[0][1], "L"), (PILOTS[1], rows[0][1], "P"), rows[0]]
        self.table("pilots", "pilot member role", rows)

    def pairs(self, name: str, header: str, firsts: tuple[str, ...], count: int) -> None:
        """A register of two columns, one of them a member."""
        rows: list[Row] = []
        member_first = header.startswith("member")
        for _ in range(count):
            first, member = self.rng.choice(firsts), self.places.name()
            rows.append((member, first) if member_first else (first, member))
        self.table(name, header, [*rows, *(rows[:1] if self.dirt else [])])

    def egi_cities(self, count: int) -> None:
        rows: list[Row] = [self.places.city() for _ in range(count)]
        self.table("egi_cities", "city country", [*rows, *(rows[:2] if self.dirt else [])])

    def partners(self, count: int) -> None:
        rows: list[Row] = []
        for number, (start, end) in enumerate(self.terms(count)):
            name = f"{ORGANISATIONS[number % len(ORGANISATIONS)]} {number}".replace("\n", " ")
            category = PARTNER_CATEGORIES[number % len(PARTNER_CATEGORIES)]
            rows.append((name, category, self.flag(), start, end))
        rows += rows[:1] if self.dirt else []
        self.table("partners", "partner category gender_alliance active_from active_to", rows)

    def agreements(self, count: int) -> None:
        rows: list[Row] = []
        signed = self.days(count)
        for number, (start, end) in enumerate(self.terms(count)):
            kind = "member" if number % 2 else "alliance"
            party = self.places.members[number % len(self.places.members)].name
            counterparty = party if kind == "member" else ORGANISATIONS[number % 3]
            day = signed[number] if number % 3 else start
            ends = "" if end and end < day else end
            rows.append((f"A{number:03d}", counterparty, kind, day, ends, self.flag()))
        header = "agreement_id counterparty counterparty_type signed_on ends_on gender_clause"
        self.table("agreements", header, rows)

    def statements_and_campaigns(self, count: int) -> None:
        issued: list[Row] = [
            (f"Statement {number}, on care", day, self.flag(0.6))
            for number, day in enumerate(self.days(count))
        ]
        self.table("policy_statements", "title issued_on gender_perspective", issued)
        campaigns: list[Row] = [
            (f"Campaign {number}", start, start, self.flag(0.6))
            for number, start in enumerate(self.days(count))
        ]
        self.table("campaigns", "title starts_on ends_on gender_approach", campaigns)

    def wmd_activities(self, count: int) -> None:
        """Activities of the day; an activity with co-organisers has a row for each."""
        rows: list[Row] = []
        for number, day in enumerate(self.days(count)):
            member = self.guests.name() if number % 3 == 0 else ""
            activity = f"Walk {number} – public space"
            rows.append((activity, day, ORGANISERS[number % len(ORGANISERS)], member))
            if self.dirt and number % 4 == 0:
                rows.append((activity, day, "Youth council", self.guests.name()))
        self.table("wmd_activities", "activity held_on organiser member", rows)

    def drawings(self, count: int) -> None:
        rows: list[Row] = []
        for number, day in enumerate(self.days(count)):
            city, country = self.places.city()
            rows.append((f"D{number:05d}", city, country, str(self.rng.randint(5, 14)), day))
        rows += rows[:3] if self.dirt else []
        self.table("drawings", "drawing_id city country age received_on", rows)

    def observatories(self, count: int) -> None:
        rows: list[Row] = [
            (f"Observatory of {number}", start, end) for number, (start, end) in enumerate(self.terms(count))
        ]
        self.table("observatories", "name active_from active_to", rows)

    def products_and_actions(self, count: int) -> None:
        products: list[Row] = [
            (f"Product {number}: “care”", "course" if number % 4 == 0 else "webinar", day)
            for number, day in enumerate(self.days(count))
        ]
        self.table("learning_products", "title kind uploaded_on", products)
        actions: list[Row] = [
            (f"Action {number}", ACTION_KINDS[number % len(ACTION_KINDS)], day)
            for number, day in enumerate(self.days(2 * count))
        ]
        self.table("gender_actions", "action kind done_on", actions)

    def activities(self, count: int) -> None:
        rows: list[Row] = []
        for number, day in enumerate(self.days(count)):
            code = PROJECTS[number % len(PROJECTS)][0]
            rows.append((f"ACT{number:03d}", code, f"Call – no. {number}", day, self.flag()))
        self.table("activities", "activity_id project_code title held_on gender_approach", rows)

    def staff(self, count: int) -> None:
        rows: list[Row] = []
        for number, (start, end) in enumerate(self.terms(count)):
            contract = "intern" if number % 5 == 0 else "professional"
            gender = answer(self.rng, self.dirt)
            rows.append((f"Officer {number % 7}", gender, contract, start, end))
        self.table("staff", "role gender contract from_date to_date", rows)

    def action_plan(self) -> None:
        statuses = ("done", "in_progress", "not_started")
        codes = ("L1", "L1A1", "L1A1D1", "L1A1D2", "L2", "L2A1", "L2A1D1", "L3", "L3A1", "L3A1D1")
        rows: list[Row] = [(c, f"Line of work {c}", self.rng.choice(statuses)) for c in codes]
        self.table("action_plan", "code title status", rows)

    def write(self, members: list[Member], sizes: Sizes) -> None:
        """All registers but meetings.csv."""
        small = sizes.small
        self.members(members)
        self.leaders(len(members))
        self.projects()
        self.action_plan()
        self.pairs("indicators", "space member", SPACES, len(members))
        self.pairs("gender_engagement", "member activity", ACTIVITIES, small)
        self.drawings(sizes.drawings)
        self.activities(sizes.activities)
        others: list[Callable[[int], None]] = [
            self.governance, self.pilots, self.egi_cities, self.partners, self.agreements,
            self.statements_and_campaigns, self.wmd_activities, self.observatories,
            self.products_and_actions, self.staff,
        ]  # fmt: skip
        for register in others:
            register(small)
