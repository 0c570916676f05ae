"""Ways to damage a file or folder of a home."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

Harm = Callable[[Path], None]
_LINKED_BYTES = 100_000


def copy_home(source: Path, target: Path) -> None:
    """A copy of a home; large files are links to the same bytes, so nothing may be written into them."""

    def copy(old: str, new: str) -> None:
        if Path(old).stat().st_size > _LINKED_BYTES:
            os.link(old, new)
        else:
            shutil.copy2(old, new)

    shutil.copytree(source, target, symlinks=True, copy_function=copy)


def put(path: Path, content: bytes) -> None:
    """Writes a new file in place of the old one, which may be hard-linked."""
    mode = path.stat().st_mode
    path.unlink()
    path.write_bytes(content)
    path.chmod(mode)


def flip_a_bit(path: Path) -> None:
    """Flips one bit in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    put(path, bytes(content))


def cut_short(path: Path) -> None:
    """Truncates a file to half, as after a crash."""
    content = path.read_bytes()
    put(path, content[: len(content) // 2])


def empty(path: Path) -> None:
    """Truncates a file to nothing."""
    put(path, b"")


def put_a_mark_before(path: Path) -> None:
    """Prepends a byte order mark."""
    put(path, b"\xef\xbb\xbf" + path.read_bytes())


def change_line_ends(path: Path) -> None:
    """Converts line ends to CRLF."""
    put(path, path.read_bytes().replace(b"\n", b"\r\n"))


def put_nonsense_between(path: Path) -> None:
    """Inserts a line of invalid UTF-8 in the middle."""
    lines = path.read_bytes().splitlines(keepends=True)
    middle = len(lines) // 2
    put(path, b"".join([*lines[:middle], b"\xff\xfe\x00\n", *lines[middle:]]))


def replace_by_a_folder(path: Path) -> None:
    """Replaces a file by a folder."""
    path.unlink()
    path.mkdir()


def remove(path: Path) -> None:
    """Removes a file or folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def replace_by_a_file(path: Path) -> None:
    """Replaces a folder by a file."""
    shutil.rmtree(path)
    path.write_text("not a folder", encoding="utf-8")


OF_TEXT: tuple[Harm, ...] = (
    flip_a_bit,
    cut_short,
    empty,
    put_a_mark_before,
    change_line_ends,
    put_nonsense_between,
    replace_by_a_folder,
    remove,
)
