"""The release step: verify the build, write everything aside, make it current in one step.

Here belongs the order of a release and the last refusal. Each form of the content has its own module.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.build import Build
from orchestration.databases import open_database
from orchestration.fingerprints import code_fingerprint, inputs_fingerprint
from orchestration.guards.report import GuardRefused, GuardReport, verify_report
from orchestration.ingest.pseudonyms import forgotten_marks
from orchestration.paths import Home
from orchestration.progress import say
from orchestration.release.changes import compare, tell
from orchestration.release.content import Guarded, ReleaseContent
from orchestration.release.database import write_database
from orchestration.release.shelf import Shelf
from orchestration.release.tables import as_texts, read_tables, text_of, write_csv
from orchestration.transform.reuse import BuildIncomplete, ModelsRecord, sql_of_last_run

PROVENANCE = "release.json"


class ReleaseRefused(Exception):
    """The build may not be published; the message says why."""


@dataclass(frozen=True)
class Released:
    """The outcome of a release step: the current release, and whether it is a new one."""

    release: str
    folder: Path
    is_new: bool


def publish(build: Build, home: Home, exports: Path) -> Released:
    """Releases a build that is complete and green; where nothing differs, the current one stands.

    Raises ReleaseRefused without a complete build with all guards of its own green.
    """
    report = verified_report(build)
    shelf = Shelf(home, build.year)
    shelf.recover()
    aside = shelf.begin()
    try:
        content = _content(build, shelf, exports, report)
        forgotten = len(forgotten_marks(home.forgotten))
        _write_tables(aside, content)
        unchanged = _unchanged(shelf, aside, content, forgotten)
        if unchanged is not None:
            shelf.discard(aside)
            return Released(unchanged, shelf.folder / unchanged, is_new=False)
        _write_all(aside, content, build, report, forgotten)
        return Released(content.release, shelf.publish(aside, content.release), is_new=True)
    except BaseException:
        if aside.exists():
            shelf.discard(aside)
        raise


def verified_report(build: Build) -> GuardReport:
    """The guard results of this very build; ReleaseRefused unless all are there and green."""
    try:
        ModelsRecord(build).verify_complete()
        return verify_report(build)
    except (BuildIncomplete, GuardRefused) as error:
        raise ReleaseRefused(str(error)) from None


def _content(build: Build, shelf: Shelf, exports: Path, report: GuardReport) -> ReleaseContent:
    with open_database(build.database, read_only=True) as connection:
        findings = _dicts(connection, "select * from findings order by all")
        corrections = _dicts(
            connection, "select * from corrections order by source_file, source_line, column_name"
        )
        tables = read_tables(connection)
    release = shelf.next_name()
    return ReleaseContent(
        year=build.year,
        release=release,
        previous=shelf.current(),
        tables=tables,
        guarded=_guarded(report),
        findings=findings,
        database=build.database,
        manifest=build.manifest,
        inputs_fingerprint=inputs_fingerprint(exports),
        code_fingerprint=code_fingerprint(),
        changes="",
        corrections=corrections,
        sql=sql_of_last_run(build),
    )


def _dicts(connection: Any, sql: str) -> list[dict[str, Any]]:
    result = connection.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _guarded(report: GuardReport) -> Guarded:
    outcomes = [each.as_dict() for each in report.results]
    return Guarded(
        passed=sum(each.outcome == "passed" for each in report.results),
        failed=sum(each.outcome == "failed" for each in report.results),
        could_not_check=sum(each.outcome == "could_not_check" for each in report.results),
        outcomes=outcomes,
    )


def _write_tables(folder: Path, content: ReleaseContent) -> None:
    for table in content.tables.values():
        write_csv(folder / f"{table.name}.csv", table.columns, table.rows)


def _unchanged(shelf: Shelf, aside: Path, content: ReleaseContent, forgotten: int) -> str | None:
    """The current release, where this build would only repeat it.

    It would not where people asked to be forgotten since: their pseudonyms are in its database.
    """
    current = shelf.current()
    if current is None or not (shelf.folder / current / PROVENANCE).exists():
        return None
    provenance = json.loads((shelf.folder / current / PROVENANCE).read_text(encoding="utf-8"))
    if provenance["code"] != content.code_fingerprint or provenance.get("forgotten", 0) != forgotten:
        return None
    same = all(
        (shelf.folder / current / path.name).exists()
        and (shelf.folder / current / path.name).read_bytes() == path.read_bytes()
        for path in aside.glob("*.csv")
    )
    return current if same else None


def _write_all(
    folder: Path, content: ReleaseContent, build: Build, report: GuardReport, forgotten: int
) -> None:
    from dataclasses import replace

    from orchestration.release.package import DESCRIPTOR, write_package

    changes = _changes(folder, content, build)
    (folder / "changes.md").write_text(changes, encoding="utf-8")
    (folder / PROVENANCE).write_text(_provenance(content, forgotten), encoding="utf-8")
    content = replace(content, changes=changes)
    for name, write in _writers(report).items():
        say("release", name)
        write(folder, content)
    _verify_tables(folder, content)
    _verify_database(folder, content)
    say("release", DESCRIPTOR)
    write_package(folder, content)


def _changes(folder: Path, content: ReleaseContent, build: Build) -> str:
    shelf_folder = folder.parent
    previous = shelf_folder / content.previous if content.previous else None
    difference = compare(previous, folder) if previous else None
    if difference is not None:
        difference = difference.__class__(difference.old, content.release, difference.moves, difference.files)
    with open_database(build.database, read_only=True) as connection:
        restatements = _dicts(connection, "select * from restatements")
    as_text = [
        [{name: text_of(value) for name, value in row.items()} for row in rows]
        for rows in (content.findings, content.corrections, restatements)
    ]
    return tell(difference, content.release, *as_text)


def _provenance(content: ReleaseContent, forgotten: int) -> str:
    node = {
        "release": content.release,
        "year": content.year,
        "previous": content.previous,
        "exports": content.inputs_fingerprint,
        "code": content.code_fingerprint,
        "forgotten": forgotten,
        "guards": {
            "passed": content.guarded.passed,
            "failed": content.guarded.failed,
            "could_not_check": content.guarded.could_not_check,
        },
    }
    return json.dumps(node, indent=1) + "\n"


Writer = Callable[[Path, ReleaseContent], object]


def _writers(report: GuardReport) -> dict[str, Writer]:
    from orchestration.guards.data_docs import write_data_docs
    from orchestration.release.charts import write_charts
    from orchestration.release.documentation import write_documentation
    from orchestration.release.lineage import write_lineage
    from orchestration.release.site import write_site
    from orchestration.release.workbook import write_workbook

    return {
        "guards.json": lambda folder, _: (folder / "guards.json").write_text(
            report.published_json(), encoding="utf-8"
        ),
        "lineage.json": write_lineage,
        "report.xlsx": write_workbook,
        "documentation": write_documentation,
        "charts": write_charts,
        "warehouse.duckdb": lambda folder, content: write_database(
            content.database, folder, content.manifest
        ),
        # The page links what lies beside it.
        "site/guards": lambda folder, _: write_data_docs(report, folder / "site" / "guards"),
        "site": write_site,
    }


def _verify_tables(folder: Path, content: ReleaseContent) -> None:
    """Reads back what was written: a release that cannot be read is none."""
    import csv
    from itertools import starmap, zip_longest
    from operator import eq

    for table in content.tables.values():
        with (folder / f"{table.name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream)
            next(rows)
            # The csv module reads a carriage return or line feed inside a quoted cell back as it stands.
            same = all(starmap(eq, zip_longest(map(tuple, rows), as_texts(table.rows))))
        if not same:
            raise ReleaseRefused(f"{table.name}.csv does not read back as it was written")


def _verify_database(folder: Path, content: ReleaseContent) -> None:
    with open_database(folder / "warehouse.duckdb", read_only=True) as connection:
        figures = connection.execute("select count(*) from figures").fetchall()[0][0]
    if figures != len(content.tables["figures"].rows):
        raise ReleaseRefused("warehouse.duckdb does not hold every figure")
