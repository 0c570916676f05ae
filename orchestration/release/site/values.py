"""Value formatting shared by the parts of the page."""

from __future__ import annotations

import re
from decimal import Decimal

from orchestration.release.chart_data import Move
from orchestration.release.translations import (
    Text,
    each,
    number,
    percent,
    same,
    signed,
    signed_percent,
    word,
)

# So many rows of a table are worth a page; the rest is in the CSV.
MOST_ROWS = 400
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def more(rows: int, file: str) -> Text | None:
    """The note below a table that the page truncates."""
    return word("table.more", count=rows - MOST_ROWS, file=file) if rows > MOST_ROWS else None


def shown_value(value: Decimal, unit: str, decimals: int) -> Text:
    """A value at the figure's decimals."""
    if unit == "percent":
        return percent(value, decimals)
    return number(value.quantize(Decimal(1).scaleb(-decimals)))


def shown_move(move: Move, decimals: int) -> Text:
    """The change of a figure, absolute or in points; in words where there is none."""
    difference = (move.value - move.previous).quantize(Decimal(1).scaleb(-decimals))
    if not difference:
        return word("move.none")
    if move.unit == "percent":
        return word("move.points", move=signed(difference))
    shown = signed(difference)
    if move.relative is None:
        return shown
    relative = signed_percent(move.relative * 100)
    return each(lambda language: f"{shown.of(language)} ({relative.of(language)})")


def compared(value: str | None) -> Text:
    """A printed or computed value of the reconciliation, formatted."""
    if _NUMBER.fullmatch(value or ""):
        return number(Decimal(value or 0))
    said = {"true": word("cell.yes"), "false": word("cell.no")}
    return said.get(value or "", same(value or "–"))
