"""The exclusive lock of a home: one writer at a time. Readers of releases do not take it.

An advisory lock of the operating system, released when the process ends. It is taken on the home's folder, so
that deleting a file does not defeat it, and on ``build.lock``, which names the holder: network file systems
only lock files.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

from orchestration.errors import ExitCode, MetropolisError

# How long a writer waits for another one, in seconds.
DEFAULT_WAIT = 60.0
_PAUSE = 0.05
_NO_LOCKS = frozenset({errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOTSUP})


class HomeIsHeld(MetropolisError):
    """Another process writes to this home; the message says which."""

    exit_code = ExitCode.HELD


class HomeLock:
    """An exclusive lock on a home, named by the path of the file that says who holds it.

    Re-entrant within a process, so that the command line and the job it runs share it. Processes of one run
    take turns.
    """

    _held: ClassVar[dict[Path, HomeLock]] = {}

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self._depth = 0
        self._descriptors: list[int] = []

    @classmethod
    def of(cls, path: Path) -> HomeLock:
        """This process's lock on a path."""
        return cls._held.setdefault(path.resolve(), cls(path))

    def acquire(
        self, run: str = "", wait: float = DEFAULT_WAIT, on_wait: Callable[[str], object] | None = None
    ) -> None:
        """Takes the lock; waits indefinitely for processes of the same run, ``wait`` seconds for others.

        ``on_wait`` is told once who is waited for. Raises HomeIsHeld where the time is over.
        """
        if self._depth == 0:
            self._descriptors = self._take(run, wait, on_wait)
        self._depth += 1

    def release(self) -> None:
        """Releases the lock."""
        self._depth -= 1
        if self._depth == 0:
            with suppress(OSError):
                os.ftruncate(self._descriptors[-1], 0)
            _let_go(self._descriptors)
            self._descriptors = []

    def _take(self, run: str, wait: float, on_wait: Callable[[str], object] | None) -> list[int]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptors: list[int] = []
        try:
            descriptors.append(os.open(self._path.parent, os.O_RDONLY))
            descriptors.append(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644))
            self._wait_for(descriptors, run, wait, on_wait)
            _sign(descriptors[-1], run)
        except BaseException:
            _let_go(descriptors)
            raise
        return descriptors

    def _wait_for(
        self, descriptors: list[int], run: str, wait: float, on_wait: Callable[[str], object] | None
    ) -> None:
        until = time.monotonic() + wait
        while not all(_is_taken(each) for each in descriptors):
            holder = _holder(self._path)
            if not run or holder.get("run") != run:
                if time.monotonic() >= until:
                    raise HomeIsHeld(_described(holder))
                if on_wait is not None:
                    on_wait(_described(holder))
                    on_wait = None
            time.sleep(_PAUSE)

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


def _is_taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # A network file system has no locks on folders.
        if error.errno not in _NO_LOCKS or not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise
    return True


def _let_go(descriptors: list[int]) -> None:
    for each in descriptors:
        # Said to the system, not left to closing: a copy of this process may have the same files open.
        with suppress(OSError):
            fcntl.flock(each, fcntl.LOCK_UN)
        os.close(each)


def _sign(descriptor: int, run: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    node = {"process": os.getpid(), "host": socket.gethostname(), "since": since, "run": run}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(node).encode("utf-8"), 0)


def _holder(path: Path) -> dict[str, Any]:
    """The holder as written in the lock file, if readable."""
    try:
        node = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return node if isinstance(node, dict) else {}


def _described(holder: dict[str, Any]) -> str:
    if "process" not in holder:
        return "another process is writing to this home"
    where = "" if holder.get("host") == socket.gethostname() else f" on {holder.get('host')}"
    return f"process {holder['process']}{where} has been building in this home since {holder.get('since')}"
