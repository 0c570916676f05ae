"""The one writer of a home.

Here belongs who may build; a reader of releases never asks. Processes that carry out one run take turns.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, ClassVar

_A_MOMENT = 0.05


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

    def acquire(self, run: str = "") -> None:
        """Takes the lock, after other processes of the same run; HomeIsHeld where another one has it."""
        if self._depth == 0:
            self._stream = self._open(run)
        self._depth += 1

    def release(self) -> None:
        """Gives the lock back."""
        self._depth -= 1
        if self._depth == 0 and self._stream is not None:
            self._stream.truncate(0)
            self._stream.close()
            self._stream = None

    def _open(self, run: str) -> IO[str]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        stream = self._path.open("a+", encoding="utf-8")
        while not _is_taken(stream):
            holder = _holder(stream)
            if holder is not None and (not run or holder.get("run") != run):
                stream.close()
                raise HomeIsHeld(_described(holder))
            # A step of the same run has it, or somebody who has not signed yet.
            time.sleep(_A_MOMENT)
        stream.seek(0)
        stream.truncate()
        since = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"process": os.getpid(), "since": since, "run": run}, stream)
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


def _leave_to_the_parent() -> None:
    """A copy of a process holds nothing: the lock is let go of when the process itself is gone."""
    for lock in HomeLock._held.values():
        if lock._stream is not None:
            lock._stream.close()
    HomeLock._held.clear()


os.register_at_fork(after_in_child=_leave_to_the_parent)


def _is_taken(stream: IO[str]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(stream: IO[str]) -> dict[str, Any] | None:
    """Who signed the lock; None where whoever has it is about to, over the name of one that died."""
    stream.seek(0)
    try:
        node: dict[str, Any] = json.loads(stream.read())
        os.kill(node["process"], 0)
    except (ValueError, KeyError, TypeError, ProcessLookupError):
        return None
    except PermissionError:
        # It lives, as somebody else's.
        return node
    return node


def _described(holder: dict[str, Any]) -> str:
    return f"process {holder['process']} has been building in this home since {holder.get('since')}"
