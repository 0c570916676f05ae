"""The releases of a year, or over all years: folders that never change, and a link ``latest`` to the current one.

The link decides which release is current, and ``release.json`` in a folder decides whether it is a release: it
holds the hash of every file, and of itself. ``releases.log`` is history for people; nothing is removed or
switched because of a line in it, or the lack of one.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.errors import MetropolisError, Refusal
from orchestration.paths import Home
from orchestration.storage import (
    parse_checked,
    read_json,
    sha256_of_file,
    sync_file,
    sync_folder,
    with_checksum,
    write_json,
)

LATEST = "latest"
# The shelf of the releases over all years, beside one shelf a year.
ALL_YEARS = "all-years"
LOG = "releases.log"
PROVENANCE = "release.json"
# The tables of a release with one row a member.
ANNEXES = ("annex_activity", "annex_engagement")
# The members of what version 0.1.0 wrote, without checksums.
_OLDER_PROVENANCE = frozenset({"release", "year", "previous", "exports", "code", "forgotten", "guards"})
_OLDER_ENTRY = frozenset({"release", "event", "at", "reason"})
_ASIDE = ".building-"
_REMOVED = ".removing-"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NAME = re.compile(rf"(?P<shelf>\d+|{ALL_YEARS})-r(?P<number>\d+)")


class NoSuchRelease(MetropolisError):
    """There is no release of that name."""


class ReleaseDamaged(Refusal):
    """A release, or the link to the current one, is not what was published; the message names the file."""


@dataclass(frozen=True)
class Entry:
    """A line of releases.log: release, time, reason."""

    release: str
    event: str
    at: str
    reason: str


@dataclass(frozen=True)
class Release:
    """A release folder and what its release.json says."""

    folder: Path
    provenance: dict[str, Any]

    @property
    def name(self) -> str:
        """Such as 2021-r1."""
        return self.folder.name

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of every file by its path in the release."""
        return dict(self.provenance["files"])

    def file(self, name: str) -> Path:
        """The path of a file, once its bytes are found to be those released.

        Raises ReleaseDamaged where they are not.
        """
        wrong = self._fault_of(name)
        if wrong:
            raise ReleaseDamaged(f"{wrong}. {_WAYS_OUT}")
        return self.folder / name

    def verify(self, below: str = "") -> None:
        """Raises ReleaseDamaged with every file, or those below a path, that is not as it was released."""
        wrong = self.faults(below)
        if wrong:
            raise ReleaseDamaged(f"{'; '.join(wrong)}. {_WAYS_OUT}")

    def faults(self, below: str = "") -> list[str]:
        """A sentence for each file below a path that is missing, differs, or was added."""
        known = [name for name in self.hashes if name.startswith(below)]
        there = (name for name in _files(self.folder) if name.startswith(below))
        added = sorted(set(there) - {*known, PROVENANCE})
        return [wrong for name in known if (wrong := self._fault_of(name))] + [
            f"{self.name}/{name} is no file of the release" for name in added
        ]

    def missing(self) -> list[str]:
        """The missing files; does not read the others."""
        return [name for name in self.hashes if not (self.folder / name).is_file()]

    def _fault_of(self, name: str) -> str:
        path = self.folder / name
        if not path.is_file():
            return f"{self.name}/{name} is missing"
        if sha256_of_file(path) != self.hashes.get(name):
            return f"{self.name}/{name} is not what was released: it was changed afterwards"
        return ""


_WAYS_OUT = (
    "Put the file back from a back-up, or make another release current (metropolis rollback); "
    "without either, move the year's folder of releases away and build anew"
)


