"""One report year, calculated from the raw exports by one plain program.

    python tests/oracle/calculation.py --raw RAW_DIR --year Y --out DIR

RAW_DIR holds one folder a report year. The program reads the folder of the year asked for and writes
eight tables to DIR: the figures, the two annex tables, the quarantined rows, the row counts of every
source file, and the place texts with what they resolved to.

It is an independent calculation: it follows the written contract of the raw exports and shares no code
with the warehouse, so that the two can be compared cell by cell, and so that the same job can be timed
as a plain script. It keeps the whole year in memory. E-mail addresses live in memory only, as the
identity of a person within the run; no name and no address is ever written out.

The parts, in reading order: text and places; cell parsers; contracts of the files; readers;
the people of the events; the ledger; the figures; the annex; writing.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import pycountry

csv.field_size_limit(sys.maxsize)

MADRID = ZoneInfo("Europe/Madrid")
CENT = Decimal("0.01")

# --------------------------------------------------------------------------------------------------
# Text: one normal form for names and for what people type
# --------------------------------------------------------------------------------------------------

# Capital letters of other alphabets that look like a Latin capital.
LOOK_ALIKES = str.maketrans("АВЕЅІЈКМНОРСТУХ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYX" + "ABEZHIKMNOPTYX")


def strip_accents(text: str) -> str:
    """The text without its combining marks."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def plain_spaces(text: str) -> str:
    """No zero-width characters; every run of spaces of any kind is one space; none at the ends."""
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(visible.split())


@cache
def normalise(text: str) -> str:
    """The key of a place text or a member's name. Punctuation stays."""
    text = plain_spaces(unicodedata.normalize("NFKC", text))
    text = strip_accents(text).upper().translate(LOOK_ALIKES).casefold()
    return " ".join(text.split())


def sort_name(text: str) -> str:
    """Order of names with accents ignored."""
    return strip_accents(text).casefold()


# English short names that platforms print and ISO 3166 does not carry as such.
COUNTRY_NAMES = {
    "Bolivia": "BO", "Brunei": "BN", "Burma": "MM", "Cape Verde": "CV", "Congo": "CG",
    "Congo-Brazzaville": "CG", "Republic of the Congo": "CG", "Republic of Congo": "CG",
    "Congo-Kinshasa": "CD", "Democratic Republic of the Congo": "CD", "DR Congo": "CD",
    "Congo, Democratic Republic of the": "CD", "Cote d'Ivoire": "CI", "Ivory Coast": "CI",
    "Czech Republic": "CZ", "Czechia": "CZ", "East Timor": "TL", "Falkland Islands": "FK", "Hong Kong": "HK",
    "Hong Kong SAR": "HK", "Hong Kong SAR China": "HK", "Iran": "IR", "Kyrgyz Republic": "KG", "Laos": "LA",
    "Macau": "MO", "Macao SAR": "MO", "Macau SAR": "MO", "Macedonia": "MK", "Micronesia": "FM",
    "Moldova": "MD",
    "North Korea": "KP", "Palestine": "PS", "Palestinian Territories": "PS", "Palestinian Territory": "PS",
    "Russia": "RU", "Saint Martin": "MF", "Sao Tome and Principe": "ST", "Sint Maarten": "SX",
    "Slovak Republic": "SK", "South Korea": "KR", "Republic of Korea": "KR", "St. Lucia": "LC",
    "Swaziland": "SZ", "Syria": "SY", "Taiwan": "TW", "Tanzania": "TZ", "The Bahamas": "BS",
    "The Gambia": "GM",
    "The Netherlands": "NL", "Turkey": "TR", "Turkiye": "TR", "United States of America": "US",
    "Vatican City": "VA", "Venezuela": "VE", "Vietnam": "VN", "Viet Nam": "VN",
    "British Virgin Islands": "VG", "U.S. Virgin Islands": "VI",
}  # fmt: skip


def country_index() -> dict[str, str]:
    """Normalised English country name, or alpha-2 code, to alpha-2 code."""
    index: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            name = getattr(country, attribute, None)
            if name:
                index[normalise(name)] = country.alpha_2
        index[normalise(country.alpha_2)] = country.alpha_2
    index.update({normalise(name): code for name, code in COUNTRY_NAMES.items()})
    return index


COUNTRIES = country_index()


@cache
def country_code(text: str) -> str | None:
    """The alpha-2 code; '' for a blank; None for a text that is no country."""
    key = normalise(text)
    return COUNTRIES.get(key) if key else ""


@dataclass
class Places:
    """The names of all members, and a tally of what every place text resolved to."""

    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    countries: dict[str, str | None] = field(default_factory=dict)
    tally: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    memo: dict[tuple[str, str], tuple[str | None, str]] = field(default_factory=dict)

    def add_name(self, member_id: str, name: str) -> None:
        if key := normalise(name):
            self.names[key].add(member_id)

    def resolve(self, text: str, country: str = "") -> tuple[str | None, str]:
        """The member and '', or None and the reason why there is none."""
        found = self.memo.get((text, country))
        if found is None:
            found = self.memo[text, country] = self._resolve(text, country)
        return found

    def _resolve(self, text: str, country: str) -> tuple[str | None, str]:
        owners = self.names.get(normalise(text), set())
        if not owners:
            return None, "not_a_member"
        if len(owners) > 1:
            return None, "ambiguous"
        (member,) = owners
        code = country_code(country)
        if code != "" and (code is None or code != self.countries.get(member)):
            return None, "not_a_member"
        return member, ""

    def seen(self, source: str, text: str, country: str = "") -> str | None:
        """Resolve one text of one loaded row, and count it."""
        if not normalise(text):
            return None
        self.tally[source, text, country] += 1
        return self.resolve(text, country)[0]

    def distinct_place(self, city: str, country: str) -> tuple[str, str] | None:
        """What makes two places the same: the member, else the normalised city and the country."""
        if not (key := normalise(city)):
            return None
        member = self.resolve(city, country)[0]
        if member is not None:
            return "member", member
        return key, country_code(country) or normalise(country)


# --------------------------------------------------------------------------------------------------
# Cells: a parser a kind of cell. It takes the cell and returns the value, or raises Fault.
# --------------------------------------------------------------------------------------------------


class Fault(Exception):
    """A cell that can't be read; the argument is the reason code."""


Parser = Callable[[Any], Any]


def text(cell: str) -> str:
    return cell.strip()


def as_typed(cell: str) -> str:
    return cell


def never_read(cell: str) -> None:
    """A column that the contract knows and nothing needs, such as a person's name."""


def required(parse: Parser) -> Parser:
    """The same parser, for a field that may not be blank."""

    def parse_required(cell: Any) -> Any:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            raise Fault("missing_required")
        return parse(cell)

    return parse_required


def optional(parse: Parser, *blanks: str) -> Parser:
    """The same parser, for a field that may be blank; more texts that mean blank may be named."""

    def parse_optional(cell: Any) -> Any:
        if cell is None or (isinstance(cell, str) and (not cell.strip() or cell.strip() in blanks)):
            return None
        return parse(cell)

    return parse_optional


def email(cell: str) -> str:
    """The person, for this run only."""
    return cell.strip().lower()


def build_date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Fault("bad_date") from None


def match_or(pattern: re.Pattern[str], cell: str, reason: str) -> re.Match[str]:
    found = pattern.fullmatch(cell.strip())
    if found is None:
        raise Fault(reason)
    return found


ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
DAY_FIRST_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
FORM_TIME = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4}) ([0-9]{2}):([0-9]{2})")
ORDER_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})(?:Z|[+-][0-9]{2}:?[0-9]{2})"
)
OFFSET_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})"
)
ZOOM_TIME = re.compile(
    r"(?:([A-Za-z]{3}) ([0-9]{1,2}), ([0-9]{4}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2})( [AP]M)?"
    r"|([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2})( [AP]M))"
)
TEAMS_TIME = re.compile(
    r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{2}|[0-9]{4}), ([0-9]{1,2}):([0-9]{2}):([0-9]{2})( [AP]M)?"
)
MONTH_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
MONTHS = {name: n for n, name in enumerate(MONTH_NAMES.split(), start=1)}


def iso_date(cell: str) -> date:
    found = match_or(ISO_DATE, cell, "bad_date")
    return build_date(int(found[1]), int(found[2]), int(found[3]))


def day_first_date(cell: str) -> date:
    found = match_or(DAY_FIRST_DATE, cell, "bad_date")
    return build_date(int(found[3]), int(found[2]), int(found[1]))


def check_clock(hour: str, minute: str, second: str = "0", half: str | None = None) -> None:
    low, high = (1, 12) if half else (0, 23)
    if not (low <= int(hour) <= high and int(minute) < 60 and int(second) < 60):
        raise Fault("bad_date")


