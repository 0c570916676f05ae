"""The chart of changes against the year before."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from orchestration.release.chart_data import ChartData, Move
from orchestration.release.charts.chart import (
    LEADING,
    Chart,
    figure_label,
    legend,
)
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import (
    DEEP,
    INK,
    LABEL,
    SIGNAL,
    STRONG,
    WIDTH,
    Canvas,
    text_width,
    wrapped,
)
from orchestration.release.translations import (
    Text,
    same,
    signed_percent,
    word,
)

NAME = "against-the-year-before"
# So many moves can be told apart in one chart.
_MOST = 12


def moves_since(content: ReleaseData, facts: ChartData) -> Chart | None:
    """The counts that changed most; None without a year to compare with, or where none changed."""
    # The relative move of a percentage says little: from 2 to 3 percent it is one half.
    moves = [m for m in facts.moves if m.relative and m.unit == "count"]
    if not moves:
        return None
    up = sum(move.value > move.previous for move in facts.moves)
    down = sum(move.value < move.previous for move in facts.moves)
    largest = sorted(moves, key=lambda move: -abs(move.relative or Decimal(0)))[:_MOST]
    largest.sort(key=lambda move: -(move.relative or Decimal(0)))

    def draw(canvas: Canvas, language: str) -> float:
        reach = max(abs(move.relative or Decimal(0)) for move in largest) or Decimal(1)
        half = WIDTH / 2
        shown = [move_words(move).of(language) for move in largest]
        room = half - 8 - max(text_width(text, LABEL, STRONG) for text in shown)
        y = 0.0
        for move, said in zip(largest, shown, strict=True):
            relative = move.relative or Decimal(0)
            label = figure_label(facts.catalogue[move.figure_id]).of(language)
            lines = wrapped(label, WIDTH, LABEL)
            y = canvas.lines(0, y + 10, lines, LEADING) - 8
            width = room * float(abs(relative) / reach)
            fill = SIGNAL if move.is_within_band is False else DEEP
            left = half if relative > 0 else half - width
            canvas.rect(left, y, max(width, 1), 10, fill, said=f"{label}: {said}")
            side, at = ("start", half + width + 5) if relative > 0 else ("end", half - width - 5)
            canvas.text(at, y + 8.8, said, weight=STRONG, anchor=side)
            canvas.line(half, y - 2, half, y + 12, stroke=INK)
            y += 20
        outside = any(move.is_within_band is False for move in largest)
        entries = [(DEEP, "", word("moves.inside")), (SIGNAL, "", word("moves.outside"))]
        return legend(canvas, y + 8, entries, language) if outside else y - 4

    return Chart(
        name=NAME,
        title=word("moves.title", up=up, down=down, all=len(facts.moves)),
        subtitle=word("moves.subtitle", previous=_previous_releases(facts.moves)),
        source=word("source.moves"),
        numbers=[(figure_label(facts.catalogue[move.figure_id]), move_words(move)) for move in largest],
        draw=draw,
        release=content.release,
    )


def _previous_releases(moves: Iterable[Move]) -> str:
    return ", ".join(sorted({move.previous_release for move in moves}))


def move_words(move: Move) -> Text:
    """A change in percent; a dash where that has no meaning."""
    return signed_percent(move.relative * 100) if move.relative is not None else same("–")
