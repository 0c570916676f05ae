"""``metropolis releases``, ``diff``, ``rollback`` and ``open``."""

from __future__ import annotations

import webbrowser
from pathlib import Path

from rich import filesize

from orchestration.commands.common import (
    OK,
    REFUSED,
    current_release,
    held,
    print_table,
    warn,
)
from orchestration.paths import Home
from orchestration.release.all_years import publish_all_years
from orchestration.release.changes import Difference, compare
from orchestration.release_store import (
    ALL_YEARS,
    ReleaseDamaged,
    ReleaseStore,
    folder_size,
    released_years,
    store_of,
)


def print_releases(home: Home, year: int | None) -> int:
    """Lists releases with their size and history."""
    rows = []
    for store in _stores(home, year):
        current = _current_or_warning(store)
        events = store.log()
        for name in store.names():
            mine = [event for event in events if event.release == name]
            told = "; ".join(
                f"{event.event} {event.at}" + (f" ({event.reason})" if event.reason else "") for event in mine
            )
            size = filesize.decimal(folder_size(store.folder / name))
            state = "current" if name == current else ""
            rows.append([name, state, size, told or "not in the log"])
        for each in store.damage():
            warn(each)
    if not rows:
        print("There is no release yet.")
        return OK
    print_table(["release", "", "size", "history"], rows, right=(2,))
    return OK


def _stores(home: Home, year: int | None) -> list[ReleaseStore]:
    if year is not None:
        return [ReleaseStore(home, year)]
    shelves: list[int | str] = [*released_years(home), ALL_YEARS]
    return [ReleaseStore(home, shelf) for shelf in shelves]


def _current_or_warning(store: ReleaseStore) -> str | None:
    try:
        return store.current()
    except ReleaseDamaged as damaged:
        warn(str(damaged))
        return None


def verify_releases(home: Home, year: int | None) -> int:
    """Checks every file of every release against its recorded hash; exit code 1 if one differs."""
    faults: list[str] = []
    checked = 0
    for store in _stores(home, year):
        faults += store.damage()
        try:
            current = store.current()
            if current is not None and current not in store.names():
                faults.append(f"{store.folder}: the current release {current} is not whole")
        except ReleaseDamaged as damaged:
            faults.append(str(damaged))
        for name in store.names():
            release = store.release(name)
            wrong = release.faults()
            faults += wrong
            checked += 1
            print(
                f"{name}: {len(release.hashes)} files, {'as released' if not wrong else f'{len(wrong)} wrong'}"
            )
    for each in faults:
        warn(each)
    if not checked and not faults:
        print("There is no release yet.")
    return REFUSED if faults else OK


def prune_releases(home: Home, year: int | None, keep: int, wait: float) -> int:
    """Removes the oldest releases of each year beyond a number."""
    with held(home, wait):
        for store in _stores(home, year):
            for name in store.prune(keep):
                print(f"{name} removed")
    return OK


def print_diff(home: Home, old: str, new: str) -> int:
    """Prints every figure and cell that differs between two releases."""
    releases = [store_of(home, name).release(name) for name in (old, new)]
    for release in releases:
        release.verify()
    _print_difference(compare(releases[0].folder, releases[1].folder))
    return OK


def _print_difference(difference: Difference) -> None:
    if difference.is_empty:
        print(f"{difference.old} and {difference.new} hold the same figures, cells and files.")
        return
    print(f"From {difference.old} to {difference.new}:")
    rows = [[each.key, each.label, each.old or "blank", each.new or "blank"] for each in difference.moves]
    print_table(["figure or cell", "label", "old", "new"], rows, right=(2, 3))
    print()
    files = [[f.source_file, f.change, f.old_rows, f.new_rows] for f in difference.files]
    print_table(["source file", "change", "rows before", "rows now"], files, right=(2, 3))


def roll_back(home: Home, raw: Path, release: str, reason: str, wait: float) -> int:
    """Makes an older release current, and the release over all years anew where that is one of a year."""
    store = store_of(home, release)
    with held(home, wait):
        if not store.roll_back(release, reason):
            print(f"{release} is current already.")
            return OK
        print(f"{release} is current again.")
        if store.shelf != ALL_YEARS and raw.is_dir():
            print(f"{publish_all_years(home, raw).release} is made anew of it.")
        elif store.shelf != ALL_YEARS:
            # Without the exports, figures of years in print alone would be lost from it.
            warn(f"there is no folder {raw}; the next build makes the release over all years anew")
    return OK


def open_release(home: Home, year: int, page: str) -> int:
    """Opens a page of the site of the current release, given by its path below ``site/``."""
    release = current_release(home, year)
    release.verify("site/")
    address = release.file(f"site/{page}").resolve().as_uri()
    print(address)
    webbrowser.open(address)
    return OK
