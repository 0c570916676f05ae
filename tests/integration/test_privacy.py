"""No personal data leaves the landing: searches every byte of a home after good and failed builds."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import msgpack
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.errors import FileRefused
from orchestration.ingest.pseudonyms import KEY_VARIABLE, Pseudonymiser, load_or_make_key
from orchestration.ingest.sources import source_paths
from orchestration.paths import DBT_FOLDER
from tests.conftest import SMALL_YEAR, Warehouse
from tests.support.disclosure import contents, found_in
from tests.support.faults import find_faults, inject_faults
from tests.support.landing import land_year, split_records
from tests.support.year_factory import write_year

ADDRESS = "zuleika.quetzalcoatl@example.org"
NAME = "Zuleika Quetzalcoatl"
SLIPPED = ("Zuleika", "Quetzalcoatl", "zuleika.quetzalcoatl")
# Somebody whose address stands where nobody is asked for one, in every way of writing it.
STRANGER = "xenobia.elsewhere"
WRITTEN = (
    f"{STRANGER}@example.com", f"Lisbon {STRANGER.upper()}＠example.com", f"{STRANGER}﹫example.com",
    f"{STRANGER} @ example.com", f"{STRANGER}&#64;example.com", f"{STRANGER}&commat;example.com",
    f"x%20{STRANGER}%40example.com", f"'{STRANGER}@example.com'", f'"{STRANGER}@example.com", Porto',
    f"{STRANGER}\u200b@\u00a0example.com", f"<a href=mailto:{STRANGER}@example.com>",
)  # fmt: skip
FORGOTTEN = "Basilio.Forgettable@example.net"
REGISTRATIONS = "events/registrations"
FORMULAS = ("=1+1", "+1+cmd|x", "-1+1", "@SUM(A1)", '=HYPERLINK("http://example.org","x")', "\t=1")


# --- an evil year -------------------------------------------------------------------------------


def first_of(exports: Path, platform: str) -> Path:
    """A registrations file of an event that loads."""
    refused = {fault.source_file for fault in find_faults(exports, SMALL_YEAR) if fault.field == "event_id"}
    paths = sorted((exports / REGISTRATIONS).glob(f"*__{platform}.csv"))
    return next(path for path in paths if f"{REGISTRATIONS}/{path.name}" not in refused)


def header_of(path: Path, first_cell: str, delimiter: str) -> list[str]:
    """The header line that holds a column."""
    rows = csv.reader(
        path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), delimiter=delimiter
    )
    return next(row for row in rows if first_cell in [cell.strip() for cell in row])


def rows_with(header: list[str], good: dict[str, str], *spoilt: dict[str, str]) -> Iterator[list[str]]:
    """Rows of a person, each with other cells than the good ones."""
    for change in spoilt:
        yield [{**good, **change}.get(name.strip(), "") for name in header]


def plant_zoom(exports: Path) -> None:
    """Zoom rows of the person, wrong in every way."""
    path = first_of(exports, "zoom")
    header = header_of(path, "Approval Status", ",")
    good = {
        "Attended": "Yes", "User Name (Original Name)": NAME, "First Name": SLIPPED[0], "Last Name": SLIPPED[1],
        "Email": ADDRESS, "Country/Region": "Spain", "Registration Time": f"Feb 16, {SMALL_YEAR} 03:52:10 PM",
        "Approval Status": "approved", "Join Time": "--", "Leave Time": "--",
        "Time in Session (minutes)": "--", "Gender": "Woman",
    }  # fmt: skip
    place = "Which metropolis do you represent?"
    free = ("Email", "User Name (Original Name)", "Country/Region")
    spoilt = [{name: text} for name in good if name not in free for text in (NAME, ADDRESS)]
    slipped = ({place: ADDRESS, "Country/Region": ADDRESS}, {place: NAME}, {"Country/Region": NAME.upper()})
    rows = list(rows_with(header, good, *spoilt, *slipped, {"Email": ""}))
    rows += [rows[0][:4], [*rows[0], NAME], [NAME], [ADDRESS, NAME]]
    forgotten = {"Email": FORGOTTEN, "User Name (Original Name)": "Basilio Forgettable"}
    rows += list(rows_with(header, good, forgotten, {**forgotten, "Gender": "Man"}))
    head, _, tail = path.read_bytes().partition(b"\nOther Attended")
    lines = "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in rows).encode()
    garbled = ",".join(rows[0]).encode() + b"\xff\r\n"
    path.write_bytes(head.rstrip() + b"\r\n" + lines + garbled + (b"Other Attended" + tail if tail else b""))


def plant_others(exports: Path) -> None:
    """Plants the person in the other exports: unexpected cells, a header, column names."""
    form = first_of(exports, "form")
    with form.open("a", encoding="utf-8", newline="") as stream:
        stream.write(f"{NAME};{ADDRESS};{NAME};{NAME};{NAME};{NAME};{ADDRESS};{ADDRESS};{NAME}\r\n")
        stream.write(f"16/02/{SMALL_YEAR} 10:12;{ADDRESS};{NAME};;;;;{ADDRESS};;{NAME}\r\n")
    orders = first_of(exports, "eventbrite")
    text = orders.read_text(encoding="utf-8", errors="surrogateescape")
    head, _, rows = text.partition("\n")
    end = "\r" if head.endswith("\r") else ""
    marked = [
        f"{line},\r" if line.endswith("\r") else f"{line}," for line in rows.split("\n") if line.strip()
    ]
    width = head.count(",") + 1
    marked.append(",".join([ADDRESS, NAME] * width)[: 60 * width])
    orders.write_text(
        "\n".join([f"{head.rstrip()},Questions? {ADDRESS}{end}", *marked]) + "\n",
        encoding="utf-8",
        errors="surrogateescape",
        newline="",
    )
    with (exports / "events/speakers.csv").open("a", encoding="utf-8", newline="") as stream:
        header = header_of(exports / "events/speakers.csv", "full_name", ",")
        rows_ = [[NAME] * len(header), [ADDRESS] * len(header), [NAME, ADDRESS]]
        csv.writer(stream, lineterminator="\n").writerows(rows_)
    stray = exports / REGISTRATIONS / f"E{SMALL_YEAR}-999__zoom.csv"
    stray.write_text(
        f"Attendee Report\nAttendee Details\n{NAME},{ADDRESS}\n{ADDRESS},{NAME}\n", encoding="utf-8"
    )


def plant_formulas(exports: Path) -> None:
    """Plants formulas in every free text that is released."""
    members = exports / "registers/members.csv"
    with members.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    at = [name.strip() for name in rows[0]].index("name")
    for row, formula in zip(rows[3:5], FORMULAS, strict=False):
        row[at] = formula
    with members.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    for name, values in {
        "events/programme.csv": {"title": FORMULAS},
        "use/cases.csv": {"city": FORMULAS, "country": FORMULAS},
        "registers/drawings.csv": {"drawing_id": FORMULAS, "city": FORMULAS},
        "registers/action_plan.csv": {"title": FORMULAS},
    }.items():
        append_changed(exports / name, values)


def plant_elsewhere(exports: Path) -> None:
    """Addresses in the sources that are not of people, and in names of columns."""
    for name, columns in {
        "events/programme.csv": ("title", "city", "country"),
        "use/cases.csv": ("title", "city", "country", "themes", "summary"),
        "use/city_makers.csv": ("organisation", "city", "country"),
        "registers/drawings.csv": ("drawing_id", "city", "country"),
        "registers/meetings.csv": ("member",),
        "registers/wmd_activities.csv": ("activity", "organiser", "member"),
        "registers/action_plan.csv": ("title",),
        "website/news.csv": ("url", "title", "members"),
        "website/publications.csv": ("title", "mentions"),
        "website/videos.csv": ("title",),
    }.items():
        values: dict[str, tuple[str, ...]] = dict.fromkeys(columns, WRITTEN)
        if name in ("website/publications.csv", "website/videos.csv"):
            # Their titles become the same; rows that repeat others would be an export pasted twice.
            values["published_on"] = tuple(f"{SMALL_YEAR}-03-{at + 1:02d}" for at in range(len(WRITTEN)))
        append_changed(exports / name, values)
    path = exports / "c4gh/initiatives.json"
    initiatives = json.loads(path.read_text(encoding="utf-8"))
    for number, text in enumerate(WRITTEN):
        copy = {
            "id": f"9{number:05}",
            "title": text,
            "city": text,
            "country": text,
            "themes": [text],
            text: text,
        }
        initiatives.append({**initiatives[-1], **copy})
    path.write_text(json.dumps(initiatives, ensure_ascii=False), encoding="utf-8")
    with (exports / "fees/ledger.csv").open("a", encoding="cp1252", errors="xmlcharrefreplace") as stream:
        for number, text in enumerate(WRITTEN):
            kind = ("income;membership_fee", "income;alliance_other", "payment;membership_fee")[number % 3]
            cell = text.replace('"', '""')
            stream.write(f'99{number:05};01/02/{SMALL_YEAR};{kind};"{cell}";;{SMALL_YEAR};10,00;EUR;1;\n')


def plant_names_of_files(exports: Path) -> None:
    """Addresses in the names of files that are read and of those that are not."""
    for name in (f"use/{WRITTEN[0]}.csv", f"{REGISTRATIONS}/{WRITTEN[0]}__form.csv", f"{WRITTEN[4]}.txt"):
        (exports / name).write_text("Timestamp;Email\n", encoding="utf-8")


def append_changed(path: Path, values: Mapping[str, tuple[str, ...]]) -> None:
    """Adds copies of a file's last row with other cells."""
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        header, *rows = csv.reader(stream)
    good = next(row for row in reversed(rows) if len(row) == len(header) and "\ufffd" not in "".join(row))
    names = [name.strip() for name in header]
    keys = ("case_id", "drawing_id", "code", "user_id", *(("event_id",) if path.stem == "programme" else ()))
    key = next((at for at, name in enumerate(names) if name in keys), None)
    copies = []
    for number, cells in enumerate(zip(*values.values(), strict=True)):
        row = list(good)
        if key is not None:
            row[key] = f"{row[key].strip()}x{number}"
        for name, cell in zip(values, cells, strict=True):
            row[names.index(name)] = cell
        copies.append(row)
    with path.open("a", encoding="utf-8", newline="") as stream:
        if not path.read_bytes().endswith(b"\n"):
            stream.write("\n")
        csv.writer(stream, lineterminator="\n").writerows(copies)


