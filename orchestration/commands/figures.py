"""``metropolis figures``: lists the figures of one year, or of several side by side."""

from __future__ import annotations

import csv
import sys
from decimal import Decimal

from orchestration.commands.common import OK, current_release, print_json, print_table, typed
from orchestration.paths import Home
from orchestration.release_store import Release, ReleaseStore
from orchestration.storage import read_csv


def print_figures(home: Home, years: tuple[int, ...], form: str) -> int:
    """Prints the figures of the current releases as table, csv or json."""
    releases: dict[int, Release] = {}
    for year in years:
        releases[year] = current_release(home, year)
    if len(years) == 1:
        _print_one(home, years[0], releases[years[0]], form)
    else:
        _print_several(releases, form)
    return OK


def _print_one(home: Home, year: int, release: Release, form: str) -> None:
    rows = read_csv(release.file("figures.csv"))
    if form == "csv":
        sys.stdout.write(release.file("figures.csv").read_text(encoding="utf-8"))
    elif form == "json":
        print_json([typed(row, ("year", "value", "numerator", "denominator")) for row in rows])
    else:
        before = _values(home, year - 1)
        lines = [
            [
                row["figure_id"],
                row["label"],
                row["display_en"] or row["status"],
                row["numerator"],
                row["denominator"],
                _move(row["value"], before.get(row["figure_id"], "")),
            ]
            for row in rows
        ]
        header = ["figure", "label", "value", "numerator", "denominator", "move"]
        print_table(header, lines, right=(2, 3, 4, 5))


def _values(home: Home, year: int) -> dict[str, str]:
    release = ReleaseStore(home, year).current_release()
    if release is None:
        return {}
    return {row["figure_id"]: row["value"] for row in read_csv(release.file("figures.csv"))}


def _move(value: str, before: str) -> str:
    if not value or not before:
        return ""
    move = Decimal(value) - Decimal(before)
    return f"{move:+f}" if move else "="


def _print_several(releases: dict[int, Release], form: str) -> None:
    years = sorted(releases)
    by_year = {
        year: {row["figure_id"]: row for row in read_csv(releases[year].file("figures.csv"))}
        for year in years
    }
    newest = by_year[years[-1]]
    rows = [
        [key, row["label"], *(by_year[year].get(key, {}).get("value", "") for year in years)]
        for key, row in newest.items()
    ]
    header = ["figure_id", "label", *(str(year) for year in years)]
    if form == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows([header, *rows])
    elif form == "json":
        print_json([typed(dict(zip(header, row, strict=True)), header[2:]) for row in rows])
    else:
        moves = [_move(row[-1], row[-2]) for row in rows]
        lines = [[*row, move] for row, move in zip(rows, moves, strict=True)]
        print_table([*header, "move"], lines, right=tuple(range(2, len(header) + 1)))
