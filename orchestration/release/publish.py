"""The release step: verifies the build, writes all outputs aside, and makes them the current release."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import starmap, zip_longest
from operator import eq
from pathlib import Path
from typing import Any

from orchestration.build import Build
from orchestration.databases import open_database
from orchestration.errors import Refusal
from orchestration.fingerprints import code_fingerprint, inputs_fingerprint
from orchestration.guards.validation_results import GuardRefused, GuardReport, verify_report
from orchestration.ingest.errors import Finding, by_importance
from orchestration.ingest.pseudonyms import forgotten_marks
from orchestration.paths import Home
from orchestration.progress import say
from orchestration.release.changes import compare, tell
from orchestration.release.database import write_database
from orchestration.release.release_data import Guarded, ReleaseData
from orchestration.release.tables import as_texts, read_tables, text_of, write_csv
from orchestration.release_store import PROVENANCE, Release, ReleaseStore
from orchestration.storage import sha256_of_file
from orchestration.transform.reuse import BuildIncomplete, ModelsRecord, sql_of_last_run


class ReleaseRefused(Refusal):
    """The build must not be published; the message says why."""


@dataclass(frozen=True)
class Released:
    """The outcome of a release step: the current release, and whether it is new."""

    release: str
    folder: Path
    is_new: bool


def publish(build: Build, home: Home, exports: Path) -> Released:
    """Releases a complete and green build; keeps the current release if nothing differs.

    Raises ReleaseRefused without a complete build with all guards of its own green, ReleaseDamaged where the
    current release is not what was published.
    """
    report = verified_report(build)
    store = ReleaseStore(home, build.year)
    store.recover()
    previous = store.current_release()
    forgotten = len(forgotten_marks(home.forgotten))
    if previous is not None:
        previous.verify()
        _refuse_fewer_forgotten(previous, forgotten, home)
    aside = store.begin()
    try:
        content = _content(build, store.next_name(), previous, exports, report)
        _write_tables(aside, content)
        if previous is not None and _is_unchanged(previous, aside, content, forgotten):
            store.discard(aside)
            return Released(previous.name, previous.folder, is_new=False)
        _write_all(aside, content, build, report, previous)
        folder = store.publish(aside, content.release, _provenance(content, forgotten))
        return Released(content.release, folder, is_new=True)
    except BaseException:
        if aside.exists():
            store.discard(aside)
        raise


def _refuse_fewer_forgotten(previous: Release, forgotten: int, home: Home) -> None:
    before = int(previous.provenance.get("forgotten", 0))
    if forgotten < before:
        raise ReleaseRefused(
            f"{home.forgotten} holds {forgotten} forgotten people, {previous.name} was made without {before}: "
            "they would be known again. Put the file back from a back-up"
        )


def verified_report(build: Build) -> GuardReport:
    """The guards' results for this build; raises ReleaseRefused unless complete and green."""
    try:
        ModelsRecord(build).verify_complete()
        return verify_report(build)
    except (BuildIncomplete, GuardRefused) as error:
        raise ReleaseRefused(str(error)) from None


def _content(
    build: Build, release: str, previous: Release | None, exports: Path, report: GuardReport
) -> ReleaseData:
    with open_database(build.database, read_only=True) as connection:
        findings = [
            Finding(**each)
            for each in _dicts(connection, "select severity, code, source_file, message from findings")
        ]
        corrections = _dicts(
            connection, "select * from corrections order by source_file, source_line, column_name"
        )
        tables = read_tables(connection)
    return ReleaseData(
        year=build.year,
        release=release,
        previous=previous.name if previous is not None else None,
        tables=tables,
        guarded=_guarded(report),
        findings=[asdict(each) for each in by_importance(findings)],
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


def _write_tables(folder: Path, content: ReleaseData) -> None:
    for table in content.tables.values():
        write_csv(folder / f"{table.name}.csv", table.columns, table.rows)


def _is_unchanged(previous: Release, aside: Path, content: ReleaseData, forgotten: int) -> bool:
    """Whether this build equals the current release.

    It would not where people asked to be forgotten since: their pseudonyms are in its database.
    """
    made_of = previous.provenance.get("code"), previous.provenance.get("forgotten")
    return made_of == (content.code_fingerprint, forgotten) and all(
        previous.hashes.get(path.name) == sha256_of_file(path) for path in aside.glob("*.csv")
    )


def _write_all(
    folder: Path, content: ReleaseData, build: Build, report: GuardReport, previous: Release | None
) -> None:
    from orchestration.release.package import DESCRIPTOR, write_package

    changes = _changes(folder, content, build, previous)
    (folder / "changes.md").write_text(changes, encoding="utf-8")
    # A file of the package like all others, though written last: it holds the hash of each of them.
    (folder / PROVENANCE).touch()
    content = replace(content, changes=changes)
    for name, write in _writers(report).items():
        say("release", name)
        write(folder, content)
    _verify_tables(folder, content)
    _verify_database(folder, content)
    say("release", DESCRIPTOR)
    write_package(folder, content)


def _changes(folder: Path, content: ReleaseData, build: Build, previous: Release | None) -> str:
    difference = compare(previous.folder, folder) if previous is not None else None
    if difference is not None:
        difference = difference.__class__(difference.old, content.release, difference.moves, difference.files)
    with open_database(build.database, read_only=True) as connection:
        restatements = _dicts(connection, "select * from restatements")
    as_text = [
        [{name: text_of(value) for name, value in row.items()} for row in rows]
        for rows in (content.findings, content.corrections, restatements)
    ]
    return tell(difference, content.release, *as_text)


def _provenance(content: ReleaseData, forgotten: int) -> dict[str, Any]:
    return {
        "year": content.year,
        "previous": content.previous,
        "exports": content.inputs_fingerprint,
        "code": content.code_fingerprint,
        "forgotten": forgotten,
        "findings": content.findings,
        "guards": {
            "passed": content.guarded.passed,
            "failed": content.guarded.failed,
            "could_not_check": content.guarded.could_not_check,
        },
    }


Writer = Callable[[Path, ReleaseData], object]


def _writers(report: GuardReport) -> dict[str, Writer]:
    from orchestration.guards.data_docs import write_data_docs
    from orchestration.release.charts import write_charts
    from orchestration.release.contract import FILE as CONTRACT
    from orchestration.release.contract import write_contract
    from orchestration.release.documentation import write_documentation
    from orchestration.release.lineage import write_lineage
    from orchestration.release.paper import write_paper
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
        "report.pdf": write_paper,
        "warehouse.duckdb": lambda folder, content: write_database(
            content.database, folder, content.manifest, content.tables["figures"]
        ),
        CONTRACT: write_contract,
        # The page links what lies beside it.
        "site/guards": lambda folder, _: write_data_docs(report, folder / "site" / "guards"),
        "site": write_site,
    }


def _verify_tables(folder: Path, content: ReleaseData) -> None:
    """Reads the written tables back and compares them."""
    for table in content.tables.values():
        with (folder / f"{table.name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream)
            next(rows)
            # The csv module reads a carriage return or line feed inside a quoted cell back as it stands.
            same = all(starmap(eq, zip_longest(map(tuple, rows), as_texts(table.rows))))
        if not same:
            raise ReleaseRefused(f"{table.name}.csv does not read back as it was written")


def _verify_database(folder: Path, content: ReleaseData) -> None:
    with open_database(folder / "warehouse.duckdb", read_only=True) as connection:
        figures = connection.execute("select count(*) from figures").fetchall()[0][0]
    if figures != len(content.tables["figures"].rows):
        raise ReleaseRefused("warehouse.duckdb does not hold every figure")
