"""What every column of the exports accepts, written by hand from the description of the sources.

Independent of the project's own contracts. ``spoils`` are texts that are invalid for every reader.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.support.people import GENDER_ANSWERS

BAD_DATE = "bad_date"
COLUMN_COUNT = "column_count"
UNKNOWN_ENUM = "unknown_enum"
UNKNOWN_EVENT = "unknown_event"
UNKNOWN_MEMBER = "unknown_member"
INVALID_UTF8 = "invalid_utf8"
MISSING_REQUIRED = "missing_required"
BAD_AMOUNT = "bad_amount"
BAD_NUMBER = "bad_number"
DUPLICATE_ENTRY = "duplicate_entry"
REASON_CODES = (
    BAD_DATE, COLUMN_COUNT, UNKNOWN_ENUM, UNKNOWN_EVENT, UNKNOWN_MEMBER, INVALID_UTF8,
    MISSING_REQUIRED, BAD_AMOUNT, BAD_NUMBER, DUPLICATE_ENTRY,
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """What a column accepts; blank unless ``required``."""

    reason_code: str
    accepts: Callable[[str], bool]
    spoils: tuple[str, ...] = ()
    required: bool = False

    def fault(self, cell: str) -> str | None:
        """The reason to refuse a cell, if there is any."""
        text = cell.strip()
        if not text:
            return MISSING_REQUIRED if self.required else None
        return None if self.accepts(text) else self.reason_code


def any_text(text: str) -> bool:
    return True


def dated(*forms: str) -> Callable[[str], bool]:
    """Accepts a date in one of the forms."""

    def accepts(text: str) -> bool:
        for form in forms:
            try:
                datetime.strptime(text, form)
            except ValueError:
                continue
            return True
        return False

    return accepts


def offset_moment(text: str) -> bool:
    """A moment in ISO form with its offset."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def or_dashes(accepts: Callable[[str], bool]) -> Callable[[str], bool]:
    """Also accepts Zoom's ``--`` for absentees."""
    return lambda text: text == "--" or accepts(text)


