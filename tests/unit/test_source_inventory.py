"""Findings over the exports of a year: each is refused or reported."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.ingest.sources import SourceRefused
from tests.support.landing import LandedYear, land_year

REGISTRATIONS = "events/registrations"


@pytest.fixture
def land(exports: Path, tmp_path: Path) -> Callable[[], LandedYear]:
    return lambda: land_year(exports, tmp_path / "landing")


def files_of(exports: Path, platform: str) -> list[Path]:
    return sorted((exports / REGISTRATIONS).glob(f"*__{platform}.csv"))


def rewrite(path: Path, change: Callable[[list[str], dict[str, int]], None]) -> None:
    """Changes every row of a plain CSV file; ``change`` is given the row and where columns stand."""
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    at = {name: position for position, name in enumerate(header)}
    for row in rows:
        change(row, at)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])


def new_codes(landed: LandedYear) -> set[tuple[str, str, str]]:
    """The findings beside the one that the year has anyway: an event without its file."""
    return {each for each in landed.codes() if each[1] != "event_without_file"}


def test_a_plain_year_tells_only_of_the_event_without_a_file(land: Callable[[], LandedYear]) -> None:
    landed = land()
    ((severity, code, name),) = landed.codes()
    assert (severity, code) == ("note", "event_without_file")
    assert [row["source_file"] for row in landed.rows("findings")] == [name]


def test_one_export_under_two_events_is_refused(exports: Path, land: Callable[[], LandedYear]) -> None:
    first, second = files_of(exports, "form")[:2]
    shutil.copyfile(first, second)
    landed = land()
    assert ("refuse", "same_bytes", f"{REGISTRATIONS}/{second.name}") in landed.codes()
    assert [row["message"] for row in landed.rows("findings") if row["code"] == "same_bytes"] == [
        f"The file is {REGISTRATIONS}/{first.name} under another name: one export was filed twice"
    ]
    assert not any(code == "same_people" for _, code, _ in landed.codes())


def test_one_event_exported_twice_is_refused(exports: Path, land: Callable[[], LandedYear]) -> None:
    first, second = files_of(exports, "zoom")[:2]
    head, _, body = first.read_bytes().partition(b"Attendee Details")
    again = head.replace(b"Report Generated:", b"Report Generated: later,") + b"Attendee Details" + body
    second.write_bytes(again + b"\r\n")
    landed = land()
    assert ("refuse", "same_people", f"{REGISTRATIONS}/{second.name}") in landed.codes()
    assert not any(code == "same_bytes" for _, code, _ in landed.codes())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("{} (1).csv", "second_copy"),
        ("{}(2).csv", "second_copy"),
        ("{}.CSV", "second_copy"),
        ("E2019-777__zoom (1).csv", "inexact_name"),
        ("e2019-777__ZOOM.csv", "inexact_name"),
        ("E2019-777_zoom.csv", "inexact_name"),
        ("Copy of {}.csv", "file_without_event"),
        ("notes.txt", "unrecognised_file"),
    ],
)
def test_a_file_that_nobody_asked_for_is_reported(
    exports: Path, land: Callable[[], LandedYear], name: str, code: str
) -> None:
    export = files_of(exports, "zoom")[0]
    name = name.format(export.stem)
    shutil.copyfile(export, exports / REGISTRATIONS / name)
    landed = land()
    assert new_codes(landed) == {("note", code, f"{REGISTRATIONS}/{name}")}
    if code in ("second_copy", "inexact_name"):
        # What people think that it counts is told first.
        assert landed.rows("findings")[0]["code"] == code


def test_a_folder_that_holds_no_files_alone_is_refused(exports: Path, land: Callable[[], LandedYear]) -> None:
    os.mkfifo(exports / "website" / "pipe")
    (exports / "gone.csv").symlink_to(exports / "nowhere.csv")
    Path(os.fsdecode(os.fsencode(exports) + b"/notes-\xff.txt")).write_bytes(b"x")
    with pytest.raises(SourceRefused) as caught:
        land()
    assert {refusal.source_file for refusal in caught.value.refusals} == {
        "website/pipe", "gone.csv", "notes-\N{REPLACEMENT CHARACTER}.txt",
    }  # fmt: skip


def test_a_folder_of_another_year_inside_is_reported(exports: Path, land: Callable[[], LandedYear]) -> None:
    nested = exports / "2018" / "website"
    nested.mkdir(parents=True)
    shutil.copyfile(exports / "website/videos.csv", nested / "videos.csv")
    assert new_codes(land()) == {("note", "unrecognised_file", "2018/website/videos.csv")}


def test_an_event_without_its_file_is_reported(exports: Path, land: Callable[[], LandedYear]) -> None:
    gone = files_of(exports, "zoom")[0]
    gone.unlink()
    assert ("note", "event_without_file", f"{REGISTRATIONS}/{gone.name}") in land().codes()


def test_a_teams_report_without_its_form_is_reported(exports: Path, land: Callable[[], LandedYear]) -> None:
    event_id = files_of(exports, "teams")[0].name.partition("__")[0]
    form = exports / REGISTRATIONS / f"{event_id}__form.csv"
    form.unlink()
    assert new_codes(land()) == {("note", "teams_without_form", f"{REGISTRATIONS}/{form.name}")}


def test_the_programme_of_another_year_is_refused(exports: Path, land: Callable[[], LandedYear]) -> None:
    def move(row: list[str], at: dict[str, int]) -> None:
        for name in ("start_date", "end_date"):
            row[at[name]] = row[at[name]].replace("2019", "2018")

    rewrite(exports / "events/programme.csv", move)
    assert ("refuse", "another_year", "events/programme.csv") in land().codes()


def test_an_event_or_two_outside_the_year_is_a_note(exports: Path, land: Callable[[], LandedYear]) -> None:
    moved: list[str] = []

    def move(row: list[str], at: dict[str, int]) -> None:
        if not moved:
            moved.append(row[at["event_id"]])
            row[at["end_date"]] = row[at["start_date"]] = "2020-01-03"

    rewrite(exports / "events/programme.csv", move)
    assert ("note", "events_outside_year", "events/programme.csv") in land().codes()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("website/news.csv", "published_on"),
        ("website/social.csv", "date"),
        ("registers/activities.csv", "held_on"),
    ],
)
def test_an_export_of_another_year_is_refused(
    exports: Path, land: Callable[[], LandedYear], name: str, column: str
) -> None:
    def move(row: list[str], at: dict[str, int]) -> None:
        year = int(row[at[column]][:4])
        row[at[column]] = row[at[column]].replace(str(year), "2016")

    rewrite(exports / name, move)
    assert ("refuse", "another_year", name) in land().codes()


def test_an_old_export_of_all_years_is_a_note(exports: Path, land: Callable[[], LandedYear]) -> None:
    def move(row: list[str], at: dict[str, int]) -> None:
        row[at["registered_on"]] = "2015" + row[at["registered_on"]][4:]

    rewrite(exports / "use/city_makers.csv", move)
    codes = land().codes()
    assert ("note", "nothing_of_the_year", "use/city_makers.csv") in codes
    assert not any(severity == "refuse" for severity, *_ in codes)


def test_the_registrations_of_another_event_are_refused(
    exports: Path, land: Callable[[], LandedYear]
) -> None:
    path = files_of(exports, "eventbrite")[0]

    def move(row: list[str], at: dict[str, int]) -> None:
        row[at["Order Date"]] = row[at["Order Date"]].replace("2019", "2014").replace("2018", "2013")

    rewrite(path, move)
    assert ("refuse", "another_event", f"{REGISTRATIONS}/{path.name}") in land().codes()


def test_tables_of_the_manifest_are_in_the_order_of_files_and_lines(
    exports: Path, land: Callable[[], LandedYear]
) -> None:
    for name in ("website/videos.csv", "events/speakers.csv"):
        with (exports / name).open("a", encoding="utf-8") as stream:
            stream.write("too few\ntoo,few\n")
    landed = land()
    places = [(row["source_file"], row["source_line"]) for row in landed.rows("quarantine")]
    assert len(places) == 4
    assert places == sorted(places)
    files = [row["source_file"] for row in landed.rows("source_files")]
    assert files == sorted(files)
