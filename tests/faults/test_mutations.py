"""Every guard fails on the mutations that it is responsible for, and on no others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.build import Build
from orchestration.guards.connection import opened
from orchestration.guards.gx_validation import Judge
from orchestration.guards.runner import ask_all
from orchestration.guards.suites import Suite, load_suites
from orchestration.guards.validation_results import FAILED, PASSED, ExpectationOutcome
from orchestration.paths import PROJECT_FOLDER
from tests.faults.mutations import MUTATIONS, Landing, Marts, Mutation

if TYPE_CHECKING:
    import pandas as pd

MATRIX = PROJECT_FOLDER / "build" / "guard_matrix.md"


class RememberingJudge(Judge):
    """Caches results by suite and table."""

    def __init__(self) -> None:
        super().__init__()
        self._first: dict[str, tuple[pd.DataFrame, list[ExpectationOutcome]]] = {}

    def ask(self, suite: Suite, frame: pd.DataFrame) -> list[ExpectationOutcome]:
        """The answers to all questions of a suite."""
        known = self._first.get(suite.path)
        if known is not None and known[0].equals(frame):
            return known[1]
        answers = super().ask(suite, frame)
        self._first.setdefault(suite.path, (frame, answers))
        return answers


@dataclass
class Bench:
    """A green build, its guards, and their results for each mutation."""

    green: Build
    suites: list[Suite]
    judge: RememberingJudge
    said: dict[str, set[str]] = field(default_factory=dict)

    def ask(self, build: Build) -> list[ExpectationOutcome]:
        """The answers about a build."""
        return ask_all(build, self.suites, judge=self.judge)

    def corrupted(self, mutation: Mutation, folder: Path) -> Build:
        """A copy of the green build with a mutation in it."""
        build = replace(
            self.green, folder=folder, landing=folder / "landing", database=folder / "build.duckdb"
        )
        shutil.copytree(self.green.landing, build.landing, copy_function=os.link)
        shutil.copyfile(self.green.database, build.database)
        for step in mutation.steps:
            if isinstance(step, Marts):
                _change_marts(build, step)
            else:
                _change_landing(build, step)
        return build


def _change_marts(build: Build, step: Marts) -> None:
    with duckdb.connect(str(build.database)) as connection:
        connection.execute(f"set variable report_year = {build.year}")
        changed = connection.execute(step.statement).fetchall()
    assert changed[0][0] > 0, "the statement changed nothing"


def _change_landing(build: Build, step: Landing) -> None:
    path = build.landing / f"{step.table}.parquet"
    changed = path.with_suffix(".changed")
    with opened(build) as connection:
        before = connection.table(f"landing.{step.table}")
        typed = zip(before.columns, before.types, strict=True)
        columns = ", ".join(f'cast("{name}" as {type_}) as "{name}"' for name, type_ in typed)
        connection.execute(f"create temp table changed as select {columns} from ({step.rows})")
        told = connection.execute(
            f"select (select count(*) from (from changed except all from landing.{step.table}))"
            f" + (select count(*) from (from landing.{step.table} except all from changed))"
        ).fetchall()
        connection.execute(f"copy changed to '{changed}' (format parquet)")
    assert told[0][0] > 0, "the query changed nothing"
    changed.replace(path)


@pytest.fixture(scope="module")
def bench(green_build: Build) -> Iterator[Bench]:
    """The bench; writes the matrix of mutations and rules at the end."""
    bench = Bench(green_build, load_suites(), RememberingJudge())
    assert all(each.outcome == PASSED for each in bench.ask(green_build))
    yield bench
    _write_matrix(bench)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_exactly_the_guards_meant_for_it_fail(bench: Bench, mutation: Mutation, tmp_path: Path) -> None:
    outcomes = bench.ask(bench.corrupted(mutation, tmp_path / "build"))
    bench.said[mutation.name] = {each.rule for each in outcomes if each.outcome != PASSED}
    unsure = [each for each in outcomes if each.outcome not in (PASSED, FAILED)]
    assert not unsure, [(each.rule, each.observed) for each in unsure]
    assert bench.said[mutation.name] == mutation.fails


def test_a_failure_shows_the_rows_at_fault(bench: Bench, tmp_path: Path) -> None:
    mutation = next(each for each in MUTATIONS if each.name == "a figure was written by hand")
    outcomes = bench.ask(bench.corrupted(mutation, tmp_path / "build"))
    [failed] = [each for each in outcomes if each.outcome == FAILED]
    [row] = failed.examples
    assert row["figure_id"] == "drawings"
    assert row["value"] == row["recomputed_value"] + 1


def test_every_expectation_is_failed_by_a_mutation() -> None:
    rules = {rule for suite in load_suites() for rule in suite.rules}
    failed = {rule for mutation in MUTATIONS for rule in mutation.fails}
    assert failed == rules


def test_no_two_mutations_have_one_name() -> None:
    names = [mutation.name for mutation in MUTATIONS]
    assert len(set(names)) == len(names)


def _write_matrix(bench: Bench) -> None:
    """Writes each rule with its mutations, and each harmless mutation."""
    lines = ["# Expectations × mutations", ""]
    for suite in bench.suites:
        lines += ["", f"## {suite.path}", "", suite.question, "", "| rule | is failed by |", "|---|---|"]
        for rule in suite.rules:
            by = [name for name, said in bench.said.items() if rule in said]
            lines.append(f"| {rule} | {'; '.join(by) or '**nothing: it may be blind**'} |")
    green = [name for name, said in bench.said.items() if not said]
    lines += ["", "## Stays green", "", *(f"- {name}" for name in green), ""]
    MATRIX.parent.mkdir(exist_ok=True)
    MATRIX.write_text("\n".join(lines), encoding="utf-8")