def form_time(cell: str) -> date:
    found = match_or(FORM_TIME, cell, "bad_date")
    check_clock(found[4], found[5])
    return build_date(int(found[3]), int(found[2]), int(found[1]))


def order_time(cell: str) -> date:
    found = match_or(ORDER_TIME, cell, "bad_date")
    check_clock(found[4], found[5], found[6])
    return build_date(int(found[1]), int(found[2]), int(found[3]))


def madrid_date(cell: str) -> date:
    """The date in Madrid of a time with an offset."""
    match_or(OFFSET_TIME, cell, "bad_date")
    try:
        return datetime.fromisoformat(cell.strip()).astimezone(MADRID).date()
    except (ValueError, OverflowError):
        raise Fault("bad_date") from None


@cache
def zoom_date(month: str, day: str, year: str) -> date:
    number = int(month) if month.isdigit() else MONTHS.get(month.capitalize(), 0)
    return build_date(int(year), number, int(day))


def zoom_time(cell: str) -> date:
    """`Feb 16, 2021 03:52:10 PM`, `Feb 16, 2021 15:52:10` or `02/16/2021 03:52:10 PM`."""
    parts = match_or(ZOOM_TIME, cell, "bad_date").groups()
    month, day, year, hour, minute, second, half = parts[:7] if parts[0] else parts[7:]
    check_clock(hour, minute, second, half)
    return zoom_date(month, day, year)


def teams_time(cell: str) -> date:
    """With AM or PM the month comes first, on a 24-hour clock the day."""
    found = match_or(TEAMS_TIME, cell.replace("\u202f", " ").replace("\xa0", " "), "bad_date")
    first, second, year, half = int(found[1]), int(found[2]), int(found[3]), found[7]
    check_clock(found[4], found[5], found[6], half)
    month, day = (first, second) if half else (second, first)
    return build_date(year if year > 99 else 2000 + year, month, day)


INTEGER = re.compile(r"[0-9]+")
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
COMMA_NUMBER = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]+))?")


def integer(cell: str) -> int:
    return int(match_or(INTEGER, cell, "bad_number")[0])


def number(cell: str) -> Decimal:
    return Decimal(match_or(NUMBER, cell, "bad_number")[0])


def comma_decimal(cell: str, reason: str) -> Decimal:
    found = match_or(COMMA_NUMBER, cell, reason)
    return Decimal(f"{found[1].replace('.', '')}.{found[2] or '0'}")


def positive(value: Decimal, reason: str) -> Decimal:
    if not value > 0:
        raise Fault(reason)
    return value


def amount(cell: str) -> Decimal:
    return positive(comma_decimal(cell, "bad_amount"), "bad_amount")


def eur_rate(cell: str) -> Decimal:
    return positive(comma_decimal(cell, "bad_number"), "bad_number")


def number_list(cell: str) -> list[int]:
    return [integer(element) for element in cell.split("|") if element.strip()]


def text_list(cell: str) -> list[str]:
    """The elements of a `|` list, trimmed; an element that comes twice in the cell is there once."""
    return list(dict.fromkeys(element.strip() for element in cell.split("|")))


def one_of(*values: str) -> Parser:
    """A listed value, whatever the case; the value as listed is returned."""
    listed = {value.casefold(): value for value in values}

    def parse_enum(cell: str) -> str:
        value = listed.get(cell.strip().casefold())
        if value is None:
            raise Fault("unknown_enum")
        return value

    return required(parse_enum)


YES, NO = {"yes", "true", "1", "x"}, {"", "no", "false", "0"}


def boolean(cell: str) -> bool:
    word = cell.strip().casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Fault("unknown_enum")


WOMAN, MAN, NON_BINARY, UNDISCLOSED = 1, 2, 4, 0
GENDER_ANSWERS = {
    **dict.fromkeys(("woman", "female", "f", "mujer", "femme", "dona"), WOMAN),
    **dict.fromkeys(("man", "male", "m", "hombre", "homme", "home"), MAN),
    **dict.fromkeys(("non-binary", "no binario", "non binaire", "other"), NON_BINARY),
    **dict.fromkeys(("", "prefer not to say", "n/a"), UNDISCLOSED),
}


def gender(cell: str) -> int:
    """One bit a stated gender, none for an undisclosed one: two answers are joined by `|`."""
    answer = GENDER_ANSWERS.get(cell.strip().casefold())
    if answer is None:
        raise Fault("unknown_enum")
    return answer


def agreed_gender(answers: int) -> int:
    """One stated answer stands; two different ones are undisclosed."""
    return answers if answers in (WOMAN, MAN, NON_BINARY) else UNDISCLOSED


