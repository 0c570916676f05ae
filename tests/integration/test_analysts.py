"""The queries, the code and the notebooks of docs/analysts.md run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.paths import PROJECT_FOLDER, Home
from orchestration.release.all_years import publish_all_years
from tests.conftest import Warehouse
from tests.support.released_figures import release_figures

PAGE = PROJECT_FOLDER / "docs" / "analysts.md"
NOTEBOOK = PROJECT_FOLDER / "docs" / "analysts.ipynb"
NOTEBOOK_OF_YEARS = PROJECT_FOLDER / "docs" / "over-the-years.ipynb"
IN_PYTHON = re.findall(r"^```python\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
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


@pytest.mark.parametrize("code", IN_PYTHON, ids=["duckdb", "pandas", "polars"])
def test_what_the_page_does_in_python_runs(
    released: Warehouse, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".metropolis").symlink_to(released.home)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(code.replace("2021", str(released.year)), names)
    [table] = [names[name] for name in ("lines", "events", "figures") if name in names][:1]
    assert len(table) > 5  # type: ignore[arg-type]


def run_notebook(path: Path) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    return names


def test_the_notebook_runs(released: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METROPOLIS_HOME", str(released.home))
    of_newest = run_notebook(NOTEBOOK)
    assert len(of_newest["by_region"]) > 1
    assert of_newest["release"] == released.latest.resolve()
    monkeypatch.setenv("RELEASE", str(released.releases / f"{released.year}-r1"))
    assert run_notebook(NOTEBOOK)["release"].name == f"{released.year}-r1"


def test_the_notebook_over_the_years_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    for year, members_new in ((2031, 3), (2031, 4), (2032, 6)):
        release_figures(home, year, members_new)
    publish_all_years(home, tmp_path)
    monkeypatch.setenv("METROPOLIS_HOME", str(home.folder))
    names = run_notebook(NOTEBOOK_OF_YEARS)
    assert names["by_year"].values.tolist() == [[2031, 1, 1], [2032, 1, 1]]
    assert [said.tolist() for said in names["restated"].said] == [["3 (2031-r1)", "4 (2031-r2)"]]
    assert names["moves"].query("figure_id == 'members_new'").percent.tolist() == [50]


def test_the_notebook_over_the_years_runs_on_a_real_home(
    released: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METROPOLIS_HOME", str(released.home))
    assert run_notebook(NOTEBOOK_OF_YEARS)["by_year"].activated.sum() > 0
