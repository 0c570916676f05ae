"""A failed data test names the rows that it found; a project that was moved is parsed anew."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.paths import DBT_FOLDER
from orchestration.transform import runner
from orchestration.transform.runner import ModelsFailed, NodeOutcome, raise_for_failures, with_failing_rows


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table problems (figure_id varchar, problem varchar)")
        connection.execute("insert into problems values ('videos', 'is unknown'), ('drawings', 'is unknown')")
    return path


def failed(question: str, failures: int = 2) -> NodeOutcome:
    return NodeOutcome("test.metropolis.a", "fail", "Got 2 results", failures, question)


def test_a_failed_test_names_what_it_found(database: Path) -> None:
    [told] = with_failing_rows([failed("select * from problems order by figure_id")], database)
    assert told.message == "drawings is unknown; videos is unknown"
    with pytest.raises(ModelsFailed, match="drawings is unknown"):
        raise_for_failures([told])


def test_many_rows_are_cut_short(database: Path) -> None:
    [told] = with_failing_rows([failed("select range as amount from range(40)", 40)], database)
    assert told.message == "amount 0; amount 1; amount 2; amount 3; amount 4; and 35 more"


@pytest.mark.parametrize("question", ["", "select * from nowhere"])
def test_what_cannot_be_asked_again_keeps_its_message(database: Path, question: str) -> None:
    outcome = failed(question)
    assert with_failing_rows([outcome], database) == [outcome]
    assert with_failing_rows([outcome], database.with_name("gone")) == [outcome]


def test_a_project_that_was_moved_is_parsed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    shutil.copytree(DBT_FOLDER, first, ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setattr(runner, "DBT_FOLDER", first)
    runner.parse_project(tmp_path / "parsed")
    first.rename(second)
    (second / "models" / "marts" / "videos.sql").write_text("select 1 as video_id", encoding="utf-8")
    monkeypatch.setattr(runner, "DBT_FOLDER", second)
    manifest = json.loads(runner.parse_project(tmp_path / "parsed").read_text(encoding="utf-8"))
    assert manifest["nodes"]["model.metropolis.videos"]["raw_code"] == "select 1 as video_id"
    assert manifest["nodes"]["seed.metropolis.figure_catalogue"]["root_path"] == str(second)
