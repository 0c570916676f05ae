"""The queries and the notebook of docs/analysts.md run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from orchestration.paths import PROJECT_FOLDER
from tests.conftest import Warehouse

PAGE = PROJECT_FOLDER / "docs" / "analysts.md"
NOTEBOOK = PROJECT_FOLDER / "docs" / "analysts.ipynb"
QUESTIONS = re.findall(r"^## \d+\. (.+?)\n\n```sql\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
# A small year may well have no member that pays and takes part in nothing.
MAY_BE_EMPTY = {"Which members pay their fee and yet take part in nothing?"}


def test_there_are_ten_questions() -> None:
    assert len(QUESTIONS) == 10


@pytest.mark.parametrize(("question", "sql"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_a_question_is_answered(released: Warehouse, question: str, sql: str) -> None:
    with duckdb.connect(str(released.latest / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(sql).fetchall()
    assert rows or question in MAY_BE_EMPTY


def test_the_notebook_runs(released: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEASE", str(Path(released.latest).resolve()))
    monkeypatch.setenv("METROPOLIS_HOME", str(released.home))
    names: dict[str, object] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert len(names["by_region"]) > 1  # type: ignore[arg-type]
