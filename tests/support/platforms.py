"""Registration exports of Zoom, Eventbrite, own forms and Teams, with their variants."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from tests.support import dates
from tests.support.people import Person, contrary, gender_answer, typed_address
from tests.support.places import COUNTRIES, PlacePicker
from tests.support.tables import encoded, line, with_blank_lines, with_other_line_ends

METROPOLIS = "Which metropolis do you represent?"
ZOOM_PEOPLE = (
    "Attended", "User Name (Original Name)", "Email", "Join Time", "Leave Time",
    "Time in Session (minutes)", "Is Guest", "Country/Region Name",
)  # fmt: skip
ZOOM_ATTENDEES = (
    "Attended", "User Name (Original Name)", "First Name", "Last Name", "Email", "Organization",
    "Country/Region", "Registration Time", "Approval Status", "Join Time", "Leave Time",
    "Time in Session (minutes)", "Is Guest", "Country/Region Name", "Gender", METROPOLIS,
)  # fmt: skip
ZOOM_SUMMARY = (
    "Topic", "Webinar ID", "Actual Start Time", "Actual Duration (minutes)", "# Registered",
    "# Cancelled", "Unique Viewers", "Total Users", "Max Concurrent Views",
)  # fmt: skip
ZOOM_QUESTIONS = ("How did you hear about us?", "Would you like to receive our newsletter?")
ZOOM_OTHERS = (
    "User Name", "Join Time", "Leave Time", "Time in Session (minutes)", "Country/Region Name",
)  # fmt: skip
EVENTBRITE = (
    "Order #", "Order Date", "First Name", "Last Name", "Email", "Quantity", "Ticket Type",
    "Attendee #", "Attendee Status", "Gender", "Company", "Home Country", METROPOLIS,
)  # fmt: skip
EVENTBRITE_FULL = (
    "Order #", "Order Date", "First Name", "Surname", "Email", "Quantity", "Price Tier",
    "Ticket Type", "Attendee #", "Group", "Order Type", "Currency", "Total Paid", "Fees Paid",
    "Attendee Status", "Home City", "Home Country", "Company", "Gender", METROPOLIS,
)  # fmt: skip
FORM = (
    "Timestamp", "Email", "First name", "Last name", "Gender", "Organisation", "Country",
    "Metropolis", "Attended",
)  # fmt: skip
TEAMS = (
    "Name", "First Join", "Last Leave", "In-Meeting Duration", "Email", "Participant ID (UPN)",
    "Role",
)  # fmt: skip
ZOOM_STATUSES = ("approved", "approved", "approved", "Approved", "pending", "denied", "cancelled")
EVENTBRITE_STATUSES = (
    "Checked In", "Attending", "Not Attending", "Deleted", "Transferred", "Refunded",
)  # fmt: skip
FORM_BESIDE_TEAMS = ("", "", "X", "x", "online", "no")


@dataclass(frozen=True)
class Registration:
    """One row of an export, in the words of the person who filled it in."""

    person: Person
    email: str
    gender: str
    country: str
    place: str
    organisation: str
    registered: datetime
    attended: bool
    joined: datetime
    minutes: int

    @property
    def left(self) -> datetime:
        return self.joined + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class ZoomStyle:
    """Which of Zoom's variants a file shows."""

    date_form: int = 0
    line_end: str = "\n"
    dashes: bool = False
    padding: int = 0
    padded_header: bool = False
    longer_summary: bool = False
    others: bool = False
    questions: bool = False
    shuffled: bool = False
    nul: bool = False


@dataclass(frozen=True)
class TeamsStyle:
    """Which of Teams' variants a file shows."""

    encoding: str = "utf-16-le"
    date_form: int = 0
    headings: dict[str, str] = field(default_factory=dict)


