"""The one writer of a home. Readers of releases never ask for it.

The lock is the system's, on the folder of the home itself: no file can be removed to get around it, and the system
lets go of it when the process dies. The file ``build.lock`` only says who holds it.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
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
        self._descriptor: int | None = None

    @classmethod
    def of(cls, path: Path) -> HomeLock:
        """The lock of this process on a path."""
        return cls._held.setdefault(path.resolve(), cls(path))

    def acquire(
        self, run: str = "", wait: float = DEFAULT_WAIT, on_wait: Callable[[str], object] | None = None
    ) -> None:
        """Takes the lock; waits without end for processes of the same run, and ``wait`` seconds for others.

        ``on_wait`` is told once who is waited for. Raises HomeIsHeld where the time is over.
        """
        if self._depth == 0:
            self._descriptor = self._take(run, wait, on_wait)
        self._depth += 1

    def release(self) -> None:
        """Gives the lock back."""
        self._depth -= 1
        if self._depth == 0 and self._descriptor is not None:
            with suppress(OSError):
                self._path.write_bytes(b"")
            # Said to the system, not left to closing: a copy of this process may have the folder open, too.
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = None

    def _take(self, run: str, wait: float, on_wait: Callable[[str], object] | None) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path.parent, os.O_RDONLY)
        try:
            self._wait_for(descriptor, run, wait, on_wait)
            self._sign(run)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _wait_for(
        self, descriptor: int, run: str, wait: float, on_wait: Callable[[str], object] | None
    ) -> None:
        until = time.monotonic() + wait
        while not _is_taken(descriptor):
            holder = _holder(self._path)
            if not run or holder.get("run") != run:
                if time.monotonic() >= until:
                    raise HomeIsHeld(_described(holder))
                if on_wait is not None:
                    on_wait(_described(holder))
                    on_wait = None
            time.sleep(_PAUSE)

    def _sign(self, run: str) -> None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        node = {"process": os.getpid(), "host": socket.gethostname(), "since": since, "run": run}
        self._path.write_text(json.dumps(node), encoding="utf-8")

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
    return True


def _holder(path: Path) -> dict[str, Any]:
    """Who signed the lock, as far as that can be read."""
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
