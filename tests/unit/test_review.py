"""The review: what is shown, exported and applied."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.commands.acceptance import apply_review
from orchestration.commands.common import WrongCall
from orchestration.commands.review import REVIEW_COLUMNS, export_review, print_review
from orchestration.ingest.normalise import normalise_text
from orchestration.paths import Home
from orchestration.release.tables import inert_text, write_csv
from orchestration.release_store import ReleaseStore
from tests.support.landing import Known, faults_of, load, rows_of

YEAR = 2019
MEMBERS = (
    ("M001", "Barcelona (City)", "ES", ("Barcelona", "Ajuntament de Barcelona")),
    ("M002", "Barcelona Area", "ES", ("Barcelona",)),
    ("M003", "Taipei", "TW", ("臺北",)),
    ("M004", "Lisbon", "PT", ("Lisboa",)),
)
PLACES = (
    ("use/cases.csv", "Lsibon", "PT", 2, "near_miss"),
    ("events/registrations/E1__zoom.csv", "  Lsibon ", "PT", 3, "near_miss"),
    ("website/news.csv", "Barcelona", "", 9, "ambiguous"),
    ("use/cases.csv", "Lisbon", "Narnia", 1, "near_miss"),
    ("use/cases.csv", "Kraków", "PL", 4, "not_a_member"),
    ("use/cases.csv", "=HYPERLINK(1)", "", 1, "not_a_member"),
    ("use/cases.csv", "'s-Gravenhage", "NL", 1, "not_a_member"),
    ("use/cases.csv", "Taipeh", "TW", 1, "near_miss"),
)
QUARANTINE = (
    ("fees/ledger.csv", 7, "amount", "bad_amount", 'amount: "0,00" is not a number above zero'),
    ("use/cases.csv", 9, "", "column_count", "The row has 3 cells, the header 10"),
    (
        "use/cases.csv",
        3,
        "status",
        "unknown_enum",
        'status: "n.d." is not one of published, draft, withdrawn',
    ),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one release: quarantined rows, unresolved places, names of members."""
    home = Home(tmp_path / "home")
    store = ReleaseStore(home, YEAR)
    name = store.next_name()
    folder = store.begin()
    places = [[inert_text(cell) for cell in row] + ["", ""] for row in PLACES]
    header = ["source_file", "text", "country", "rows", "reason", "suggestion", "score"]
    write_csv(folder / "unresolved_places.csv", header, places)
    header = ["source_file", "source_line", "field", "reason_code", "reason"]
    write_csv(folder / "quarantine.csv", header, QUARANTINE)
    names = [
        (member_id, member, normalise_text(name), code)
        for member_id, member, code, names in MEMBERS
        for name in (member, *names)
    ]
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(
            "create table member_names (member_id text, member text, name_key text, country_code text)"
        )
        connection.executemany("insert into member_names values (?, ?, ?, ?)", names)
    store.publish(folder, name, {})
    return home


@pytest.fixture
def registers(tmp_path: Path) -> Path:
    folder = tmp_path / "raw" / str(YEAR) / "registers"
    folder.mkdir(parents=True)
    members = [[i, name, code, "Europe", "2000-01-01", "", ""] for i, name, code, _ in MEMBERS]
    header = ["member_id", "name", "country", "region", "joined_on", "left_on", "board_member"]
    write_csv(folder / "members.csv", header, members)
    names = [[i, name, "en"] for i, _, _, names in MEMBERS for name in names]
    write_csv(folder / "member_names.csv", ["member_id", "name", "language"], names)
    return folder


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


# --- what is shown -----------------------------------------------------------------------------