class ReleaseStore:
    """The releases of one shelf: a year, or all years."""

    def __init__(self, home: Home, shelf: int | str) -> None:
        self.shelf = str(shelf)
        self.folder = home.releases(shelf)

    # --- reading -------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """The releases of which every file is there, oldest first."""
        return [name for name in self._folders() if not self._incomplete(name)]

    def current(self) -> str | None:
        """The name of the current release; None where there never was one.

        Raises ReleaseDamaged where there are releases and ``latest`` does not say which is current.
        """
        linked = self._linked()
        if linked is not None:
            return linked
        if not self._folders() and not self._ever_current():
            return None
        there = ", ".join(self.names()) or "none is whole"
        raise ReleaseDamaged(
            f"{self.folder / LATEST} does not say which release of {self.shelf} is current ({there}). "
            f"metropolis rollback RELEASE makes one current; without any, move {self.folder} away and build anew"
        )

    def current_release(self) -> Release | None:
        """The current release; None where there never was one. ReleaseDamaged where it is not whole."""
        name = self.current()
        return None if name is None else self._whole(name)

    def release(self, name: str) -> Release:
        """A release by its name; NoSuchRelease where there is none, ReleaseDamaged where it is not whole."""
        if name not in self._folders():
            raise NoSuchRelease(f"there is no release {name}")
        return self._whole(name)

    def log(self) -> list[Entry]:
        """The readable entries of the log, in order."""
        return [entry for entry in self._lines() if entry is not None]

    def damage(self) -> list[str]:
        """A sentence for each damaged part of the store."""
        told = []
        unreadable = [str(at) for at, entry in enumerate(self._lines(), start=1) if entry is None]
        if unreadable:
            told.append(
                f"{self.folder / LOG}: line {', '.join(unreadable)} cannot be read; history may lack it"
            )
        for name in self._folders():
            reason = self._incomplete(name)
            if reason:
                told.append(f"{reason}: {name} is no whole release")
        return told

    def next_name(self) -> str:
        """The name after the highest that was ever used."""
        named = [*self._folders(), *(entry.release for entry in self.log())]
        return f"{self.shelf}-r{max(map(_number, named), default=0) + 1}"

    # --- changing ------------------------------------------------------------------------------

    def recover(self) -> None:
        """Removes leftovers of interrupted runs, and restores the link ``latest`` where that is safe.

        It is, where one release alone can have been current. Raises ReleaseDamaged where it is not.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self.folder))
        for leftover in [*self.folder.glob(f"{_ASIDE}*"), *self.folder.glob(f"{_REMOVED}*")]:
            _remove(leftover)
        if self._linked() is None:
            name = self._was_current()
            if name is not None and self._clear_latest(name):
                self._point_at(name)
        current = self.current()
        if current is not None and not self._incomplete(current) and current not in self._ever_current():
            # The run that published it ended before it wrote its line.
            self._append(Entry(current, "released", _now(), ""))

    def begin(self) -> Path:
        """An empty folder beside the releases, to build the next one in."""
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f"{_ASIDE}{uuid.uuid4().hex}"
        aside.mkdir()
        return aside

    def discard(self, aside: Path) -> None:
        """Removes a folder made by ``begin``."""
        _remove(aside)

    def publish(self, aside: Path, release: str, provenance: dict[str, Any]) -> Path:
        """Makes a finished folder the current release; adds its release.json, with the hash of every file.

        Everything is on the disk before the release has a name, and it has its name before it is current.
        """
        hashes = {name: sha256_of_file(aside / name) for name in sorted(_files(aside) - {PROVENANCE})}
        write_json(aside / PROVENANCE, {"release": release, **provenance, "files": hashes})
        _seal(aside)
        final = self.folder / release
        os.rename(aside, final)
        sync_folder(self.folder)
        self._point_at(release)
        # The release is current: a disk that fills up now costs a line of history, which ``recover`` writes.
        with suppress(OSError):
            self._append(Entry(release, "released", _now(), ""))
        return final

    def roll_back(self, name: str, reason: str) -> bool:
        """Makes another release current and says so in the log; False where it is current already.

        Raises NoSuchRelease or ReleaseDamaged for one that is not there or not whole.
        """
        self.release(name).verify()
        if self._linked() == name:
            return False
        if not self._clear_latest(name):
            raise ReleaseDamaged(f"{self.folder / LATEST} is a folder; move it away and try again")
        self._point_at(name)
        self._append(Entry(name, "rolled back", _now(), reason))
        return True

    def prune(self, keep: int) -> list[str]:
        """Removes the oldest releases beyond ``keep``; never the current one, never its log."""
        current = self.current()
        names = self.names()
        surplus = [name for name in names if name != current][: max(0, len(names) - keep)]
        for name in surplus:
            # Under this name it is no release: what a crash leaves of it is removed by ``recover``.
            aside = self.folder / f"{_REMOVED}{name}-{uuid.uuid4().hex}"
            os.rename(self.folder / name, aside)
            sync_folder(self.folder)
            _remove(aside)
        return surplus

    # --- within --------------------------------------------------------------------------------

    def _folders(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        names = [each.name for each in self.folder.iterdir() if self._is_named(each.name) and each.is_dir()]
        return sorted(names, key=_number)

    def _is_named(self, name: str) -> bool:
        match = _NAME.fullmatch(name)
        return match is not None and match["shelf"] == self.shelf

    def _read(self, name: str) -> Release | None:
        provenance = read_json(self.folder / name / PROVENANCE, _OLDER_PROVENANCE)
        if provenance is None or provenance.get("release") != name:
            return None
        if "files" not in provenance:
            recorded = _files_of_older(self.folder / name)
            if recorded is None:
                return None
            provenance["files"] = recorded
        return Release(self.folder / name, provenance)

    def _incomplete(self, name: str) -> str:
        """Why a folder is not a whole release; empty if it is."""
        release = self._read(name)
        if release is None:
            return f"{name}/{PROVENANCE} is missing or not what was released"
        missing = release.missing()
        return f"{name}/{missing[0]} is missing" if missing else ""

    def _whole(self, name: str) -> Release:
        reason = self._incomplete(name)
        release = self._read(name)
        if reason or release is None:
            raise ReleaseDamaged(f"{reason}. {_WAYS_OUT}")
        return release

    def _linked(self) -> str | None:
        """The release that ``latest`` points to; None if it is not one of this year."""
        latest = self.folder / LATEST
        if not latest.is_symlink():
            return None
        target = Path(os.readlink(latest))
        is_here = target.parent == Path() or (self.folder / target).parent.resolve() == self.folder.resolve()
        return target.name if is_here and self._is_named(target.name) else None

    def _was_current(self) -> str | None:
        """The only release that can have been current; None if there are several or none."""
        whole = self.names()
        if len(whole) == 1 and len(self._folders()) == 1 and set(self._ever_current()) <= set(whole):
            return whole[0]
        lines = self._lines()
        if not lines or None in lines:
            return None
        logged = self._ever_current()
        if not set(self._folders()) <= set(logged) or logged[-1] not in whole:
            return None
        return logged[-1]

    def _clear_latest(self, name: str) -> bool:
        """Removes what is in the link's place; False for a folder that is no copy of the release."""
        latest = self.folder / LATEST
        if latest.is_symlink() or not latest.is_dir():
            return True
        if _files(latest):
            copied, original = latest / PROVENANCE, self.folder / name / PROVENANCE
            if not copied.is_file() or copied.read_bytes() != original.read_bytes():
                return False
            self.release(name).verify()
        aside = self.folder / f"{_REMOVED}{LATEST}-{uuid.uuid4().hex}"
        os.rename(latest, aside)
        _remove(aside)
        return True

    def _ever_current(self) -> list[str]:
        return [entry.release for entry in self.log()]

    def _lines(self) -> list[Entry | None]:
        """The entries of the log, None for a line that cannot be read."""
        path = self.folder / LOG
        if not path.is_file():
            return []
        lines = path.read_bytes().removeprefix(_BYTE_ORDER_MARK).split(b"\n")
        return [self._entry(line) for line in lines if line.strip()]

    def _entry(self, line: bytes) -> Entry | None:
        node = parse_checked(line, _OLDER_ENTRY)
        try:
            entry = Entry(**node) if node is not None else None
        except TypeError:
            return None
        return entry if entry is not None and self._is_named(entry.release) else None

    def _append(self, entry: Entry) -> None:
        path = self.folder / LOG
        cut_short = path.exists() and not path.read_bytes().endswith(b"\n")
        with path.open("a", encoding="utf-8") as stream:
            if cut_short and path.stat().st_size:
                stream.write("\n")
            stream.write(json.dumps(with_checksum(asdict(entry)), ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(self.folder)

    def _point_at(self, release: str) -> None:
        aside = self.folder / f".{LATEST}.new"
        aside.unlink(missing_ok=True)
        os.symlink(release, aside)
        os.replace(aside, self.folder / LATEST)
        sync_folder(self.folder)


def store_of(home: Home, release: str) -> ReleaseStore:
    """The store that a release of that name is in; NoSuchRelease where it is no name of a release."""
    match = _NAME.fullmatch(release)
    if match is None:
        raise NoSuchRelease(f"{release} is no name of a release; they are named like 2021-r1")
    return ReleaseStore(home, match["shelf"])


def released_years(home: Home) -> list[int]:
    """The years that have a folder of releases, oldest first."""
    folder = home.folder / "releases"
    if not folder.is_dir():
        return []
    return sorted(int(each.name) for each in folder.iterdir() if each.name.isdecimal() and each.is_dir())


def _files_of_older(folder: Path) -> dict[str, str] | None:
    """The hashes of a release of version 0.1.0; None where it has none.

    It recorded those of its tables in the data package; what it did not record is taken as it lies there.
    """
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        tables = {each["path"]: each["hash"] for each in package["resources"] if "hash" in each}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    others = _files(folder) - tables.keys() - {PROVENANCE}
    return {
        **{name: str(told).removeprefix("sha256:") for name, told in tables.items()},
        **{name: sha256_of_file(folder / name) for name in sorted(others)},
    }


def _number(name: str) -> int:
    match = _NAME.fullmatch(name)
    return int(match["number"]) if match else 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _files(folder: Path) -> set[str]:
    """The paths of all files below a folder, but for hidden ones."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if not path.name.startswith(".")}


def _seal(folder: Path) -> None:
    """Syncs every file to the disk and removes write permission."""
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
