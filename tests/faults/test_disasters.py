"""Faults in the folder of a healthy next year: each is refused or reported."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.ingest.errors import FINDINGS_BY_IMPORTANCE, Finding
from orchestration.ingest.history import recover_history
from orchestration.ingest.sources import SourceRefused
from orchestration.paths import PROJECT_FOLDER, Home
from tests.support.disasters import (
    REGISTRATIONS,
    Break,
    Disaster,
    cells_of,
    edited,
    emptied,
    english_number,
    exchanged,
    filed_again,
    garbled,
    halved,
    pasted_twice,
    refused,
    renamed,
    rows_of,
    saved_in,
    shifted_down,
    swapped,
    told,
    without,
    zoom_answers,
)
from tests.support.healthy_years import Row, read_rows, write_healthy_year, write_rows
from tests.support.landing import land_year
from tests.support.released import release_landed

LAST = PROJECT_FOLDER / "raw" / "2021"
MEMBERS, PROGRAMME, LEDGER = "registers/members.csv", "events/programme.csv", "fees/ledger.csv"
MEMBER_NAMES = "registers/member_names.csv"
ONE_ZOOM, OTHER_ZOOM = f"{REGISTRATIONS}/E2022-155__zoom.csv", f"{REGISTRATIONS}/E2022-039__zoom.csv"
ONE_TEAMS, OTHER_TEAMS = f"{REGISTRATIONS}/E2022-018__teams.csv", f"{REGISTRATIONS}/E2022-066__teams.csv"
EVENTBRITE = f"{REGISTRATIONS}/E2022-134__eventbrite.csv"
FORM = f"{REGISTRATIONS}/E2022-128__form.csv"
SIGNED = ("signed_on", "ends_on")


# --- what is particular to one disaster ------------------------------------------------------------


def ten_others(rows: list[Row]) -> list[Row]:
    """Ten members gone and ten others in their place."""
    return [
        *rows[:100],
        *([f"M9{at:02d}", f"Newtown {'ABCDEFGHIJ'[at]}", *rows[100 + at][2:]] for at in range(10)),
        *rows[110:],
    ]


def member_again(name: Callable[[str], str]) -> Break:
    """The first member a second time, under another id."""
    return rows_of(MEMBERS, lambda rows: [*rows, ["M998", name(rows[0][1]), *rows[0][2:]]])


def without_registrations(folder: Path, _: Path) -> None:
    shutil.rmtree(folder / REGISTRATIONS)


def registrations_gone(left: int) -> Break:
    """The registrations with so many files left."""

    def break_it(folder: Path, _: Path) -> None:
        for path in sorted((folder / REGISTRATIONS).iterdir())[left:]:
            path.unlink()

    return break_it


def initiatives_halved(folder: Path, _: Path) -> None:
    path = folder / "c4gh/initiatives.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))[::2]), encoding="utf-8")


def rates_of(currency: str, change: Callable[[str], str], most: int) -> Break:
    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / LEDGER, "cp1252", ";")
        entries = [row for row in rows if row[header.index("currency")] == currency]
        for row in entries[:most]:
            row[header.index("eur_rate")] = change(row[header.index("eur_rate")])
        write_rows(folder / LEDGER, header, rows, "cp1252", ";")

    return break_it


def amount_of(name: str, amount: str) -> Break:
    """The first entry of a ledger with another amount."""

    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / name, "cp1252", ";")
        rows[0][header.index("amount")] = amount
        write_rows(folder / name, header, rows, "cp1252", ";")

    return break_it


def expenses(change: Callable[[str], str]) -> Break:
    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / LEDGER, "cp1252", ";")
        for row in rows:
            if row[header.index("type")] == "expense":
                row[header.index("amount")] = change(row[header.index("amount")])
        write_rows(folder / LEDGER, header, rows, "cp1252", ";")

    return break_it


def ledger_twice(folder: Path, _: Path) -> None:
    header, rows = read_rows(folder / LEDGER, "cp1252", ";")
    write_rows(folder / LEDGER, header, [*rows, *rows], "cp1252", ";")


def ledger_renumbered(share: float) -> Break:
    """The first part of the ledger again, under other numbers."""

    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / LEDGER, "cp1252", ";")
        again = [["X" + row[0], *row[1:]] for row in rows[: int(share * len(rows))]]
        write_rows(folder / LEDGER, header, [*rows, *again], "cp1252", ";")

    return break_it


def sorted_alone(name: str, column: str) -> Break:
    """One column of an export sorted, and the others not."""

    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / name)
        at = header.index(column)
        for row, cell in zip(rows, sorted(row[at] for row in rows)[::-1], strict=True):
            row[at] = cell
        write_rows(folder / name, header, rows)

    return break_it


def all_saying(column: str, answer: str) -> Callable[[Row, dict[str, int]], None]:
    def change(row: Row, at: dict[str, int]) -> None:
        row[at[column]] = answer

    return change


def registered_a_year_before(row: list[str], at: dict[str, int]) -> None:
    row[at["Registration Time"]] = row[at["Registration Time"]].replace("2022", "2021")


def masked_address(row: list[str], at: dict[str, int]) -> None:
    name, _, domain = row[at["Email"]].partition("@")
    row[at["Email"]] = f"{name[:1]}***@{domain}"


def without_absent(folder: Path, _: Path) -> None:
    """Zoom's report without the rows of those who did not come."""
    lines = (folder / ONE_ZOOM).read_text(encoding="utf-8-sig").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("No,")]
    assert len(kept) < len(lines)
    (folder / ONE_ZOOM).write_text("".join(kept), encoding="utf-8-sig", newline="")


