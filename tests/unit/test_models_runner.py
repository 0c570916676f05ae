"""A failed data test names the rows that it found."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

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
