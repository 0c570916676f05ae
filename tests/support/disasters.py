"""Faults of a year's folder, applied to a healthy next year."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.healthy_years import Row, read_rows, write_rows

REGISTRATIONS = "events/registrations"
Break = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Disaster:
    """What happened, how it is done, and what must be found.

    ``break_it`` gets the folder of the year and that of the year before. ``code`` is of the finding, ``said`` a part of
    its message, ``is_refused`` whether it forbids a release.
    """

    name: str
    break_it: Break
    code: str
    file: str
    said: str = ""
    is_refused: bool = True


def refused(name: str, break_it: Break, code: str, file: str, said: str = "") -> Disaster:
    """A disaster that nothing may be published of."""
    return Disaster(name, break_it, code, file, said)


def told(name: str, break_it: Break, code: str, file: str, said: str = "") -> Disaster:
    """A disaster that a release carries among its findings."""
    return Disaster(name, break_it, code, file, said, is_refused=False)


# --- what can be done to a file --------------------------------------------------------------------


def rows_of(name: str, change: Callable[[list[Row]], list[Row]]) -> Break:
    """Other rows of a plain export."""

    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / name)
        write_rows(folder / name, header, change(rows))

    return break_it


def cells_of(
    name: str, column: str, change: Callable[[str], str], encoding: str = "utf-8", delimiter: str = ","
) -> Break:
    """Other cells of a column."""

    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / name, encoding, delimiter)
        at = header.index(column)
        for row in rows:
            if len(row) == len(header):
                row[at] = change(row[at])
        write_rows(folder / name, header, rows, encoding, delimiter)

    return break_it


def without(rows_lost: int, name: str) -> Break:
    """A plain export with its last rows gone."""
    return rows_of(name, lambda rows: rows[:-rows_lost])


def halved(name: str) -> Break:
    """Every other row of a plain export."""
    return rows_of(name, lambda rows: rows[::2])


def emptied(name: str) -> Break:
    """A plain export with its header alone."""
    return rows_of(name, lambda rows: [])


def exchanged(name: str, one: str, other: str) -> Break:
    """Two columns that have each other's header."""

    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / name)
        a, b = header.index(one), header.index(other)
        header[a], header[b] = header[b], header[a]
        write_rows(folder / name, header, rows)

    return break_it


def shifted_down(name: str, column: str) -> Break:
    """A column whose cells stand a row too low."""

    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / name)
        at = header.index(column)
        cells = [row[at] for row in rows]
        for row, cell in zip(rows, [cells[-1], *cells], strict=False):
            row[at] = cell
        write_rows(folder / name, header, rows)

    return break_it


def pasted_twice(name: str, with_header: bool) -> Break:
    """A whole export a second time below itself."""

    def break_it(folder: Path, _: Path) -> None:
        header, rows = read_rows(folder / name)
        write_rows(folder / name, header, [*rows, *([header] if with_header else []), *rows])

    return break_it


def saved_in(name: str, encoding: str) -> Break:
    """An export saved in another encoding."""

    def break_it(folder: Path, _: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_bytes(text.encode(encoding, "replace"))

    return break_it


def garbled(name: str, encoding: str) -> Break:
    """UTF-8 that was read in another encoding and saved again."""

    def break_it(folder: Path, _: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_text(content.decode(encoding, "replace"), encoding="utf-8")

    return break_it


def filed_again(name: str) -> Break:
    """Last year's file, byte for byte."""

    def break_it(folder: Path, last: Path) -> None:
        shutil.copyfile(last / name, folder / name)

    return break_it


def renamed(old: str, new: str) -> Break:
    """A file under another name."""

    def break_it(folder: Path, _: Path) -> None:
        (folder / old).rename(folder / new)

    return break_it


def swapped(one: str, other: str) -> Break:
    """Two files under each other's name."""

    def break_it(folder: Path, _: Path) -> None:
        aside = folder / "aside"
        (folder / one).rename(aside)
        (folder / other).rename(folder / one)
        aside.rename(folder / other)

    return break_it


def edited(name: str, change: Callable[[str], str], encoding: str = "utf-8") -> Break:
    """Another text of a file."""

    def break_it(folder: Path, _: Path) -> None:
        text = (folder / name).read_bytes().decode(encoding)
        (folder / name).write_bytes(change(text).encode(encoding))

    return break_it


def english_number(cell: str) -> str:
    """1.234,56 as 1,234: whole, with commas for thousands."""
    whole = cell.partition(",")[0].replace(".", "")
    return f"{int(whole):,}" if whole.isdigit() else cell


def zoom_answers(name: str, change: Callable[[Row, dict[str, int]], None]) -> Break:
    """Other cells of Zoom's attendees."""

    def break_it(folder: Path, _: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        start = next(at for at, row in enumerate(rows) if row and row[0] == "Attendee Details")
        header = rows[start + 1]
        columns = {column: at for at, column in enumerate(header)}
        for row in rows[start + 2 :]:
            if len(row) >= len(header):
                change(row, columns)
        stream = io.StringIO(newline="")
        csv.writer(stream).writerows(rows)
        (folder / name).write_text("\ufeff" + stream.getvalue(), encoding="utf-8", newline="")

    return break_it