class RegistrationDesk:
    """Draws the rows of one export: first answers, second thoughts, repeated connections."""

    def __init__(self, rng: Random, people: list[Person], places: PlacePicker, dirt: bool) -> None:
        self.rng = rng
        self.people = people
        self.places = places
        self.dirt = dirt

    def first_answer(self, person: Person, start: datetime) -> Registration:
        rng = self.rng
        return Registration(
            person=person,
            email=typed_address(rng, person.email, self.dirt),
            gender=gender_answer(rng, person.gender, self.dirt),
            country=person.country,
            place=person.place,
            organisation=person.organisation if rng.random() > 0.05 else "",
            registered=dates.moment_before(rng, start.date(), 25),
            attended=rng.random() < 0.6,
            joined=start + timedelta(seconds=rng.randrange(-180, 3600)),
            minutes=rng.randint(1, 95),
        )

    def second_answer(self, first: Registration) -> Registration:
        """The same person again: other place, blank or contrary gender, or another connection."""
        rng, person = self.rng, first.person
        again = replace(
            first,
            email=typed_address(rng, person.email, self.dirt),
            joined=first.joined + timedelta(minutes=rng.randint(1, 20)),
            minutes=rng.randint(1, 40),
        )
        kind = rng.randrange(4)
        if kind == 0:
            place, country = self.places.of_member()
            return replace(again, place=place, country=country, attended=rng.random() < 0.5)
        if kind == 1:
            gender = rng.choice(("undisclosed", contrary(person.gender)))
            return replace(again, gender=gender_answer(rng, gender, self.dirt))
        return replace(again, attended=True) if kind == 2 else again

    def rows(self, count: int, start: datetime, known: list[Person]) -> list[Registration]:
        """``count`` rows; some of the people in ``known`` (of the event's other file) come too."""
        rng = self.rng
        rows: list[Registration] = []
        crowd = rng.sample(self.people, min(len(self.people), count))
        shared = rng.sample(known, min(len(known), max(1, count // 5))) if known else []
        waiting = list(dict.fromkeys([*shared, *crowd]))
        while len(rows) < count:
            if rows and self.dirt and rng.random() < 0.1:
                rows.append(self.second_answer(rng.choice(rows)))
            elif waiting:
                rows.append(self.first_answer(waiting.pop(0), start))
            else:
                rows.append(self.second_answer(rng.choice(rows)))
        if self.dirt:
            rng.shuffle(rows)
        return rows


class ZoomReport:
    """Zoom's webinar Attendee Report."""

    def __init__(self, rng: Random, style: ZoomStyle, dirt: bool) -> None:
        self.rng = rng
        self.style = style
        self.dirt = dirt

    def time(self, moment: datetime) -> str:
        return dates.zoom_time(moment, self.style.date_form)

    def line(self, *cells: str) -> str:
        return line(cells, ",", self.style.line_end)

    def session(self, row: Registration, absent: str) -> tuple[str, str, str]:
        """Join, leave and minutes; ``absent`` thrice for a no-show."""
        if not row.attended:
            return absent, absent, absent
        return self.time(row.joined), self.time(row.left), str(row.minutes)

    def attendee(self, row: Registration) -> dict[str, str]:
        """The named cells of an attendee row."""
        rng, person = self.rng, row.person
        joined, left, minutes = self.session(row, "--" if self.style.dashes else "")
        nickname = f"{person.full_name} ({person.first})"
        origin = rng.choice(sorted(COUNTRIES.values())) if self.dirt else "Spain"
        status = "approved"
        if self.dirt:
            refused = not row.attended or rng.random() < 0.05
            status = rng.choice(ZOOM_STATUSES if refused else ZOOM_STATUSES[:5])
        cells = (
            "Yes" if row.attended else "No",
            nickname if self.dirt and rng.random() < 0.1 else person.full_name,
            person.first, person.last, row.email, row.organisation, row.country,
            self.time(row.registered), status, joined, left, minutes,
            "Yes" if row.attended else "", origin if row.attended else "", row.gender, row.place,
        )  # fmt: skip
        return dict(zip(ZOOM_ATTENDEES, cells, strict=True))

    def header(self) -> list[str]:
        """The attendee header: as usual, with the form's further questions, or moved about."""
        names = list(ZOOM_ATTENDEES)
        if self.style.questions:
            for question in ZOOM_QUESTIONS:
                names.insert(self.rng.randint(1, len(names)), question)
        if self.style.shuffled:
            rest = names[1:]
            self.rng.shuffle(rest)
            names = [names[0], *rest]
        return names

    def attendee_line(self, header: list[str], row: Registration) -> str:
        rng, style = self.rng, self.style
        named = self.attendee(row)
        answers = ("", "Yes", "Planner", "A colleague, by mail")
        cells = [named[name] if name in named else rng.choice(answers) for name in header]
        width = style.padding if style.padded_header or rng.random() < 0.7 else 0
        text = self.line(*cells, *[""] * width)
        if style.nul and rng.random() < 0.3:
            at = rng.randrange(1, len(text) - 2)
            text = text[:at] + "\0" + text[at:]
        return text

    def attendees(self, rows: list[Registration]) -> list[str]:
        """The section Attendee Details, a NUL in one row at least where the style has any."""
        header = self.header()
        padding = [""] * self.style.padding if self.style.padded_header else []
        lines = [self.line(*header, *padding)]
        lines += [self.attendee_line(header, row) for row in rows]
        if self.style.nul and rows and "\0" not in lines[1]:
            lines[1] = lines[1].replace(",", ",\0", 1)
        return with_blank_lines(self.rng, lines, self.style.line_end) if self.dirt else lines

    def presence(self, name: str, email: str, start: datetime, minutes: int) -> str:
        end = start + timedelta(minutes=minutes)
        return self.line("Yes", name, email, self.time(start), self.time(end), str(minutes), "No", "Spain")

    def panel(self, rows: list[Registration], start: datetime) -> list[str]:
        """Host and panelists; among these, with ``dirt``, attendees who were promoted."""
        host = self.presence("Host", "host1@example.org", start, 95)
        lines = [self.line("Host Details", ""), self.line(*ZOOM_PEOPLE), host]
        lines += [self.line("Panelist Details", ""), self.line(*ZOOM_PEOPLE)]
        lines.append(self.presence("Panelist One", "panelist1@example.org", start, 90))
        promoted = [row for row in rows if row.attended][:2] if self.dirt else []
        for row in promoted:
            name, email = row.person.full_name, row.person.email
            lines.append(self.presence(name, email, row.left, 15))
        return lines

    def summary(self, title: str, start: datetime, rows: list[Registration]) -> list[str]:
        attended = sum(row.attended for row in rows)
        values = [
            title, "866 9483 5301", self.time(start), "95", str(len(rows)), "0", str(attended),
            str(attended + 4), str(attended // 2),
        ]  # fmt: skip
        if self.style.longer_summary:
            values.append("Yes")
        generated = start.replace(hour=11, minute=0, second=0) + timedelta(days=1)
        return [
            self.line("Attendee Report"),
            self.line("Report Generated:", self.time(generated)),
            self.line(*ZOOM_SUMMARY),
            self.line(*values),
        ]

    def others(self, start: datetime) -> list[str]:
        """Callers by telephone, who are no participants."""
        end = start + timedelta(minutes=41)
        cells = ("3461198****", self.time(start), self.time(end), "41", "Spain")
        title = self.rng.choice((("Other Attended",), ("Other Attended", "")))
        return [self.line(*title), self.line(*ZOOM_OTHERS), self.line(*cells)]

    def write(self, title: str, start: datetime, rows: list[Registration]) -> bytes:
        lines = [*self.summary(title, start, rows), *self.panel(rows, start)]
        lines += [self.line("Attendee Details", ""), *self.attendees(rows)]
        if self.style.others:
            lines += self.others(start)
        return encoded("".join(lines), "utf-8-sig")


def zoom_report(
    rng: Random, title: str, start: datetime, rows: list[Registration], style: ZoomStyle, dirt: bool
) -> bytes:
    """Zoom's Attendee Report, sections one under the other."""
    return ZoomReport(rng, style, dirt).write(title, start, rows)


def eventbrite_status(rng: Random, row: Registration, dirt: bool) -> str:
    if row.attended:
        return "Checked In"
    return rng.choice(EVENTBRITE_STATUSES[1:]) if dirt else "Attending"


def eventbrite_cells(rng: Random, row: Registration, number: int, dirt: bool) -> dict[str, str]:
    """All cells of an attendee, of the short export and of the full one."""
    person = row.person
    return {
        "Order #": str(1500000000 + rng.randrange(99999999)),
        "Order Date": dates.eventbrite_time(row.registered),
        "First Name": person.first, "Last Name": person.last, "Surname": person.last,
        "Email": row.email, "Quantity": "1", "Price Tier": "", "Group": "", "Fees Paid": "0.00",
        "Ticket Type": rng.choice(("In person", "Member, free", "General admission")),
        "Attendee #": str(2500000000 + number), "Order Type": "Free Order", "Currency": "EUR",
        "Total Paid": "0.00", "Attendee Status": eventbrite_status(rng, row, dirt),
        "Home City": "Girona", "Home Country": row.country, "Company": row.organisation,
        "Gender": row.gender, METROPOLIS: row.place,
    }  # fmt: skip


def eventbrite_export(rng: Random, rows: list[Registration], full: bool, dirt: bool) -> bytes:
    """Eventbrite's Attendees export: the usual columns, or the full export of another locale."""
    header = EVENTBRITE_FULL if full else EVENTBRITE
    line_end = rng.choice(("\n", "\r\n")) if dirt else "\n"
    lines = [line(header, ",", line_end)]
    for number, row in enumerate(rows):
        cells = eventbrite_cells(rng, row, number, dirt)
        lines.append(line([cells[name] for name in header], ",", line_end))
    if dirt:
        lines = with_blank_lines(rng, lines, line_end)
    return encoded("".join(lines), "utf-8")


def form_attended(rng: Random, row: Registration, beside_teams: bool, dirt: bool) -> str:
    """``X`` or blank; beside a teams file blank, or whatever somebody typed there."""
    if beside_teams:
        return rng.choice(FORM_BESIDE_TEAMS) if dirt else ""
    return rng.choice(("X", "x") if dirt else ("X",)) if row.attended else ""


def form_export(rng: Random, rows: list[Registration], beside_teams: bool, dirt: bool) -> bytes:
    """The answers to an own form."""
    line_end = rng.choice(("\n", "\r\n")) if dirt else "\r\n"
    lines = [line(FORM, ";", line_end)]
    for row in rows:
        person = row.person
        cells = (
            dates.form_time(row.registered), row.email, person.first, person.last, row.gender,
            row.organisation, row.country, row.place, form_attended(rng, row, beside_teams, dirt),
        )  # fmt: skip
        lines.append(line(cells, ";", line_end))
    if dirt:
        lines = with_blank_lines(rng, with_other_line_ends(rng, lines), line_end)
    return encoded("".join(lines), "utf-8-sig")


class TeamsReport:
    """The Teams attendance report."""

    def __init__(self, rng: Random, style: TeamsStyle, dirt: bool) -> None:
        self.rng = rng
        self.style = style
        self.dirt = dirt

    def line(self, *cells: str) -> str:
        return line(cells, "\t", "\r\n")

    def time(self, moment: datetime) -> str:
        return dates.teams_time(moment, self.style.date_form)

    def duration(self, minutes: int) -> str:
        hours, rest = divmod(minutes, 60)
        return f"{hours}h {rest}m {minutes % 50}s" if hours else f"{rest}m {minutes % 50}s"

    def summary(self, title: str, start: datetime, present: int) -> list[str]:
        return [
            "1. Summary\r\n",
            self.line("Meeting title", title),
            self.line("Attended participants", str(present)),
            self.line("Start time", self.time(start)),
            self.line("End time", self.time(start + timedelta(minutes=90))),
            self.line("Meeting duration", "1h 30m"),
            self.line("Average attendance time", "52m 10s"),
            "\r\n",
        ]

    def write(self, title: str, start: datetime, present: list[tuple[Registration, str]]) -> bytes:
        """Summary, Participants and In-Meeting Activities; ``present`` is (who, role)."""
        header = [self.style.headings.get(name, name) for name in TEAMS]
        lines = [*self.summary(title, start, len(present)), "2. Participants\r\n"]
        lines.append(self.line(*header))
        activities = []
        for row, role in present:
            name, joined, left = row.person.full_name, self.time(row.joined), self.time(row.left)
            spent = self.duration(row.minutes)
            lines.append(self.line(name, joined, left, spent, row.email, row.person.email, role))
            activities.append(self.line(name, joined, left, spent, row.email, role))
        lines += ["\r\n", "3. In-Meeting Activities\r\n"]
        lines.append(self.line("Name", "Join Time", "Leave Time", "Duration", "Email", "Role"))
        return encoded("".join([*lines, *activities]), self.style.encoding)


def teams_participants(
    rng: Random, form: list[Registration], strangers: list[Registration], dirt: bool
) -> list[tuple[Registration, str]]:
    """Who was in the call, with which role: some of the form's people, and some of nobody's."""
    firsts: dict[str, Registration] = {}
    for row in form:
        firsts.setdefault(row.person.email, row)
    present = [(row, "Attendee") for row in firsts.values() if row.attended]
    if not dirt:
        return present
    present = [
        (replace(row, email=typed_address(rng, row.person.email, dirt)), role) for row, role in present
    ]
    for at, role in ((0, "Organizer"), (1, "Presenter"), (2, "Presenter")):
        if at < len(present) - 1:
            present[at] = (present[at][0], role)
    present += [(row, rng.choice(("Attendee", "Attendee", "Presenter"))) for row in strangers]
    if present:
        row, role = present[-1]
        present.append((replace(row, minutes=3), "Attendee"))
    rng.shuffle(present)
    return present


def teams_report(
    rng: Random,
    title: str,
    start: datetime,
    present: list[tuple[Registration, str]],
    style: TeamsStyle,
    dirt: bool,
) -> bytes:
    """The Teams attendance report, sections one under the other."""
    return TeamsReport(rng, style, dirt).write(title, start, present)
