"""Records SIGINT and SIGTERM even where a library has its own handlers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """The signals that interrupted this process."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def first(self) -> int | None:
        """The number of the first signal received; None if there was none."""
        try:
            numbers = os.read(self._pipe, 1024)
        except BlockingIOError:
            return None
        return next((number for number in numbers if number in _SIGNALS), None)


@contextmanager
def interrupts() -> Iterator[Interrupts]:
    """Makes SIGTERM interrupt like SIGINT; a second signal ends the process at once.

    Libraries that put handlers of their own in place do not hide a signal: its number is written to a pipe.
    """
    readable, writable = os.pipe()
    os.set_blocking(readable, False)
    os.set_blocking(writable, False)
    seen: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        if seen:
            os._exit(128 + number)
        seen.append(number)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in _SIGNALS}
    pipe_before = signal.set_wakeup_fd(writable)
    try:
        yield Interrupts(readable)
    finally:
        signal.set_wakeup_fd(pipe_before)
        for each, handler in before.items():
            signal.signal(each, handler)
        os.close(readable)
        os.close(writable)