def people_of(exports: Path) -> set[str]:
    """Every address and full name in the exports of people, by what their columns are."""
    words = set()
    for contract in load_contracts().values():
        if not contract.personal:
            continue
        for path in source_paths(contract, exports):
            name = path.relative_to(exports).as_posix()
            try:
                records = split_records(path.read_bytes(), name, contract)
            except FileRefused:
                continue
            names = [cell.strip().casefold() for cell in records[0].header] if records else []
            cells: dict[str, list[str]] = {}
            for column in contract.columns:
                if column.type in ("email", "personal"):
                    at = [names.index(h.casefold()) for h in column.headers if h.casefold() in names]
                    cells[column.name] = [
                        record.cells[at[0]].strip() if at and len(record.cells) > at[0] else ""
                        for record in records
                    ]
                    words |= set(cells[column.name])
            if {"first_name", "last_name"} <= cells.keys():
                both = zip(cells["first_name"], cells["last_name"], strict=True)
                words |= {f"{first} {last}" for first, last in both if first and last}
    addresses = {word for word in words if re.fullmatch(r"\S+@example\.(org|com|net)", word.lower())}
    full_names = {word for word in words if " " in word and "@" not in word}
    local_parts = {address.partition("@")[0] for address in addresses}
    return addresses | full_names | local_parts


