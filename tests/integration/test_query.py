"""``metropolis query`` answers on released data in every form, and refuses whatever is no question to them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.cli import run
from orchestration.paths import Home
from orchestration.release_store import ReleaseStore
from orchestration.storage import read_csv
from tests.conftest import SMALL_YEAR, Warehouse, snapshot
from tests.support.released_figures import release_figures

MEMBERS = "select member_id, name, joined_on, is_member from members order by member_id"


class Asking:
    """Calls of the command on a home."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def answer(self, *arguments: str) -> str:
        """What a call prints that must succeed."""
        assert run(["query", "--home", str(self.home), *arguments]) == 0
        return self._capsys.readouterr().out

    def refusal(self, *arguments: str) -> str:
        """The sentence of a call that must be refused as wrong."""
        assert run(["query", "--home", str(self.home), *arguments]) == 2
        said = self._capsys.readouterr()
        assert said.out == ""
        assert "Traceback" not in said.err
        return said.err


@pytest.fixture
def ask(released: Warehouse, capsys: pytest.CaptureFixture[str]) -> Asking:
    return Asking(released.home, capsys)


def test_an_answer_in_every_form(ask: Asking, released: Warehouse, tmp_path: Path) -> None:
    year = ("--year", str(SMALL_YEAR))
    as_csv = list(csv.DictReader(io.StringIO(ask.answer(MEMBERS, *year, "--format", "csv"))))
    as_json = json.loads(ask.answer(MEMBERS, *year, "--format", "json"))
    as_table = ask.answer(MEMBERS, *year)
    file = tmp_path / "members.parquet"
    assert ask.answer(MEMBERS, *year, "--format", "parquet", "--output", str(file)) == ""
    as_parquet = pq.read_table(file).to_pylist()
    names = {row["member"] for row in read_csv(released.latest / "annex_activity.csv")}
    assert names < {row["name"] for row in as_csv}
    assert [row["name"] for row in as_csv] == [row["name"] for row in as_json]
    assert [row["name"] for row in as_csv] == [row["name"] for row in as_parquet]
    assert {type(row["joined_on"]) for row in as_parquet} == {date}
    assert {type(row["is_member"]) for row in as_json} == {bool}
    lines = as_table.splitlines()
    assert lines[0].split() == ["member_id", "name", "joined_on", "is_member"]
    assert len(lines) == len(as_csv) + 1


def test_without_a_year_the_newest_one_answers(ask: Asking) -> None:
    assert json.loads(ask.answer("select distinct year from figures", "--format", "json")) == [
        {"year": SMALL_YEAR}
    ]


def test_numbers_stay_what_they_are(ask: Asking, tmp_path: Path) -> None:
    sql = "select cast(0.1 as decimal(18, 4)) + 0.2 as sum, 7.0 as whole, null as nothing, '=1+1' as text"
    row = {"sum": 0.3, "whole": 7, "nothing": None, "text": "=1+1"}
    assert json.loads(ask.answer(sql, "--format", "json")) == [row]
    # A spreadsheet must not run what somebody typed into an export.
    assert ask.answer(sql, "--format", "csv") == "sum,whole,nothing,text\n0.3,7.0,,'=1+1\n"
    file = tmp_path / "x.parquet"
    ask.answer(sql, "--format", "parquet", "--output", str(file))
    assert pq.read_table(file).column("sum").to_pylist() == [Decimal("0.3")]


def test_an_answer_can_go_to_a_file(ask: Asking, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    assert ask.answer(MEMBERS, "--format", "csv", "--output", str(file)) == ""
    assert file.read_text(encoding="utf-8") == ask.answer(MEMBERS, "--format", "csv")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select 1; select 2", "one statement is answered at a time; there are 2"),
        ("", "one statement is answered at a time; there are 0"),
        ("delete from figures", "released data are only read"),
        ("create temp table x as select 1", "released data are only read"),
        ("copy figures to 'x.csv'", "released data are only read"),
        ("set memory_limit = '8GB'", "released data are only read"),
        ("attach 'other.duckdb'", "released data are only read"),
        ("select * from read_text('/etc/hostname')", "no other file"),
        ("from '/etc/*.csv'", "no other file"),
        ("from nothing_of_that_name", "Table with name nothing_of_that_name does not exist"),
        ("select no_column from figures", 'Referenced column "no_column" not found'),
        ("select cast('a' as int)", "Could not convert string 'a'"),
        ("selec", "syntax error"),
        # A name of the program that runs the query is no table.
        ("from sql", "Table with name sql does not exist"),
    ],
)
def test_what_is_no_question_to_the_release_is_refused(ask: Asking, sql: str, said: str) -> None:
    sentence = ask.refusal(sql)
    assert said in sentence
    assert sentence.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("from figures", "--format", "parquet"), "--output FILE"),
        (("from figures", "--output", "x"), "--format csv, json or parquet"),
        (("from figures", "--year", "1950"), "there is no release of 1950"),
        (("from figures", "--year", "1950", "--all-years"), "do not go together"),
        (("select 1 as a, 2 as a", "--format", "json"), "have the same name"),
    ],
)
def test_a_wrong_call_is_said(ask: Asking, arguments: tuple[str, ...], said: str) -> None:
    assert said in ask.refusal(*arguments)


def test_nothing_of_the_release_changes(ask: Asking, released: Warehouse) -> None:
    before = snapshot(released.releases)
    ask.answer("select count(*) from attendances, members")
    assert snapshot(released.releases) == before


def test_all_years_answer_with_their_year(ask: Asking) -> None:
    sql = "select distinct year from members"
    assert json.loads(ask.answer(sql, "--all-years", "--format", "json")) == [{"year": SMALL_YEAR}]


def test_without_any_release_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = Asking(tmp_path / "home", capsys)
    assert "there is no release in" in empty.refusal("select 1")
    assert "there is no release over all years in" in empty.refusal("select 1", "--all-years")


def test_a_mart_that_is_too_large_for_the_database_is_asked_like_any_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    release_figures(home, SMALL_YEAR, 3)
    store = ReleaseStore(home, SMALL_YEAR)
    aside = store.begin()
    for path in (store.folder / "latest").iterdir():
        if path.name != "release.json":
            (aside / path.name).write_bytes(path.read_bytes())
    (aside / "parquet").mkdir()
    rows = pa.table({"figure_id": ["members_new"], "unit_key": ["M1"]})
    pq.write_table(rows, aside / "parquet" / "figure_evidence_rows.parquet")
    pq.write_table(rows, tmp_path / "one.parquet")
    store.publish(aside, store.next_name(), {"year": SMALL_YEAR})
    ask = Asking(home.folder, capsys)
    assert ask.answer("select unit_key from figure_evidence_rows", "--format", "csv") == "unit_key\nM1\n"
    assert "no other file" in ask.refusal(f"from '{tmp_path / 'one.parquet'}'")
