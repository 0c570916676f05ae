"""The shelf of releases of a year: folders that never change, and one that is current.

Here belongs everything that makes a release appear, become current, or be taken back in one step, whatever
moment the machine stops at. What a release holds is ``publish``'s.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.paths import Home
from orchestration.storage import sync_file, sync_folder

LATEST = "latest"
LOG = "releases.log"
_ASIDE = ".building-"
_NAME = re.compile(r"^(?P<year>\d+)-r(?P<number>\d+)$")


class NoSuchRelease(Exception):
    """The release is not on the shelf."""


@dataclass(frozen=True)
class Entry:
    """A line of the log of releases: what became current, when, and why."""

    release: str
    event: str
    at: str
    reason: str


class Shelf:
    """The releases of one year."""

    def __init__(self, home: Home, year: int) -> None:
        self.year = year
        self.folder = home.releases(year)

    # --- reading -------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """The releases that were ever current, oldest first."""
        logged = {entry.release for entry in self.log()}
        return sorted((n for n in self._folders() if n in logged), key=_number)

    def current(self) -> str | None:
        """The current release; None where there is none."""
        latest = self.folder / LATEST
        return os.readlink(latest) if latest.is_symlink() else None

    def path(self, release: str) -> Path:
        """The folder of a release; NoSuchRelease where it is not on the shelf."""
        if release not in self.names():
            raise NoSuchRelease(f"There is no release {release}")
        return self.folder / release

    def log(self) -> list[Entry]:
        """Everything that became current, in order; a line that a crash cut short is no entry."""
        path = self.folder / LOG
        if not path.exists():
            return []
        entries = []
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                entries.append(Entry(**json.loads(line)))
            except (ValueError, TypeError):
                continue
        return entries

    def next_name(self) -> str:
        """The name after the highest that was ever logged."""
        numbers = [_number(entry.release) for entry in self.log()]
        return f"{self.year}-r{max(numbers, default=0) + 1}"

    # --- changing ------------------------------------------------------------------------------

    def recover(self) -> None:
        """Finishes or clears away what an interrupted run left; the current release is untouched."""
        if not self.folder.exists():
            return
        for leftover in self.folder.glob(f"{_ASIDE}*"):
            _remove(leftover)
        logged = [entry.release for entry in self.log()]
        for name in self._folders():
            if name not in logged:
                _remove(self.folder / name)
        if logged and logged[-1] != self.current() and (self.folder / logged[-1]).is_dir():
            self._point_at(logged[-1])

    def begin(self) -> Path:
        """An empty folder beside the releases, to build the next one in."""
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f"{_ASIDE}{uuid.uuid4().hex}"
        aside.mkdir()
        return aside

    def discard(self, aside: Path) -> None:
        """Throws away a folder made by ``begin``."""
        _remove(aside)

    def publish(self, aside: Path, release: str) -> Path:
        """Makes a finished folder the current release.

        Everything is on the disk before the release has a name, and it has a line in the log before it
        is current: whatever is cut short, ``recover`` knows how it was meant.
        """
        _seal(aside)
        final = self.folder / release
        os.rename(aside, final)
        sync_folder(self.folder)
        self._append(Entry(release, "released", _now(), ""))
        self._point_at(release)
        return final

    def roll_back(self, release: str, reason: str) -> None:
        """Makes an older release current again and says so in the log."""
        self.path(release)
        self._append(Entry(release, "rolled back", _now(), reason))
        self._point_at(release)

    def prune(self, keep: int) -> list[str]:
        """Removes the oldest releases beyond ``keep``; never the current one, never its log."""
        current = self.current()
        surplus = [name for name in self.names() if name != current][: -(keep - 1) or None]
        if len(self.names()) <= keep:
            return []
        for name in surplus:
            _remove(self.folder / name)
        return surplus

    def _folders(self) -> list[str]:
        if not self.folder.exists():
            return []
        return [each.name for each in self.folder.iterdir() if _NAME.match(each.name)]

    def _append(self, entry: Entry) -> None:
        path = self.folder / LOG
        cut_short = path.exists() and not path.read_bytes().endswith(b"\n")
        with path.open("a", encoding="utf-8") as stream:
            if cut_short and path.stat().st_size:
                stream.write("\n")
            stream.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(self.folder)

    def _point_at(self, release: str) -> None:
        aside = self.folder / f".{LATEST}.new"
        aside.unlink(missing_ok=True)
        os.symlink(release, aside)
        os.replace(aside, self.folder / LATEST)
        sync_folder(self.folder)


def _number(name: str) -> int:
    match = _NAME.match(name)
    return int(match["number"]) if match else 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _seal(folder: Path) -> None:
    """Forces every file to the disk and takes the right to write to it."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)
            path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    sync_folder(folder)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
