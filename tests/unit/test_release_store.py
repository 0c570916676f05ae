"""The release store: every state that an interruption or a damaged file can leave."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.paths import Home
from orchestration.release_store import NoSuchRelease, ReleaseDamaged, ReleaseStore
from tests.conftest import snapshot

YEAR = 2001
R1, R2, R3 = (f"{YEAR}-r{number}" for number in (1, 2, 3))


@pytest.fixture
def store(tmp_path: Path) -> ReleaseStore:
    return ReleaseStore(Home(tmp_path), YEAR)


def publish(store: ReleaseStore, text: str = "x") -> str:
    name = store.next_name()
    aside = store.begin()
    (aside / "figures.csv").write_text(text)
    (aside / "site").mkdir()
    (aside / "site" / "index.html").write_text(text)
    store.publish(aside, name, {"year": YEAR})
    return name


def log_of(store: ReleaseStore) -> Path:
    return store.folder / "releases.log"


def relink(store: ReleaseStore, target: str) -> None:
    latest = store.folder / "latest"
    latest.unlink()
    latest.symlink_to(target)


def test_names_count_up(store: ReleaseStore) -> None:
    assert [publish(store) for _ in range(3)] == [R1, R2, R3]
    assert store.current() == R3


def test_a_release_cannot_be_written_to(store: ReleaseStore) -> None:
    name = publish(store)
    mode = (store.folder / name / "figures.csv").stat().st_mode
    assert not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_numbers_are_never_given_twice(store: ReleaseStore) -> None:
    for _ in range(4):
        publish(store)
    store.prune(keep=1)
    assert publish(store) == f"{YEAR}-r5"


# --- pruning ------------------------------------------------------------------------------------


def test_pruning_keeps_the_newest_and_the_current(store: ReleaseStore) -> None:
    for _ in range(5):
        publish(store)
    store.roll_back(R2, "an older one is right")
    assert store.prune(keep=3) == [R1, R3]
    assert store.names() == [R2, f"{YEAR}-r4", f"{YEAR}-r5"]
    assert store.current() == R2


def test_pruning_below_the_limit_removes_nothing(store: ReleaseStore) -> None:
    publish(store)
    assert store.prune(keep=3) == []


def test_pruning_to_one_keeps_the_current_alone(store: ReleaseStore) -> None:
    for _ in range(3):
        publish(store)
    store.roll_back(R2, "")
    assert store.prune(keep=1) == [R1, R3]


def test_a_removal_cut_short_leaves_no_half_release(
    store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        publish(store)

    def stop(path: Path) -> None:
        (path / "figures.csv").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", stop)
    with pytest.raises(KeyboardInterrupt):
        store.prune(keep=1)
    monkeypatch.undo()
    assert store.names() == [R2]
    store.recover()
    assert sorted(path.name for path in store.folder.iterdir()) == [R2, "latest", "releases.log"]


# --- recovery -----------------------------------------------------------------------------------


def test_recover_clears_what_was_never_finished(store: ReleaseStore) -> None:
    publish(store)
    (store.begin() / "half.csv").write_text("half")
    store.recover()
    assert [path.name for path in store.folder.glob(".building-*")] == []
    assert store.current() == R1


def test_a_release_that_never_became_current_stays(store: ReleaseStore) -> None:
    publish(store)
    publish(store)
    relink(store, R1)
    log_of(store).write_text(log_of(store).read_text().splitlines(keepends=True)[0])
    store.recover()
    assert store.current() == R1
    assert store.names() == [R1, R2]
    assert store.next_name() == R3


def test_recover_writes_the_line_of_a_switch_that_was_cut_short(store: ReleaseStore) -> None:
    publish(store)
    publish(store)
    log_of(store).write_text(log_of(store).read_text().splitlines(keepends=True)[0])
    store.recover()
    assert [entry.release for entry in store.log()] == [R1, R2]


def test_a_folder_without_release_json_is_no_release_and_no_name(store: ReleaseStore) -> None:
    publish(store)
    (store.folder / R2).mkdir()
    store.recover()
    assert store.names() == [R1]
    assert store.next_name() == R3
    assert any(R2 in each for each in store.damage())


def test_a_missing_link_is_made_again_where_one_release_was_current(store: ReleaseStore) -> None:
    publish(store)
    publish(store)
    store.roll_back(R1, "")
    (store.folder / "latest").unlink()
    with pytest.raises(ReleaseDamaged, match="latest does not say"):
        store.current()
    store.recover()
    assert store.current() == R1


def remove_the_log(store: ReleaseStore) -> None:
    log_of(store).unlink()


def cut_the_log(store: ReleaseStore) -> None:
    log_of(store).write_bytes(log_of(store).read_bytes()[:-40])


def lose_the_last_line(store: ReleaseStore) -> None:
    lines = log_of(store).read_text().splitlines(keepends=True)
    log_of(store).write_text("".join(lines[:1]))


@pytest.mark.parametrize("damage", [remove_the_log, cut_the_log, lose_the_last_line])
def test_a_missing_link_that_two_releases_may_have_been_is_refused(
    store: ReleaseStore, damage: Callable[[ReleaseStore], None]
) -> None:
    publish(store)
    publish(store)
    damage(store)
    (store.folder / "latest").unlink()
    before = snapshot(store.folder)
    with pytest.raises(ReleaseDamaged, match=f"{R1}, {R2}"):
        store.recover()
    assert snapshot(store.folder) == before
    assert store.roll_back(R2, "it was")
    assert store.current() == R2


def test_a_current_release_that_is_gone_is_refused(store: ReleaseStore) -> None:
    publish(store)
    publish(store)
    shutil.rmtree(store.folder / R2)
    store.recover()
    with pytest.raises(ReleaseDamaged, match=R2):
        store.current_release()
    (store.folder / "latest").unlink()
    with pytest.raises(ReleaseDamaged):
        store.recover()


def test_a_copy_in_place_of_the_link_becomes_the_link(store: ReleaseStore) -> None:
    publish(store)
    latest = store.folder / "latest"
    latest.unlink()
    shutil.copytree(store.folder / R1, latest)
    store.recover()
    assert latest.is_symlink()
    assert store.current() == R1
    assert not list(store.folder.glob(".removing-*"))


def test_a_folder_in_place_of_the_link_that_is_something_else_stays(store: ReleaseStore) -> None:
    publish(store)
    latest = store.folder / "latest"
    latest.unlink()
    latest.mkdir()
    (latest / "figures.csv").write_text("somebody's")
    with pytest.raises(ReleaseDamaged, match="latest"):
        store.recover()
    with pytest.raises(ReleaseDamaged, match="move it away"):
        store.roll_back(R1, "")
    assert (latest / "figures.csv").read_text() == "somebody's"


@pytest.mark.parametrize("target", ["elsewhere", f"../{YEAR - 1}/{R1}", "/nowhere", f"{YEAR - 1}-r1"])
def test_a_link_that_names_no_release_of_the_year_is_none(store: ReleaseStore, target: str) -> None:
    publish(store)
    relink(store, target)
    store.recover()
    assert os.readlink(store.folder / "latest") == R1


# --- the log ------------------------------------------------------------------------------------


def test_a_line_cut_short_is_no_entry(store: ReleaseStore) -> None:
    publish(store)
    log = log_of(store)
    log.write_text(log.read_text() + '{"release": "20')
    assert [entry.release for entry in store.log()] == [R1]
    publish(store)
    assert [entry.release for entry in store.log()] == [R1, R2]
    assert json.loads(log.read_text().splitlines()[-1])["event"] == "released"


def with_mark(content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content


def with_line_ends(content: bytes) -> bytes:
    return content.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("change", [with_mark, with_line_ends])
def test_a_log_saved_by_an_editor_is_read(store: ReleaseStore, change: Callable[[bytes], bytes]) -> None:
    publish(store)
    publish(store)
    log_of(store).write_bytes(change(log_of(store).read_bytes()))
    assert [entry.release for entry in store.log()] == [R1, R2]
    assert store.damage() == []


def test_an_unreadable_line_is_told_and_kept(store: ReleaseStore) -> None:
    for _ in range(3):
        publish(store)
    lines = log_of(store).read_bytes().splitlines(keepends=True)
    log_of(store).write_bytes(lines[0] + b"\xff\xfe nothing\n" + lines[2])
    before = log_of(store).read_bytes()
    store.recover()
    assert [entry.release for entry in store.log()] == [R1, R3]
    assert "line 2" in store.damage()[0]
    publish(store)
    assert log_of(store).read_bytes().startswith(before)


def test_no_flipped_bit_in_the_log_costs_a_release(store: ReleaseStore) -> None:
    """A flipped bit that makes a log line name another release."""
    publish(store)
    publish(store)
    log = log_of(store)
    content = log.read_bytes()
    releases = {name: snapshot(store.folder / name) for name in (R1, R2)}
    for at in range(len(content)):
        for bit in range(8):
            log.write_bytes(content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :])
            store.recover()
            assert store.current() == R2
            assert store.next_name() == R3
            # The file name and, where a line end went, two lines.
            assert store.damage() or log.read_bytes().split() == content.split()
    assert {name: snapshot(store.folder / name) for name in (R1, R2)} == releases


# --- what a release holds -----------------------------------------------------------------------


def edit(path: Path, text: str) -> None:
    path.chmod(0o644)
    path.write_text(text)


def test_an_edited_file_is_found_when_it_is_asked_for(store: ReleaseStore) -> None:
    publish(store)
    edit(store.folder / R1 / "figures.csv", "y")
    release = store.release(R1)
    assert release.file("site/index.html").is_file()
    with pytest.raises(ReleaseDamaged, match=rf"{R1}/figures\.csv"):
        release.file("figures.csv")
    with pytest.raises(ReleaseDamaged, match=rf"{R1}/figures\.csv"):
        release.verify()
    release.verify("site/")


def test_a_file_that_was_added_is_found(store: ReleaseStore) -> None:
    publish(store)
    (store.folder / R1 / "site" / "further.html").write_text("")
    with pytest.raises(ReleaseDamaged, match=r"site/further\.html"):
        store.release(R1).verify()


def test_no_flipped_bit_in_release_json_is_believed(store: ReleaseStore) -> None:
    publish(store)
    path = store.folder / R1 / "release.json"
    content = path.read_bytes()
    known = store.release(R1).provenance
    path.chmod(0o644)
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        try:
            assert store.release(R1).provenance == known
        except ReleaseDamaged:
            assert store.names() == []


def test_a_release_that_lacks_a_file_is_none(store: ReleaseStore) -> None:
    publish(store)
    publish(store)
    (store.folder / R1 / "figures.csv").unlink()
    assert store.names() == [R2]
    with pytest.raises(ReleaseDamaged, match=r"figures\.csv is missing"):
        store.roll_back(R1, "")
    assert store.current() == R2


def test_rolling_back_needs_a_release(store: ReleaseStore) -> None:
    publish(store)
    with pytest.raises(NoSuchRelease, match="r7"):
        store.roll_back(f"{YEAR}-r7", "")


def test_rolling_back_to_an_edited_release_is_refused(store: ReleaseStore) -> None:
    publish(store)
    publish(store)
    edit(store.folder / R1 / "site" / "index.html", "y")
    with pytest.raises(ReleaseDamaged, match=r"site/index\.html"):
        store.roll_back(R1, "")


def test_rolling_back_to_the_current_release_changes_nothing(store: ReleaseStore) -> None:
    publish(store)
    before = snapshot(store.folder)
    assert not store.roll_back(R1, "")
    assert snapshot(store.folder) == before
