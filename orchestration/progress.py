"""A callback by which steps report progress to the command line."""

from __future__ import annotations

from collections.abc import Callable

Sink = Callable[[str, str], None]


def _silent(step: str, message: str) -> None:
    """Discards progress: a run launched by Dagster has its own log."""


_sink: Sink = _silent


def show_progress_with(sink: Sink) -> None:
    """Sends progress to a callback: step name and message."""
    global _sink
    _sink = sink


def say(step: str, message: str) -> None:
    """Reports progress."""
    _sink(step, message)
