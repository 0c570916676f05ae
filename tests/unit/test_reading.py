"""Tables read ahead are those of the very state of the database that is released."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.build import Build
from orchestration.release import reading


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(1, "build", tmp_path, tmp_path, tmp_path / "build.duckdb", "landing", "stamp")


def test_what_was_read_ahead_is_not_read_again(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead: reading.Tables = {}
    monkeypatch.setattr(reading, "_read", lambda build: ahead)
    reading.read_ahead(build)
    monkeypatch.setattr(reading, "_read", lambda build: {})
    assert reading.tables_of(build) is ahead
    assert reading.tables_of(build) is not ahead


@pytest.mark.parametrize("other", [{"build_id": "another"}, {"database_stamp": "later"}])
def test_another_build_is_read_anew(
    build: Build, monkeypatch: pytest.MonkeyPatch, other: dict[str, str]
) -> None:
    ahead: reading.Tables = {}
    monkeypatch.setattr(reading, "_read", lambda build: ahead)
    reading.read_ahead(build)
    monkeypatch.setattr(reading, "_read", lambda build: {})
    assert reading.tables_of(replace(build, **other)) is not ahead  # type: ignore[arg-type]


def test_what_goes_wrong_ahead_goes_wrong_in_the_release(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(build: Build) -> reading.Tables:
        raise OSError

    monkeypatch.setattr(reading, "_read", torn)
    reading.read_ahead(build)
    with pytest.raises(OSError):
        reading.tables_of(build)
