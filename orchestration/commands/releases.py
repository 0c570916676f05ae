"""``metropolis releases``, ``diff``, ``rollback`` and ``open``.

Here belongs what is said of the shelf; the shelf itself is ``release.shelf``.
"""

from __future__ import annotations

import re
import webbrowser

from orchestration.commands.common import (
    OK,
    WRONG,
    complain,
    current_release,
    human_size,
    print_table,
)
from orchestration.locking import HomeIsHeld, HomeLock
from orchestration.paths import Home
from orchestration.release.changes import Difference, compare
from orchestration.release.shelf import NoSuchRelease, Shelf, folder_size

_RELEASE = re.compile(r"^(\d+)-r\d+$")
_HELD = 3


def _years(home: Home) -> list[int]:
    folder = home.folder / "releases"
    if not folder.is_dir():
        return []
    return sorted(int(each.name) for each in folder.iterdir() if each.name.isdigit())


def print_releases(home: Home, year: int | None) -> int:
    """Lists releases with their size and history."""
    rows = []
    for each in [year] if year is not None else _years(home):
        shelf = Shelf(home, each)
        current = shelf.current()
        events = shelf.log()
        for name in shelf.names():
            mine = [event for event in events if event.release == name]
            told = "; ".join(
                f"{event.event} {event.at}" + (f" ({event.reason})" if event.reason else "") for event in mine
            )
            size = human_size(folder_size(shelf.folder / name))
            rows.append([name, "current" if name == current else "", size, told])
    if not rows:
        print("There is no release yet.")
        return OK
    print_table(["release", "", "size", "history"], rows, right=(2,))
    return OK


def prune_releases(home: Home, year: int | None, keep: int) -> int:
    """Removes the oldest releases beyond a number, a year each."""
    try:
        with HomeLock.of(home.lock):
            for each in [year] if year is not None else _years(home):
                for name in Shelf(home, each).prune(keep):
                    print(f"{name} removed")
    except HomeIsHeld as held:
        complain(str(held))
        return _HELD
    return OK


def _shelf_of(home: Home, release: str) -> Shelf | None:
    match = _RELEASE.match(release)
    return Shelf(home, int(match[1])) if match else None


def print_diff(home: Home, old: str, new: str) -> int:
    """Prints every figure and cell that differs between two releases."""
    paths = []
    for name in (old, new):
        shelf = _shelf_of(home, name)
        if shelf is None:
            return complain(f"{name} is no name of a release")
        try:
            paths.append(shelf.path(name))
        except NoSuchRelease as error:
            return complain(str(error))
    _print_difference(compare(paths[0], paths[1]))
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


def roll_back(home: Home, release: str, reason: str) -> int:
    """Makes an older release current."""
    shelf = _shelf_of(home, release)
    if shelf is None:
        return complain(f"{release} is no name of a release")
    try:
        with HomeLock.of(home.lock):
            shelf.roll_back(release, reason)
    except NoSuchRelease as error:
        return complain(str(error))
    except HomeIsHeld as held:
        complain(str(held))
        return _HELD
    print(f"{release} is current again.")
    return OK


def open_release(home: Home, year: int) -> int:
    """Opens the site of the current release."""
    release = current_release(home, year)
    if release is None:
        return WRONG
    address = (release / "site" / "index.html").resolve().as_uri()
    print(address)
    webbrowser.open(address)
    return OK
