"""Every singular data test of the dbt project fails when its rule is broken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.build import build_of
from orchestration.databases import open_database
from orchestration.paths import Home
from orchestration.transform.reuse import sql_of_last_run
from tests.conftest import Warehouse

_SHARE = "whole = 'funds_use'"
_A_COUNT = "figure_id = 'members_total'"
_A_ROW = "('{}', '{}', 'x', 1, 'some.csv', 2, null, null, 'x', null, null)"

# What breaks the agreement, the figure that is named, what is said of it.
FAULTS = [
    ("delete from figures where " + _A_COUNT, "members_total", "one row in figures"),
    (
        "insert into figure_evidence values " + _A_ROW.format("nobody", "numerator"),
        "nobody",
        "the catalogue does not know it",
    ),
    (
        "insert into figure_evidence values " + _A_ROW.format("members_total", "denominator"),
        "members_total",
        "is a count, and has a denominator",
    ),
    (
        "update figure_catalogue set area = 'another' where " + _A_COUNT,
        "members_total",
        "is of area another, which has no evidence model",
    ),
    (
        "update figure_catalogue set definition = null where " + _A_COUNT,
        "members_total",
        "is not documented",
    ),
    (
        "update figure_catalogue set decimals = 2 where " + _A_COUNT,
        "members_total",
        "do not go together",
    ),
    (
        "update figure_catalogue set part_of = 'nobody' where figure_id = 'members_new'",
        "members_new",
        "is part of a figure that the catalogue does not know",
    ),
    (
        "update figure_catalogue set whole = 'another' where figure_id = 'funding_other_share'",
        "funding_other_share",
        "not named <whole>_<part>_share",
    ),
    (
        "insert into figure_catalogue select * replace ('funds_use' as figure_id, null as whole)"
        f" from figure_catalogue where {_SHARE} limit 1",
        "funds_use",
        "has the name of a whole",
    ),
    (
        "update figure_catalogue set figure_id = 'newcomers' where figure_id = 'members_new'",
        "members_new",
        "has evidence, and the catalogue does not know it",
    ),
    (
        "update figure_catalogue set area = 'learning' where " + _A_COUNT,
        "members_total",
        "rests on int_members, not all of which evidence_learning reads",
    ),
    (
        "update figure_catalogue set rests_on = 'int_members|int_staff' where " + _A_COUNT,
        "members_total",
        "rests on int_members|int_staff",
    ),
    (
        "update figure_catalogue set rests_on = null where " + _A_COUNT,
        "members_total",
        "is not documented",
    ),
    (
        "update figure_catalogue set rests_on = 'int_campaigns' where rests_on = 'int_videos'",
        "int_videos",
        "is read by evidence_advocacy, and no figure of its area rests on it",
    ),
]


@pytest.fixture
def broken(released: Warehouse, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of a build's database, to be broken."""
    database = tmp_path / "build.duckdb"
    shutil.copyfile(Home(released.home).build_database(released.year), database)
    with open_database(database) as connection:
        yield connection


def asked(released: Warehouse, test: str) -> str:
    """The SQL of a data test as the last build ran it."""
    return sql_of_last_run(build_of(Home(released.home), released.year))[f"test.metropolis.{test}"]


@pytest.mark.parametrize(("fault", "figure", "problem"), FAULTS, ids=[each[2] for each in FAULTS])
def test_a_disagreement_is_named(
    released: Warehouse,
    broken: duckdb.DuckDBPyConnection,
    fault: str,
    figure: str,
    problem: str,
) -> None:
    question = asked(released, "figure_catalogue_agrees")
    assert broken.execute(question).fetchall() == []
    broken.execute(fault)
    found = broken.execute(question).fetchall()
    assert any(figure == named and problem in told for named, told in found), found


@pytest.mark.parametrize(
    ("fault", "figure"),
    [
        ("update figures set numerator = numerator + 1 where " + _A_COUNT, "members_total"),
        (
            "update figures set denominator = denominator + 1 where figure_id = 'funding_other_share'",
            "funding_other_share",
        ),
        ("delete from figure_evidence where figure_id = 'funds_use'", "funds_use_P002_share"),
        ("update int_event_attendance set gender = 'man' where gender = 'woman'", "participants_women_share"),
    ],
)
def test_rows_that_do_not_make_up_a_figure_are_found(
    released: Warehouse, broken: duckdb.DuckDBPyConnection, fault: str, figure: str
) -> None:
    question = asked(released, "evidence_rows_make_up_the_figures")
    assert broken.execute(question).fetchall() == []
    broken.execute(fault)
    assert figure in {row[0] for row in broken.execute(question).fetchall()}


@pytest.mark.parametrize(
    ("fault", "figure", "part", "problem"),
    [
        (
            "delete from figure_items where figure_id = 'members_total' and member_id ="
            " (select min(member_id) from figure_items where figure_id = 'members_total')",
            "members_total",
            "numerator",
            "do not add up to the figure",
        ),
        (
            "update figure_items set amount = amount + 0.01 where figure_id = 'funds_use_P002_share'"
            " and part = 'denominator'",
            "funds_use_P002_share",
            "denominator",
            "do not add up to the figure",
        ),
        (
            "insert into figure_items (figure_id, part, unit_key, amount)"
            " values ('videos', 'denominator', 'x', 1)",
            "videos",
            "denominator",
            "do not add up to the figure",
        ),
        (
            "delete from figure_items where figure_id = 'participants'",
            "participants",
            "numerator",
            "do not add up to the figure",
        ),
        (
            "update figure_items set unit_key = (select min(person_key) from stg_speakers)"
            " where figure_id = 'experts'",
            "experts",
            "numerator",
            "list a person",
        ),
    ],
    ids=["an item is missing", "an amount is off", "a part too much", "people are missing", "a person"],
)
def test_items_that_do_not_make_up_a_figure_are_found(
    released: Warehouse,
    broken: duckdb.DuckDBPyConnection,
    fault: str,
    figure: str,
    part: str,
    problem: str,
) -> None:
    question = asked(released, "figure_items_make_up_the_figures")
    assert broken.execute(question).fetchall() == []
    broken.execute(fault)
    assert broken.execute(question).fetchall() == [(figure, part, problem)]


def test_evidence_from_a_source_that_a_figure_does_not_rest_on_is_found(
    released: Warehouse, broken: duckdb.DuckDBPyConnection
) -> None:
    question = asked(released, "evidence_comes_from_what_figures_rest_on")
    assert broken.execute(question).fetchall() == []
    broken.execute("update figure_catalogue set rests_on = 'int_campaigns' where figure_id = 'videos'")
    broken.execute("insert into figure_sources values ('members_total', 'website/social.csv', 3)")
    found = broken.execute(question).fetchall()
    assert set(found) == {("videos", "website/videos.csv"), ("members_total", "website/social.csv")}


@pytest.mark.parametrize("column", ["share", "amount"])
def test_parts_that_do_not_add_up_are_found(
    released: Warehouse, broken: duckdb.DuckDBPyConnection, column: str
) -> None:
    question = asked(released, "parts_of_a_whole_add_up")
    assert broken.execute(question).fetchall() == []
    broken.execute("create table broken as from int_rounded_shares")
    broken.execute("drop view int_rounded_shares")
    broken.execute("alter table broken rename to int_rounded_shares")
    assert broken.execute(question).fetchall() == []
    broken.execute(f"update int_rounded_shares set {column} = {column} + 1 where part = 'other'")
    assert [row[0] for row in broken.execute(question).fetchall()] == ["funding"]
