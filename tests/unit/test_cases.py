"""Exports in formats that the platforms really write: each is read as its right values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingest.contracts import REGISTRATION_FILE, Contract, load_contracts
from orchestration.ingest.counting import count_records
from orchestration.ingest.errors import FileRefused
from orchestration.ingest.layout import Layout, Surroundings
from orchestration.ingest.loader import LoadedFile, load_file
from tests.support.landing import PSEUDONYMS, faults_of, rows_of

CASES = Path(__file__).parent.parent / "cases"
CONTRACTS = load_contracts()
BY_PLATFORM: dict[str | None, Contract] = {
    contract.per_event: contract for contract in CONTRACTS.values() if contract.per_event
}


@dataclass(frozen=True)
class Case:
    """Expected result of a file: rows read and loaded, faults by line, column values, codes of findings."""

    read: int
    faults: dict[int, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)


def times(day: str, *clocks: str) -> list[str]:
    return [f"{day} {clock}" for clock in clocks]


ATTENDED = {"attended": ["yes"] * 3}
IN_JUNE = times("2021-06-22", "15:02:11", "15:05:00", "15:05:00")
LOADED = {
    "zoom-numeric-24h": Case(3, values=ATTENDED | {"joined_at": ["2021-12-17 15:02:00"] * 3}),
    "zoom-blank-approval": Case(
        3, values={"approval_status": [None, None, "approved"], "attended": ["yes", "yes", "no"]}
    ),
    "zoom-negative-minutes": Case(2, values={"minutes_in_session": [-60, 85]}),
    "zoom-padded-quoted-header": Case(2, values={"attended": ["no", "yes"]}, findings={"unknown_column": 3}),
    "zoom-stray-quote": Case(8, {10: "stray_quote"}),
    "zoom-stray-quote-same-column": Case(8, {10: "stray_quote"}),
    "zoom-nobody-came": Case(0, findings={"no_rows": 1}),
    "zoom-narrow-space": Case(2, values={"registered_at": ["2021-12-08 15:20:00"] * 2}),
    "zoom-two-sessions": Case(2, values={"attended": ["yes", "yes"]}),
    "teams-english-us": Case(
        4, {13: "missing_required"}, {"role": ["attendee", "attendee", "organizer"], "joined_at": IN_JUNE}
    ),
    "teams-day-first-12h": Case(3, values={"joined_at": IN_JUNE, "role": ["attendee"] * 3}),
    "teams-day-first-12h-ambiguous": Case(
        2, values={"joined_at": times("2021-05-09", "15:02:11", "15:05:00")}
    ),
    "teams-dotted": Case(3, values={"joined_at": IN_JUNE}),
    "teams-utf16be-no-bom": Case(3, values={"role": ["organizer", "presenter", "attendee"]}),
    "teams-engagement": Case(3, {13: "missing_required"}, {"role": ["attendee"] * 2}, {"unknown_column": 5}),
    "eventbrite-us-dates": Case(
        3,
        values={
            "attendee_status": ["checked in", "attending", "checked in"],
            "registered_at": ["2021-11-29 22:28:00", "2021-11-29 22:54:00", "2021-09-26 19:05:00"],
        },
        findings={"unknown_column": 14},
    ),
    "eventbrite-surname-date-only": Case(
        3,
        values={"attendee_status": ["checked in", "attending", "not attending"]},
        findings={"unknown_column": 14},
    ),
    "form-cp1252-few": Case(4, dict.fromkeys((2, 3, 4), "invalid_utf8"), findings={"another_encoding": 1}),
    "form-email-forms": Case(
        8,
        dict.fromkeys((8, 9), "missing_required"),
        {"person_key": [PSEUDONYMS.pseudonym("nea@example.org")] * 6},
    ),
    "form-stray-quote-place": Case(
        6, dict.fromkeys((3, 6), "stray_quote"), {"place_text": ["Madrid", "Madrid", "Barcelona", "Madrid"]}
    ),
    "ledger-stray-quote": Case(
        5, {2: "stray_quote"}, {"counterparty_text": ["Sofia", "Berlin", 'Dakar "Ville"', "Accra"]}
    ),
    "ledger-decimal-point-rate": Case(
        5, dict.fromkeys((2, 3, 4), "bad_number") | dict.fromkeys((5, 6), "bad_amount")
    ),
    "ledger-nbsp-thousands": Case(5, dict.fromkeys(range(2, 7), "bad_amount")),
    "ledger-xlsx-date-formats": Case(
        13,
        dict.fromkeys((8, 9, 10), "bad_date") | {11: "bad_amount", 14: "missing_required"},
        {"posting_date": ["2021-02-01"] * 8},
    ),
    "ledger-xlsx-1904": Case(1, values={"posting_date": ["2021-02-01"]}),
}
# What a refusal says of the file.
REFUSED = {
    "zoom-without-registration": [
        "a header without Country/Region, Registration Time, Approval Status, Gender, Which metropolis do you",
    ],
    "zoom-tab-separated": ["cells separated by tabs, where commas are expected"],
    "zoom-participant-list": ["Zoom's participant list, not the Attendee Report"],
    "teams-german": ["1. Zusammenfassung, 2. Teilnehmer", "a header without First Join, Last Leave, Role"],
    "teams-legacy-list": [
        "the first cells Full Name, User Action, Timestamp",
        "Teams' attendance list of 2020",
    ],
    "teams-comma": ["cells separated by commas, where tabs are expected"],
    "eventbrite-new-export": ["Eventbrite's newer attendee report", "a header without Order #, Email"],
    "google-form": ["answers of Google Forms", "a header without Timestamp, Email, Gender"],
    "form-cp1252": ["6 rows that are no such text and none that is, probably Windows-1252; expected utf-8"],
    "ledger-sep-line": ["Excel's line sep= before the header"],
    "ledger-utf8": ["found utf-8 text; expected cp1252"],
}


def arguments(path: Path) -> tuple[bytes, str, Contract, Surroundings]:
    """How a case's file is read in its year."""
    name = f"events/registrations/{path.name}"
    match = REGISTRATION_FILE.match(name)
    contract = BY_PLATFORM[match["platform"]] if match else CONTRACTS["ledger"]
    events = frozenset({match["event_id"]} if match else ())
    surroundings = Surroundings({"programme": events}, PSEUDONYMS, match and match["event_id"])
    return path.read_bytes(), name if match else f"fees/{path.name}", contract, surroundings


