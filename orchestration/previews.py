"""Markdown tables for Dagster metadata."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

PREVIEW_ROWS = 5
_CELL_WIDTH = 60
# Previews are kept with the runs, for longer than the landing: no person can be followed there.
_NOT_SHOWN = frozenset({"person_key", "unit_key"})


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as a Markdown table; long cells are cut."""
    shown = (
        ["…" if name in _NOT_SHOWN else value for name, value in zip(header, row, strict=True)]
        for row in rows
    )
    lines: list[Sequence[Any]] = [header, ["---"] * len(header), *shown]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text.replace("|", "\\|")[:_CELL_WIDTH]