def without_eventbrite(folder: Path, _: Path) -> None:
    for path in (folder / REGISTRATIONS).glob("*__eventbrite.csv"):
        path.unlink()


def ledger_from_may(folder: Path, _: Path) -> None:
    header, rows = read_rows(folder / LEDGER, "cp1252", ";")
    at = header.index("posting_date")
    kept = [row for row in rows if row[at][3:5] >= "05"]
    write_rows(folder / LEDGER, header, kept, "cp1252", ";")


def registered_a_year_later(row: Row, at: dict[str, int]) -> None:
    moment = row[at["Registration Time"]]
    row[at["Registration Time"]] = moment.replace("2022", "2023")


def copied_with_a_row_more(source: str, target: str) -> Break:
    """An export of one event filed under another that has one of its own."""

    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / source)
        further = [cell.replace("@", "1@") for cell in rows[0]]
        write_rows(folder / target, header, [*rows, further])

    return break_it


def nobody(row: Row, at: dict[str, int]) -> None:
    row[at["Attended"]] = "No"


def shifted_gender(row: Row, at: dict[str, int]) -> None:
    row[at["Gender"]] = row[at["Country/Region"]] or "Spain"


def spanish_gender(row: Row, at: dict[str, int]) -> None:
    row[at["Attended"]] = {"Yes": "Sí"}.get(row[at["Attended"]], "No asistió")


