"""What several commands need: the current release, tables on a terminal, errors.

Here belongs nothing that knows a figure.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from orchestration.paths import Home
from orchestration.release.shelf import Shelf

OK = 0
REFUSED = 1
WRONG = 2
_WIDEST_CELL = 70


def complain(message: str) -> int:
    """Says what is wrong with the call or the input; the exit code for it."""
    print(f"metropolis: {message}", file=sys.stderr)
    return WRONG


def current_release(home: Home, year: int) -> Path | None:
    """The folder of the year's current release; None, and a word about it, where there is none."""
    shelf = Shelf(home, year)
    release = shelf.current()
    if release is None or not (shelf.folder / release).is_dir():
        complain(f"there is no release of {year} in {home.folder}; metropolis build --year {year}")
        return None
    return shelf.folder / release


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a released CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Columns in line; numbers to the right; long cells cut, but for the last, which runs on."""
    last = len(header) - 1
    lines = [
        [" ".join(str(cell).split()) if at == last else _cut(str(cell)) for at, cell in enumerate(row)]
        for row in [header, *rows]
    ]
    widths = [max(len(line[at]) for line in lines) for at in range(len(header))]
    for line in lines:
        cells = [
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _WIDEST_CELL else plain[: _WIDEST_CELL - 1] + "…"


def human_size(size: int) -> str:
    """Bytes for people."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size_next = size / 1000
        if unit == "MB":
            break
        size = size_next  # type: ignore[assignment]
    return f"{size / 1000:.1f} GB" if size >= 1000 else f"{size:.1f} MB"
