"""Helpers of several commands: the current release, the home's lock, tables on a terminal, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TextIO

from orchestration.errors import ExitCode, MetropolisError
from orchestration.locking import HomeLock
from orchestration.paths import Home
from orchestration.release_store import Release, ReleaseStore

OK = ExitCode.OK
REFUSED = ExitCode.REFUSED
_WIDEST_CELL = 70


class WrongCall(MetropolisError):
    """An argument is invalid, or names something that does not exist."""


def warn(message: str) -> None:
    """Prints a warning to standard error."""
    print(f"metropolis: {message}", file=sys.stderr)


def current_release(home: Home, year: int) -> Release:
    """The year's current release.

    Raises WrongCall where there is none, ReleaseDamaged where it is not whole.
    """
    release = ReleaseStore(home, year).current_release()
    if release is None:
        raise WrongCall(f"there is no release of {year} in {home.folder}; metropolis build --year {year}")
    return release


@contextmanager
def held(home: Home, wait: float) -> Iterator[None]:
    """Holds the home's lock; waits up to ``wait`` seconds for another holder.

    Raises WrongCall where there is no home, HomeIsHeld where the other one does not end in time.
    """
    if not home.folder.is_dir():
        raise WrongCall(f"there is no home at {home.folder}")
    lock = HomeLock.of(home.lock)
    lock.acquire(wait=wait, on_wait=lambda holder: warn(f"{holder}; waiting up to {wait:g} s"))
    try:
        yield
    finally:
        lock.release()


def print_json(document: object, stream: TextIO | None = None) -> None:
    """Prints a document as JSON, to standard output unless a stream is given."""
    print(json.dumps(document, ensure_ascii=False, indent=1), file=stream)


def typed(row: Mapping[str, str], numbers: Collection[str]) -> dict[str, str | int | float | None]:
    """A row of a released CSV for JSON: the columns ``numbers`` as numbers, blank cells as null."""
    return {name: _number(cell) if name in numbers else cell or None for name, cell in row.items()}


def _number(cell: str) -> int | float | None:
    if not cell:
        return None
    return float(cell) if "." in cell else int(cell)


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
