"""Writes delimited text with variants of quoting, line ends, encoding and blank lines."""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

Row = Sequence[str]
MARKS = {
    "utf-8-sig": (codecs.BOM_UTF8, "utf-8"),
    "utf-16-le": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "utf-16-be": (codecs.BOM_UTF16_BE, "utf-16-be"),
}
YES = ("yes", "Yes", "YES", "true", "TRUE", "1", "x", "X")
NO = ("", "", "", "no", "No", "false", "FALSE", "0")


@dataclass(frozen=True)
class Dialect:
    """How one file is written."""

    delimiter: str = ","
    line_end: str = "\n"
    encoding: str = "utf-8"


def boolean(rng: Random, value: bool, dirt: bool) -> str:
    """A boolean as people write it."""
    if not dirt:
        return "yes" if value else ""
    return rng.choice(YES if value else NO)


def line(cells: Row, delimiter: str = ",", line_end: str = "\n") -> str:
    """One record, quoted only where it must be."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator=line_end).writerow(cells)
    return buffer.getvalue()


def encoded(text: str, encoding: str) -> bytes:
    """The text in an encoding, with its byte order mark where the encoding has one here."""
    mark, name = MARKS.get(encoding, (b"", encoding))
    return mark + text.encode(name)


def write_text(path: Path, text: str, encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(text, encoding))


def with_blank_lines(rng: Random, lines: list[str], line_end: str) -> list[str]:
    """The same records with a blank line before a few of them (never before the first)."""
    result = list(lines)
    for _ in range(rng.randint(1, 3)):
        result.insert(rng.randint(1, len(result)), line_end)
    return result


def with_other_line_ends(rng: Random, lines: list[str]) -> list[str]:
    """The same records, a few of them ended as on another system."""
    other = {"\r\n": "\n", "\n": "\r\n"}
    result = []
    for text in lines:
        end = "\r\n" if text.endswith("\r\n") else "\n"
        keep = rng.random() > 0.1
        result.append(text if keep else text[: -len(end)] + other[end])
    return result


def shuffled(rng: Random, header: Row, rows: list[Row]) -> tuple[Row, list[Row]]:
    """The same table with its columns in another order."""
    order = list(range(len(header)))
    rng.shuffle(order)
    return [header[i] for i in order], [[row[i] for i in order] for row in rows]


def with_unknown_column(rng: Random, header: Row, rows: list[Row]) -> tuple[Row, list[Row]]:
    """The same table with one more column, which no contract knows."""
    at = rng.randint(0, len(header))
    notes = ("", "to check", "see mail, 2nd", "ok")
    wider: list[Row] = [[*row[:at], rng.choice(notes), *row[at:]] for row in rows]
    return [*header[:at], "internal notes", *header[at:]], wider


def write_table(
    path: Path, header: Row, rows: Iterable[Row], dialect: Dialect, rng: Random | None = None
) -> None:
    """Write a table; with a ``rng`` also blank lines and, now and then, mixed line ends."""
    lines = [line(cells, dialect.delimiter, dialect.line_end) for cells in (header, *rows)]
    if rng is not None:
        if rng.random() < 0.4:
            lines = with_other_line_ends(rng, lines)
        if rng.random() < 0.6:
            lines = with_blank_lines(rng, lines, dialect.line_end)
    write_text(path, "".join(lines), dialect.encoding)


def write_plain(path: Path, header: Row, rows: Iterable[Row], rng: Random, dirt: bool) -> None:
    """Write a UTF-8 comma table; with ``dirt`` also unordered and with columns moved or added."""
    body = list(rows)
    if not dirt:
        write_table(path, header, body, Dialect())
        return
    rng.shuffle(body)
    roll = rng.random()
    if roll < 0.2:
        header, body = shuffled(rng, header, body)
    elif roll < 0.3:
        header, body = with_unknown_column(rng, header, body)
    write_table(path, header, body, Dialect(line_end=rng.choice(("\n", "\r\n"))), rng)