def sheet_text(cell: Any) -> str:
    """A workbook cell as text; a whole number without its decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def sheet_date(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    raise Fault("bad_date")


def sheet_number(reason: str) -> Parser:
    def parse_sheet_number(cell: Any) -> Decimal:
        if isinstance(cell, bool) or not isinstance(cell, (int, float)):
            raise Fault(reason)
        return positive(Decimal(repr(cell)), reason)

    return parse_sheet_number


# --------------------------------------------------------------------------------------------------
# Contracts: the columns of every file
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    name: str
    parse: Parser
    may_be_absent: bool = False
    also: tuple[str, ...] = ()


Contract = tuple[Column, ...]
Row = dict[str, Any]
# Faults that need more than one cell: column name and reason code.
RowCheck = Callable[[Row], list[tuple[str, str]]]

NAME = required(text)  # ids, names, titles
DATE = required(iso_date)
MAYBE_DATE = optional(iso_date)
PLACE = required(as_typed)  # place text of a row that is about a member


def contract(**columns: Parser) -> Contract:
    return tuple(Column(name, parse) for name, parse in columns.items())


PROGRAMME = contract(
    event_id=NAME, title=NAME, start_date=DATE, end_date=DATE,
    kind=one_of("webinar", "course", "congress", "forum", "debate", "launch", "campaign", "board_meeting",
                "vice_presidencies_meeting", "co_presidencies_meeting", "planning_meeting",
                "bilateral_meeting", "other"),
    format=one_of("online", "hybrid", "in_person"),
    organiser_role=one_of("led", "co_led", "participated", "listed"),
    scope=one_of("global", "regional", "national", "local"),
    action_line=one_of("L1", "L2", "L3"),
    gender_perspective=boolean, learning=boolean,
    platform=one_of("zoom", "eventbrite", "form", "teams", "none"),
    city=text, country=text, sessions=optional(integer),
)  # fmt: skip

SPEAKERS = contract(
    event_id=NAME,
    email=required(email),
    full_name=text,
    gender=gender,
    organisation=text,
    country=text,
)

CASES = contract(
    case_id=NAME, title=NAME, city=as_typed, country=as_typed,
    status=one_of("published", "draft", "withdrawn"), published_on=MAYBE_DATE, updated_on=DATE,
    themes=text, sdgs=number_list, summary=text,
)  # fmt: skip
CITY_MAKERS = contract(
    user_id=NAME, registered_on=DATE, status=one_of("active", "deleted"), organisation=text,
    city=as_typed, country=as_typed,
)  # fmt: skip
# The keys in their listed order; language and themes say nothing to a figure.
INITIATIVES = contract(
    id=NAME, title=NAME, city=as_typed, country=as_typed, uploaded_at=required(madrid_date), language=text,
    themes=text, status=one_of("published", "draft", "removed"),
)  # fmt: skip

ENTRY_TYPE = one_of("invoice", "payment", "credit_note", "income", "expense", "reversal")
CATEGORY = one_of("membership_fee", "alliance_member", "alliance_other", "other", "project_cost")
LEDGER_CSV = contract(
    entry_no=NAME, posting_date=required(day_first_date), type=ENTRY_TYPE, category=CATEGORY,
    counterparty=PLACE, project=text, fee_year=optional(integer), amount=required(amount), currency=NAME,
    eur_rate=required(eur_rate), reverses=text,
)  # fmt: skip
LEDGER_XLSX = contract(
    entry_no=required(sheet_text), posting_date=required(sheet_date),
    type=lambda cell: ENTRY_TYPE(sheet_text(cell)), category=lambda cell: CATEGORY(sheet_text(cell)),
    counterparty=required(lambda cell: cell if isinstance(cell, str) else sheet_text(cell)),
    project=sheet_text, fee_year=optional(lambda cell: integer(sheet_text(cell))),
    amount=required(sheet_number("bad_amount")), currency=required(sheet_text),
    eur_rate=required(sheet_number("bad_number")), reverses=sheet_text,
)  # fmt: skip

REGISTERS: dict[str, Contract] = {
    "members": contract(
        member_id=NAME, name=NAME, country=text,
        region=one_of("Africa", "Asia-Pacific", "Europe", "Latin America and Caribbean", "North America"),
        joined_on=DATE, left_on=MAYBE_DATE, board_member=boolean,
    ),
    "member_names": contract(member_id=NAME, name=NAME, language=text),
    "leaders": contract(member_id=NAME, title=NAME, gender=gender, from_date=DATE, to_date=MAYBE_DATE),
    "governance": contract(
        body=NAME, seat=NAME, gender=gender, member=as_typed, from_date=DATE, to_date=MAYBE_DATE
    ),
    "projects": contract(project_code=NAME, name=NAME, gender_coordination=boolean),
    "pilots": contract(pilot=NAME, member=PLACE, role=one_of("L", "P")),
    "meetings": contract(event_id=NAME, member=PLACE),
    "indicators": contract(space=NAME, member=PLACE),
    "egi_cities": contract(city=as_typed, country=as_typed),
    "partners": contract(
        partner=NAME, category=one_of("knowledge", "strategic", "granting", "collaborator", "sponsor"),
        gender_alliance=boolean, active_from=DATE, active_to=MAYBE_DATE,
    ),
    "agreements": contract(
        agreement_id=NAME, counterparty=NAME, counterparty_type=one_of("member", "alliance"),
        signed_on=DATE, ends_on=MAYBE_DATE, gender_clause=boolean,
    ),
    "policy_statements": contract(title=NAME, issued_on=DATE, gender_perspective=boolean),
    "campaigns": contract(title=NAME, starts_on=DATE, ends_on=MAYBE_DATE, gender_approach=boolean),
    "wmd_activities": contract(activity=NAME, held_on=DATE, organiser=NAME, member=as_typed),
    "drawings": contract(drawing_id=NAME, city=as_typed, country=as_typed, age=optional(integer),
                         received_on=DATE),
    "observatories": contract(name=NAME, active_from=DATE, active_to=MAYBE_DATE),
    "learning_products": contract(title=NAME, kind=one_of("course", "webinar"), uploaded_on=DATE),
    "gender_actions": contract(
        action=NAME, kind=one_of("training", "tool", "research", "learning_programme", "ec_project"),
        done_on=DATE,
    ),
    "gender_engagement": contract(member=PLACE, activity=NAME),
    "activities": contract(activity_id=NAME, project_code=NAME, title=NAME, held_on=DATE,
                           gender_approach=boolean),
    "staff": contract(role=NAME, gender=gender, contract=one_of("professional", "intern"), from_date=DATE,
                      to_date=MAYBE_DATE),
    "action_plan": contract(code=NAME, title=NAME, status=one_of("done", "in_progress", "not_started")),
}  # fmt: skip

WEBSITE: dict[str, Contract] = {
    "news": contract(url=NAME, title=NAME, published_on=DATE, members=text_list),
    "publications": contract(
        title=NAME, published_on=DATE, origin=one_of("metropolis", "member"), member=as_typed,
        gender_perspective=boolean, mentions=text_list,
    ),
    "videos": contract(title=NAME, published_on=DATE, project=text),
    "social": contract(date=DATE, network=NAME, followers=required(integer)),
}  # fmt: skip

METROPOLIS_QUESTION = "Which metropolis do you represent?"
EMAIL = required(email)

ZOOM: Contract = (
    Column("Attended", one_of("Yes", "No")),
    Column("User Name (Original Name)", never_read, may_be_absent=True),
    Column("First Name", never_read, may_be_absent=True),
    Column("Last Name", never_read, may_be_absent=True),
    Column("Email", EMAIL),
    Column("Organization", never_read, may_be_absent=True),
    Column("Country/Region", as_typed, may_be_absent=True),
    Column("Registration Time", required(optional(zoom_time, "--"))),
    Column("Approval Status", one_of("approved", "pending", "denied", "cancelled")),
    Column("Join Time", optional(zoom_time, "--"), may_be_absent=True),
    Column("Leave Time", optional(zoom_time, "--"), may_be_absent=True),
    Column("Time in Session (minutes)", optional(number, "--"), may_be_absent=True),
    Column("Is Guest", never_read, may_be_absent=True),
    Column("Country/Region Name", never_read, may_be_absent=True),
    Column("Gender", gender, may_be_absent=True),
    Column(METROPOLIS_QUESTION, as_typed, may_be_absent=True),
)
EVENTBRITE: Contract = (
    Column("Order #", NAME),
    Column("Order Date", required(order_time)),
    Column("First Name", never_read, may_be_absent=True),
    Column("Last Name", never_read, may_be_absent=True, also=("Surname",)),
    Column("Email", EMAIL),
    Column("Quantity", optional(integer), may_be_absent=True),
    Column("Ticket Type", NAME),
    Column("Attendee #", NAME),
    Column("Attendee Status", one_of("Checked In", "Attending", "Not Attending", "Deleted", "Transferred",
                                     "Refunded")),
    Column("Gender", gender, may_be_absent=True),
    Column("Company", never_read, may_be_absent=True),
    Column("Home Country", as_typed, may_be_absent=True),
    Column(METROPOLIS_QUESTION, as_typed, may_be_absent=True),
)  # fmt: skip
TEAMS: Contract = (
    Column("Name", never_read, may_be_absent=True, also=("Full Name",)),
    Column("First Join", required(teams_time)),
    Column("Last Leave", required(teams_time)),
    Column("In-Meeting Duration", never_read, may_be_absent=True),
    Column("Email", EMAIL),
    Column("Participant ID (UPN)", never_read, may_be_absent=True),
    Column("Role", one_of("Organizer", "Presenter", "Attendee")),
)


def form_contract(has_teams_file: bool) -> Contract:
    """An own form. With a Teams file beside it, what Attended holds says nothing."""
    return (
        Column("Timestamp", required(form_time)),
        Column("Email", EMAIL),
        Column("First name", never_read, may_be_absent=True),
        Column("Last name", never_read, may_be_absent=True),
        Column("Gender", gender),
        Column("Organisation", never_read, may_be_absent=True),
        Column("Country", as_typed),
        Column("Metropolis", as_typed),
        Column("Attended", text if has_teams_file else boolean, may_be_absent=has_teams_file),
    )


# --------------------------------------------------------------------------------------------------
# Readers: from bytes to records, from records to rows
# --------------------------------------------------------------------------------------------------

# One record: the line on which it begins, and its cells (None: no record at all, whatever was meant).
Record = tuple[int, Sequence[Any] | None]
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass
class Counts:
    read: int = 0
    loaded: int = 0


@dataclass
class Run:
    """What the run knows of its sources besides their rows."""

    folder: Path
    year: int
    quarantine: list[tuple[str, int, str, str]] = field(default_factory=list)
    sources: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))

    def note(self, source: str, message: str) -> None:
        print(f"{source}: {message}", file=sys.stderr)

    def reject(self, source: str, line: int, column: str, reason: str) -> None:
        self.quarantine.append((source, line, column, reason))


def header_key(name: object) -> str:
    return plain_spaces(str(name or "")).casefold()


@dataclass
class Layout:
    """Where a file's header puts the columns of its contract."""

    width: int
    columns: list[tuple[int, Column]]  # in the order of the header
    absent: list[Column]
    missing: str | None  # the first required column that the header lacks


def lay_out(run: Run, source: str, header: Sequence[Any], columns: Contract) -> Layout:
    """Find the columns by name. What the contract does not know is reported and ignored."""
    at: dict[str, int] = {}
    for index, name in enumerate(header):
        at.setdefault(header_key(name), index)
    placed: list[tuple[int, Column]] = []
    absent: list[Column] = []
    known: set[int] = set()
    for column in columns:
        keys = [header_key(name) for name in (column.name, *column.also)]
        places = [at[key] for key in keys if key in at]
        known.update(places[:1])
        if column.parse is never_read:
            continue
        if places:
            placed.append((places[0], column))
        else:
            absent.append(column)
    placed.sort(key=lambda pair: pair[0])
    missing = next((column.name for column in absent if not column.may_be_absent), None)
    for index, name in enumerate(header):
        if index not in known:
            run.note(source, f"column {str(name)!r} is not in the contract: ignored")
    for column in absent:
        run.note(source, f"column {column.name!r} is not in the file")
    return Layout(len(header), placed, absent, missing)


def faults_of(layout: Layout, cells: Sequence[Any], check: RowCheck | None) -> tuple[int, str, str] | None:
    """The first fault of a row in the order of the header."""
    row: Row = {column.name: None for column in layout.absent}
    found: list[tuple[int, str, str]] = []
    order = {column.name: index for index, column in layout.columns}
    for index, column in layout.columns:
        try:
            row[column.name] = column.parse(cells[index])
        except Fault as fault:
            row[column.name] = None
            found.append((index, column.name, str(fault)))
    if check is not None:
        at_fault = {name for _, name, _ in found}
        found += [(order[name], name, reason) for name, reason in check(row) if name not in at_fault]
    return min(found, default=None)


