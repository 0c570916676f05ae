"""A source from its files to its tables: caching, refusals, row accounts."""

from __future__ import annotations

import csv
import json
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.ingest import sources
from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.errors import FileRefused
from orchestration.ingest.loader import LoadedFile, load_file
from orchestration.ingest.sources import (
    Landing,
    ReadingFailed,
    SourceRefused,
    ingest_source,
    read_bytes,
    refusals_of_year,
    source_paths,
)
from orchestration.storage import read_json, write_json
from tests.support.landing import KEY, LandedYear, land_year

CONTRACTS = load_contracts()
REGISTRATIONS = "events/registrations"


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def first_file(exports: Path, platform: str) -> Path:
    """The first registrations file of a platform."""
    return min((exports / REGISTRATIONS).glob(f"*__{platform}.csv"))


@pytest.fixture
def landed(exports: Path, tmp_path: Path) -> LandedYear:
    return land_year(exports, tmp_path / "landing")


def test_a_plain_year_lands_whole(landed: LandedYear, exports: Path) -> None:
    files = landed.rows("source_files")
    assert {row["source_file"] for row in files} == {
        path.relative_to(exports).as_posix() for path in exports.rglob("*") if path.is_file()
    }
    assert landed.quarantined == []
    for row in files:
        assert row["rows_read"] == row["rows_loaded"] > 0
        assert row["bytes"] == (exports / row["source_file"]).stat().st_size


def test_a_source_that_did_not_change_is_kept(landed: LandedYear) -> None:
    before = {path: path.stat().st_mtime_ns for path in landed.landing.folder.rglob("*.parquet")}
    state = ingest_source(landed.landing, CONTRACTS["videos"])
    assert state.was_cached
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_source_is_read_again_when_what_decides_it_changes(landed: LandedYear, exports: Path) -> None:
    landing = landed.landing
    zoom, videos = CONTRACTS["zoom_attendees"], CONTRACTS["videos"]
    with (exports / "website/videos.csv").open("a", encoding="utf-8") as stream:
        stream.write("One more,2019-01-01,\n")
    assert not ingest_source(landing, videos).was_cached
    assert not ingest_source(replace(landing, pseudonym_key=b"another key, long"), zoom).was_cached
    assert not ingest_source(replace(landing, forgotten={"a": "b"}), zoom).was_cached
    landing.table_path("videos").unlink()
    assert not ingest_source(landing, videos).was_cached
    assert ingest_source(landing, videos).was_cached


def test_a_crash_half_way_leaves_no_state(landed: LandedYear, exports: Path) -> None:
    (exports / "website/videos.csv").write_text("title\nx\n", encoding="utf-8")
    with pytest.raises(SourceRefused):
        ingest_source(landed.landing, CONTRACTS["videos"])
    assert landed.landing.read_state("videos") is None


def test_all_files_of_a_source_that_are_wrong_are_named(exports: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in (exports / REGISTRATIONS).glob("*__form.csv"))[:2]
    for name in names:
        (exports / REGISTRATIONS / name).write_text("Timestamp;Email\n", encoding="utf-8")
    landing = Landing(2019, exports, tmp_path / "landing", KEY)
    ingest_source(landing, CONTRACTS["programme"])
    with pytest.raises(SourceRefused) as caught:
        ingest_source(landing, CONTRACTS["form_responses"])
    assert [refusal.source_file for refusal in caught.value.refusals] == [
        f"{REGISTRATIONS}/{name}" for name in names
    ]
    assert all(name in str(caught.value) for name in names)


def test_a_source_that_is_not_there_is_refused(exports: Path) -> None:
    (exports / "registers/members.csv").unlink()
    with pytest.raises(SourceRefused, match=r"registers/members\.csv: found no file"):
        source_paths(CONTRACTS["members"], exports)


def test_what_is_optional_may_be_absent(exports: Path, landed: LandedYear) -> None:
    assert source_paths(CONTRACTS["corrections"], exports) == []
    assert landed.rows("corrections") == []
    assert landed.rows("published_figures") == []


def test_a_ledger_comes_in_one_form(exports: Path) -> None:
    (exports / "fees/ledger.xlsx").write_bytes(b"PK")
    with pytest.raises(SourceRefused, match=r"ledger\.csv and fees/ledger\.xlsx; expected one of them"):
        source_paths(CONTRACTS["ledger"], exports)


def test_a_folder_is_no_export(exports: Path) -> None:
    before = source_paths(CONTRACTS["zoom_attendees"], exports)
    (exports / REGISTRATIONS / "E2019-777__zoom.csv").mkdir()
    assert source_paths(CONTRACTS["zoom_attendees"], exports) == before


