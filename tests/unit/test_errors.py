"""The sentence and the exit code of every error."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import ExitCode, MetropolisError, Refusal, failure_of, failure_of_record
from orchestration.locking import HomeIsHeld
from orchestration.transform.runner import EngineMissing, ModelsFailed

HOME, RAW = Path("/srv/home"), Path("/srv/raw")


def of_system(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (MetropolisError("that is no year"), 2, "that is no year"),
        (Refusal("the project does not parse: No space left on device"), 2, "the disk is full"),
        (Refusal("a part is greater than the whole"), 1, "a part is greater than the whole"),
        (HomeIsHeld("process 7 has been building"), 3, "process 7"),
        (of_system(errno.ENOSPC, "/srv/home/x"), 2, "the disk is full"),
        (of_system(errno.EFBIG, "/srv/home/x"), 2, "the disk is full"),
        (of_system(errno.EDQUOT, "/srv/home/x"), 2, "the disk is full"),
        (of_system(errno.EROFS, "/srv/home/x"), 2, "the home cannot be used"),
        (of_system(errno.EACCES, "/srv/home/x"), 2, "the home cannot be used"),
        (of_system(errno.EACCES, "/srv/raw/2019/registers/members.csv"), 2, "the export /srv/raw/2019"),
        (of_system(errno.EMFILE, "/srv/home/x"), 2, "too few files"),
        (of_system(errno.ENAMETOOLONG, "/srv/home/x"), 2, "too long"),
        (sqlite3.OperationalError("database or disk is full"), 2, "the disk is full"),
        (sqlite3.OperationalError("attempt to write a readonly database"), 2, "cannot be written to"),
        (duckdb.IOException('Could not write file "x": No space left on device'), 2, "the disk is full"),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed"), 2, "METROPOLIS_MEMORY"),
        (MemoryError(), 2, "too little memory"),
    ],
)
def test_an_error_has_a_sentence_and_a_code(error: Exception, code: int, said: str) -> None:
    failure = failure_of(error, HOME, RAW)
    assert (failure.exit_code, said in failure.sentence) == (code, True), failure
    assert type(error).__name__ not in failure.sentence


def test_an_error_that_nobody_foresaw_is_told_by_its_place_alone() -> None:
    try:
        raise ValueError("could not convert 'Ana Secreta <ana@example.org>'")
    except ValueError as error:
        failure = failure_of(error)
    assert failure.exit_code is ExitCode.REFUSED
    assert "test_errors.py" in failure.sentence
    assert "Ana" not in failure.sentence


@pytest.mark.parametrize(
    ("name", "text", "code", "said"),
    [
        ("EngineMissing", "Spark is not installed", 2, "Spark is not installed"),
        ("ModelsFailed", "model.x: a test does not hold", 1, "model.x: a test does not hold"),
        ("ModelsFailed", "model.x: IO Error: No space left on device", 2, "the disk is full"),
        ("HomeIsHeld", "process 7 has been building", 3, "process 7 has been building"),
        ("OSError", "[Errno 28] No space left on device: '/srv/home/x'", 2, "the disk is full"),
        ("PermissionError", "[Errno 13] Permission denied: '/srv/raw/2019/a.csv'", 2, "the export /srv/raw/2019/a.csv"),
        ("OperationalError", "(sqlite3.OperationalError) database or disk is full", 2, "the disk is full"),
        ("KeyError", "'x'", 1, "unexpected error in models"),
    ],
)  # fmt: skip
def test_a_recorded_error_has_the_same(name: str, text: str, code: int, said: str) -> None:
    assert issubclass(EngineMissing, ModelsFailed)
    failure = failure_of_record(name, text, HOME, RAW, step="models")
    assert (failure.exit_code, failure.sentence.startswith(said)) == (code, True), failure