def load(
    run: Run,
    source: str,
    header: Sequence[Any] | None,
    records: Iterable[Record],
    columns: Contract,
    *,
    check: RowCheck | None = None,
    loose_width: bool = False,
    undecodable: bool = True,
    refused: str | None = None,
) -> Iterator[Row]:
    """The rows that load. All others go to quarantine, each once. `refused` names a reason for all."""
    counts = run.sources[source]
    if header is None:
        run.note(source, "no header found")
        return
    layout = lay_out(run, source, header, columns)
    whole_file = ("event_id", refused) if refused else None
    if whole_file is None and layout.missing is not None:
        run.note(source, f"refused: required column {layout.missing!r} is missing")
        whole_file = (layout.missing, "missing_required")
    width = layout.width
    names = [column.name for _, column in layout.columns] + [column.name for column in layout.absent]
    readers = [(index, column.parse) for index, column in layout.columns]
    padding = [column.parse("") for column in layout.absent if column.may_be_absent]
    for line, cells in records:
        counts.read += 1
        if whole_file is not None:
            run.reject(source, line, *whole_file)
            continue
        if (
            undecodable
            and cells is not None
            and any(isinstance(c, str) and SURROGATE.search(c) for c in cells)
        ):
            run.reject(source, line, "", "invalid_utf8")
            continue
        if cells is None or (
            len(cells) != width
            and (not loose_width or len(cells) < width or any(is_filled(c) for c in cells[width:]))
        ):
            run.reject(source, line, "", "column_count")
            continue
        try:
            row = dict(zip(names, [parse(cells[index]) for index, parse in readers] + padding, strict=True))
            sound = check is None or not check(row)
        except Fault:
            sound = False
        if not sound:
            first = faults_of(layout, cells, check)
            assert first is not None
            run.reject(source, line, first[1], first[2])
            continue
        counts.loaded += 1
        yield row


def is_filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def open_text(data: bytes, encoding: str = "utf-8") -> tuple[TextIO, bool]:
    """The text without byte order mark and NUL, and whether a byte in it is no character.

    Such a byte becomes a lone surrogate, so that its row alone is at fault.
    """
    if encoding.startswith("utf-16"):
        even = data[: len(data) // 2 * 2]
        decoded = even.decode(encoding, "surrogatepass").removeprefix("\ufeff").replace("\0", "")
        return io.StringIO(decoded, newline=""), bool(SURROGATE.search(decoded))
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")
    undecodable = False
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        undecodable = True
    stream = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="surrogateescape", newline="")
    return stream, undecodable


def teams_encoding(data: bytes) -> str:
    """UTF-16 of either byte order, told by its mark or by the zero byte of the first letter; or UTF-8."""
    if data[:2] == b"\xff\xfe" or data[1:2] == b"\0":
        return "utf-16-le"
    if data[:2] == b"\xfe\xff" or data[:1] == b"\0":
        return "utf-16-be"
    return "utf-8"


def csv_records(stream: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the physical line on which it begins; blank lines are none."""
    reader = csv.reader(stream, delimiter=delimiter)
    line = 1
    for cells in reader:
        if len(cells) > 1 or (cells and cells[0].strip()):
            yield line, cells
        line = reader.line_num + 1


def read_csv(
    run: Run,
    source: str,
    columns: Contract,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    check: RowCheck | None = None,
    refused: str | None = None,
) -> Iterator[Row]:
    """A file with one header line and the records below it."""
    path = run.folder / source
    if not path.exists():
        run.note(source, "no such file")
        return iter(())
    stream, undecodable = open_text(path.read_bytes(), encoding)
    records = csv_records(stream, delimiter)
    _, header = next(records, (0, None))
    return load(
        run, source, header, records, columns,
        check=check, undecodable=undecodable, refused=refused,
    )  # fmt: skip


ZOOM_SECTIONS = {"host details", "panelist details", "attendee details", "other attended"}
TEAMS_SECTION = re.compile(r"[0-9]+\. \S.*")


def trimmed(cells: Sequence[str]) -> list[str]:
    """The cells without the empty ones at the end."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return list(cells[:end])


def section_records(
    records: Iterable[tuple[int, list[str]]], is_title: Callable[[str], bool], wanted: str
) -> Iterator[tuple[int, list[str]]]:
    """The header and the rows of the wanted section of a file of sections. The header comes first."""
    inside = False
    awaits_header = False
    header: list[str] | None = None
    for line, cells in records:
        if is_title(cells[0]) and not any(cell.strip() for cell in cells[1:]):
            inside = cells[0].strip().casefold() == wanted
            awaits_header = inside
        elif inside and any(cell.strip() for cell in cells):
            if awaits_header:
                awaits_header = False
                if header is not None:
                    continue  # the same section again, under the same header
                header = trimmed(cells)
                yield line, header
            else:
                yield line, cells


def read_sections(
    run: Run, source: str, columns: Contract, *, delimiter: str, is_title: Callable[[str], bool], wanted: str,
    loose_width: bool, refused: str | None,
) -> Iterator[Row]:  # fmt: skip
    """One section of a platform's report."""
    data = (run.folder / source).read_bytes()
    stream, undecodable = open_text(data, teams_encoding(data) if columns is TEAMS else "utf-8")
    records = section_records(csv_records(stream, delimiter), is_title, wanted)
    _, header = next(records, (0, None))
    return load(
        run, source, header, records, columns, loose_width=loose_width,
        undecodable=undecodable, refused=refused,
    )  # fmt: skip


def is_zoom_title(cell: str) -> bool:
    return cell.strip().casefold() in ZOOM_SECTIONS


def is_teams_title(cell: str) -> bool:
    return TEAMS_SECTION.fullmatch(cell.strip()) is not None


def read_json(run: Run, source: str, columns: Contract) -> Iterator[Row]:
    """An array of objects; a row's line is its position in the array."""
    path = run.folder / source
    if not path.exists():
        run.note(source, "no such file")
        return iter(())
    run.sources[source] = Counts()
    try:
        items = json.load(open_text(path.read_bytes())[0])
    except json.JSONDecodeError as error:
        run.note(source, f"refused: {error.msg} at line {error.lineno}")
        return iter(())
    if not isinstance(items, list):
        run.note(source, "refused: not an array")
        return iter(())
    known = {column.name for column in columns}
    for name in sorted({str(name) for item in items if isinstance(item, dict) for name in item} - known):
        run.note(source, f"key {name!r} is not in the contract: ignored")

    def cell(value: Any) -> str:
        return (
            ""
            if value is None
            else value
            if isinstance(value, str)
            else json.dumps(value, ensure_ascii=False)
        )

    records = (
        (
            position,
            [cell(item.get(column.name)) for column in columns] if isinstance(item, dict) else None,
        )
        for position, item in enumerate(items, start=1)
    )
    return load(run, source, [column.name for column in columns], records, columns)


def read_sheet(run: Run, source: str, columns: Contract, check: RowCheck) -> Iterator[Row]:
    """The sheet `Ledger`; a row's line is the sheet's row."""
    from python_calamine import CalamineWorkbook, WorksheetNotFound

    workbook = CalamineWorkbook.from_path(str(run.folder / source))
    try:
        grid = workbook.get_sheet_by_name("Ledger").to_python(skip_empty_area=False)
    except WorksheetNotFound:
        run.sources[source] = Counts()
        run.note(source, "refused: no sheet 'Ledger'")
        return iter(())
    filled = [(line, cells) for line, cells in enumerate(grid, start=1) if any(is_filled(c) for c in cells)]
    header: list[Any] | None = None
    if filled:
        header = list(filled[0][1])
        while header and not is_filled(header[-1]):
            header.pop()
    return load(run, source, header, filled[1:], columns, check=check, loose_width=True)


# --------------------------------------------------------------------------------------------------
# Loading the year
# --------------------------------------------------------------------------------------------------

REGISTRATION_FILE = re.compile(r"(.+)__(zoom|eventbrite|form|teams)\.csv", re.IGNORECASE)


@dataclass
class Attendance:
    """One person in one event."""

    attended: bool = False
    genders: int = UNDISCLOSED
    members: set[str] | None = None


@dataclass
class Year:
    """Everything of the year that loaded."""

    year: int
    places: Places
    members: dict[str, Row]
    programme: dict[str, Row]
    speakers: list[Row]
    cases: dict[str, Row]
    city_makers: dict[str, Row]
    initiatives: dict[str, Row]
    ledger: list[Row]
    registers: dict[str, list[Row]]
    website: dict[str, list[Row]]
    people: dict[str, dict[str, Attendance]]

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, 12, 31)

    def within(self, day: date | None) -> bool:
        return day is not None and self.first_day <= day <= self.last_day

    def in_force(self, start: date, end: date | None) -> bool:
        """On 31 December, which a to-date of that day includes."""
        return start <= self.last_day and (end is None or end >= self.last_day)