def test_a_file_of_an_unknown_event_is_quarantined_and_stops_nothing(exports: Path, tmp_path: Path) -> None:
    known = first_file(exports, "eventbrite")
    unknown = known.with_name("E2019-999__eventbrite.csv")
    shutil.copyfile(known, unknown)
    landed = land_year(exports, tmp_path / "landing")
    name = f"{REGISTRATIONS}/{unknown.name}"
    rows = len(list(csv.reader(known.open(encoding="utf-8", newline="")))) - 1
    assert len(landed.quarantined) == rows
    assert {(r.source_file, r.field, r.reason_code) for r in landed.quarantined} == {
        (name, "event_id", "unknown_event")
    }
    assert ("note", "file_without_event", name) in landed.codes()
    assert not any(code == "same_bytes" for _, code, _ in landed.codes())


def test_an_unreadable_file_of_an_unknown_event_stops_nothing(exports: Path, tmp_path: Path) -> None:
    (exports / REGISTRATIONS / "E2019-999__zoom.csv").write_bytes(b"\x00\xff")
    landed = land_year(exports, tmp_path / "landing")
    account = next(row for row in landed.rows("source_files") if "E2019-999" in row["source_file"])
    assert (account["rows_read"], account["rows_quarantined"]) == (0, 0)
    assert any("unreadable too" in each.message for each in landed.findings)


def test_an_event_that_did_not_load_takes_its_rows_along(exports: Path, tmp_path: Path) -> None:
    known = first_file(exports, "form")
    event_id = known.name.partition("__")[0]
    programme = exports / "events/programme.csv"
    rows = list(csv.reader(programme.open(encoding="utf-8", newline="")))
    for row in rows[1:]:
        if row[0] == event_id:
            row[rows[0].index("start_date")] = "some day"
    with programme.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    landed = land_year(exports, tmp_path / "landing")
    by_file = {row.source_file: row.reason_code for row in landed.quarantined}
    assert by_file["events/programme.csv"] == "bad_date"
    assert by_file[f"{REGISTRATIONS}/{known.name}"] == "unknown_event"
    speakers = [row for row in landed.rows("speakers") if row["event_id"] == event_id]
    assert speakers == []


