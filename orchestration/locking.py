"""The one writer of a home.

Here belongs who may build; a reader of releases never asks.
"""

from __future__ import annotations

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar


class HomeIsHeld(Exception):
    """Another process builds in this home; the message says which."""


class HomeLock:
    """An exclusive lock on a home. The system lets go of it when the process dies, however it dies.

    Re-entrant within a process, so that the command line and the job it runs share it.
    """

    _held: ClassVar[dict[Path, HomeLock]] = {}

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self._depth = 0
        self._stream: IO[str] | None = None

    @classmethod
    def of(cls, path: Path) -> HomeLock:
        """The lock of this process on a path."""
        return cls._held.setdefault(path.resolve(), cls(path))

    def acquire(self) -> None:
        """Takes the lock; HomeIsHeld where another process has it."""
        if self._depth == 0:
            self._stream = self._open()
        self._depth += 1

    def release(self) -> None:
        """Gives the lock back."""
        self._depth -= 1
        if self._depth == 0 and self._stream is not None:
            self._stream.close()
            self._stream = None

    def _open(self) -> IO[str]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        stream = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.seek(0)
            holder = stream.read().strip()
            stream.close()
            raise HomeIsHeld(_describe(holder)) from None
        stream.seek(0)
        stream.truncate()
        since = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"process": os.getpid(), "since": since}, stream)
        stream.flush()
        return stream

    def __enter__(self) -> HomeLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _describe(holder: str) -> str:
    try:
        node = json.loads(holder)
        return f"process {node['process']} has been building in this home since {node['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process is building in this home"
