"""Reads the files of a source in a pool of processes where they are large, and one after the other where not.

Results come in the order of the files either way.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

WORKERS_VARIABLE = "METROPOLIS_WORKERS"
# Starting a process takes about as long as reading so many bytes.
WORTH_A_PROCESS = 60_000_000


def workers() -> int:
    """Number of files read in parallel: METROPOLIS_WORKERS, else the number of CPUs."""
    return max(1, int(os.environ.get(WORKERS_VARIABLE, os.cpu_count() or 1)))


def _leave_interrupts_to_the_parent() -> None:
    # An interrupt of the terminal reaches every process; the one that asked for this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def are_worth_processes(paths: Sequence[Path]) -> bool:
    """Whether files are large enough for a process pool."""
    return len(paths) > 1 and workers() > 1 and sum(path.stat().st_size for path in paths) >= WORTH_A_PROCESS


def load_in_order(load: Callable[[Path], Result], paths: Sequence[Path]) -> Iterator[Result]:
    """The result of each path, in the order of the paths."""
    if not are_worth_processes(paths):
        yield from map(load, paths)
        return
    context = multiprocessing.get_context("spawn")
    count = min(workers(), len(paths))
    with ProcessPoolExecutor(count, mp_context=context, initializer=_leave_interrupts_to_the_parent) as pool:
        waiting: deque[Future[Result]] = deque()
        for path in paths:
            waiting.append(pool.submit(load, path))
            # Few results wait at a time, so that memory holds few files.
            if len(waiting) > workers():
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
