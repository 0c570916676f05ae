"""What is told of dbt's outcomes, and what is loaded before it runs.

Here belongs how a failed data test speaks to people, and that a project loaded early serves one run. Running dbt is
the integration tests'.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.transform import runner
from orchestration.transform.runner import ModelsFailed, NodeOutcome, raise_for_failures, told_in_words


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table problems (figure_id varchar, problem varchar)")
        connection.execute("insert into problems values ('videos', 'is unknown'), ('drawings', 'is unknown')")
    return path


def failed(question: str, failures: int = 2) -> NodeOutcome:
    return NodeOutcome("test.metropolis.a", "fail", "Got 2 results", 0.1, failures, question)


def test_a_failed_test_names_what_it_found(database: Path) -> None:
    [told] = told_in_words([failed("select * from problems order by figure_id")], database)
    assert told.message == "drawings is unknown; videos is unknown"
    with pytest.raises(ModelsFailed, match="drawings is unknown"):
        raise_for_failures([told])


def test_many_rows_are_cut_short(database: Path) -> None:
    [told] = told_in_words([failed("select range as amount from range(40)", 40)], database)
    assert told.message == "amount 0; amount 1; amount 2; amount 3; amount 4; and 35 more"


@pytest.mark.parametrize("question", ["", "select * from nowhere"])
def test_what_cannot_be_asked_again_keeps_its_message(database: Path, question: str) -> None:
    outcome = failed(question)
    assert told_in_words([outcome], database) == [outcome]
    assert told_in_words([outcome], database.with_name("gone")) == [outcome]


def test_a_project_that_was_loaded_early_serves_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []

    def load(engine: str) -> str:
        loaded.append(engine)
        return f"the project for {engine}"

    monkeypatch.setattr(runner, "load_manifest", load)
    runner.begin_to_load("some engine")
    assert str(runner._loaded("another engine")) == "the project for another engine"
    assert str(runner._loaded("some engine")) == "the project for some engine"
    assert sorted(loaded) == ["another engine", "some engine"]
    runner._loaded("some engine")
    assert loaded.count("some engine") == 2


def test_what_goes_wrong_early_is_said_by_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(engine: str) -> None:
        raise ModelsFailed(f"no {engine}")

    monkeypatch.setattr(runner, "load_manifest", broken)
    runner.begin_to_load("engine")
    with pytest.raises(ModelsFailed, match="no engine"):
        runner._loaded("engine")