def matching(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


def listed(values: Iterable[str]) -> Callable[[str], bool]:
    allowed = {value.casefold() for value in values}
    return lambda text: text.casefold() in allowed


def positive_amount(text: str) -> bool:
    """``1.234,56``, and more than nothing."""
    return bool(re.fullmatch(r"(\d{1,3}(\.\d{3})+|\d+)(,\d{1,2})?", text)) and bool(text.strip("0.,"))


def enum(values: str, required: bool = False) -> Kind:
    spoils = ("n.d.", "other thing", "?", "desconocido")
    return Kind(UNKNOWN_ENUM, listed(values.split()), spoils, required)


TEXT = Kind(MISSING_REQUIRED, any_text)
NEEDED = Kind(MISSING_REQUIRED, any_text, required=True)
ISO_SPOILS = ("{year}-02-30", "{year}-13-01", "31/12/{year}", "soon", "{year}-06-31")
OPTIONAL_DAY = Kind(BAD_DATE, dated("%Y-%m-%d"), ISO_SPOILS)
DAY = Kind(BAD_DATE, dated("%Y-%m-%d"), ISO_SPOILS, required=True)
# When a case was published: only a draft's may be blank.
CASE_DAY = Kind(BAD_DATE, dated("%Y-%m-%d"), ISO_SPOILS)
LEDGER_DAY = Kind(BAD_DATE, dated("%d/%m/%Y"), ("31/02/{year}", "{year}-03-04", "12/31/{year}", "soon"), True)
ZOOM_FORMS = ("%b %d, %Y %I:%M:%S %p", "%m/%d/%Y %I:%M:%S %p", "%b %d, %Y %H:%M:%S")
ZOOM_SPOILS = (
    "Feb 30, {year} 03:52:10 PM", "31/12/{year} 03:52:10 PM", "{year}-02-16T15:52", "yesterday",
)  # fmt: skip
ZOOM_TIME = Kind(BAD_DATE, dated(*ZOOM_FORMS), ZOOM_SPOILS, required=True)
ZOOM_SESSION = Kind(BAD_DATE, or_dashes(dated(*ZOOM_FORMS)), ZOOM_SPOILS)
TEAMS_TIME = Kind(
    BAD_DATE,
    dated("%m/%d/%y, %I:%M:%S %p", "%d/%m/%y, %H:%M:%S"),
    ("14/11/{short}, 9:29:07 AM", "11/14/{short}, 09:29:07", "2/30/{short}, 9:29:07 AM", "noon"),
    required=True,
)
FORM_TIME = Kind(
    BAD_DATE,
    dated("%d/%m/%Y %H:%M"),
    ("31/02/{year} 10:12", "{year}-02-16 10:12", "02/16/{year} 10:12", "later"),
    required=True,
)
ORDER_TIME = Kind(
    BAD_DATE,
    offset_moment,
    ("{year}-02-30 10:12:45+01:00", "16/02/{year} 10:12", "last week"),
    required=True,
)
UPLOADED = Kind(
    BAD_DATE,
    offset_moment,
    ("{year}-02-30T10:12:45+01:00", "{year}-02-16T10:12:45", "16/02/{year}", "in spring"),
    required=True,
)
GENDER = Kind(
    UNKNOWN_ENUM,
    listed(answer for answers in GENDER_ANSWERS.values() for answer in answers),
    ("Señora", "w", "Mme", "both", "-"),
)
BOOLEAN = Kind(UNKNOWN_ENUM, listed(("yes", "no", "true", "false", "1", "0", "x")), ("maybe", "2", "n.d."))
YES_NO = enum("yes no")
INTEGER = Kind(BAD_NUMBER, matching(r"\d+"), ("twelve", "1O", "7,5 ca.", "#REF!"))
SESSION_MINUTES = Kind(BAD_NUMBER, or_dashes(matching(r"\d+")), ("an hour", "7 min", "#REF!"))
GOALS = Kind(BAD_NUMBER, matching(r"\d+( *\| *\d+)*"), ("11|SDG 5", "four", "3|x"))
RATE = Kind(BAD_NUMBER, matching(r"\d+(,\d+)?"), ("n/a", "0,8,45", "ECB"))
AMOUNT = Kind(BAD_AMOUNT, positive_amount, ("0,00", "-25,00", "1,234.56", "abc", "1.2345,00", "0", "12.34"))

PROGRAMME_KINDS = (
    "webinar course congress forum debate launch campaign board_meeting vice_presidencies_meeting "
    "co_presidencies_meeting planning_meeting bilateral_meeting other"
)
REGIONS = Kind(
    UNKNOWN_ENUM,
    listed(("Africa", "Asia-Pacific", "Europe", "Latin America and Caribbean", "North America")),
    ("Atlantis", "Oceania", "LAC"),
)
EVENTBRITE_STATUS = Kind(
    UNKNOWN_ENUM,
    listed(("Checked In", "Attending", "Not Attending", "Deleted", "Transferred", "Refunded")),
    ("Waitlisted", "Checked Out", "?"),
    required=True,
)
ZOOM = {
    "Attended": YES_NO, "Email": NEEDED, "Registration Time": ZOOM_TIME,
    "Approval Status": enum("approved pending denied cancelled", True), "Join Time": ZOOM_SESSION,
    "Leave Time": ZOOM_SESSION, "Time in Session (minutes)": SESSION_MINUTES, "Gender": GENDER,
}  # fmt: skip
EVENTBRITE = {
    "Order Date": ORDER_TIME, "Email": NEEDED, "Attendee Status": EVENTBRITE_STATUS,
    "Gender": GENDER,
}  # fmt: skip
FORM = {"Timestamp": FORM_TIME, "Email": NEEDED, "Gender": GENDER}
FORM_ALONE = {**FORM, "Attended": BOOLEAN}
TEAMS = {
    "First Join": TEAMS_TIME, "Last Leave": TEAMS_TIME, "Email": NEEDED,
    "Role": enum("organizer presenter attendee"),
}  # fmt: skip
TABLES: dict[str, dict[str, Kind]] = {
    "events/programme.csv": {
        "event_id": NEEDED, "title": NEEDED, "start_date": DAY, "end_date": DAY,
        "kind": enum(PROGRAMME_KINDS), "format": enum("online hybrid in_person"),
        "organiser_role": enum("led co_led participated listed"),
        "scope": enum("global regional national local"), "action_line": enum("L1 L2 L3"),
        "gender_perspective": BOOLEAN, "learning": BOOLEAN,
        "platform": enum("zoom eventbrite form teams none"), "sessions": INTEGER,
    },
    "events/speakers.csv": {"event_id": NEEDED, "email": NEEDED, "gender": GENDER},
    "use/cases.csv": {
        "case_id": NEEDED, "title": NEEDED, "status": enum("published draft withdrawn", True),
        "published_on": CASE_DAY, "updated_on": DAY, "sdgs": GOALS,
    },
    "use/city_makers.csv": {
        "user_id": NEEDED, "registered_on": DAY, "status": enum("active deleted", True),
    },
    "c4gh/initiatives.json": {
        "id": NEEDED, "title": NEEDED, "city": TEXT, "country": TEXT, "uploaded_at": UPLOADED,
        "language": TEXT, "themes": TEXT, "status": enum("published draft removed", True),
    },
    "fees/ledger": {
        "entry_no": NEEDED, "posting_date": LEDGER_DAY,
        "type": enum("invoice payment credit_note income expense reversal", True),
        "category": enum("membership_fee alliance_member alliance_other other project_cost"),
        "fee_year": INTEGER, "amount": AMOUNT, "eur_rate": RATE,
    },
    "registers/members.csv": {
        "member_id": NEEDED, "name": NEEDED, "region": REGIONS, "joined_on": DAY,
        "left_on": OPTIONAL_DAY, "board_member": BOOLEAN,
    },
    "registers/member_names.csv": {"member_id": NEEDED, "name": NEEDED},
    "registers/leaders.csv": {
        "member_id": NEEDED, "title": NEEDED, "gender": GENDER, "from_date": DAY,
        "to_date": OPTIONAL_DAY,
    },
    "registers/governance.csv": {"gender": GENDER, "from_date": DAY, "to_date": OPTIONAL_DAY},
    "registers/projects.csv": {
        "project_code": NEEDED, "name": NEEDED, "gender_coordination": BOOLEAN,
    },
    "registers/pilots.csv": {"pilot": NEEDED, "member": NEEDED, "role": enum("L P")},
    "registers/meetings.csv": {"event_id": NEEDED, "member": NEEDED},
    "registers/indicators.csv": {"space": NEEDED, "member": NEEDED},
    "registers/egi_cities.csv": {},
    "registers/partners.csv": {
        "partner": NEEDED, "category": enum("knowledge strategic granting collaborator sponsor"),
        "gender_alliance": BOOLEAN, "active_from": DAY, "active_to": OPTIONAL_DAY,
    },
    "registers/agreements.csv": {
        "agreement_id": NEEDED, "counterparty": NEEDED,
        "counterparty_type": enum("member alliance", True), "signed_on": DAY,
        "ends_on": OPTIONAL_DAY, "gender_clause": BOOLEAN,
    },
    "registers/policy_statements.csv": {
        "title": NEEDED, "issued_on": DAY, "gender_perspective": BOOLEAN,
    },
    "registers/campaigns.csv": {
        "title": NEEDED, "starts_on": DAY, "ends_on": OPTIONAL_DAY, "gender_approach": BOOLEAN,
    },
    "registers/wmd_activities.csv": {"activity": NEEDED, "held_on": DAY, "organiser": NEEDED},
    "registers/drawings.csv": {"drawing_id": NEEDED, "age": INTEGER, "received_on": DAY},
    "registers/observatories.csv": {
        "name": NEEDED, "active_from": DAY, "active_to": OPTIONAL_DAY,
    },
    "registers/learning_products.csv": {
        "title": NEEDED, "kind": enum("course webinar"), "uploaded_on": DAY,
    },
    "registers/gender_actions.csv": {
        "action": NEEDED, "kind": enum("training tool research learning_programme ec_project"),
        "done_on": DAY,
    },
    "registers/gender_engagement.csv": {"member": NEEDED},
    "registers/activities.csv": {
        "activity_id": NEEDED, "project_code": NEEDED, "title": NEEDED, "held_on": DAY,
        "gender_approach": BOOLEAN,
    },
    "registers/staff.csv": {
        "gender": GENDER, "contract": enum("professional intern"), "from_date": DAY,
        "to_date": OPTIONAL_DAY,
    },
    "registers/action_plan.csv": {
        "code": NEEDED, "title": NEEDED, "status": enum("done in_progress not_started", True),
    },
    "website/news.csv": {"title": NEEDED, "published_on": DAY},
    "website/publications.csv": {
        "title": NEEDED, "published_on": DAY, "origin": enum("metropolis member"),
        "gender_perspective": BOOLEAN,
    },
    "website/videos.csv": {"title": NEEDED, "published_on": DAY},
    "website/social.csv": {"date": DAY, "followers": INTEGER},
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """Why a row is refused; ``field`` is empty where the whole row is at fault."""

    field: str
    reason_code: str


@dataclass
class Context:
    """Context of a row: keys of other files and of earlier rows."""

    events: frozenset[str] | None = None
    members: frozenset[str] | None = None
    entries: set[str] = field(default_factory=set)

    def fault(self, name: str, cell: str) -> str | None:
        """The reason to refuse a reference to an event, a member or a repeated entry."""
        text = cell.strip()
        if name == "event_id" and self.events is not None and text not in self.events:
            return UNKNOWN_EVENT
        if name == "member_id" and self.members is not None and text not in self.members:
            return UNKNOWN_MEMBER
        return DUPLICATE_ENTRY if name == "entry_no" and text in self.entries else None


def counts_differ(header: list[str], cells: list[str], padded: bool) -> bool:
    """Whether a row has too few or too many cells; ``padded`` allows empty ones at the end."""
    surplus = cells[len(header) :]
    return len(cells) < len(header) or bool(any(surplus) if padded else surplus)


def cell_fault(kinds: dict[str, Kind], name: str, row: dict[str, str], context: Context) -> str | None:
    """The reason to refuse one cell of a row."""
    kind = kinds.get(name.strip())
    if kind is None:
        return None
    if kind is CASE_DAY and not row[name].strip():
        is_out = row["status"].strip().casefold() in ("published", "withdrawn")
        return MISSING_REQUIRED if is_out else None
    return kind.fault(row[name]) or context.fault(name, row[name])


def row_fault(
    kinds: dict[str, Kind], header: list[str], cells: list[str], context: Context
) -> Verdict | None:
    """The first fault in the header's order."""
    row = dict(zip(header, cells, strict=False))
    for name in header:
        reason = cell_fault(kinds, name, row, context)
        if reason is not None:
            return Verdict(name.strip(), reason)
    return None
