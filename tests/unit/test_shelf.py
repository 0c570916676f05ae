"""The shelf of releases.

Here belongs each state that an interruption can leave, and what ``recover`` makes of it.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from orchestration.paths import Home
from orchestration.release.shelf import NoSuchRelease, Shelf

YEAR = 2001


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(Home(tmp_path), YEAR)


def publish(shelf: Shelf, text: str = "x") -> str:
    name = shelf.next_name()
    aside = shelf.begin()
    (aside / "figures.csv").write_text(text)
    shelf.publish(aside, name)
    return name


def test_names_count_up(shelf: Shelf) -> None:
    assert [publish(shelf) for _ in range(3)] == [f"{YEAR}-r1", f"{YEAR}-r2", f"{YEAR}-r3"]
    assert shelf.current() == f"{YEAR}-r3"


def test_a_release_cannot_be_written_to(shelf: Shelf) -> None:
    name = publish(shelf)
    mode = (shelf.folder / name / "figures.csv").stat().st_mode
    assert not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_numbers_are_never_given_twice(shelf: Shelf) -> None:
    for _ in range(4):
        publish(shelf)
    shelf.prune(keep=1)
    assert publish(shelf) == f"{YEAR}-r5"


def test_pruning_keeps_the_newest_and_the_current(shelf: Shelf) -> None:
    for _ in range(5):
        publish(shelf)
    shelf.roll_back(f"{YEAR}-r2", "an older one is right")
    removed = shelf.prune(keep=3)
    assert removed == [f"{YEAR}-r1", f"{YEAR}-r3"]
    assert shelf.names() == [f"{YEAR}-r2", f"{YEAR}-r4", f"{YEAR}-r5"]
    assert shelf.current() == f"{YEAR}-r2"


def test_pruning_below_the_limit_removes_nothing(shelf: Shelf) -> None:
    publish(shelf)
    assert shelf.prune(keep=3) == []


def test_recover_clears_what_was_never_finished(shelf: Shelf) -> None:
    publish(shelf)
    (shelf.begin() / "half.csv").write_text("half")
    shelf.recover()
    assert [path.name for path in shelf.folder.glob(".building-*")] == []
    assert shelf.current() == f"{YEAR}-r1"


def test_recover_removes_a_release_that_was_named_but_never_logged(shelf: Shelf) -> None:
    publish(shelf)
    (shelf.folder / f"{YEAR}-r2").mkdir()
    assert shelf.names() == [f"{YEAR}-r1"]
    shelf.recover()
    assert not (shelf.folder / f"{YEAR}-r2").exists()
    assert shelf.next_name() == f"{YEAR}-r2"


def test_recover_finishes_a_switch_that_was_logged(shelf: Shelf) -> None:
    publish(shelf)
    publish(shelf)
    latest = shelf.folder / "latest"
    latest.unlink()
    latest.symlink_to(f"{YEAR}-r1")
    shelf.recover()
    assert shelf.current() == f"{YEAR}-r2"


def test_a_line_cut_short_is_no_entry(shelf: Shelf) -> None:
    publish(shelf)
    log = shelf.folder / "releases.log"
    whole = log.read_text()
    log.write_text(whole + '{"release": "20')
    assert [entry.release for entry in shelf.log()] == [f"{YEAR}-r1"]
    publish(shelf)
    assert [entry.release for entry in shelf.log()] == [f"{YEAR}-r1", f"{YEAR}-r2"]
    assert json.loads(log.read_text().splitlines()[-1])["event"] == "released"


def test_rolling_back_needs_a_release(shelf: Shelf) -> None:
    publish(shelf)
    with pytest.raises(NoSuchRelease, match="r7"):
        shelf.roll_back(f"{YEAR}-r7", "")
