"""Intake: downloads are recognised by content, never guessed, filed with a trace, and what is open is asked."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path
from random import Random

import dagster as dg
import pytest

from orchestration.cli import run
from orchestration.definitions import build_defs
from orchestration.errors import ExitCode
from orchestration.ingest.intake import ASK, FILE, REPLACE, SAME, WRONG, Choice, apply, propose
from orchestration.ingest.sources import SourceRefused
from orchestration.paths import PROJECT_FOLDER
from orchestration.storage import read_csv

YEAR = 2021
SAMPLE = PROJECT_FOLDER / "raw" / str(YEAR)
ZOOM = "events/registrations/E2021-006__zoom.csv"
TEAMS = "events/registrations/E2021-002__teams.csv"
FORM = "events/registrations/E2021-002__form.csv"
EVENTBRITE = "events/registrations/E2021-069__eventbrite.csv"
PROGRAMME = "events/programme.csv"


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """A year with nothing but its programme."""
    folder = tmp_path / "raw" / str(YEAR)
    (folder / "events").mkdir(parents=True)
    shutil.copy(SAMPLE / PROGRAMME, folder / PROGRAMME)
    return folder


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    folder.mkdir()
    return folder


def download(downloads: Path, source_file: str, name: str) -> Path:
    return Path(shutil.copy(SAMPLE / source_file, downloads / name))


# --- recognising -------------------------------------------------------------------------------


def test_a_year_of_downloads_is_recognised_and_none_is_guessed(tmp_path: Path, downloads: Path) -> None:
    files = sorted(path for path in SAMPLE.rglob("*") if path.is_file())
    Random(7).shuffle(files)
    right = {}
    for number, path in enumerate(files):
        name = f"download ({number}){path.suffix}"
        shutil.copy(path, downloads / name)
        right[name] = path.relative_to(SAMPLE).as_posix()
    proposals = propose(sorted(downloads.iterdir()), tmp_path / "raw" / str(YEAR))
    decided = [each for each in proposals if each.is_decided]
    assert [(each.name, each.target) for each in decided if each.target != right[each.name]] == []
    open_ones = [each for each in proposals if not each.is_decided]
    assert all(each.action == ASK and "--event" in each.reason for each in open_ones)
    # What names no event, and begins when others do, is a question: forms and Eventbrite alone.
    assert {right[each.name].rpartition("__")[2] for each in open_ones} <= {"form.csv", "eventbrite.csv"}
    assert len(decided) >= 100


def test_a_name_that_says_the_event_is_taken_at_its_word(exports: Path, downloads: Path) -> None:
    path = download(downloads, EVENTBRITE, "report E2021-069 final.csv")
    [proposal] = propose([path], exports)
    assert (proposal.action, proposal.target) == (FILE, EVENTBRITE)


@pytest.mark.parametrize(
    ("source_file", "said"),
    [
        (ZOOM, 'it is of "Learning from tactical urbanism'),
        (TEAMS, "it is of "),
        (FORM, "people registered until"),
    ],
)
def test_an_export_says_its_event(exports: Path, downloads: Path, source_file: str, said: str) -> None:
    [proposal] = propose([download(downloads, source_file, "Asistencia (1).csv")], exports)
    assert (proposal.action, proposal.target) == (FILE, source_file)
    assert said in proposal.reason


def test_those_who_came_to_a_meeting_say_the_event_of_its_form(exports: Path, downloads: Path) -> None:
    # Two forms end on one day; their meetings of Teams tell them apart, given now or filed before.
    form, teams = (f"events/registrations/E2021-017__{platform}.csv" for platform in ("form", "teams"))
    path = download(downloads, form, "answers.csv")
    [proposal] = propose([path], exports)
    assert proposal.action == ASK
    assert "E2021-017" in proposal.reason and "E2021-018" in proposal.reason
    both = propose([path, download(downloads, teams, "attendance.csv")], exports)
    assert [(each.action, each.target) for each in both] == [(FILE, form), (FILE, teams)]
    apply([both[1]], exports, "somebody")
    [proposal] = propose([path], exports)
    assert (proposal.action, proposal.target) == (FILE, form)


def test_an_event_of_another_day_is_not_taken_for_the_one_of_that_name(
    exports: Path, downloads: Path
) -> None:
    path = download(downloads, ZOOM, "attendee.csv")
    text = path.read_text(encoding="utf-8-sig").replace(
        "Jan 28, 2021 03:00:00 PM", "Jun 28, 2021 03:00:00 PM"
    )
    path.write_text(text, encoding="utf-8-sig")
    [proposal] = propose([path], exports)
    assert (proposal.action, proposal.target) == (ASK, "")
    assert proposal.reason.startswith("no event is called")


def test_a_person_decides_what_is_open(exports: Path, downloads: Path) -> None:
    path = download(downloads, EVENTBRITE, "report.csv")
    [proposal] = propose([path], exports)
    assert proposal.action == ASK
    [proposal] = propose([path], exports, Choice(event_id="E2021-069"))
    assert (proposal.action, proposal.target) == (FILE, EVENTBRITE)
    [proposal] = propose([path], exports, Choice(event_id="E2021-999"))
    assert (proposal.action, proposal.reason) == (ASK, "E2021-999 is no event of the programme")


def test_without_a_programme_an_export_waits(tmp_path: Path, downloads: Path) -> None:
    [proposal] = propose([download(downloads, ZOOM, "a.csv")], tmp_path / "raw" / str(YEAR))
    assert proposal.action == ASK
    assert "programme" in proposal.reason


# --- what is wrong -----------------------------------------------------------------------------


def test_what_no_contract_describes_is_said(exports: Path, downloads: Path) -> None:
    wrong = {
        "list.csv": "Name (Original Name),User Email,Total Duration (Minutes),Guest\nA,b@example.org,3,Yes\n",
        "page.csv": "<!doctype html><html><body>Sign in</body></html>",
        "empty.csv": "",
    }
    for name, text in wrong.items():
        (downloads / name).write_text(text, encoding="utf-8")
    (downloads / "folder").mkdir()
    proposals = propose([downloads / name for name in (*wrong, "folder", "nowhere.csv")], exports)
    assert [each.action for each in proposals] == [WRONG] * 5
    said = {each.name: each.reason for each in proposals}
    assert "Zoom's participant list" in said["list.csv"]
    assert "web page" in said["page.csv"]
    assert "no file" in said["nowhere.csv"]


def test_an_export_without_a_readable_row_is_said(exports: Path, downloads: Path) -> None:
    path = download(downloads, "registers/campaigns.csv", "c.csv")
    head = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{head}\n" + ",".join("?" for _ in head.split(",")) + "\n", encoding="utf-8")
    [proposal] = propose([path], exports)
    assert proposal.action == WRONG
    assert "line 2" in proposal.reason


def test_no_address_of_a_person_is_told_or_kept(exports: Path, downloads: Path) -> None:
    path = download(downloads, ZOOM, "ana.perez@example.org.csv")
    proposals = propose([path], exports)
    apply(proposals, exports, "clerk@example.org")
    kept = (exports / "provenance.csv").read_text(encoding="utf-8")
    assert "@" not in proposals[0].name + proposals[0].reason + kept


# --- filing ------------------------------------------------------------------------------------


def test_what_is_filed_has_a_provenance(exports: Path, downloads: Path) -> None:
    path = download(downloads, ZOOM, "attendee_85012345678.csv")
    filed = apply(propose([path], exports), exports, "clerk")
    assert [each.target for each in filed] == [ZOOM]
    assert (exports / ZOOM).read_bytes() == path.read_bytes()
    [row] = read_csv(exports / "provenance.csv")
    assert (row["file"], row["original_name"], row["filed_by"]) == (ZOOM, path.name, "clerk")
    assert row["sha256"] == filed[0].sha256 and row["filed_at"] and not row["replaced_sha256"]


def test_a_download_that_changed_meanwhile_is_not_filed(exports: Path, downloads: Path) -> None:
    path = download(downloads, ZOOM, "a.csv")
    proposals = propose([path], exports)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(SourceRefused, match="other bytes than a moment ago"):
        apply(proposals, exports, "clerk")
    assert not (exports / ZOOM).exists()


def with_report_of(path: Path, day: str) -> Path:
    text = path.read_text(encoding="utf-8-sig").replace(
        "Jan 29, 2021 11:00:00 AM", f"{day}, 2021 11:00:00 AM"
    )
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_a_newer_report_replaces_and_the_older_is_kept(exports: Path, downloads: Path) -> None:
    older = download(downloads, ZOOM, "older.csv")
    apply(propose([older], exports), exports, "clerk")
    newer = with_report_of(download(downloads, ZOOM, "newer.csv"), "Feb 02")
    [proposal] = propose([newer], exports)
    assert (proposal.action, proposal.target) == (REPLACE, ZOOM)
    apply([proposal], exports, "clerk")
    assert (exports / ZOOM).read_bytes() == newer.read_bytes()
    [kept] = (exports.parent / "replaced" / str(YEAR)).iterdir()
    assert kept.read_bytes() == older.read_bytes()
    last = read_csv(exports / "provenance.csv")[-1]
    assert kept.name.startswith(last["replaced_sha256"][:12])
    [proposal] = propose([older], exports)
    assert proposal.action == ASK
    assert "newer report" in proposal.reason


def test_a_register_is_replaced_only_when_told_to(exports: Path, downloads: Path) -> None:
    path = download(downloads, "registers/campaigns.csv", "c.csv")
    apply(propose([path], exports), exports, "clerk")
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    [proposal] = propose([path], exports)
    assert proposal.action == ASK
    assert "--replace" in proposal.reason
    [proposal] = propose([path], exports, Choice(replaces=True))
    assert proposal.action == REPLACE


def test_the_same_bytes_are_said(exports: Path, downloads: Path) -> None:
    path = download(downloads, ZOOM, "a.csv")
    twice = propose([path, download(downloads, ZOOM, "b.csv")], exports)
    assert [each.action for each in twice] == [FILE, SAME]
    assert "a.csv" in twice[1].reason
    apply(twice, exports, "clerk")
    [proposal] = propose([path], exports)
    assert (proposal.action, proposal.target) == (SAME, ZOOM)


def test_two_downloads_of_one_event_are_a_question(exports: Path, downloads: Path) -> None:
    paths = [download(downloads, ZOOM, "a.csv"), with_report_of(download(downloads, ZOOM, "b.csv"), "Feb 02")]
    proposals = propose(paths, exports)
    assert [each.action for each in proposals] == [ASK, ASK]
    assert apply(proposals, exports, "clerk") == []


# --- command and sensor ------------------------------------------------------------------------


def test_the_command_shows_and_then_files(
    exports: Path, downloads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = download(downloads, ZOOM, "a.csv")
    call = ["intake", str(path), "--year", str(YEAR), "--raw", str(exports.parent)]
    assert run(call) == ExitCode.OK
    assert "1 to be filed with --apply" in capsys.readouterr().out
    assert not (exports / ZOOM).exists()
    assert run([*call, "--apply", "--format", "json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)[0]["target"] == ZOOM
    assert (exports / ZOOM).is_file()
    question = download(downloads, EVENTBRITE, "b.csv")
    assert run(["intake", str(question), *call[2:]]) == ExitCode.WRONG
    assert run(["intake", str(path), str(question), *call[2:], "--event", "E2021-069"]) == ExitCode.WRONG
    assert "give one file" in capsys.readouterr().err


def test_the_inbox_is_emptied_and_what_stays_has_a_reason(
    exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METROPOLIS_QUIET_SECONDS", "0")
    inbox = exports.parent / "inbox" / str(YEAR)
    inbox.mkdir(parents=True)
    download(inbox, ZOOM, "a.csv")
    download(inbox, EVENTBRITE, "b.csv")
    defs = build_defs(raw=exports.parent, home=tmp_path / "home")
    sensor = defs.resolve_sensor_def("inbox")
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance)
        result = sensor.evaluate_tick(context)
        assert result.skip_message == f"{YEAR}: 1 filed, 1 left with a reason"
        again = sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=result.cursor))
        assert again.skip_message == "Nothing new lies in the inbox at rest"
    assert (exports / ZOOM).is_file()
    assert sorted(each.name for each in inbox.iterdir()) == ["b.csv", "b.csv.reason.txt"]
    reason = (inbox / "b.csv.reason.txt").read_text(encoding="utf-8")
    assert reason.startswith("question: ") and "E2021-069" in reason
    assert read_csv(exports / "provenance.csv")[0]["filed_by"] == "inbox"


def test_the_provenance_is_no_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(SAMPLE, raw / str(YEAR))
    (raw / str(YEAR) / "provenance.csv").write_text("file,original_name\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run(["check", "--year", str(YEAR), "--raw", str(raw), "--home", str(tmp_path / "home")])
    assert ended.value.code == ExitCode.OK
    assert "provenance.csv" not in capsys.readouterr().out


def test_a_download_that_cannot_be_read_is_said(exports: Path, downloads: Path) -> None:
    os.mkfifo(downloads / "pipe.csv")
    (downloads / "book.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    told = Counter(each.action for each in propose(sorted(downloads.iterdir()), exports))
    assert told == {WRONG: 2}
