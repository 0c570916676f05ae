"""``metropolis doctor``: checks the machine and the home without building."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement
from rich import filesize

from orchestration.commands.common import OK, print_table
from orchestration.errors import MetropolisError, failure_of
from orchestration.ingest.pseudonyms import forgotten_marks, load_key
from orchestration.limits import MachineLacks, require_engine, require_files, require_path
from orchestration.locking import HomeIsHeld, HomeLock
from orchestration.paths import PROJECT_FOLDER, Home
from orchestration.release_store import ALL_YEARS, ReleaseDamaged, ReleaseStore, released_years

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
    yield "Python", lambda: platform.python_version()
    yield "packages", _packages
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
    if home.dagster.exists():
        yield "last run", lambda: _last_run(home)
    shelves: list[int | str] = [*released_years(home), ALL_YEARS]
    for shelf in shelves:
        yield f"releases of {shelf}", partial(_releases, ReleaseStore(home, shelf))


def _packages() -> str:
    """Packages of other versions than the lock's were installed past it; those for tests alone may be missing."""
    lock = PROJECT_FOLDER / "requirements.lock"
    lines = (line for line in lock.read_text(encoding="utf-8").splitlines() if "==" in line)
    locked = [Requirement(line.rstrip("\\ ")) for line in lines]
    wrong, as_locked = [], 0
    for each in locked:
        if each.marker is not None and not each.marker.evaluate():
            continue
        with suppress(PackageNotFoundError):
            found = version(each.name)
            as_locked += found in each.specifier
            if found not in each.specifier:
                wrong.append(f"{each.name} is {found}, and {each.specifier} is locked")
    if wrong:
        raise NotWhole(f"{'; '.join(wrong)}. make install puts the locked ones in place")
    return f"{as_locked} as locked"


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


def _last_run(home: Home) -> str:
    """The newest run of the instance; one that was refused is no fault of the installation."""
    from orchestration.instance import open_instance

    with open_instance(home) as instance:
        records = instance.get_run_records(limit=1)
    if not records:
        return "none yet"
    run = records[0].dagster_run
    year = run.tags.get("dagster/partition", "no year")
    begun = records[0].create_timestamp.strftime("%Y-%m-%d %H:%M %Z")
    return f"{run.job_name} of {year}, {run.status.value.lower()}, begun at {begun}"


def _releases(store: ReleaseStore) -> str:
    current = store.current_release()
    faults = [fault for name in store.names() for fault in store.release(name).faults()]
    wrong = store.damage() + faults
    if wrong:
        raise ReleaseDamaged("; ".join(wrong))
    return f"{', '.join(store.names()) or 'none'}; current is {current.name if current else 'none'}"