def test_quarantine_is_shown_by_file_most_rows_first(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_review(home, YEAR) == 0
    shown = capsys.readouterr().out
    assert "Quarantine of 2019-r1: 3 rows" in shown
    assert "unknown_enum: 1 rows; the rule is that an answer is one of those that the contract lists" in shown
    table = [line.split()[:3] for line in shown.splitlines() if line.startswith(("use/", "fees/"))]
    assert table == [
        ["use/cases.csv", "3", "unknown_enum"],
        ["use/cases.csv", "9", "column_count"],
        ["fees/ledger.csv", "7", "bad_amount"],
    ]


def test_places_are_shown_most_rows_first_with_suggestions(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    print_review(home, YEAR)
    shown = capsys.readouterr().out.split("Unresolved places: 7 texts, 22 rows")[1]
    heads = [line for line in shown.splitlines() if " rows: " in line]
    assert heads[:4] == [
        "9 rows: Barcelona: ambiguous",
        "5 rows: Lsibon (PT): near_miss",
        "4 rows: Kraków (PL): not_a_member",
        "1 rows: Lisbon (Narnia): near_miss",
    ]
    assert "    100.0  M001 Barcelona (City): a name of this member, no country given" in shown
    assert "    94.0  M004 Lisbon: resembles its name “lisbon”, same country" in shown
    assert "    100.0  M004 Lisbon: a name of this member, but “Narnia” is no country" in shown


def test_a_review_needs_a_release(tmp_path: Path) -> None:
    with pytest.raises(WrongCall, match="there is no release of 2019"):
        print_review(Home(tmp_path), YEAR)
    with pytest.raises(WrongCall, match="there is no release of 2019"):
        export_review(Home(tmp_path), YEAR, tmp_path / "review.csv")
    assert not (tmp_path / "review.csv").exists()


def test_an_exported_review_opens_in_a_spreadsheet(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    assert export_review(home, YEAR, path) == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = read(path)
    assert list(rows[0]) == list(REVIEW_COLUMNS)
    assert [row["text"] for row in rows[:3]] == ["Barcelona", "Lsibon", "Kraków"]
    assert rows[1] | {"country": "PT", "rows": "5", "files": "2", "suggestion_1": "M004 Lisbon"} == rows[1]
    assert all(row["accept_as"] == row["language"] == "" for row in rows)
    assert {row["text"] for row in rows} >= {"'=HYPERLINK(1)", "'s-Gravenhage"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_an_export_that_cannot_be_written_is_said(home: Home, tmp_path: Path) -> None:
    with pytest.raises(WrongCall, match="cannot be written"):
        export_review(home, YEAR, tmp_path / "nowhere" / "review.csv")


# --- what is accepted --------------------------------------------------------------------------

Answer = Callable[..., int]


@pytest.fixture
def answer(home: Home, registers: Path, tmp_path: Path) -> Answer:
    """Fills in an exported review (text → accept_as) and applies it."""

    def apply(
        by: str | None = "Maria", delimiter: str = ",", encoding: str = "utf-8-sig", **said: str
    ) -> int:
        path = tmp_path / "review.csv"
        export_review(home, YEAR, path)
        rows = read(path)
        for row in rows:
            row["accept_as"] = said.get(row["text"].replace(" ", "_"), "")
        with path.open("w", encoding=encoding, newline="") as stream:
            writer = csv.DictWriter(stream, REVIEW_COLUMNS, delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
        return apply_review(tmp_path / "raw", YEAR, path, by)

    return apply


def test_nothing_is_accepted_by_itself(answer: Answer, registers: Path) -> None:
    before = (registers / "member_names.csv").read_bytes()
    assert answer() == 0
    assert (registers / "member_names.csv").read_bytes() == before


def test_an_accepted_name_enters_the_register_with_who_and_when(answer: Answer, registers: Path) -> None:
    assert answer(Lsibon="M004", Taipeh="M003 Taipei") == 0
    rows = read(registers / "member_names.csv")
    today = date.today().isoformat()
    assert rows[-2:] == [
        {
            "member_id": "M004",
            "name": "Lsibon",
            "language": "und",
            "accepted_by": "Maria",
            "accepted_on": today,
        },
        {
            "member_id": "M003",
            "name": "Taipeh",
            "language": "und",
            "accepted_by": "Maria",
            "accepted_on": today,
        },
    ]
    assert [row["accepted_by"] for row in rows[:-2]] == [""] * (len(rows) - 2)


def test_the_register_keeps_its_mode(answer: Answer, registers: Path) -> None:
    (registers / "member_names.csv").chmod(0o664)
    answer(Lsibon="M004")
    assert stat.S_IMODE((registers / "member_names.csv").stat().st_mode) == 0o664


def test_the_register_can_be_read_afterwards(answer: Answer, registers: Path) -> None:
    assert answer(Lsibon="M004") == 0
    known = Known(members=frozenset(member_id for member_id, *_ in MEMBERS))
    loaded = load("member_names", (registers / "member_names.csv").read_bytes(), known)
    assert (loaded.quarantined, loaded.findings) == ([], [])
    assert rows_of(loaded, "member_names")[-1]["name_key"] == "lsibon"


def test_applying_twice_changes_nothing_more(answer: Answer, registers: Path) -> None:
    answer(Lsibon="M004")
    before = (registers / "member_names.csv").read_bytes()
    assert answer(Lsibon="M004") == 0
    assert (registers / "member_names.csv").read_bytes() == before


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-8")])
def test_a_review_as_a_spreadsheet_saves_it(
    answer: Answer, registers: Path, delimiter: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answer(delimiter=delimiter, encoding=encoding, Kraków="M004") == 0
    assert read(registers / "member_names.csv")[-1]["name"] == "Kraków"


def test_apostrophes_of_a_name_stay_and_those_of_a_spreadsheet_go(answer: Answer, registers: Path) -> None:
    assert answer(**{"'s-Gravenhage": "M004", "'=HYPERLINK(1)": "M003"}) == 0
    assert {row["name"] for row in read(registers / "member_names.csv")} >= {"'s-Gravenhage", "=HYPERLINK(1)"}


@pytest.mark.parametrize("by", [None, "", "  "])
def test_a_name_is_accepted_in_somebodys_name(answer: Answer, registers: Path, by: str | None) -> None:
    before = (registers / "member_names.csv").read_bytes()
    with pytest.raises(WrongCall, match="--by"):
        answer(by=by, Lsibon="M004")
    assert (registers / "member_names.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"Lsibon": "M099"}, "“Lsibon”: M099 is no member_id"),
        ({"Lsibon": "Lisbon"}, "“Lsibon”: Lisbon is no member_id"),
        ({"Lisbon": "M003"}, "“Lisbon” is a name of M004"),
        ({"Barcelona": "M001"}, "“Barcelona” is a name of M002"),
    ],
)
def test_an_answer_that_would_do_harm_is_refused_with_all_others(
    answer: Answer,
    registers: Path,
    said: dict[str, str],
    message: str,
) -> None:
    before = (registers / "member_names.csv").read_bytes()
    with pytest.raises(WrongCall, match=message):
        answer(Taipeh="M003", **said)
    assert (registers / "member_names.csv").read_bytes() == before


def test_a_name_that_the_member_has_already_points_to_the_country(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(Lisbon="M004") == 0
    assert "1 are names of their members already: look at their countries" in capsys.readouterr().out


def test_a_file_that_is_no_review_is_refused(registers: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    for content in ("", "a,b\n1,2\n", "text\nLsibon\n"):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(WrongCall, match="expected an exported review"):
            apply_review(tmp_path / "raw", YEAR, path, "Maria")


def test_a_year_without_registers_names_what_is_missing(answer: Answer, registers: Path) -> None:
    (registers / "members.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"members\.csv"):
        answer(Lsibon="M004")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_the_register_keeps_its_form_and_its_faulty_rows(
    answer: Answer, registers: Path, end: str, last: bool
) -> None:
    path = registers / "member_names.csv"
    rows = [
        b"\xef\xbb\xbfmember_id,name,language", b"M003,\xe8\x87\xba\xe5\x8c\x97,zh", b"",
        b'M004,"Lis\nboa",pt', b"M004,x", b"M099,unknown,en", b"M004,\xff,en", b"M004,a,b,c,d",
    ]  # fmt: skip
    path.write_bytes(end.encode().join(rows) + (end.encode() if last else b""))
    known = Known(members=frozenset(member_id for member_id, *_ in MEMBERS))
    before = load("member_names", path.read_bytes(), known)
    assert answer(Taipeh="M003") == 0
    after = load("member_names", path.read_bytes(), known)
    assert faults_of(after) == faults_of(before)
    assert [code for *_, code in faults_of(after)] == [
        "column_count", "unknown_member", "invalid_utf8", "column_count",
    ]  # fmt: skip
    assert rows_of(after, "member_names")[:-1] == rows_of(before, "member_names")
    assert rows_of(after, "member_names")[-1]["name"] == "Taipeh"
    assert path.read_bytes().endswith(end.encode())
