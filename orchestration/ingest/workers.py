"""Files of a source, several at a time where that pays.

Here belongs the order: whatever runs beside what, results come as if one file were read after the other.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

WORKERS_VARIABLE = "METROPOLIS_WORKERS"
# Starting a process costs about what reading so many bytes does.
WORTH_A_PROCESS = 60_000_000


def workers() -> int:
    """How many files may be read at a time: METROPOLIS_WORKERS, else the processors of the machine."""
    return max(1, int(os.environ.get(WORKERS_VARIABLE, os.cpu_count() or 1)))


def load_in_order(load: Callable[[Path], Result], paths: Sequence[Path]) -> Iterator[Result]:
    """The result of each path, in order; in processes of their own where the files are large."""
    count = min(workers(), len(paths))
    if count < 2 or sum(path.stat().st_size for path in paths) < WORTH_A_PROCESS:
        yield from map(load, paths)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[Result]] = deque()
        for path in paths:
            waiting.append(pool.submit(load, path))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
