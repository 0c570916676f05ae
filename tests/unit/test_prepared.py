"""What was got ready for a release is of the very state of the database that is released, or is not taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.build import Build
from orchestration.paths import Home
from orchestration.release import prepared

OTHERS = [{"build_id": "another"}, {"database_stamp": "later"}]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(1, "build", tmp_path, tmp_path, tmp_path / "build.duckdb", "landing", "stamp")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[prepared.Tables]:
    """The tables that were read, anew each time."""
    found: list[prepared.Tables] = []

    def read(build: Build, when_short_ones_are_read: Callable[..., object] = str) -> prepared.Tables:
        found.append({})
        return found[-1]

    monkeypatch.setattr(prepared, "_read", read)
    return found


def test_what_was_read_ahead_is_not_read_again(
    build: Build, home: Home, reads: list[prepared.Tables]
) -> None:
    prepared.read_ahead(build, home)
    assert prepared.tables_of(build) is reads[0]
    assert prepared.tables_of(build) is reads[1]


@pytest.mark.parametrize("other", OTHERS)
def test_another_build_is_read_anew(
    build: Build, home: Home, reads: list[prepared.Tables], other: dict[str, Any]
) -> None:
    prepared.read_ahead(build, home)
    assert prepared.tables_of(replace(build, **other)) is reads[1]


def test_what_goes_wrong_ahead_goes_wrong_in_the_release(build: Build, home: Home) -> None:
    prepared.read_ahead(build, home)
    with pytest.raises(duckdb.Error):
        prepared.tables_of(build)


# --- the copy of the database --------------------------------------------------------------------


def copied(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where the database was written to, each time other bytes."""
    found: list[Path] = []

    def write(database: Path, folder: Path) -> None:
        found.append(folder)
        (folder / "warehouse.duckdb").write_text(str(len(found)))

    monkeypatch.setattr(prepared, "write_database", write)
    return found


def test_a_copy_that_was_begun_is_taken(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, folder = copied(monkeypatch), tmp_path / "release"
    folder.mkdir()
    prepared.begin_copy(build)
    prepared.put_database(build, folder)
    assert (folder / "warehouse.duckdb").read_text() == "1"
    assert len(written) == 1
    assert not written[0].exists()


@pytest.mark.parametrize("other", OTHERS)
def test_a_copy_of_another_state_is_not_taken(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    written, folder = copied(monkeypatch), tmp_path / "release"
    folder.mkdir()
    prepared.begin_copy(build)
    prepared.put_database(replace(build, **other), folder)
    assert (folder / "warehouse.duckdb").read_text() == "2"
    assert written[1] == folder


def test_a_copy_that_failed_is_made_anew(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "release"
    folder.mkdir()
    # There is no database to copy.
    prepared.begin_copy(build)
    written = copied(monkeypatch)
    prepared.put_database(build, folder)
    assert written == [folder]


def test_what_an_earlier_copy_left_is_cleared_away(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(monkeypatch)
    folder = tmp_path / "release"
    folder.mkdir()
    (build.folder / "prepared" / "facts").mkdir(parents=True)
    (build.folder / "prepared" / "facts" / "old.parquet").touch()
    prepared.begin_copy(build)
    prepared.put_database(build, folder)
    assert [path.name for path in folder.iterdir()] == ["warehouse.duckdb"]


def test_what_was_not_taken_is_cleared_away(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    written = copied(monkeypatch)
    prepared.begin_copy(build)
    prepared.discard(build)
    assert len(written) == 1
    assert not written[0].exists()
    prepared.discard(build)