def known_in(column: str, known: Iterable[str], reason: str) -> RowCheck:
    """A reference must name something that loaded."""
    ids = set(known)

    def check(row: Row) -> list[tuple[str, str]]:
        return [(column, reason)] if row[column] is not None and row[column] not in ids else []

    return check


def check_case(row: Row) -> list[tuple[str, str]]:
    """Only a draft may have no date of publication."""
    if row["published_on"] is None and row["status"] != "draft":
        return [("published_on", "missing_required")]
    return []


def check_publication(row: Row) -> list[tuple[str, str]]:
    """A member's publication names the member."""
    if row["origin"] == "member" and row["member"] is not None and not row["member"].strip():
        return [("member", "missing_required")]
    return []


@dataclass
class LedgerCheck:
    """An entry number is a duplicate of a row that loaded, and a reversal names its entry."""

    loaded: set[str] = field(default_factory=set)

    def __call__(self, row: Row) -> list[tuple[str, str]]:
        faults = []
        if row["entry_no"] in self.loaded:
            faults.append(("entry_no", "duplicate_entry"))
        if row["type"] == "reversal" and not row["reverses"]:
            faults.append(("reverses", "missing_required"))
        return faults


def load_ledger(run: Run) -> list[Row]:
    """ledger.csv, else ledger.xlsx. Amounts in cents of EUR, rounded half up an entry."""
    check = LedgerCheck()
    if (run.folder / "fees/ledger.csv").exists() or not (run.folder / "fees/ledger.xlsx").exists():
        source = "fees/ledger.csv"
        rows = read_csv(run, source, LEDGER_CSV, delimiter=";", encoding="cp1252", check=check)
        if (run.folder / "fees/ledger.xlsx").exists():
            run.note("fees/ledger.xlsx", "not read: the ledger is in ledger.csv")
    else:
        source = "fees/ledger.xlsx"
        rows = read_sheet(run, source, LEDGER_XLSX, check)
    entries = []
    for row in rows:
        check.loaded.add(row["entry_no"])
        row["cents"] = int((row["amount"] * row["eur_rate"]).quantize(CENT, ROUND_HALF_UP) * 100)
        row["source"] = source
        entries.append(row)
    return entries


def load_year(folder: Path, year: int) -> tuple[Run, Year]:
    run = Run(folder, year)
    for name in ("corrections.csv", "restatements.csv"):
        if (folder / name).exists():
            run.note(name, "not applied: this program calculates from the exports alone")
    programme = {row["event_id"]: row for row in read_csv(run, "events/programme.csv", PROGRAMME)}
    members = {row["member_id"]: row for row in read_csv(run, "registers/members.csv", REGISTERS["members"])}
    of_event = known_in("event_id", programme, "unknown_event")
    of_member = known_in("member_id", members, "unknown_member")
    checks = {"member_names": of_member, "leaders": of_member, "meetings": of_event}
    registers = {
        name: list(read_csv(run, f"registers/{name}.csv", columns, check=checks.get(name)))
        for name, columns in REGISTERS.items()
        if name != "members"
    }
    website = {
        name: list(read_csv(run, f"website/{name}.csv", columns,
                            check=check_publication if name == "publications" else None))
        for name, columns in WEBSITE.items()
    }  # fmt: skip
    places = Places()
    for member_id, row in members.items():
        places.add_name(member_id, row["name"])
        places.countries[member_id] = country_code(row["country"]) or None
    for row in registers["member_names"]:
        places.add_name(row["member_id"], row["name"])
    cases = list(read_csv(run, "use/cases.csv", CASES, check=check_case))
    city_makers = list(read_csv(run, "use/city_makers.csv", CITY_MAKERS))
    initiatives = list(read_json(run, "c4gh/initiatives.json", INITIATIVES))
    loaded = Year(
        year=year, places=places, members=members, programme=programme,
        speakers=list(read_csv(run, "events/speakers.csv", SPEAKERS, check=of_event)),
        cases=latest_cases(cases),
        city_makers={row["user_id"]: row for row in city_makers},
        initiatives={row["id"]: row for row in initiatives},
        ledger=load_ledger(run), registers=registers, website=website, people={},
    )  # fmt: skip
    resolve_members(places, loaded, cases, city_makers, initiatives)
    loaded.people = load_registrations(run, programme, places)
    return run, loaded


def latest_cases(rows: list[Row]) -> dict[str, Row]:
    """The latest version of every case; of two on one day, the later in the file."""
    latest: dict[str, Row] = {}
    for row in rows:
        standing = latest.get(row["case_id"])
        if standing is None or row["updated_on"] >= standing["updated_on"]:
            latest[row["case_id"]] = row
    return latest


def resolve_members(
    places: Places, loaded: Year, cases: list[Row], city_makers: list[Row], initiatives: list[Row]
) -> None:
    """Resolve, and count, every place text of every loaded row outside the registrations."""
    for name in (
        "governance",
        "pilots",
        "meetings",
        "indicators",
        "wmd_activities",
        "gender_engagement",
    ):
        for row in loaded.registers[name]:
            row["member_id"] = places.seen(f"registers/{name}.csv", row["member"])
    cities = [
        ("registers/egi_cities.csv", loaded.registers["egi_cities"]),
        ("registers/drawings.csv", loaded.registers["drawings"]),
        ("use/cases.csv", cases),
        ("use/city_makers.csv", city_makers),
        ("c4gh/initiatives.json", initiatives),
    ]
    for source, rows in cities:
        for row in rows:
            row["member_id"] = places.seen(source, row["city"], row["country"])
    for row in loaded.website["news"]:
        row["member_ids"] = {places.seen("website/news.csv", text) for text in row["members"]} - {None}
    for row in loaded.website["publications"]:
        texts = dict.fromkeys([row["member"], *row["mentions"]])
        found = {text: places.seen("website/publications.csv", text) for text in texts}
        row["member_id"] = found[row["member"]]
        row["mention_ids"] = {found[text] for text in row["mentions"]} - {None}
    for row in loaded.ledger:
        is_fee = row["category"] == "membership_fee"
        row["member_id"] = places.seen(row["source"], row["counterparty"]) if is_fee else None


# --------------------------------------------------------------------------------------------------
# The people of the events
# --------------------------------------------------------------------------------------------------

# What one row of a registrations file says: person, attended, gender, place text, country as typed.
Answer = tuple[str, bool, int, str, str]


def zoom_answers(rows: Iterable[Row]) -> Iterator[tuple[bool, Answer]]:
    for row in rows:
        is_registration = row["Approval Status"] in ("approved", "pending")
        yield is_registration, (
            row["Email"], row["Attended"] == "Yes", row["Gender"],
            row[METROPOLIS_QUESTION], row["Country/Region"],
        )  # fmt: skip


def eventbrite_answers(rows: Iterable[Row]) -> Iterator[tuple[bool, Answer]]:
    for row in rows:
        status = row["Attendee Status"]
        yield status in ("Checked In", "Attending"), (
            row["Email"], status == "Checked In", row["Gender"],
            row[METROPOLIS_QUESTION], row["Home Country"],
        )  # fmt: skip


def form_answers(rows: Iterable[Row]) -> Iterator[tuple[bool, Answer]]:
    for row in rows:
        yield (
            True,
            (
                row["Email"],
                row["Attended"] is True,
                row["Gender"],
                row["Metropolis"],
                row["Country"],
            ),
        )


def teams_answers(rows: Iterable[Row]) -> Iterator[tuple[bool, Answer]]:
    """Only an attendee says something of the event's people; organisers and presenters do not attend."""
    for row in rows:
        yield row["Role"] == "Attendee", (row["Email"], True, UNDISCLOSED, "", "")


def read_registrations(
    run: Run, source: str, platform: str, has_teams_file: bool, refused: str | None
) -> Iterator[tuple[bool, Answer]]:
    if platform == "zoom":
        return zoom_answers(read_sections(
            run, source, ZOOM, delimiter=",", is_title=is_zoom_title, wanted="attendee details",
            loose_width=True, refused=refused,
        ))  # fmt: skip
    if platform == "teams":
        return teams_answers(read_sections(
            run, source, TEAMS, delimiter="\t", is_title=is_teams_title, wanted="2. participants",
            loose_width=False, refused=refused,
        ))  # fmt: skip
    if platform == "eventbrite":
        return eventbrite_answers(read_csv(run, source, EVENTBRITE, refused=refused))
    return form_answers(read_csv(run, source, form_contract(has_teams_file), delimiter=";", refused=refused))


