"""File helpers: atomic writes, SHA-256 hashes, JSON with a checksum, CSV rows."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any


def sync_file(path: Path) -> None:
    """Forces a file's bytes to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Forces a folder's entries to the disk, which a rename needs to survive a power cut."""
    sync_file(path)


@contextmanager
def write_atomically(path: Path) -> Iterator[Path]:
    """A path to write to; on leaving, it takes the place of ``path`` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    try:
        yield aside
        sync_file(aside)
        os.replace(aside, path)
        sync_folder(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def write_json(path: Path, node: dict[str, Any]) -> None:
    """Writes an object as JSON with its checksum, whole or not at all."""
    with write_atomically(path) as aside:
        aside.write_text(
            json.dumps(with_checksum(node), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


def read_json(path: Path, older: frozenset[str] = frozenset()) -> dict[str, Any] | None:
    """The object that ``write_json`` wrote; None where there is none, or it is not as it was written.

    ``older`` as in ``parse_checked``.
    """
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    return parse_checked(content, older)


def with_checksum(node: dict[str, Any]) -> dict[str, Any]:
    """The object with the hash of its content as the last member."""
    return {**node, "checksum": _checksum(node)}


def parse_checked(content: bytes, older: frozenset[str] = frozenset()) -> dict[str, Any] | None:
    """The object of a JSON text, without its checksum; None where the text is not what was written.

    A byte order mark and line ends are not part of the content. Version 0.1.0 wrote no checksums: an object of exactly
    the members ``older`` is taken as it stands.
    """
    try:
        node = json.loads(content.decode("utf-8-sig"))
    except ValueError:
        return None
    if not isinstance(node, dict):
        return None
    if node.keys() == older:
        return node
    checksum = node.pop("checksum", None)
    return node if checksum == _checksum(node) else None


def _checksum(node: dict[str, Any]) -> str:
    text = json.dumps(node, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a UTF-8 CSV file with a header, by column name."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits; a file at rest is read once a process."""
    state = path.stat()
    return _sha256(path.resolve(), state.st_ino, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=16_384)
def _sha256(path: Path, inode: int, size: int, modified: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def fingerprint_of_files(paths: Iterable[Path], root: Path | None = None) -> str:
    """One hash over the names and bytes of files, in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        name = path.relative_to(root).as_posix() if root else path.name
        digest.update(f"{name}\0{sha256_of_file(path)}\n".encode())
    return digest.hexdigest()
