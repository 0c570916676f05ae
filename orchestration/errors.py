"""Errors that people are told, and the exit code of each.

Every error that this project raises on purpose derives from ``MetropolisError``; its text is the sentence that is
printed. Errors of the machine (disk, rights, limits) get their sentence from ``failure_of`` and ``failure_of_text``.
"""

from __future__ import annotations

import os
import re
import traceback
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import ClassVar


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    REFUSED = 1
    WRONG = 2
    HELD = 3


class MetropolisError(Exception):
    """Base class of the project's errors: the input or the call is wrong (exit code 2)."""

    exit_code: ClassVar[ExitCode] = ExitCode.WRONG


class Refusal(MetropolisError):
    """Something must not be published or relied on (exit code 1)."""

    exit_code = ExitCode.REFUSED


@dataclass(frozen=True)
class Failure:
    """The sentence and the exit code of an error."""

    exit_code: ExitCode
    sentence: str


# Parts of the texts of the system, SQLite and DuckDB, and what they mean. SQLite says "disk I/O error" where a file
# may not grow, and "unable to open database file" for whatever keeps it from opening one.
_MACHINE = (
    (
        (
            "No space left on device",
            "Disk quota exceeded",
            "File too large",
            "disk is full",
            "disk I/O error",
        ),
        "the disk is full or the file may not grow; make space and try again",
    ),
    (
        ("Read-only file system", "readonly database", "read-only file system"),
        "the home cannot be used: it cannot be written to",
    ),
    (
        ("Too many open files", "Cannot allocate a file descriptor"),
        "too few files may be open at a time (ulimit -n); raise the limit and try again",
    ),
    (("File name too long",), "the path of the home or of the exports is too long"),
    (
        ("Out of Memory Error", "Cannot allocate memory", "bad allocation", "can't start new thread"),
        "there is too little memory; see METROPOLIS_MEMORY",
    ),
    (
        ("unable to open database file", "Permission denied", "Operation not permitted"),
        "the home cannot be used: a file of it cannot be opened",
    ),
    (
        ("file is not a database", "database disk image is malformed", "not a valid DuckDB database file"),
        "a database of the home is damaged",
    ),
)
_OS_ERROR = re.compile(r"\[Errno (?P<number>\d+)\] [^:]*: (?P<quote>['\"])(?P<path>.*?)(?P=quote)")
# Longest part of an error of somebody else's that is told.
_TOLD = 200


def failure_of(error: BaseException, home: Path | None = None, raw: Path | None = None) -> Failure:
    """The sentence and exit code of any error; the folders tell whose file could not be used."""
    if isinstance(error, MetropolisError):
        # A refusal may rest on what the machine said to a library.
        machine = failure_of_text(str(error)) if error.exit_code is ExitCode.REFUSED else None
        return machine or Failure(error.exit_code, str(error))
    if isinstance(error, OSError) and error.filename is not None:
        return Failure(ExitCode.WRONG, _of_file(error, home, raw))
    text = "".join(traceback.format_exception_only(error)).strip()
    known = failure_of_text(text)
    if known is not None:
        return known
    if isinstance(error, MemoryError):
        return Failure(ExitCode.WRONG, "there is too little memory")
    if isinstance(error, OSError):
        return Failure(ExitCode.WRONG, f"the machine refused: {error.strerror or error}")
    return Failure(ExitCode.REFUSED, f"unexpected error {_place(error)}; please report it")


def failure_of_text(text: str) -> Failure | None:
    """The failure of the machine that an error's text describes; None for any other text."""
    for parts, sentence in _MACHINE:
        for line in text.splitlines():
            if any(part in line for part in parts):
                return Failure(ExitCode.WRONG, f"{sentence} ({_shortened(line)})")
    return None


def failure_of_record(
    name: str, text: str, home: Path | None = None, raw: Path | None = None, *, step: str = ""
) -> Failure:
    """The failure of an error of which only the name of its class and its text are known, as Dagster keeps them."""
    raised = _raised_here().get(name)
    if raised is not None and raised.exit_code is not ExitCode.REFUSED:
        return Failure(raised.exit_code, text)
    of_file = _OS_ERROR.search(text)
    if of_file is not None and raised is None:
        number = int(of_file["number"])
        return failure_of(OSError(number, os.strerror(number), of_file["path"]), home, raw)
    machine = failure_of_text(text)
    if machine is not None:
        return machine
    if raised is not None:
        return Failure(raised.exit_code, text)
    return Failure(ExitCode.REFUSED, f"unexpected error{f' in {step}' if step else ''}: {_shortened(text)}")


def _raised_here() -> dict[str, type[MetropolisError]]:
    """The project's own error classes that are loaded in this process, by name."""
    found: dict[str, type[MetropolisError]] = {}
    waiting: list[type[MetropolisError]] = [MetropolisError]
    while waiting:
        each = waiting.pop()
        found[each.__name__] = each
        waiting.extend(each.__subclasses__())
    return found


def _of_file(error: OSError, home: Path | None, raw: Path | None) -> str:
    # Of two files it is the one that was to be written.
    path = Path(os.fsdecode(error.filename2 or error.filename))
    reason = error.strerror or str(error)
    if raw is not None and _is_below(path, raw):
        return f"the export {path} cannot be read: {reason}"
    known = failure_of_text(reason)
    if known is not None:
        return f"{known.sentence.rpartition(' (')[0]} ({path}: {reason})"
    whose = "the home cannot be used: " if home is not None and _is_below(path, home) else ""
    return f"{whose}{path}: {reason}"


def _is_below(path: Path, folder: Path) -> bool:
    return any(path.absolute().is_relative_to(each) for each in (folder.absolute(), folder.resolve()))


def _shortened(line: str) -> str:
    # Without the class of the error, which is the program's business.
    plain = re.sub(r"^[\w.]*(Error|Exception): ", "", " ".join(line.split()))
    return plain if len(plain) <= _TOLD else f"{plain[:_TOLD]}…"


def _place(error: BaseException) -> str:
    """File and line in the code that an error came from; its text may quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return f"({type(error).__name__})"
    frame = frames[-1]
    return f"({type(error).__name__} in {Path(frame.filename).name}, {frame.name}, line {frame.lineno})"