def load_registrations(
    run: Run, programme: dict[str, Row], places: Places
) -> dict[str, dict[str, Attendance]]:
    """Event to person to what all the rows of the event say together."""
    people: dict[str, dict[str, Attendance]] = defaultdict(dict)
    folder = run.folder / "events/registrations"
    files: list[tuple[str, str, str]] = []
    for path in sorted(folder.glob("*")) if folder.exists() else []:
        source = f"events/registrations/{path.name}"
        found = REGISTRATION_FILE.fullmatch(path.name)
        if found is None:
            run.note(source, "not a registrations file: ignored")
        else:
            files.append((source, found[1], found[2].lower()))
    platforms = {(event, platform) for _, event, platform in files}
    for source, event, platform in files:
        refused = None if event in programme else "unknown_event"
        if refused:
            run.note(source, "refused: its event is in no loaded row of the programme")
        run.sources[source] = Counts()
        of_event = people[event]
        for is_registration, answer in read_registrations(
            run, source, platform, (event, "teams") in platforms, refused
        ):
            person, attended, answered, place, country = answer
            member = places.seen(source, place, country) if place else None
            if not is_registration:
                continue
            standing = of_event.get(person)
            if standing is None:
                standing = of_event[person] = Attendance()
            standing.attended = standing.attended or attended
            standing.genders |= answered
            if member is not None:
                if standing.members is None:
                    standing.members = set()
                standing.members.add(member)
    for event, row in programme.items():
        if row["platform"] != "none" and (event, row["platform"]) not in platforms:
            run.note("events/programme.csv", f"{event} names {row['platform']} and has no such file")
    return people


# --------------------------------------------------------------------------------------------------
# The ledger
# --------------------------------------------------------------------------------------------------


def standing_entries(run: Run, entries: list[Row]) -> list[Row]:
    """The entries that no standing reversal undoes. A reversed reversal undoes nothing."""
    numbers = {row["entry_no"] for row in entries}
    reversals: dict[str, list[str]] = defaultdict(list)
    for row in entries:
        if row["type"] == "reversal":
            if row["reverses"] in numbers:
                reversals[row["reverses"]].append(row["entry_no"])
            else:
                run.note(row["source"], f"reversal {row['entry_no']} names an entry that is not loaded")
    settled: dict[str, bool] = {}
    for start in numbers:
        stack = [start]
        while stack:
            entry = stack[-1]
            waiting = [r for r in reversals[entry] if r not in settled and r not in stack]
            if entry in settled:
                stack.pop()
            elif waiting:
                stack.append(waiting[0])
            else:
                settled[entry] = not any(settled.get(r, False) for r in reversals[entry])
                stack.pop()
    return [row for row in entries if settled[row["entry_no"]]]


def members_with_fee_paid(loaded: Year, entries: list[Row]) -> set[str]:
    """Payments of the fee year posted by 31 December cover invoices less credit notes."""
    due: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    invoiced = set()
    for row in entries:
        member = row["member_id"]
        if row["category"] != "membership_fee" or row["fee_year"] != loaded.year or member is None:
            continue
        if row["type"] == "invoice":
            invoiced.add(member)
            due[member] += row["cents"]
        elif row["type"] == "credit_note":
            due[member] -= row["cents"]
        elif row["type"] == "payment" and row["posting_date"] <= loaded.last_day:
            paid[member] += row["cents"]
    return {member for member in invoiced if paid[member] >= due[member]}