DISASTERS = [
    refused(
        "members in Windows-1252", saved_in(MEMBERS, "cp1252"), "spine_row_missing", MEMBERS, "Windows-1252"
    ),
    refused(
        "news in Mac Roman",
        saved_in("website/news.csv", "mac_roman"),
        "SourceRefused",
        "website/news.csv",
        "Mac Roman",
    ),
    refused("ten members gone", without(10, MEMBERS), "export_shrank", MEMBERS, "never loses one"),
    refused("ten members gone for ten others", rows_of(MEMBERS, ten_others), "members_gone", MEMBERS, "M101"),
    refused("a member under two ids", member_again(str), "one_thing_twice", MEMBERS, "M001, M998"),
    refused(
        "a member under two ids, in capitals", member_again(str.upper), "one_thing_twice", MEMBERS, "M998"
    ),
    refused("no registrations folder", without_registrations, "SourceRefused", REGISTRATIONS, "no folder"),
    refused(
        "a registrations folder without a file",
        registrations_gone(0),
        "no_registrations",
        REGISTRATIONS,
        "last year had",
    ),
    told("most registrations gone", registrations_gone(8), "far_fewer_rows", REGISTRATIONS, "last year"),
    *(
        refused(
            f"{name} with a header alone", emptied(f"{name}.csv"), "export_shrank", f"{name}.csv", "0 rows"
        )
        for name in ("registers/leaders", "registers/partners", "registers/pilots", "events/speakers")
    ),
    refused("cases halved", halved("use/cases.csv"), "export_shrank", "use/cases.csv", "never loses one"),
    refused("half of the city makers", halved("use/city_makers.csv"), "export_shrank", "use/city_makers.csv"),
    refused("initiatives halved", initiatives_halved, "export_shrank", "c4gh/initiatives.json"),
    *(
        refused(
            f"{name} pasted twice, {'with' if header else 'without'} the header",
            pasted_twice(f"{name}.csv", with_header=header),
            "pasted_twice",
            f"{name}.csv",
        )
        for name in (
            "website/publications",
            "registers/agreements",
            "registers/governance",
            "registers/indicators",
        )
        for header in (True, False)
    ),
    refused(
        "half of an export pasted again",
        rows_of("registers/partners.csv", lambda rows: [*rows, *rows[8:]]),
        "pasted_twice",
        "registers/partners.csv",
    ),
    refused("the ledger pasted twice", ledger_twice, "file_wrong", LEDGER, "stands twice"),
    refused(
        "amounts as 1,234",
        cells_of(LEDGER, "amount", english_number, "cp1252", ";"),
        "amounts_with_three_decimals",
        LEDGER,
        "number form",
    ),
    refused(
        "amounts as 1,234.56",
        cells_of(LEDGER, "amount", lambda cell: cell.translate(str.maketrans(".,", ",.")), "cp1252", ";"),
        "file_wrong",
        LEDGER,
        "1,234.56 for 1.234,56",
    ),
    told(
        "a EUR entry with a rate of 1000",
        rates_of("EUR", lambda _: "1000", 1),
        "rows_in_quarantine",
        LEDGER,
        "bad_number",
    ),
    told(
        "a dollar entry with a rate of 845",
        rates_of("USD", lambda rate: rate.replace("0,", ""), 1),
        "rates_apart",
        LEDGER,
        "USD",
    ),
    refused(
        "an amount that no figure can hold",
        amount_of(LEDGER, "99999999999999,00"),
        "number_beyond_reason",
        LEDGER,
        "amount",
    ),
    refused(
        "an amount that no figure can hold in EUR",
        rates_of("USD", lambda _: "99999999", 13),
        "number_beyond_reason",
        LEDGER,
    ),
    refused(
        "followers beyond counting",
        cells_of("website/social.csv", "followers", lambda cell: cell + "0" * 12),
        "number_beyond_reason",
        "website/social.csv",
    ),
    refused("all expenses below zero", expenses("-{}".format), "file_wrong", LEDGER, "below zero"),
    refused("all expenses in brackets", expenses("({})".format), "file_wrong", LEDGER, "below zero"),
    refused(
        "published_on and updated_on exchanged",
        exchanged("use/cases.csv", "published_on", "updated_on"),
        "dates_contradict",
        "use/cases.csv",
        "exchanged",
    ),
    refused(
        "signed_on and ends_on exchanged",
        exchanged("registers/agreements.csv", *SIGNED),
        "dates_contradict",
        "registers/agreements.csv",
    ),
    refused(
        "the first and last days of events exchanged",
        exchanged(PROGRAMME, "start_date", "end_date"),
        "dates_contradict",
        PROGRAMME,
    ),
    refused(
        "from_date and to_date exchanged",
        exchanged("registers/leaders.csv", "from_date", "to_date"),
        "file_wrong",
        "registers/leaders.csv",
        "from_date",
    ),
    told("half of the news", halved("website/news.csv"), "far_fewer_rows", "website/news.csv", "last year"),
    told("half of the speakers", halved("events/speakers.csv"), "far_fewer_rows", "events/speakers.csv"),
    told(
        "two webinars under each other's event",
        swapped(ONE_ZOOM, OTHER_ZOOM),
        "titled_otherwise",
        ONE_ZOOM,
        "E2022-039",
    ),
    told(
        "two meetings under each other's event",
        swapped(ONE_TEAMS, OTHER_TEAMS),
        "titled_otherwise",
        OTHER_TEAMS,
        "E2022-018",
    ),
    told(
        "an event's export filed for another, with a row more",
        copied_with_a_row_more(EVENTBRITE, f"{REGISTRATIONS}/E2022-044__eventbrite.csv"),
        "people_of_another_event",
        EVENTBRITE,
        "E2022-044",
    ),
    told("nobody attended a webinar", zoom_answers(ONE_ZOOM, nobody), "nobody_attended", ONE_ZOOM),
    told(
        "nobody was checked in",
        cells_of(EVENTBRITE, "Attendee Status", lambda _: "Attending"),
        "nobody_attended",
        EVENTBRITE,
    ),
    told(
        "a file name in capitals",
        renamed(ONE_ZOOM, ONE_ZOOM.replace("E2022-155__zoom", "E2022-155__ZOOM")),
        "inexact_name",
        ONE_ZOOM.replace("zoom", "ZOOM"),
    ),
    told(
        "a file name with one underscore",
        renamed(ONE_ZOOM, ONE_ZOOM.replace("__", "_")),
        "inexact_name",
        ONE_ZOOM.replace("__", "_"),
    ),
    told(
        "a second download",
        renamed(ONE_ZOOM, ONE_ZOOM.replace(".csv", " (1).csv")),
        "inexact_name",
        ONE_ZOOM.replace(".csv", " (1).csv"),
    ),
    refused(
        "an export in capitals",
        renamed("website/news.csv", "website/News.csv"),
        "SourceRefused",
        "website/news.csv",
        "News.csv",
    ),
    told(
        "news read as Windows-1252 and saved again",
        garbled("website/news.csv", "cp1252"),
        "garbled_text",
        "website/news.csv",
    ),
    told(
        "publications read as Latin-1 and saved again",
        garbled("website/publications.csv", "latin-1"),
        "garbled_text",
        "website/publications.csv",
    ),
    refused(
        "members read as Windows-1252 and saved again", garbled(MEMBERS, "cp1252"), "garbled_text", MEMBERS
    ),
    told(
        "last year's staff filed again",
        filed_again("registers/staff.csv"),
        "same_as_last_year",
        "registers/staff.csv",
    ),
    refused(
        "last year's meetings filed again",
        filed_again("registers/meetings.csv"),
        "refers_to_missing",
        "registers/meetings.csv",
        "another year's export",
    ),
    refused(
        "names of members sorted alone", sorted_alone(MEMBERS, "name"), "members_renamed", MEMBERS, "sorted"
    ),
    told(
        "a member with another name",
        edited(MEMBERS, lambda text: text.replace("M001,Abidjan,", "M001,District of Abidjan,")),
        "members_renamed",
        MEMBERS,
        "M001 was Abidjan and is District of Abidjan",
    ),
    refused(
        "names of members a row too low",
        shifted_down(MEMBER_NAMES, "name"),
        "names_moved",
        MEMBER_NAMES,
        "sorted or shifted",
    ),
    told(
        "a name of one member given to another",
        edited(MEMBER_NAMES, lambda text: text.replace("M001,Abiyán,", "M002,Abiyán,")),
        "names_moved",
        MEMBER_NAMES,
        "Abiyán was M001 and is M002",
    ),
    told(
        "a name given to a second member",
        edited(MEMBER_NAMES, lambda text: f"{text}M002,Abiyán,es\n"),
        "names_lost",
        MEMBER_NAMES,
        "Abiyán was M001",
    ),
    told(
        "half of the names of members",
        halved(MEMBER_NAMES),
        "names_lost",
        MEMBER_NAMES,
        "not listed any more",
    ),
    told(
        "members of news between semicolons",
        cells_of("website/news.csv", "members", lambda cell: cell.replace("|", ";")),
        "places_unknown",
        "website/news.csv",
        "several in one cell",
    ),
    told(
        "dollars at a rate of 1", rates_of("USD", lambda _: "1", 13), "rate_of_one", LEDGER, "13 rows in USD"
    ),
    told(
        "an action plan done throughout",
        cells_of("registers/action_plan.csv", "status", lambda _: "done"),
        "column_uniform",
        "registers/action_plan.csv",
        'status says "done"',
    ),
    told(
        "genders of speakers a row too low",
        shifted_down("events/speakers.csv", "gender"),
        "column_shifted",
        "events/speakers.csv",
        "values of email stand beside more than one gender: was",
    ),
    told(
        "members that nobody has left",
        cells_of(MEMBERS, "left_on", lambda _: ""),
        "column_uniform",
        MEMBERS,
        "left_on is blank",
    ),
    told(
        "countries of members in three letters",
        cells_of(MEMBERS, "country", lambda cell: {"MX": "MEX"}.get(cell, cell)),
        "unknown_country",
        MEMBERS,
        '"MEX"',
    ),
    told(
        "countries of cases a row too low",
        shifted_down("use/cases.csv", "country"),
        "column_shifted",
        "use/cases.csv",
        "values of city",
    ),
    told(
        "news until September",
        rows_of("website/news.csv", lambda rows: [row for row in rows if row[2][5:7] < "10"]),
        "part_of_the_year",
        "website/news.csv",
        "ends on 2022-09-",
    ),
    told(
        "a ledger from May on",
        ledger_from_may,
        "part_of_the_year",
        LEDGER,
        "begins on 2022-05-",
    ),
    told(
        "a webinar without those who did not come",
        without_absent,
        "everybody_attended",
        ONE_ZOOM,
        "was the export filtered",
    ),
    told(
        "a webinar with masked addresses",
        zoom_answers(ONE_ZOOM, masked_address),
        "masked_addresses",
        ONE_ZOOM,
        "117 of 117 addresses are masked",
    ),
    told(
        "a webinar registered for a year before",
        zoom_answers(ONE_ZOOM, registered_a_year_before),
        "registered_too_early",
        ONE_ZOOM,
        "for an event of 2022-12-17",
    ),
    told(
        "no export of Eventbrite", without_eventbrite, "platform_without_files", REGISTRATIONS, "eventbrite"
    ),
    refused(
        "cases again under other ids",
        rows_of("use/cases.csv", lambda rows: [*rows, *([f"{row[0]}9", *row[1:]] for row in rows)]),
        "pasted_twice",
        "use/cases.csv",
        "under other numbers",
    ),
    refused(
        "a ledger again under other numbers",
        ledger_renumbered(1),
        "pasted_twice",
        LEDGER,
        "under other numbers",
    ),
    told(
        "a third of a ledger again under other numbers",
        ledger_renumbered(1 / 3),
        "pasted_twice",
        LEDGER,
        "under other numbers",
    ),
    told(
        "every event with a gender perspective",
        cells_of(PROGRAMME, "gender_perspective", lambda _: "yes"),
        "column_uniform",
        PROGRAMME,
        "gender_perspective says",
    ),
    told(
        "speakers without gender",
        cells_of("events/speakers.csv", "gender", lambda _: ""),
        "column_uniform",
        "events/speakers.csv",
        "gender is blank",
    ),
    told(
        "news without members",
        cells_of("website/news.csv", "members", lambda _: ""),
        "column_uniform",
        "website/news.csv",
        "members is blank",
    ),
    told(
        "a webinar without genders",
        zoom_answers(ONE_ZOOM, all_saying("Gender", "")),
        "column_uniform",
        ONE_ZOOM,
        "Gender is blank",
    ),
    told(
        "cities and countries exchanged",
        exchanged("use/cases.csv", "city", "country"),
        "no_countries",
        "use/cases.csv",
        "exchanged",
    ),
    told(
        "countries of members a row too low",
        shifted_down(MEMBERS, "country"),
        "column_shifted",
        MEMBERS,
        "sorted or shifted",
    ),
    told(
        "addresses and titles of news exchanged",
        exchanged("website/news.csv", "url", "title"),
        "no_addresses",
        "website/news.csv",
        "exchanged",
    ),
    told(
        "a webinar of which everybody was denied",
        zoom_answers(ONE_ZOOM, all_saying("Approval Status", "denied")),
        "nobody_registered",
        ONE_ZOOM,
        "denied",
    ),
    told(
        "a webinar registered for after it was over",
        zoom_answers(ONE_ZOOM, registered_a_year_later),
        "registered_too_late",
        ONE_ZOOM,
        "after the event was over",
    ),
    told(
        "a webinar under one address",
        zoom_answers(ONE_ZOOM, all_saying("Email", "team@example.org")),
        "one_address",
        ONE_ZOOM,
        "one address",
    ),
    refused(
        "last year's news filed again", filed_again("website/news.csv"), "another_year", "website/news.csv"
    ),
    refused(
        "a webinar's genders are its countries",
        zoom_answers(ONE_ZOOM, shifted_gender),
        "file_wrong",
        ONE_ZOOM,
        "Gender",
    ),
    refused(
        "a webinar exported in Spanish",
        zoom_answers(ONE_ZOOM, spanish_gender),
        "file_wrong",
        ONE_ZOOM,
        "Spanish",
    ),
    refused(
        "a form with other dates",
        cells_of(FORM, "Timestamp", lambda cell: cell.replace("/", "."), "utf-8-sig", ";"),
        "file_wrong",
        FORM,
        "dd.mm.yyyy",
    ),
    refused(
        "a programme in Spanish",
        cells_of(PROGRAMME, "kind", lambda kind: {"webinar": "seminario"}.get(kind, kind)),
        "file_wrong",
        PROGRAMME,
        "Spanish",
    ),
    refused(
        "an event of a kind that nobody knows",
        edited(PROGRAMME, lambda text: text.replace(",webinar,", ",gala,", 1)),
        "spine_row_missing",
        PROGRAMME,
        "gala",
    ),
]


