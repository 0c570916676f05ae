"""One pass over all suites of a build.

Here belongs the order of the pass and its one promise: whatever happens to a suite, it has an
answer for each of its questions, and the answers are kept or there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.build import Build, database_stamp
from orchestration.guards.judgement import Judge, unanswered
from orchestration.guards.report import ExpectationOutcome, GuardReport
from orchestration.guards.suites import LAYERS, Suite, load_suites, suites_fingerprint
from orchestration.guards.views import frame_of, opened
from orchestration.paths import EXPECTATIONS_FOLDER
from orchestration.storage import write_atomically

if TYPE_CHECKING:
    import duckdb


def run_guards(
    build: Build,
    layers: Iterable[str] = LAYERS,
    expectations: Path = EXPECTATIONS_FOLDER,
) -> GuardReport:
    """Asks every suite of the layers and keeps the answers in the build's folder."""
    build.guards_file.unlink(missing_ok=True)
    wanted = set(layers)
    suites = [suite for suite in load_suites(expectations) if suite.layer in wanted]
    report = GuardReport(
        build_id=build.build_id,
        year=build.year,
        database_stamp=database_stamp(build.database) if build.database.exists() else "",
        suites_fingerprint=suites_fingerprint(expectations),
        suites_run=[suite.path for suite in suites],
        results=ask_all(build, suites, expectations),
    )
    with write_atomically(build.guards_file) as aside:
        aside.write_text(report.to_json(), encoding="utf-8")
    return report


def ask_all(
    build: Build,
    suites: Sequence[Suite],
    expectations: Path = EXPECTATIONS_FOLDER,
    judge: Judge | None = None,
) -> list[ExpectationOutcome]:
    """The answers of all suites, in their order; whatever goes wrong is an answer, never a pass."""
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
