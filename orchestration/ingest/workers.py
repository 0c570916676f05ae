"""Files of a source, several at a time where that pays.

Here belongs the order: whatever runs beside what, results come as if one file were read after the other.
"""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import nullcontext
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from multiprocessing.context import BaseContext
from pathlib import Path
from types import ModuleType
from typing import TypeVar

Result = TypeVar("Result")

WORKERS_VARIABLE = "METROPOLIS_WORKERS"
_WATCHER = "ends with its parent"
_RARELY = (10_000_000, 10, 10)
# Starting a process costs about what reading so many bytes does.
WORTH_A_PROCESS = 60_000_000


def workers() -> int:
    """How many files may be read at a time: METROPOLIS_WORKERS, else the processors of the machine."""
    return max(1, int(os.environ.get(WORKERS_VARIABLE, os.cpu_count() or 1)))


def processes(count: int) -> ProcessPoolExecutor:
    """Processes of their own, which end when the one that asked for them does, however it ends."""
    return ProcessPoolExecutor(count, mp_context=_context(), initializer=_begin)


def readers(count: int) -> ProcessPoolExecutor:
    """Processes that read exports and do nothing else."""
    pool = ProcessPoolExecutor(count, mp_context=_context(), initializer=_begin_to_read)
    # They start here, before there are threads that ask them for something.
    pool.submit(os.getpid).result()
    return pool


def _context() -> BaseContext:
    """A copy of a process is ready at once, but whatever other threads hold stays held in it."""
    is_alone = {each.name for each in threading.enumerate()} <= {threading.main_thread().name, _WATCHER}
    return multiprocessing.get_context("fork" if is_alone and sys.platform == "linux" else "spawn")


def collect_rarely() -> None:
    """Looks for circular garbage where there is a gigabyte of it: rows and definitions are many and hold no circles.

    What is left in the end goes with the process, unlooked at.
    """
    gc.set_threshold(*_RARELY)
    atexit.register(gc.freeze)


def _begin() -> None:
    # An interrupt of the terminal reaches every process; the one that asked for this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    collect_rarely()
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, name=_WATCHER, daemon=True).start()


def _begin_to_read() -> None:
    _begin()
    # Rows are many and hold no circles at all.
    gc.disable()
    sys.meta_path.insert(0, _WithoutPandas())


class _WithoutPandas(MetaPathFinder):
    """Keeps Arrow from importing pandas only to see that a list is none of its kinds."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Nothing; for pandas, that there is no such module."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)
        return None


def are_worth_processes(paths: Sequence[Path]) -> bool:
    """Whether files are large enough for processes of their own, where there may be several."""
    return workers() > 1 and sum(path.stat().st_size for path in paths) >= WORTH_A_PROCESS


def load_in_order(
    load: Callable[[Path], Result], paths: Sequence[Path], pool: Executor | None = None
) -> Iterator[Result]:
    """The result of each path, in order; in processes of their own where the files are large or a pool is given."""
    if pool is None and (len(paths) < 2 or not are_worth_processes(paths)):
        yield from map(load, paths)
        return
    with nullcontext(pool) if pool is not None else readers(min(workers(), len(paths))) as shared:
        waiting: deque[Future[Result]] = deque()
        for path in paths:
            waiting.append(shared.submit(load, path))
            if len(waiting) > workers():
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