# --- the year that is broken -----------------------------------------------------------------------


@dataclass(frozen=True)
class Office:
    """A home with last year's release, and this year's healthy exports as they landed."""

    exports: Path
    landing: Path
    home: Home

    def findings(self, break_it: Break, folder: Path) -> list[Finding]:
        """The findings of the broken year, refused files included."""
        exports = folder / "raw" / "2022"
        shutil.copytree(self.exports, exports)
        shutil.copytree(self.landing, folder / "landing")
        break_it(exports, LAST)
        try:
            return land_year(exports, folder / "landing", self.home).findings
        except SourceRefused as error:
            return [
                Finding("refuse", "SourceRefused", each.source_file, f"{each.found}; {each.expected}")
                for each in error.refusals
            ]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    home = Home(folder / "home")
    release_landed(land_year(LAST, folder / "landing-of-2021"), home)
    exports = folder / "raw" / "2022"
    write_healthy_year(LAST, exports, seed=0)
    landed = land_year(exports, folder / "landing-of-2022", home)
    assert not [each for each in landed.findings if each.severity == "refuse"]
    return Office(exports, folder / "landing-of-2022", home)


def test_every_finding_of_a_disaster_is_documented_in_its_place() -> None:
    codes = {each.code for each in DISASTERS} - {"SourceRefused"}
    assert codes <= FINDINGS_BY_IMPORTANCE.keys()


