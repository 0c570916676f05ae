"""Hashes of what a release depends on: exports, code, engine and the releases that it is compared with.

Imports nothing heavy, so that an unchanged year is recognised quickly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
    parts = [inputs_fingerprint(exports), code_fingerprint(), engine, released_before]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
