"""``metropolis build``: builds one year from exports to release."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from rich import filesize

from orchestration import progress
from orchestration.commands.common import WrongCall, held, print_table, warn
from orchestration.errors import ExitCode
from orchestration.ingest.errors import Finding
from orchestration.ingest.folder import odd_entries_of_year
from orchestration.ingest.verdict import sentences_of_notes
from orchestration.limits import require_engine, require_files, require_path
from orchestration.paths import Home
from orchestration.release.all_years import all_years_are_current, publish_all_years
from orchestration.release.changes import compare
from orchestration.release_store import ALL_YEARS, LATEST, Release, ReleaseStore, folder_size
from orchestration.runs import BuildResult, recover_releases, require_people, run_build, unchanged_release
from orchestration.storage import read_csv

_MOST_CHANGES = 20


def build_year(home: Home, raw: Path, year: int, engine: str, wait: float) -> int:
    """Builds and releases a year; the exit code of the outcome.

    Raises WrongCall where there are no exports or the engine is not installed, HomeIsHeld where another writer does
    not end in ``wait`` seconds.
    """
    exports = raw / str(year)
    if not exports.is_dir():
        raise WrongCall(f"there are no exports of {year}: {exports} is no folder")
    require_engine(engine)
    require_files()
    require_path(home.folder)
    home.folder.mkdir(parents=True, exist_ok=True)
    with held(home, wait):
        return _build_held(home, raw, year, engine)


def _build_held(home: Home, raw: Path, year: int, engine: str) -> int:
    started = time.monotonic()
    require_people(home)
    for each in recover_releases(home, year):
        warn(each)
    if odd := odd_entries_of_year(raw / str(year)):
        release = ReleaseStore(home, year).current()
        return _say_refused(BuildResult(ExitCode.WRONG, release, messages=[str(each) for each in odd]), year)
    unchanged = unchanged_release(home, year, raw / str(year), engine)
    if unchanged is not None:
        print(f"Unchanged: neither exports nor code differ from those of {unchanged}.")
        if not all_years_are_current(home, raw):
            # Another year, or a rollback elsewhere, came since; the year itself need not be built for it.
            publish_all_years(home, raw)
        _print_release(home, year, unchanged)
        return ExitCode.OK
    with _Progress():
        result = run_build(home, raw, year, engine)
    if result.exit_code is not ExitCode.OK:
        return _say_refused(result, year)
    assert result.release is not None
    made = ReleaseStore(home, year).release(result.release)
    print_summary(made)
    if result.is_new:
        _print_changes(home, year, made)
    _print_findings(made)
    print()
    said = "Released" if result.is_new else "Unchanged: the figures and files are those of"
    print(f"{said} {result.release} in {time.monotonic() - started:.1f} s.")
    _print_release(home, year, result.release)
    return ExitCode.OK


def _say_refused(result: BuildResult, year: int) -> int:
    if result.is_new:
        print(f"{result.release} was released; all years were not made anew of it:", file=sys.stderr)
    elif result.exit_code is ExitCode.WRONG:
        print(
            f"The exports of {year}, or the machine, cannot be used; nothing was published:", file=sys.stderr
        )
    else:
        print(f"Refused: nothing of {year} was published.", file=sys.stderr)
    for message in result.messages:
        for line in message.splitlines():
            print(f"  {line}", file=sys.stderr)
    if result.is_new:
        return result.exit_code
    standing = f"{result.release} stands" if result.release else "there is no release yet"
    print(f"The last release is untouched: {standing}.", file=sys.stderr)
    return result.exit_code


class _Progress:
    """Progress of the build: a live line on a terminal, else one line per step."""

    def __init__(self) -> None:
        self._step = ""
        self._status = None
        if sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("start")

    def __enter__(self) -> _Progress:
        if self._status is not None:
            self._status.start()
        progress.show_progress_with(self._say)
        return self

    def __exit__(self, *_: object) -> None:
        progress.show_progress_with(lambda step, message: None)
        if self._status is not None:
            self._status.stop()

    def _say(self, step: str, message: str) -> None:
        if self._status is not None:
            self._status.update(f"{step}: {message}")
        elif step != self._step:
            print(f"{step} …", file=sys.stderr, flush=True)
        self._step = step


def print_summary(release: Release) -> None:
    """Prints row counts, guards, and differences from print."""
    _print_sources(read_csv(release.file("sources.csv")))
    guards = release.provenance["guards"]
    asked = sum(guards.values())
    print()
    print(f"Guarded: {guards['passed']} of {asked} expectations hold.")
    _print_reconciliation(read_csv(release.file("reconciliation.csv")))


def _print_changes(home: Home, year: int, release: Release) -> None:
    """Prints changes against the previous release: figures, cells, rows per source."""
    previous = release.provenance["previous"]
    if previous is None:
        print("Changes: the first release of this year.")
        return
    difference = compare(ReleaseStore(home, year).release(previous).folder, release.folder)
    figures = [move for move in difference.moves if move.kind == "figure"]
    cells = len(difference.moves) - len(figures)
    print(f"Changes against {previous}: {len(figures)} figures and {cells} annex cells moved.")
    told = [f"{move.label}: {move.old or 'none'} → {move.new or 'none'}" for move in figures]
    told += [
        f"{each.source_file}: {each.change}, {each.old_rows or 'no'} → {each.new_rows or 'no'} rows"
        for each in difference.files
    ]
    for line in told[:_MOST_CHANGES]:
        print(f"  {line}")
    if len(told) > _MOST_CHANGES:
        print(f"  {len(told) - _MOST_CHANGES} more in changes.md")


def _print_findings(release: Release) -> None:
    findings = [Finding(**each) for each in release.provenance.get("findings", [])]
    lines = sentences_of_notes(findings)
    print("Findings:" if lines else "Findings: none.")
    for line in lines:
        print(f"  {line}")


def _print_sources(sources: list[dict[str, str]]) -> None:
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for row in sources:
        group = row["source_file"].rpartition("/")[0] or "declarations"
        groups[group]["files"] += 1
        for name in ("rows_read", "rows_loaded", "rows_quarantined"):
            groups[group][name] += int(row[name])
    total = sum(groups.values(), Counter())
    names = ("files", "rows_read", "rows_loaded", "rows_quarantined")
    rows = [[group, *(str(counts[name]) for name in names)] for group, counts in groups.items()]
    rows.append(["all", *(str(total[name]) for name in names)])
    print_table(["exports", "files", "read", "loaded", "quarantined"], rows, right=(1, 2, 3, 4))


def _print_reconciliation(rows: list[dict[str, str]]) -> None:
    if not rows:
        print("Print: this year has none to compare with.")
        return
    counts = Counter(row["status"] for row in rows)
    print(
        f"Print: {counts['match']} figures and cells agree, {counts['known_difference']} known "
        f"differences, {counts['difference']} new ones, {counts['not_legible']} not legible."
    )
    for row in rows:
        if row["status"] == "known_difference":
            print(
                f"  {row['key']}: printed {row['printed'] or 'blank'}, computed "
                f"{row['computed'] or 'blank'}. {row['reason']}"
            )


def _print_release(home: Home, year: int, release: str) -> None:
    folder = home.releases(year) / release
    print(f"Release: {os.path.relpath(folder)} ({filesize.decimal(folder_size(folder))})")
    print(
        f"To print: {os.path.relpath(folder / 'report.pdf')} and annexes.pdf, in French .fr.pdf, in Spanish .es.pdf"
    )
    print(f"All years: {os.path.relpath(home.releases(ALL_YEARS) / LATEST)}")