@pytest.fixture(scope="module")
def evil(released: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A released year with 40 faults, planted personal data, and formulas."""
    folder = tmp_path_factory.mktemp("evil")
    warehouse = Warehouse(folder / "raw", folder / "home")
    warehouse.take_parsed_project(released)
    write_year(warehouse.exports, SMALL_YEAR, seed=41, members=12, registrations=150)
    plant_elsewhere(warehouse.exports)
    plant_formulas(warehouse.exports)
    inject_faults(warehouse.exports, SMALL_YEAR, seed=41)
    plant_zoom(warehouse.exports)
    plant_others(warehouse.exports)
    plant_names_of_files(warehouse.exports)
    accept_losses(warehouse, folder / "aside")
    result = warehouse.build()
    assert result.returncode == 0, result.stderr
    (folder / "said.txt").write_text(result.stdout + result.stderr, encoding="utf-8")
    return warehouse


def accept_losses(warehouse: Warehouse, aside: Path) -> None:
    """Accepts every row in quarantine, as somebody would who knows that the year is full of faults."""
    rows = land_year(warehouse.exports, aside).rows("quarantine")
    with (warehouse.exports / "accepted.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["source_file", "source_line", "reason_code", "reason", "by", "on"])
        for row in rows:
            known = (row["source_file"], row["source_line"], row["reason_code"])
            writer.writerow([*known, "Planted", "data engineering", f"{SMALL_YEAR + 1}-02-01"])


# --- the search ---------------------------------------------------------------------------------


def test_what_is_planted_arrives_at_the_readers(evil: Warehouse) -> None:
    with (evil.latest / "quarantine.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    by_platform = {
        name: [r for r in rows if f"__{name}.csv" in r["source_file"]] for name in ("zoom", "form")
    }
    assert len(by_platform["zoom"]) >= 15
    assert len(by_platform["form"]) >= 2
    assert len([row for row in rows if row["source_file"] == "events/speakers.csv"]) >= 3
    texts = (evil.latest / "unresolved_places.csv").read_text(encoding="utf-8")
    assert "(address)" in texts and "(name)" in texts
    with (evil.latest / "sources.csv").open(encoding="utf-8", newline="") as stream:
        by_file = {row["source_file"]: row for row in csv.DictReader(stream)}
    assert f"{REGISTRATIONS}/(address)" in by_file
    rows_read = {name: int(by_file[name]["rows_read"]) for name in ("use/city_makers.csv", "fees/ledger.csv")}
    assert all(rows >= len(WRITTEN) for rows in rows_read.values())
    landing = evil.home / "landing" / str(SMALL_YEAR)
    for name in ("programme", "cases", "city_makers", "drawings", "meetings", "wmd_activities", "action_plan",
                 "news", "news_members", "publications", "publications_mentions", "videos", "initiatives",
                 "ledger", "findings"):  # fmt: skip
        assert "(address)" in str(pq.read_table(landing / f"{name}.parquet").to_pydict()), name
    assert {NAME, ADDRESS} <= people_of(evil.exports)
    assert len(people_of(evil.exports)) > 150


def test_no_byte_of_the_home_holds_a_person(evil: Warehouse) -> None:
    words = people_of(evil.exports) | set(SLIPPED) | {"Forgettable", STRANGER, STRANGER.partition(".")[0]}
    assert found_in(evil.home, words) == set()
    places = {place for place, _ in contents(evil.home)}
    # The search has looked into every format that could hide something.
    for ending in (".parquet (rows)", "warehouse.duckdb (rows)", "build.duckdb (rows)", ".db (rows)",
                   "xl/sharedStrings.xml", "index.html", ".csv", ".json", ".png"):  # fmt: skip
        assert any(place.endswith(ending) for place in places), ending


@pytest.mark.parametrize("kind", ["parquet", "duckdb", "sqlite", "xlsx", "msgpack"])
def test_one_person_in_a_file_of_the_home_is_found(evil: Warehouse, tmp_path: Path, kind: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    person = NAME
    match kind:
        case "parquet":
            table = pq.read_table(evil.home / f"landing/{SMALL_YEAR}/form_responses.parquet")
            texts = pa.array([person] * table.num_rows, pa.string())
            at = table.schema.get_field_index("place_text")
            pq.write_table(table.set_column(at, "place_text", texts), home / "a.parquet", compression="zstd")
        case "duckdb":
            shutil.copyfile(evil.latest / "warehouse.duckdb", home / "a.duckdb")
            with duckdb.connect(str(home / "a.duckdb")) as connection:
                connection.execute("create schema planted; create table planted.t (a varchar[])")
                connection.execute("insert into planted.t values ([?])", [person])
        case "sqlite":
            log = max(evil.home.glob("dagster/**/*.db"), key=lambda path: path.stat().st_size)
            shutil.copyfile(log, home / "a.db")
            with sqlite3.connect(home / "a.db") as connection:
                connection.execute("create table planted (a blob)")
                connection.execute("insert into planted values (?)", [gzip.compress(person.encode())])
        case "xlsx":
            book = openpyxl.load_workbook(evil.latest / "report.xlsx")
            book.worksheets[-1]["Z99"] = person
            book.save(home / "report.xlsx")
        case "msgpack":
            (home / "partial_parse.msgpack").write_bytes(msgpack.packb({"nodes": [{"sql": person}]}))
    assert {word for _, word in found_in(home, people_of(evil.exports))} >= {person}


def test_no_message_holds_a_person(evil: Warehouse) -> None:
    year = str(SMALL_YEAR)
    said = (evil.home.parent / "said.txt").read_text(encoding="utf-8")
    review = evil.home.parent / "review"
    review.mkdir()
    said += evil.run("review", "--year", year).stdout
    said += evil.run("review", "--year", year, "--export", str(review / "review.csv")).stdout
    said += evil.run("explain", "participants", "--year", year, "--rows").stdout
    (review / "said.txt").write_text(said, encoding="utf-8")
    assert found_in(review, people_of(evil.exports) | {*SLIPPED, STRANGER}) == set()


def test_nothing_of_a_build_stays_in_the_project(evil: Warehouse) -> None:
    assert evil.latest.exists()
    for folder in (DBT_FOLDER / "target", DBT_FOLDER / "logs"):
        if folder.exists():
            assert found_in(folder, SLIPPED) == set()


def test_refused_files_are_refused_without_a_person(
    released: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "a-key-that-the-environment-gives"
    monkeypatch.setenv(KEY_VARIABLE, key)
    warehouse = Warehouse(tmp_path / "raw", tmp_path / "home")
    warehouse.take_parsed_project(released)
    write_year(warehouse.exports, SMALL_YEAR, seed=42, members=8, registrations=40)
    packed, headless, encoded = sorted((warehouse.exports / REGISTRATIONS).glob("*__form.csv"))[:3]
    packed.write_bytes(f"PK\3\4{NAME};{ADDRESS}".encode())
    headless.write_text(f"{NAME};{ADDRESS}\n{ADDRESS};{NAME}\n", encoding="utf-8")
    encoded.write_bytes(f"Timestamp;Email\n{NAME};{ADDRESS}\n".encode("utf-16"))
    result = warehouse.build()
    assert result.returncode == 2
    for path, found in (
        (packed, "an Excel workbook"),
        (headless, "a header without"),
        (encoded, "utf-16 text"),
    ):
        (line,) = [line for line in result.stderr.splitlines() if path.name in line]
        assert found in line and "; expected " in line
    (warehouse.home / "said.txt").write_text(result.stdout + result.stderr, encoding="utf-8")
    assert found_in(warehouse.home, [*people_of(warehouse.exports), *SLIPPED, key]) == set()
    assert not (warehouse.home / "pseudonym.key").exists()


# --- the key ------------------------------------------------------------------------------------


def test_the_key_lies_in_the_home_alone_for_its_owner_alone(evil: Warehouse) -> None:
    path = evil.home / "pseudonym.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = path.read_text(encoding="ascii")
    assert {place for place, _ in found_in(evil.home, [key])} == {"pseudonym.key"}


def test_pseudonyms_are_there_and_nothing_beside_the_key_leads_to_them(evil: Warehouse) -> None:
    key = load_or_make_key(evil.home / "pseudonym.key")
    known = Pseudonymiser(key).pseudonym(ADDRESS)
    places = {place.partition(" ")[0] for place, _ in found_in(evil.home, [known])}
    assert f"landing/{SMALL_YEAR}/zoom_attendees.parquet" in places
    assert not any(place.startswith("dagster/") for place in places)
    other = Pseudonymiser(b"a guess at the key").pseudonym(ADDRESS)
    assert found_in(evil.home, [other]) == set()


# --- spreadsheets -------------------------------------------------------------------------------

_DISPLAY = re.compile(r"[+-][\d.,]*\d(\s?(K|M|k|mil|%))?")


def test_no_cell_of_a_released_csv_is_a_formula(evil: Warehouse) -> None:
    inert = 0
    for path in sorted(evil.latest.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    starts = cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) and len(cell) > 1
                    assert not starts or _DISPLAY.fullmatch(cell), (path.name, cell)
                    inert += cell.startswith(tuple(f"'{formula}" for formula in FORMULAS))
    assert inert >= 3 * len(FORMULAS)


def test_no_cell_of_the_workbook_is_a_formula(evil: Warehouse) -> None:
    book = openpyxl.load_workbook(evil.latest / "report.xlsx")
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(texts) > 500
    assert [cell.coordinate for cell in texts if cell.data_type == "f"] == []
    assert any(str(cell.value).startswith("'=1+1") for cell in texts)
    assert not any(cell.value in FORMULAS for cell in texts)
    assert all(cell.hyperlink is None or "example.org" not in str(cell.hyperlink.target) for cell in texts)


# --- to be forgotten ----------------------------------------------------------------------------


def test_a_person_is_forgotten(evil: Warehouse, tmp_path: Path) -> None:
    warehouse = evil.copy(tmp_path)
    key = load_or_make_key(warehouse.home / "pseudonym.key")
    pseudonym = Pseudonymiser(key).pseudonym(FORGOTTEN.lower())
    before = (warehouse.latest / "figures.csv").read_bytes()
    assert found_in(warehouse.home, [pseudonym]) != set()
    result = warehouse.run("forget", FORGOTTEN.upper())
    assert result.returncode == 0, result.stderr
    assert "2 landed rows" in result.stdout
    assert "forgettable" not in (result.stdout + result.stderr).casefold()
    assert warehouse.latest.resolve().name == f"{SMALL_YEAR}-r2"
    assert (warehouse.latest / "figures.csv").read_bytes() == before
    # The release before is immutable, and is removed as releases are.
    left = {place for place, _ in found_in(warehouse.home, [pseudonym])}
    assert all(place.startswith(f"releases/{SMALL_YEAR}/{SMALL_YEAR}-r1/") for place in left)
    assert warehouse.run("releases", "--keep", "1").returncode == 0
    assert found_in(warehouse.home, [pseudonym, "Forgettable"]) == set()
    marks = json.loads((warehouse.home / "forgotten.json").read_text(encoding="utf-8"))
    (mark,) = marks["marks"].values()
    assert found_in(warehouse.home / "landing", [mark]) != set()


@pytest.mark.parametrize("typed", ["nobody", "@", ""])
def test_only_an_address_can_be_forgotten(tmp_path: Path, typed: str) -> None:
    warehouse = Warehouse(tmp_path / "raw", tmp_path / "home")
    result = warehouse.run("forget", typed)
    assert result.returncode == 2
    assert "no e-mail address" in result.stderr
    assert not (tmp_path / "home" / "forgotten.json").exists()
