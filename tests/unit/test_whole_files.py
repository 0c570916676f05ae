"""Files that are refused as a whole, rows missing from registers, and accepted losses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.ingest.causes import commonest_reason, likely_cause
from orchestration.ingest.errors import Finding, QuarantinedRow
from orchestration.ingest.verdict import ExportsRefused, refuse, sentences_of_refusal
from tests.support.landing import LandedYear, land_year

VIDEOS = "website/videos.csv"
ACCEPTED = "source_file,source_line,reason_code,reason,by,on\n"


@pytest.fixture
def land(exports: Path, tmp_path: Path) -> Callable[[], LandedYear]:
    return lambda: land_year(exports, tmp_path / "landing")


def videos(exports: Path, good: int, bad: int) -> None:
    """A register of so many readable rows, below as many rows with a date of another form."""
    rows = [f"Talk {at},{at % 28 + 1:02d}.03.2019,Project\n" for at in range(bad)]
    rows += [f"Film {at},2019-03-{at % 28 + 1:02d},Project\n" for at in range(good)]
    (exports / VIDEOS).write_text("title,published_on,project\n" + "".join(rows), encoding="utf-8")


def accept(exports: Path, *rows: str) -> None:
    (exports / "accepted.csv").write_text(ACCEPTED + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def refusals(landed: LandedYear) -> list[tuple[str, str]]:
    return [(each.code, each.source_file) for each in landed.findings if each.severity == "refuse"]


@pytest.mark.parametrize(
    ("good", "bad", "is_refused"),
    [(4, 4, False), (44, 5, True), (45, 5, False), (0, 5, True), (500, 50, False), (490, 55, True)],
)
def test_five_rows_and_more_than_a_tenth_are_a_file(
    exports: Path, land: Callable[[], LandedYear], good: int, bad: int, is_refused: bool
) -> None:
    videos(exports, good, bad)
    assert refusals(land()) == ([("file_wrong", VIDEOS)] if is_refused else [])


def test_a_file_that_is_wrong_is_told_with_its_reason_and_a_likely_cause(
    exports: Path, land: Callable[[], LandedYear]
) -> None:
    videos(exports, 10, 5)
    (finding,) = [each for each in land().findings if each.code == "file_wrong"]
    assert finding.message.startswith(
        "5 of 15 rows cannot be read, 5 of them for bad_date in published_on; probably another date form, dd.mm.yyyy."
    )
    assert "line 2" in finding.message


def test_accepted_rows_count_no_more(exports: Path, land: Callable[[], LandedYear]) -> None:
    videos(exports, 10, 5)
    accept(exports, f"{VIDEOS},2,bad_date,No day is known,Data desk,2020-01-20")
    landed = land()
    assert refusals(landed) == []
    assert sum(row.source_file == VIDEOS for row in landed.quarantined) == 5


def test_a_blank_line_accepts_all_rows_of_a_reason(exports: Path, land: Callable[[], LandedYear]) -> None:
    videos(exports, 0, 7)
    accept(exports, f"{VIDEOS},,bad_date,No day is known,Data desk,2020-01-20")
    assert refusals(land()) == []


@pytest.mark.parametrize(
    "row",
    [
        f"{VIDEOS},99,bad_date,Why,Data desk,2020-01-20",
        f"{VIDEOS},2,unknown_enum,Why,Data desk,2020-01-20",
        "website/nothing.csv,,bad_date,Why,Data desk,2020-01-20",
    ],
)
def test_a_row_that_accepts_what_is_not_there_refuses(
    exports: Path, land: Callable[[], LandedYear], row: str
) -> None:
    videos(exports, 10, 1)
    accept(exports, row)
    assert refusals(land()) == [("accepted_in_vain", "accepted.csv")]


@pytest.mark.parametrize("column", [3, 4, 5])
def test_an_acceptance_that_nobody_signs_accepts_nothing(
    exports: Path, land: Callable[[], LandedYear], column: int
) -> None:
    videos(exports, 10, 5)
    cells = [VIDEOS, "", "bad_date", "Why", "Data desk", "2020-01-20"]
    cells[column] = ""
    accept(exports, ",".join(cells))
    landed = land()
    assert refusals(landed) == [("file_wrong", VIDEOS)]
    assert [row.source_file for row in landed.quarantined].count("accepted.csv") == 1


@pytest.mark.parametrize("name", ["registers/members.csv", "events/programme.csv"])
def test_a_row_missing_from_the_spine_refuses_unless_it_is_accepted(
    exports: Path, land: Callable[[], LandedYear], name: str
) -> None:
    with (exports / name).open("a", encoding="utf-8") as stream:
        stream.write("X999,too few cells\n")
    line = len((exports / name).read_text(encoding="utf-8").splitlines())
    assert refusals(land()) == [("spine_row_missing", name)]
    accept(exports, f"{name},{line},column_count,It is no row,Data desk,2020-01-20")
    assert refusals(land()) == []


def test_registrations_of_no_event_are_reported_and_refuse_nothing(
    exports: Path, land: Callable[[], LandedYear]
) -> None:
    source = next((exports / "events/registrations").glob("*__zoom.csv"))
    source.rename(source.with_name("E2019-999__zoom.csv"))
    landed = land()
    assert refusals(landed) == []
    assert ("note", "file_without_event", "events/registrations/E2019-999__zoom.csv") in landed.codes()


# --- words -----------------------------------------------------------------------------------------


def row(line: int, reason_code: str, reason: str = "", field: str = "f") -> QuarantinedRow:
    return QuarantinedRow("x.csv", line, field, reason_code, reason)


def test_of_equally_common_reasons_the_first_in_the_file_is_named() -> None:
    rows = [row(9, "bad_date"), row(2, "unknown_enum"), row(3, "bad_date"), row(5, "unknown_enum")]
    assert commonest_reason(rows) == "unknown_enum"


@pytest.mark.parametrize(
    ("code", "reason", "cause"),
    [
        ("bad_date", 'held_on: "31/12/2021" is not a date yyyy-mm-dd', "numbers between slashes"),
        ("bad_date", 'posting_date: "2021-12-31" is not a date dd/mm/yyyy', "yyyy-mm-dd"),
        ("bad_date", 'held_on: "44561" is not a date yyyy-mm-dd', "serial numbers"),
        ("bad_date", 'held_on: "3 de febrero de 2021" is not a date yyyy-mm-dd', "Spanish"),
        ("bad_date", "Timestamp: the cell, of the form 99.99.9999 99:99, is not a time", "dd.mm.yyyy"),
        ("unknown_enum", 'status: "publié" is not one of published, draft', "French"),
        ("unknown_enum", "Role: the cell, a German word, is not one of organizer", "German"),
        ("unknown_enum", "Gender: the cell is not an answer of the vocabulary gender", "shifted"),
        ("bad_amount", 'amount: "-1.500,00" is not a number as 1.234,56', "below zero"),
        ("bad_amount", 'amount: "1,500.00" is not a number as 1.234,56', "1,234.56 for 1.234,56"),
        ("duplicate_entry", 'entry_no: "1" stands in an earlier row', "twice"),
    ],
)
def test_a_likely_cause_is_named(code: str, reason: str, cause: str) -> None:
    assert cause in likely_cause([row(2, code, reason)])


def test_a_cause_is_one_line_and_its_consequences_are_counted_beneath() -> None:
    findings = [
        Finding("refuse", "spine_row_missing", "events/programme.csv", "1 row is missing"),
        Finding("refuse", "refers_to_missing", "events/speakers.csv", "40 rows"),
        Finding("refuse", "refers_to_missing", "registers/meetings.csv", "20 rows"),
        Finding("note", "second_copy", "x.csv", "A copy"),
    ]
    cause, following = sentences_of_refusal(findings)
    assert cause == "events/programme.csv: 1 row is missing (secretariat)"
    assert "2 files refer" in following
    with pytest.raises(ExportsRefused, match="secretariat"):
        refuse(findings)


def test_what_refers_to_nothing_is_a_cause_where_no_other_is() -> None:
    findings = [Finding("refuse", "refers_to_missing", "events/speakers.csv", "40 rows")]
    assert sentences_of_refusal(findings) == ["events/speakers.csv: 40 rows (secretariat)"]


def test_notes_refuse_nothing() -> None:
    refuse([Finding("note", "second_copy", "x.csv", "A copy")])
