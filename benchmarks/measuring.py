"""Runs a command and measures wall time, CPU time and peak memory, child processes included."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from orchestration.paths import PROJECT_FOLDER

# Each look holds up every process that it looks at: at ten a second a build of many took 6% longer for being watched.
_BETWEEN_LOOKS = 0.5
_FIRST_LOOK = 0.05
_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Measured:
    """Measurement of one command: wall seconds, CPU seconds, peak memory in MB.

    Memory is that of all its processes together; what several share is counted once.
    """

    wall: float
    cpu: float
    peak: float


def measure(command: Sequence[str], **environment: str) -> Measured:
    """Runs a command and what it starts; RuntimeError where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=PROJECT_FOLDER,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with _watched(process.pid) as peak:
        _, errors = process.communicate()
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {errors.decode(errors='replace')[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall, cpu, peak[0] / 1024)


@contextmanager
def _watched(root: int) -> Iterator[list[int]]:
    """Samples a process tree; yields a list with its peak memory in kB."""
    peak = [0]
    ended = threading.Event()

    def look() -> None:
        between = _FIRST_LOOK
        while not ended.wait(between):
            peak[0] = max(peak[0], sum(map(_kilobytes, _family(root))))
            between = min(2 * between, _BETWEEN_LOOKS)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _family(root: int) -> list[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for folder in _PROCESSES.iterdir():
        if folder.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                children[parent].append(int(folder.name))
    family = [root]
    for member in family:
        family.extend(children[member])
    return family


def _kilobytes(process: int) -> int:
    with suppress(OSError):
        for line in (_PROCESSES / str(process) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
