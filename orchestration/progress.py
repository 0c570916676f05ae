"""A callback by which steps report progress to the command line."""

from __future__ import annotations

from collections.abc import Callable

Sink = Callable[[str, str], None]


def _silent(step: str, message: str) -> None:
    """Shows nothing: a run launched by Dagster has its own log."""


_sink: Sink = _silent


def show_progress_with(sink: Sink) -> None:
    """Sends what steps say to a sink: the step's name and a message."""
    global _sink
    _sink = sink


def say(step: str, message: str) -> None:
    """Tells where the build is."""
    _sink(step, message)