def test_a_row_is_never_lost_in_silence(
    exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_one(*arguments: object) -> LoadedFile:
        return replace(load_file(*arguments), rows_read=1_000_000)  # type: ignore[arg-type]

    monkeypatch.setattr(sources, "load_file", lose_one)
    with pytest.raises(AssertionError, match=r"\.csv: 1000000 rows read, \d+ loaded, 0 quarantined"):
        land_year(exports, tmp_path / "landing")


def test_what_goes_wrong_in_a_personal_file_is_told_without_the_row(
    exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> LoadedFile:
        raise ValueError("could not convert 'Ana Secreta <ana.secreta@example.org>'")

    landing = Landing(2019, exports, tmp_path / "landing", KEY)
    ingest_source(landing, CONTRACTS["programme"])
    monkeypatch.setattr(sources, "load_file", fail)
    with pytest.raises(ReadingFailed) as caught:
        ingest_source(landing, CONTRACTS["speakers"])
    assert str(caught.value).startswith("events/speakers.csv: ValueError in fail, line ")
    assert caught.value.__suppress_context__
    with pytest.raises(ValueError, match="could not convert"):
        ingest_source(landing, CONTRACTS["videos"])


def test_refusals_and_failures_travel_between_processes() -> None:
    refusal = pickle.loads(pickle.dumps(FileRefused("a.csv", "this", "that")))
    assert (refusal.source_file, refusal.found, refusal.expected) == ("a.csv", "this", "that")
    failure = pickle.loads(pickle.dumps(ReadingFailed("a.csv: ValueError")))
    assert str(failure) == "a.csv: ValueError"


def test_the_state_beside_the_tables_is_plain_json(landed: LandedYear) -> None:
    node = json.loads(landed.landing.state_path("zoom_attendees").read_text(encoding="utf-8"))
    keys = {"fingerprint", "tables", "files", "quarantined", "findings", "corrected", "checksum"}
    assert set(node) == keys
    assert "@" not in json.dumps(node)


# --- damage -------------------------------------------------------------------------------------


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


def spoil(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


def of_another_version(path: Path) -> None:
    node = read_json(path)
    assert node is not None
    node["files"] = [{"path": each["source_file"]} for each in node["files"]]
    write_json(path, node)


@pytest.mark.parametrize("damage", [flip_a_bit, cut_short, empty, remove, spoil])
def test_a_table_that_is_not_what_was_written_is_landed_again(
    exports: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    landing = Landing(2019, exports, tmp_path / "landing", KEY)
    ingest_source(landing, CONTRACTS["videos"])
    table = landing.table_path("videos")
    written = table.read_bytes()
    assert ingest_source(landing, CONTRACTS["videos"]).was_cached
    damage(table)
    assert not ingest_source(landing, CONTRACTS["videos"]).was_cached
    assert table.read_bytes() == written


@pytest.mark.parametrize("damage", [flip_a_bit, cut_short, empty, remove, spoil, of_another_version])
def test_a_damaged_state_counts_as_absent(
    exports: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    landing = Landing(2019, exports, tmp_path / "landing", KEY)
    ingest_source(landing, CONTRACTS["videos"])
    path = landing.state_path("videos")
    written = path.read_bytes()
    damage(path)
    assert landing.read_state("videos") is None
    assert not ingest_source(landing, CONTRACTS["videos"]).was_cached
    assert path.read_bytes() == written


def test_every_wrong_file_of_a_year_is_named_at_once(exports: Path, tmp_path: Path) -> None:
    (exports / "registers/members.csv").write_text("member_id;name\n", encoding="utf-8")
    (exports / "registers/leaders.csv").write_bytes(b"PK\x03\x04")
    (exports / "website/news.csv").write_text("sep=,\nurl,title\n", encoding="utf-8")
    (exports / "use/cases.csv").unlink()
    form = first_file(exports, "form")
    form.write_text("Timestamp,Email\n", encoding="utf-8")
    refusals = refusals_of_year(Landing(2019, exports, tmp_path / "landing", KEY))
    said = {refusal.source_file: str(refusal) for refusal in refusals}
    assert set(said) == {
        "registers/members.csv", "registers/leaders.csv", "website/news.csv", "use/cases.csv",
        f"{REGISTRATIONS}/{form.name}",
    }  # fmt: skip
    assert len(refusals) == len(said)
    assert "Excel workbook" in said["registers/leaders.csv"]
    assert "Excel's line sep=" in said["website/news.csv"]
    assert "semicolons" in said["registers/members.csv"]


def test_a_year_that_is_right_has_no_refusal(exports: Path, tmp_path: Path) -> None:
    assert refusals_of_year(Landing(2019, exports, tmp_path / "landing", KEY)) == []


@pytest.mark.parametrize("name", [b"E2019-777__zoom.csv", b"E2019-\xff__zoom.csv"])
def test_what_has_the_name_of_an_export_and_is_none_is_refused(exports: Path, name: bytes) -> None:
    path = os.fsencode(exports / REGISTRATIONS) + b"/" + name
    if b"\xff" in name:
        Path(os.fsdecode(path)).write_bytes(b"x")
    else:
        os.mkfifo(path)
    with pytest.raises(SourceRefused) as caught:
        source_paths(CONTRACTS["zoom_attendees"], exports)
    (refusal,) = caught.value.refusals
    assert refusal.source_file == f"{REGISTRATIONS}/{name.decode('utf-8', 'replace')}"
    str(refusal).encode("utf-8")


def test_a_pipe_in_the_place_of_a_register_is_refused(exports: Path) -> None:
    (exports / "registers/pilots.csv").unlink()
    os.mkfifo(exports / "registers/pilots.csv")
    with pytest.raises(SourceRefused, match=r"registers/pilots\.csv: found a pipe"):
        source_paths(CONTRACTS["pilots"], exports)


def test_a_folder_that_cannot_be_listed_is_refused(exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.scandir

    def scan(path: Path) -> object:
        if Path(path).name == "registrations":
            raise PermissionError(13, "Permission denied")
        return whole(path)

    monkeypatch.setattr(os, "scandir", scan)
    with pytest.raises(SourceRefused, match=r"events/registrations: found a folder that cannot be listed"):
        source_paths(CONTRACTS["form_responses"], exports)


def test_a_file_that_may_not_be_read_is_refused(exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", deny)
    with pytest.raises(FileRefused, match=r"x\.csv: found a file that cannot be read \(Permission denied\)"):
        read_bytes(exports / "x.csv", "x.csv")


def test_a_year_without_its_registrations_folder_is_refused_once(exports: Path, tmp_path: Path) -> None:
    shutil.rmtree(exports / REGISTRATIONS)
    (refusal,) = refusals_of_year(Landing(2019, exports, tmp_path / "landing", KEY))
    assert str(refusal).startswith(f"{REGISTRATIONS}: found no folder")
