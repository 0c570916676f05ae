"""``metropolis doctor``: checks the machine and the home without building."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from rich import filesize

from orchestration.commands.common import OK, print_table
from orchestration.errors import MetropolisError, failure_of
from orchestration.ingest.pseudonyms import forgotten_marks, load_key
from orchestration.limits import MachineLacks, require_engine, require_files, require_path
from orchestration.locking import HomeIsHeld, HomeLock
from orchestration.paths import Home
from orchestration.release_store import ReleaseDamaged, ReleaseStore, released_years

_SPACE = 1_000_000_000

Check = Callable[[], str]


class NotWhole(MetropolisError):
    """A check failed; the message says what is missing."""


def examine(home: Home, raw: Path) -> int:
    """Prints each check and its result; returns the exit code of the worst one."""
    rows: list[list[str]] = []
    worst: int = OK
    for name, check in _checks(home, raw):
        try:
            rows.append([name, "ok", check()])
        except Exception as error:
            failure = failure_of(error, home.folder, raw)
            rows.append([name, "wrong", failure.sentence])
            worst = max(worst, failure.exit_code)
    print_table(["check", "", "answer"], rows)
    return worst


def _checks(home: Home, raw: Path) -> Iterator[tuple[str, Check]]:
    yield "limits", lambda: _limits(home)
    yield "engine spark", _spark
    yield "exports", lambda: _exports(raw)
    if not home.folder.exists():
        yield "home", lambda: "there is none yet; the first build makes it"
        return
    yield "home", lambda: _writable(home)
    yield "writer", lambda: _writer(home)
    yield "pseudonym key", lambda: _key(home)
    yield "forgotten people", lambda: str(len(forgotten_marks(home.forgotten)))
    for year in released_years(home):
        yield f"releases of {year}", partial(_releases, ReleaseStore(home, year))


def _limits(home: Home) -> str:
    require_files()
    require_path(home.folder)
    return "open files and the path of the home are enough"


def _spark() -> str:
    try:
        require_engine("spark")
    except MachineLacks as lacks:
        # Nobody has to have it.
        return str(lacks)
    return "installed"


def _exports(raw: Path) -> str:
    years = sorted(each.name for each in raw.iterdir() if each.is_dir() and each.name.isdecimal())
    if not years:
        raise NotWhole(f"{raw} holds no folder of a year")
    return ", ".join(years)


def _writable(home: Home) -> str:
    if not os.access(home.folder, os.W_OK):
        raise NotWhole(f"the home cannot be used: {home.folder} cannot be written to")
    free = shutil.disk_usage(home.folder).free
    if free < _SPACE:
        raise NotWhole(f"{filesize.decimal(free)} are free; a build needs up to {filesize.decimal(_SPACE)}")
    return f"{filesize.decimal(free)} free"


def _writer(home: Home) -> str:
    lock = HomeLock(home.lock)
    try:
        lock.acquire(wait=0)
    except HomeIsHeld as held:
        return str(held)
    lock.release()
    return "nobody"


def _key(home: Home) -> str:
    if not home.pseudonym_key.exists() and not home.pseudonym_key.with_suffix(".fingerprint").exists():
        return "none yet; the first build makes it"
    load_key(home.pseudonym_key)
    return "the one of this home"


def _releases(store: ReleaseStore) -> str:
    current = store.current_release()
    faults = [fault for name in store.names() for fault in store.release(name).faults()]
    wrong = store.damage() + faults
    if wrong:
        raise ReleaseDamaged("; ".join(wrong))
    return f"{', '.join(store.names()) or 'none'}; current is {current.name if current else 'none'}"
