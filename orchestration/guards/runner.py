"""Runs all suites on a build and stores the results.

Every expectation has a result, whatever happens to its suite; results are stored completely or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.build import Build
from orchestration.guards.connection import frame_of, opened
from orchestration.guards.gx_validation import Judge, unanswered
from orchestration.guards.suites import Suite, load_suites, suites_fingerprint
from orchestration.guards.validation_results import ExpectationOutcome, GuardReport
from orchestration.paths import EXPECTATIONS_FOLDER
from orchestration.storage import write_atomically

if TYPE_CHECKING:
    import duckdb


def run_guards(
    build: Build,
    names: Collection[str] | None = None,
    expectations: Path = EXPECTATIONS_FOLDER,
) -> GuardReport:
    """Runs the named suites (default: all) and stores the results in the build's folder.

    Answers of other suites stay, as long as they are about the same state of the build.
    """
    state = build.state()
    known = load_suites(expectations)
    asked = [suite for suite in known if names is None or suite.name in names]
    answers: dict[str, list[ExpectationOutcome]] = {suite.path: [] for suite in known}
    answers |= _answers_of(build, state, expectations)
    for suite in asked:
        answers[suite.path] = []
    for answer in ask_all(build, asked, expectations):
        answers[f"{answer.layer}/{answer.suite}"].append(answer)
    report = GuardReport(
        year=build.year,
        state=state,
        suites_fingerprint=suites_fingerprint(expectations),
        suites_run=[path for path, answered in answers.items() if answered],
        results=[answer for answered in answers.values() for answer in answered],
    )
    with write_atomically(build.guards_file) as aside:
        aside.write_text(report.to_json(), encoding="utf-8")
    return report


def _answers_of(build: Build, state: str, expectations: Path) -> dict[str, list[ExpectationOutcome]]:
    """Suite → stored results, if they are for this state and these suites."""
    try:
        report = GuardReport.from_json(build.guards_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if (report.year, report.state) != (build.year, state):
        return {}
    if report.suites_fingerprint != suites_fingerprint(expectations):
        return {}
    answers: dict[str, list[ExpectationOutcome]] = {path: [] for path in report.suites_run}
    for each in report.results:
        answers.setdefault(f"{each.layer}/{each.suite}", []).append(each)
    return answers


def ask_all(
    build: Build,
    suites: Sequence[Suite],
    expectations: Path = EXPECTATIONS_FOLDER,
    judge: Judge | None = None,
) -> list[ExpectationOutcome]:
    """Runs all suites in order; an error becomes a failed result."""
    try:
        judge = judge or Judge()
        with opened(build, expectations) as connection:
            return [each for suite in suites for each in _ask(judge, connection, suite)]
    except Exception as error:
        return [each for suite in suites for each in unanswered(suite, _told(error))]


def _ask(judge: Judge, connection: duckdb.DuckDBPyConnection, suite: Suite) -> list[ExpectationOutcome]:
    if suite.problem:
        return unanswered(suite, suite.problem)
    try:
        return judge.ask(suite, frame_of(connection, suite.sql))
    except Exception as error:
        return unanswered(suite, _told(error))


def _told(error: Exception) -> str:
    message = (str(error) or type(error).__name__).strip().splitlines()
    return message[0] if message else type(error).__name__