@pytest.mark.parametrize("disaster", DISASTERS, ids=lambda each: each.name)
def test_a_disaster_is_refused_or_told(office: Office, disaster: Disaster, tmp_path: Path) -> None:
    findings = office.findings(disaster.break_it, tmp_path)
    found = [each for each in findings if (each.code, each.source_file) == (disaster.code, disaster.file)]
    assert found, [(each.severity, each.code, each.source_file, each.message) for each in findings]
    assert any(disaster.said in each.message for each in found), [each.message for each in found]
    assert {each.severity for each in found} == {"refuse" if disaster.is_refused else "note"}


def test_what_shrank_is_seen_where_the_link_to_the_last_release_is_gone(
    office: Office, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(office.home.folder, home.folder, symlinks=True)
    (home.releases(2021) / "latest").unlink()
    recover_history(home, 2022)
    findings = Office(office.exports, office.landing, home).findings(halved("use/cases.csv"), tmp_path)
    assert [each.source_file for each in findings if each.code == "export_shrank"] == ["use/cases.csv"]


def test_a_loss_that_is_declared_is_no_disaster(office: Office, tmp_path: Path) -> None:
    def declared(folder: Path, last: Path) -> None:
        without(10, MEMBERS)(folder, last)
        rows = [len(read_rows(each / MEMBERS)[1]) for each in (last, folder)]
        text = f"source_file,{MEMBERS},{rows[0]},{rows[1]},Ten test rows taken out,secretariat,2023-01-31\n"
        (folder / "restatements.csv").write_text(f"kind,key,old,new,reason,by,on\n{text}", encoding="utf-8")

    findings = office.findings(declared, tmp_path)
    assert not [each for each in findings if each.code in ("export_shrank", "members_gone")]