def read(case: str) -> tuple[LoadedFile, str]:
    """The one file of a case, and its source; the count of its records agrees with its reader."""
    (path,) = (CASES / case).iterdir()
    content, name, contract, surroundings = arguments(path)
    loaded = load_file(content, name, contract, surroundings)
    counted = count_records(
        content, name, contract, lambda header: Layout(contract, header, name, surroundings, is_lenient=True)
    )
    assert counted in (None, loaded.rows_read)
    return loaded, contract.source


def plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


@pytest.mark.parametrize("case", LOADED)
def test_an_export_that_loads(case: str) -> None:
    loaded, source = read(case)
    expected = LOADED[case]
    assert loaded.rows_read == expected.read
    assert {line: reason for line, _, reason in faults_of(loaded)} == expected.faults
    assert loaded.rows_loaded == expected.read - len(expected.faults)
    rows = rows_of(loaded, source)
    assert {name: [plain(row[name]) for row in rows] for name in expected.values} == expected.values
    assert Counter(finding.code for finding in loaded.findings) == expected.findings


@pytest.mark.parametrize("case", REFUSED)
def test_an_export_that_is_refused_says_what_was_found(case: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read(case)
    for said in REFUSED[case]:
        assert said in str(caught.value)


def test_files_of_the_sample_with_stray_quotes() -> None:
    outcomes = {}
    for path in (CASES / "sample-year-stray-quotes").iterdir():
        loaded = load_file(*arguments(path))
        outcomes[path.name] = loaded.rows_read, sum("stray" in fault[2] for fault in faults_of(loaded))
    assert outcomes == {"E2021-018__teams.csv": (26, 1), "ledger.csv": (447, 1)}


def test_files_of_the_sample_with_dates_in_another_form() -> None:
    outcomes = {}
    for path in (CASES / "sample-year-other-date-form").iterdir():
        loaded = load_file(*arguments(path))
        outcomes[path.name] = loaded.rows_read, loaded.rows_loaded
    assert outcomes == {"E2021-134__eventbrite.csv": (657, 657), "E2021-100__teams.csv": (46, 46)}


def test_every_case_is_asked() -> None:
    others = {"sample-year-stray-quotes", "sample-year-other-date-form"}
    assert {path.name for path in CASES.iterdir() if path.is_dir()} == LOADED.keys() | REFUSED.keys() | others
