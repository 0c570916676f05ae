"""Small tables for people who look at an asset.

Here belongs how rows are shown in metadata; which rows are shown is each step's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

PREVIEW_ROWS = 5
_CELL_WIDTH = 60


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as a Markdown table; long cells are cut."""
    lines: list[Sequence[Any]] = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text.replace("|", "\\|")[:_CELL_WIDTH]
