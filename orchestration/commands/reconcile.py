"""``metropolis reconcile``: compares the printed report with the data."""

from __future__ import annotations

from orchestration.commands.common import OK, REFUSED, current_release
from orchestration.paths import Home
from orchestration.storage import read_csv

_CHAPTERS = (
    ("difference", "New: print and data differ, and nobody owns it"),
    ("known_difference", "Known: print and data differ for a reason"),
    ("not_legible", "Not legible: print cannot be read, or its reading is in doubt"),
    ("match", "Agrees"),
)


def print_reconciliation(home: Home, year: int, show_all: bool) -> int:
    """Prints the reconciliation of the current release; exit code 1 if there is a new difference."""
    release = current_release(home, year)
    rows = read_csv(release.file("reconciliation.csv"))
    if not rows:
        print(f"{release.name}: this year has no print to compare with.")
        return OK
    print(f"{release.name}: {len(rows)} printed figures and annex cells against the exports")
    for status, title in _CHAPTERS:
        chapter = [row for row in rows if row["status"] == status]
        print(f"\n{title}: {len(chapter)}")
        if status in ("match", "not_legible") and not show_all:
            continue
        for row in chapter:
            line = (
                f"  {row['key']}: printed {row['printed'] or 'blank'}, computed {row['computed'] or 'blank'}"
            )
            print(f"{line}. {row['reason']}" if row["reason"] else line)
    return REFUSED if any(row["status"] == "difference" for row in rows) else OK
