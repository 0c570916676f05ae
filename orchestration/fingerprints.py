"""What decides whether something has changed: one function for each question that a part of the warehouse asks.

====================  ==================================================================
build_fingerprint     Must a year be built at all?
FolderState           May a folder's exports have changed, and has copying them ended?
source_fingerprint    Must a source be read again?
project_fingerprint   Must the dbt project be parsed again?
node_fingerprint      Must a model, seed or test run again?
code_fingerprint      Was a release made by this code?
====================  ==================================================================

Whoever asks keeps the answer of the last time as a record beside what it describes. A record that is missing or cannot
be read means *changed*. Imports nothing heavy, so that an unchanged year is recognised quickly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.paths import (
    CONTRACTS_FOLDER,
    DBT_FOLDER,
    EXPECTATIONS_FOLDER,
    PROJECT_FOLDER,
)
from orchestration.storage import fingerprint_of_files, sha256_of_file

_CODE_FOLDERS = (
    PROJECT_FOLDER / "orchestration",
    DBT_FOLDER,
    CONTRACTS_FOLDER,
    EXPECTATIONS_FOLDER,
)
_NOT_CODE = frozenset({"target", "logs", "__pycache__"})
_READERS = PROJECT_FOLDER / "orchestration" / "ingest"
_VOCABULARIES = CONTRACTS_FOLDER / "_vocabularies.yml"
# What dbt parses, and where it writes.
_PARSED_FILES = (".sql", ".yml", ".csv", ".md")
_WRITTEN_BY_DBT = ("target", "logs")


def code_fingerprint() -> str:
    """One hash over code, models, contracts, suites and the lock file of dependencies."""
    paths = [
        path
        for folder in _CODE_FOLDERS
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not _NOT_CODE.intersection(path.relative_to(PROJECT_FOLDER).parts)
        and not path.name.startswith(".")
    ]
    lock = PROJECT_FOLDER / "requirements.lock"
    return fingerprint_of_files([*paths, *([lock] if lock.exists() else [])], PROJECT_FOLDER)


def inputs_fingerprint(exports: Path) -> str:
    """One hash over every file of a year's folder."""
    paths = sorted(path for path in _files_below(exports) if not path.name.startswith("."))
    with ThreadPoolExecutor() as threads:
        # Hashing large files lets go of the interpreter; each hash is kept.
        list(threads.map(sha256_of_file, paths))
    return fingerprint_of_files(paths, exports)


def _files_below(folder: Path) -> Iterator[Path]:
    """Every file below a folder; raises OSError for a folder that cannot be read."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            yield from _files_below(path)
        elif path.is_file():
            yield path


def build_fingerprint(exports: Path, engine: str, released_before: str) -> str:
    """One hash over all inputs of a release: exports, code, engine, releases compared with."""
    return _joined([inputs_fingerprint(exports), code_fingerprint(), engine, released_before])


def source_fingerprint(source: str, files: Iterable[tuple[str, str]], further: Iterable[str]) -> str:
    """One hash over a source: its files by name and hash, its contract, the readers, and what else it is read by."""
    declared = fingerprint_of_files([CONTRACTS_FOLDER / f"{source}.yml", _VOCABULARIES])
    return _joined([_readers_fingerprint(), declared, *(part for file in files for part in file), *further])


@cache
def _readers_fingerprint() -> str:
    """Of the readers, as this process has them."""
    return fingerprint_of_files(sorted(_READERS.glob("*.py")))


def project_fingerprint(folder: Path) -> str:
    """One hash over everything that dbt parses of a project's folder."""
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in _PARSED_FILES and path.relative_to(folder).parts[0] not in _WRITTEN_BY_DBT
    ]
    return fingerprint_of_files(paths, folder)


def node_fingerprint(node: str, made_by: str, inputs: Iterable[str]) -> str:
    """One hash over a node of the dbt project: the project and engine that make it, and the hashes of its inputs."""
    return _joined([made_by, node, *inputs])[:32]


@dataclass(frozen=True)
class FolderState:
    """Number, size and latest change of a folder's files: cheaper than to hash them."""

    files: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, folder: Path) -> FolderState | None:
        """The state of a folder; None if files vanish while it is read."""
        try:
            found = [(path.stat(), path.is_file()) for path in [folder, *folder.rglob("*")]]
        except FileNotFoundError:
            return None
        sizes = [state.st_size for state, is_file in found if is_file]
        return cls(len(sizes), sum(sizes), max(state.st_mtime_ns for state, _ in found))

    @property
    def stamp(self) -> str:
        """The state as 16 hexadecimal digits."""
        return _joined([str(self.files), str(self.size), str(self.changed_ns)])[:16]

    def is_quiet(self, now: float, quiet_seconds: float) -> bool:
        """Whether there are files and none changed within ``quiet_seconds``, so that copying has ended."""
        return self.files > 0 and now - self.changed_ns / 1e9 >= quiet_seconds


def _joined(parts: Iterable[str]) -> str:
    """One hash over texts; a byte that no text holds separates them."""
    return hashlib.sha256(b"\xff".join(part.encode("utf-8", "surrogateescape") for part in parts)).hexdigest()
