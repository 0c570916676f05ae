"""Finds entries of a year's folder that cannot be exports, before anything is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from orchestration.ingest.addresses import without_addresses
from orchestration.ingest.errors import FileRefused

# Where the files of a year came from; no export.
PROVENANCE = "provenance.csv"


def odd_entries_of_year(exports: Path) -> list[FileRefused]:
    """Every entry of a year's folder that cannot be read as a file."""
    return [refusal for _, refusal in _odd_entries_below(exports, exports)]


def _odd_entries_below(folder: Path, exports: Path) -> Iterator[tuple[Path, FileRefused]]:
    yield from odd_entries(folder, exports)
    for path in _listed(folder):
        if path.is_dir() and not path.is_symlink():
            yield from _odd_entries_below(path, exports)


def odd_entries(folder: Path, exports: Path) -> Iterator[tuple[Path, FileRefused]]:
    """Entries of a folder that cannot be exports, or the folder itself if it cannot be listed."""
    try:
        os.scandir(folder).close()
    except FileNotFoundError:
        return
    except OSError as error:
        yield (
            folder,
            FileRefused(
                shown_name(folder, exports),
                f"a folder that cannot be listed ({error.strerror})",
                "a folder of exports",
            ),
        )
        return
    for path in _listed(folder):
        name = shown_name(path, exports)
        if not _is_utf_8(path):
            yield path, FileRefused(name, "a file name that is no UTF-8", "a name as the platform gives it")
        elif path.name.startswith(".") or path.is_dir():
            continue
        elif not path.is_file():
            yield path, FileRefused(name, "a pipe, a device or a broken link", "a file")
        elif not os.access(path, os.R_OK):
            yield path, FileRefused(name, "a file that cannot be read", "a file that this user may read")


def _listed(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries)
    except OSError:
        return []


def _is_utf_8(path: Path) -> bool:
    try:
        path.name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def shown_name(path: Path, exports: Path) -> str:
    """A file's path below the year for display: no addresses, replacement characters for invalid UTF-8."""
    name = os.fsencode(path.relative_to(exports).as_posix()).decode("utf-8", "replace")
    return without_addresses(name, incomplete=True)