def sums(rows: Iterable[Row], key: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for row in rows:
        total[row[key]] += row["cents"]
    return total


def largest_remainder(parts: dict[str, int]) -> dict[str, int]:
    """Whole percentages that add to 100. A tie goes to the earlier id; a part without id comes last."""
    whole = sum(parts.values())
    if whole <= 0:
        return {}
    shares = {name: 100 * part // whole for name, part in parts.items()}
    left = 100 - sum(shares.values())
    by_remainder = sorted(parts, key=lambda name: (-(100 * parts[name] % whole), name == "", name))
    for name in by_remainder[:left]:
        shares[name] += 1
    return shares


# --------------------------------------------------------------------------------------------------
# What members did in the year
# --------------------------------------------------------------------------------------------------

STATUTORY = {
    "board_meeting",
    "vice_presidencies_meeting",
    "co_presidencies_meeting",
    "planning_meeting",
}


def is_metropolis_event(event: Row) -> bool:
    never = STATUTORY | {"bilateral_meeting"}
    return event["organiser_role"] in ("led", "co_led") and event["kind"] not in never


@dataclass
class Engagement:
    """The members of 31 December, and where they took part. All sets hold such members only."""

    current: set[str]
    meetings: dict[str, set[str]]  # by the register of meetings, an event
    attending: dict[str, set[str]]  # by registrations or meetings, an event
    learning: dict[str, set[str]]  # of `attending`, the learning activities with a member
    board: set[str]
    bilateral: Counter[str]
    congress: set[str]
    pilots: dict[str, set[str]]  # roles a member
    indicators: set[str]
    wmd: set[str]
    news: Counter[str]
    publications: Counter[str]
    mentions: Counter[str]
    use_cases: Counter[str]
    initiatives: Counter[str]
    fee_paid: set[str]
    gender_engaged: set[str]
    new: set[str]
    capacity: Counter[str]
    activated: set[str] = field(default_factory=set)


def current_members(loaded: Year) -> set[str]:
    return {
        member_id
        for member_id, row in loaded.members.items()
        if loaded.in_force(row["joined_on"], row["left_on"])
    }


def members_at_meetings(loaded: Year, current: set[str]) -> dict[str, set[str]]:
    at: dict[str, set[str]] = defaultdict(set)
    for row in loaded.registers["meetings"]:
        if row["member_id"] in current:
            at[row["event_id"]].add(row["member_id"])
    return at


def members_attending(loaded: Year, current: set[str], meetings: dict[str, set[str]]) -> dict[str, set[str]]:
    at: dict[str, set[str]] = {event: set(meetings.get(event, ())) for event in loaded.programme}
    for event, people in loaded.people.items():
        for attendance in people.values():
            if attendance.attended and attendance.members:
                at[event] |= attendance.members & current
    return at


def count_published(rows: Iterable[Row], loaded: Year, column: str, current: set[str]) -> Counter[str]:
    """Published in the year, a member."""
    return Counter(
        row["member_id"]
        for row in rows
        if row["status"] == "published" and loaded.within(row[column]) and row["member_id"] in current
    )


def count_news(loaded: Year, current: set[str]) -> Counter[str]:
    """Distinct addresses of the year, a member."""
    pairs = {
        (row["url"], member)
        for row in loaded.website["news"]
        if loaded.within(row["published_on"])
        for member in row["member_ids"]
        if member in current
    }
    return Counter(member for _, member in pairs)


def engagement(loaded: Year, entries: list[Row]) -> Engagement:
    current = current_members(loaded)
    meetings = members_at_meetings(loaded, current)
    attending = members_attending(loaded, current, meetings)
    events = loaded.programme
    registers = loaded.registers

    def of_kind(kind: str, at: dict[str, set[str]]) -> list[set[str]]:
        return [at.get(event, set()) for event, row in events.items() if row["kind"] == kind]

    def named_in(name: str, column: str | None = None) -> set[str]:
        rows = registers[name]
        return {row["member_id"] for row in rows if column is None or loaded.within(row[column])} & current

    learning = {
        event: attending[event] for event, row in events.items() if row["learning"] and attending[event]
    }
    pilots: dict[str, set[str]] = defaultdict(set)
    for row in registers["pilots"]:
        if row["member_id"] in current:
            pilots[row["member_id"]].add(row["role"])
    published = [row for row in loaded.website["publications"] if loaded.within(row["published_on"])]
    done = Engagement(
        current=current,
        meetings=meetings,
        attending=attending,
        learning=learning,
        board=set().union(*of_kind("board_meeting", meetings)),
        bilateral=Counter(member for at in of_kind("bilateral_meeting", meetings) for member in at),
        congress=set().union(*of_kind("congress", attending)),
        pilots=pilots,
        indicators=named_in("indicators"),
        wmd=named_in("wmd_activities", "held_on"),
        news=count_news(loaded, current),
        publications=Counter(
            row["member_id"] for row in published if row["origin"] == "member" and row["member_id"] in current
        ),
        mentions=Counter(
            member
            for row in published
            if row["origin"] == "metropolis"
            for member in row["mention_ids"] & current
        ),
        use_cases=count_published(loaded.cases.values(), loaded, "published_on", current),
        initiatives=count_published(loaded.initiatives.values(), loaded, "uploaded_at", current),
        fee_paid=members_with_fee_paid(loaded, entries) & current,
        gender_engaged=named_in("gender_engagement"),
        new={member for member in current if loaded.within(loaded.members[member]["joined_on"])},
        capacity=Counter(member for at in learning.values() for member in at),
    )
    metropolis_events = [attending[event] for event, row in events.items() if is_metropolis_event(row)]
    done.activated = set().union(
        *metropolis_events, *learning.values(), done.board, done.bilateral, pilots, done.use_cases,
        done.initiatives, done.wmd,
    )  # fmt: skip
    return done


# --------------------------------------------------------------------------------------------------
# The figures
# --------------------------------------------------------------------------------------------------

# Every figure in the order of the report; those of one decimal are named below.
FIGURE_IDS = """
members_total members_new members_activated members_activated_share members_fee_paid members_at_board
members_at_congress bilateral_meetings members_wmd_organisers members_governed_by_women_share
members_gender_engaged_share participants participants_women_share experts experts_women_share
policy_statements policy_statements_gender global_events campaigns campaigns_gender wmd_activities
wmd_organisations drawings drawing_cities congress_sessions congress_leaders social_followers videos
videos_revitalisation spaces_benchmarked members_benchmarked pilot_projects members_in_pilots egi_cities
observatories publications publications_gender use_practices city_makers c4gh_initiatives c4gh_cities
learning_products learning_courses learning_webinars learning_activities members_in_learning board_meetings
vice_presidencies_meetings co_presidencies_meetings planning_meetings agreements_alliances agreements_members
funding_membership_fee_share funding_alliance_member_share funding_alliance_other_share funding_other_share
funds_use_P002_share funds_use_P003_share funds_use_P004_share funds_use_P005_share funds_use_P010_share
funds_use_P011_share funds_use_P012_share funds_use_P013_share funds_use_P014_share funds_use_P015_share
funds_use_P017_share funds_use_P018_share funds_use_P019_share funds_use_P020_share funds_use_P021_share
partners_strategic partners_knowledge partners_granting metropolis_events metropolis_events_gender
governance_women_share regional_secretaries_women gender_research ec_projects_gender
gender_learning_programmes projects_gender_coordination activities_gender_share gender_trainings gender_tools
agreements_gender_clause gender_alliances staff_women_share
"""
FIGURES = FIGURE_IDS.split()
ONE_DECIMAL = {"members_activated_share"}

FUNDS_FIGURE = re.compile(r"funds_use_(.+)_share")
FUNDING_FIGURE = re.compile(r"funding_(.+)_share")
REVITALISATION = "revitalisation through the urban project"
REGIONAL = "regional_secretariat"


@dataclass(frozen=True)
class Value:
    """A figure as it is printed, and the exact parts of a share."""

    value: str
    numerator: str = ""
    denominator: str = ""


def count(n: int) -> Value:
    return Value(str(n), str(n))


def percentage(n: int, d: int, decimals: int) -> str:
    """Exact, rounded half up; blank where there is nothing to share."""
    if d == 0:
        return ""
    scaled = (200 * n * 10**decimals + d) // (2 * d)
    whole, part = divmod(scaled, 10**decimals)
    return f"{whole}.{part:0{decimals}d}" if decimals else str(whole)


def euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def membership_figures(loaded: Year, done: Engagement) -> dict[str, Value | tuple[int, int]]:
    total = len(done.current)
    governed = {
        row["member_id"]
        for row in loaded.registers["leaders"]
        if row["gender"] == WOMAN and loaded.in_force(row["from_date"], row["to_date"])
    }
    return {
        "members_total": count(total),
        "members_new": count(len(done.new)),
        "members_activated": count(len(done.activated)),
        "members_activated_share": (len(done.activated), total),
        "members_fee_paid": count(len(done.fee_paid)),
        "members_at_board": count(len(done.board)),
        "members_at_congress": count(len(done.congress)),
        "bilateral_meetings": count(sum(done.bilateral.values())),
        "members_wmd_organisers": count(len(done.wmd)),
        "members_governed_by_women_share": (len(governed & done.current), total),
        "members_gender_engaged_share": (len(done.gender_engaged), total),
        "members_benchmarked": count(len(done.indicators)),
        "members_in_pilots": count(len(done.pilots)),
        "members_in_learning": count(len(done.capacity)),
        "learning_activities": count(len(done.learning)),
    }


def women_share(genders: Iterable[int]) -> tuple[int, int]:
    """Women, and women and men."""
    tally = Counter(genders)
    return tally[WOMAN], tally[WOMAN] + tally[MAN]


def people_figures(loaded: Year) -> dict[str, Value | tuple[int, int]]:
    participants = [
        agreed_gender(attendance.genders)
        for event, row in loaded.programme.items()
        if is_metropolis_event(row)
        for attendance in loaded.people.get(event, {}).values()
        if attendance.attended
    ]
    experts: dict[str, int] = defaultdict(int)
    for row in loaded.speakers:
        experts[row["email"]] |= row["gender"]
    congress = {event for event, row in loaded.programme.items() if row["kind"] == "congress"}
    return {
        "participants": count(len(participants)),
        "participants_women_share": women_share(participants),
        "experts": count(len(experts)),
        "experts_women_share": women_share(map(agreed_gender, experts.values())),
        "congress_sessions": count(sum(loaded.programme[event]["sessions"] or 0 for event in congress)),
        "congress_leaders": count(
            len({row["email"] for row in loaded.speakers if row["event_id"] in congress})
        ),
    }


def event_figures(loaded: Year) -> dict[str, Value | tuple[int, int]]:
    events = list(loaded.programme.values())
    kinds = Counter(row["kind"] for row in events)
    metropolis = [row for row in events if is_metropolis_event(row)]
    return {
        "global_events": count(
            sum(row["organiser_role"] == "participated" and row["scope"] == "global" for row in events)
        ),
        "board_meetings": count(kinds["board_meeting"]),
        "vice_presidencies_meetings": count(kinds["vice_presidencies_meeting"]),
        "co_presidencies_meetings": count(kinds["co_presidencies_meeting"]),
        "planning_meetings": count(kinds["planning_meeting"]),
        "metropolis_events": count(len(metropolis)),
        "metropolis_events_gender": count(sum(row["gender_perspective"] for row in metropolis)),
    }


def followers(loaded: Year) -> int:
    """The last reading of the year a network; of two on one day, the later in the file."""
    last: dict[str, Row] = {}
    for row in loaded.website["social"]:
        network = row["network"].casefold()
        if loaded.within(row["date"]) and (network not in last or row["date"] >= last[network]["date"]):
            last[network] = row
    return sum(row["followers"] for row in last.values())


def distinct_places(loaded: Year, rows: Iterable[Row]) -> int:
    return len({loaded.places.distinct_place(row["city"], row["country"]) for row in rows} - {None})


def content_figures(loaded: Year) -> dict[str, Value | tuple[int, int]]:
    """Website, platforms and the registers of what was made or held in the year."""
    registers = loaded.registers

    def of_year(rows: Iterable[Row], column: str) -> list[Row]:
        return [row for row in rows if loaded.within(row[column])]

    statements = of_year(registers["policy_statements"], "issued_on")
    campaigns = of_year(registers["campaigns"], "starts_on")
    wmd = of_year(registers["wmd_activities"], "held_on")
    drawings = of_year(registers["drawings"], "received_on")
    videos = of_year(loaded.website["videos"], "published_on")
    publications = [
        row
        for row in of_year(loaded.website["publications"], "published_on")
        if row["origin"] == "metropolis"
    ]
    products = of_year(registers["learning_products"], "uploaded_on")
    initiatives = [
        row
        for row in loaded.initiatives.values()
        if row["status"] == "published" and row["uploaded_at"] <= loaded.last_day
    ]
    practices = [
        row
        for row in loaded.cases.values()
        if row["status"] == "published" and row["published_on"] <= loaded.last_day
    ]
    makers = [
        row
        for row in loaded.city_makers.values()
        if row["status"] == "active" and row["registered_on"] <= loaded.last_day
    ]
    return {
        "policy_statements": count(len(statements)),
        "policy_statements_gender": count(sum(row["gender_perspective"] for row in statements)),
        "campaigns": count(len(campaigns)),
        "campaigns_gender": count(sum(row["gender_approach"] for row in campaigns)),
        "wmd_activities": count(len({(row["activity"], row["held_on"]) for row in wmd})),
        "wmd_organisations": count(len({row["organiser"] for row in wmd})),
        "drawings": count(len({row["drawing_id"] for row in drawings})),
        "drawing_cities": count(distinct_places(loaded, drawings)),
        "social_followers": count(followers(loaded)),
        "videos": count(len(videos)),
        "videos_revitalisation": count(sum(row["project"].casefold() == REVITALISATION for row in videos)),
        "spaces_benchmarked": count(len({row["space"] for row in registers["indicators"]})),
        "pilot_projects": count(len({row["pilot"] for row in registers["pilots"]})),
        "egi_cities": count(distinct_places(loaded, registers["egi_cities"])),
        "observatories": count(
            sum(loaded.in_force(row["active_from"], row["active_to"]) for row in registers["observatories"])
        ),
        "publications": count(len(publications)),
        "publications_gender": count(sum(row["gender_perspective"] for row in publications)),
        "use_practices": count(len(practices)),
        "city_makers": count(len(makers)),
        "c4gh_initiatives": count(len(initiatives)),
        "c4gh_cities": count(distinct_places(loaded, initiatives)),
        "learning_products": count(len(products)),
        "learning_courses": count(sum(row["kind"] == "course" for row in products)),
        "learning_webinars": count(sum(row["kind"] == "webinar" for row in products)),
    }


def organisation_figures(loaded: Year) -> dict[str, Value | tuple[int, int]]:
    """Agreements, alliances, governance, gender mainstreaming and staff."""
    registers = loaded.registers
    signed = Counter(
        row["counterparty_type"] for row in registers["agreements"] if loaded.within(row["signed_on"])
    )
    partners = [row for row in registers["partners"] if loaded.in_force(row["active_from"], row["active_to"])]
    categories = Counter(row["category"] for row in partners)
    seats = [row for row in registers["governance"] if loaded.in_force(row["from_date"], row["to_date"])]
    regional = [row for row in seats if row["body"].casefold() == REGIONAL]
    known = [
        row["gender"] for row in seats if row["body"].casefold() != REGIONAL and row["gender"] != UNDISCLOSED
    ]
    actions = Counter(row["kind"] for row in registers["gender_actions"] if loaded.within(row["done_on"]))
    tools = [
        row
        for row in registers["gender_actions"]
        if row["kind"] == "tool" and row["done_on"] <= loaded.last_day
    ]
    activities = [row for row in registers["activities"] if loaded.within(row["held_on"])]
    return {
        "agreements_alliances": count(signed["alliance"]),
        "agreements_members": count(signed["member"]),
        "agreements_gender_clause": count(
            sum(
                row["gender_clause"] and loaded.in_force(row["signed_on"], row["ends_on"])
                for row in registers["agreements"]
            )
        ),
        "partners_strategic": count(categories["strategic"]),
        "partners_knowledge": count(categories["knowledge"]),
        "partners_granting": count(categories["granting"]),
        "gender_alliances": count(sum(row["gender_alliance"] for row in partners)),
        "governance_women_share": (known.count(WOMAN), len(known)),
        "regional_secretaries_women": count(sum(row["gender"] == WOMAN for row in regional)),
        "gender_research": count(actions["research"]),
        "ec_projects_gender": count(actions["ec_project"]),
        "gender_learning_programmes": count(actions["learning_programme"]),
        "gender_trainings": count(actions["training"]),
        "gender_tools": count(len(tools)),
        "projects_gender_coordination": count(
            len({row["project_code"] for row in registers["projects"] if row["gender_coordination"]})
        ),
        "activities_gender_share": (
            sum(row["gender_approach"] for row in activities),
            len(activities),
        ),
        "staff_women_share": women_share(
            row["gender"]
            for row in registers["staff"]
            if row["contract"] == "professional" and loaded.in_force(row["from_date"], row["to_date"])
        ),
    }


def money_figures(loaded: Year, entries: list[Row]) -> dict[str, Value | tuple[int, int]]:
    """Shares of one whole, of income by category and of expense by project."""
    posted = [row for row in entries if loaded.within(row["posting_date"])]
    funding = sums((row for row in posted if row["type"] in ("income", "payment")), "category")
    funds_use = sums((row for row in posted if row["type"] == "expense"), "project")
    figures: dict[str, Value | tuple[int, int]] = {}
    for pattern, parts in ((FUNDING_FIGURE, funding), (FUNDS_FIGURE, funds_use)):
        shares = largest_remainder(parts)
        whole = euros(sum(parts.values()))
        for figure in FIGURES:
            if found := pattern.fullmatch(figure):
                share = str(shares.get(found[1], 0)) if shares else ""
                figures[figure] = Value(share, euros(parts[found[1]]), whole)
    return figures


def all_figures(loaded: Year, done: Engagement, entries: list[Row]) -> list[tuple[str, str, str, str]]:
    found = {
        **membership_figures(loaded, done),
        **people_figures(loaded),
        **event_figures(loaded),
        **content_figures(loaded),
        **organisation_figures(loaded),
        **money_figures(loaded, entries),
    }
    assert set(found) == set(FIGURES), set(found) ^ set(FIGURES)
    rows = []
    for figure in FIGURES:
        result = found[figure]
        if isinstance(result, tuple):
            n, d = result
            result = Value(percentage(n, d, 1 if figure in ONE_DECIMAL else 0), str(n), str(d))
        rows.append((figure, result.value, result.numerator, result.denominator))
    return rows


# --------------------------------------------------------------------------------------------------
# The annex and the other tables
# --------------------------------------------------------------------------------------------------


def true_false(value: bool) -> str:
    return "true" if value else "false"


def annex_order(loaded: Year, done: Engagement) -> list[str]:
    return sorted(done.current, key=lambda member: (sort_name(loaded.members[member]["name"]), member))


def annex_activity(loaded: Year, done: Engagement) -> list[tuple[object, ...]]:
    return [
        (
            member, loaded.members[member]["name"], true_false(member in done.new), done.news[member],
            done.publications[member], done.mentions[member], done.use_cases[member],
            done.initiatives[member],
        )
        for member in annex_order(loaded, done)
    ]  # fmt: skip


def annex_engagement(loaded: Year, done: Engagement) -> list[tuple[object, ...]]:
    return [
        (
            member, loaded.members[member]["name"], true_false(member in done.new),
            true_false(member in done.activated), true_false(member in done.fee_paid),
            true_false(member in done.board), true_false(member in done.congress), done.bilateral[member],
            "&".join(sorted(done.pilots.get(member, ()))), true_false(member in done.indicators),
            done.capacity[member], true_false(member in done.wmd),
        )
        for member in annex_order(loaded, done)
    ]  # fmt: skip


def place_tables(loaded: Year) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The place texts that resolved, and those that did not."""
    resolved: list[tuple[object, ...]] = []
    unresolved: list[tuple[object, ...]] = []
    for (source, typed, country), rows in sorted(loaded.places.tally.items()):
        member, reason = loaded.places.resolve(typed, country)
        if member is not None:
            resolved.append((source, typed, country, loaded.members[member]["name"], rows))
        else:
            unresolved.append((source, typed, country, rows, reason))
    return resolved, unresolved


def source_table(run: Run) -> list[tuple[object, ...]]:
    rejected = Counter(source for source, *_ in run.quarantine)
    return [(s, c.read, c.loaded, rejected[s]) for s, c in sorted(run.sources.items())]


def write_table(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def write_year(out: Path, run: Run, loaded: Year) -> None:
    entries = standing_entries(run, loaded.ledger)
    done = engagement(loaded, entries)
    resolved, unresolved = place_tables(loaded)
    out.mkdir(parents=True, exist_ok=True)
    write_table(
        out / "figures.csv",
        "figure_id,value,numerator,denominator",
        all_figures(loaded, done, entries),
    )
    write_table(
        out / "annex_activity.csv",
        "member_id,member,is_new,news,publications,mentions,use_cases,c4gh_initiatives",
        annex_activity(loaded, done),
    )
    write_table(
        out / "annex_engagement.csv",
        "member_id,member,is_new,activated,fee_paid,board,annual_meeting,bilateral,pilot,indicators,"
        "capacity_building,wmd_organiser",
        annex_engagement(loaded, done),
    )
    write_table(out / "quarantine.csv", "source_file,source_line,field,reason_code", sorted(run.quarantine))
    write_table(out / "sources.csv", "source_file,rows_read,rows_loaded,rows_quarantined", source_table(run))
    write_table(out / "resolved_places.csv", "source_file,text,country,member,rows", resolved)
    write_table(out / "unresolved_places.csv", "source_file,text,country,rows,reason", unresolved)


def main() -> None:
    parser = argparse.ArgumentParser(description="Calculate one report year from the raw exports.")
    parser.add_argument("--raw", type=Path, required=True, help="folder that holds one folder a report year")
    parser.add_argument("--year", type=int, required=True, help="the report year")
    parser.add_argument("--out", type=Path, required=True, help="folder for the tables")
    arguments = parser.parse_args()
    folder = arguments.raw / str(arguments.year)
    if not folder.is_dir():
        parser.error(f"no folder {folder}")
    run, loaded = load_year(folder, arguments.year)
    write_year(arguments.out, run, loaded)


if __name__ == "__main__":
    main()
