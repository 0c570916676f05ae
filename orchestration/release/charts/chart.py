"""``Chart``: texts, data table and drawing function of a chart; and marks that several charts share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestration.release.chart_data import CatalogueEntry
from orchestration.release.svg import (
    DEEP,
    LABEL,
    LIGHT,
    MID,
    PALE,
    QUIET,
    SMALL,
    STRONG,
    WIDTH,
    Canvas,
    Sheet,
    text_width,
    wrapped,
)
from orchestration.release.translations import (
    Text,
    each,
    listed,
    sentence_start,
    word,
    word_or,
)

LEADING = 13.0
GENDERS = ("woman", "man", "non_binary", "undisclosed")
GENDER_FILLS = {"woman": DEEP, "man": MID, "non_binary": LIGHT, "undisclosed": PALE}


@dataclass(frozen=True)
class Chart:
    """A chart in every language: texts, data table, drawing function."""

    name: str
    title: Text
    subtitle: Text
    source: Text
    numbers: list[tuple[Text, Text]]
    draw: Callable[[Canvas, str], float]
    release: str

    def sheet(self, language: str) -> Sheet:
        """The chart in a language."""
        canvas = Canvas()
        height = self.draw(canvas, language)
        note = word("chart.note", source=self.source, release=self.release)
        return Sheet(
            name=self.name,
            language=language,
            title=self.title.of(language),
            subtitle=self.subtitle.of(language),
            note=note.of(language),
            alt=self.alt.of(language),
            marks=canvas.marks,
            height=height,
        )

    @property
    def alt(self) -> Text:
        """The alternative text of the chart, with its numbers."""
        said = listed(
            each(lambda la, n=name, v=value: f"{n.of(la)} {v.of(la)}")  # type: ignore[misc]
            for name, value in self.numbers
        )
        return word("chart.alt", title=self.title, numbers=said)


@dataclass(frozen=True)
class Bar:
    """A bar: label, value, formatted value."""

    label: Text
    value: Decimal
    shown: Text
    aside: Text
    fill: str


def draw_bars(canvas: Canvas, bars: Sequence[Bar], language: str, label_width: float) -> float:
    """Draws labelled bars with their values; returns their bottom edge."""
    largest = max([Decimal(1), *(bar.value for bar in bars)])
    has_asides = len(bars) <= 6
    x0 = label_width
    room = WIDTH - x0 - (96 if has_asides else 34)
    y = 0.0
    for bar in bars:
        lines = wrapped(bar.label.of(language), label_width - 10, LABEL)
        middle = y + LEADING * len(lines) / 2
        canvas.lines(0, y + 10, lines, LEADING)
        width = room * float(bar.value / largest)
        shown = bar.shown.of(language)
        canvas.rect(x0, middle - 6, max(width, 1), 12, bar.fill, said=f"{bar.label.of(language)}: {shown}")
        canvas.text(x0 + width + 6, middle + 3.8, shown, weight=STRONG)
        if has_asides:
            canvas.text(WIDTH, middle + 3.8, bar.aside.of(language), size=SMALL, fill=QUIET, anchor="end")
        y += LEADING * len(lines) + 7
    canvas.line(x0 - 0.5, -2, x0 - 0.5, y - 5, stroke=QUIET)
    return max(y - 4, 1)


def legend(
    canvas: Canvas,
    y: float,
    entries: Sequence[tuple[str, str, Text]],
    language: str,
    round_swatches: bool = False,
) -> float:
    """Draws a legend, wrapped as needed; returns its bottom edge."""
    x = 0.0
    for fill, stroke, name in entries:
        text = sentence_start(name).of(language)
        width = 15 + text_width(text, SMALL) + 16
        if x and x + width - 16 > WIDTH:
            x, y = 0.0, y + 15
        if round_swatches:
            canvas.dot(x + 5, y - 3, 5, fill, stroke=stroke)
        else:
            canvas.rect(x, y - 8, 10, 10, fill, stroke=stroke)
        canvas.text(x + 15, y + 0.5, text, size=SMALL)
        x += width
    return y + 4


def figure_label(entry: CatalogueEntry) -> Text:
    """The label of a figure."""
    return Text(entry.label_en, entry.label_fr, entry.label_es)


def displayed(row: dict[str, Any]) -> Text:
    """A figure in its print format."""
    return each(lambda language: str(row[f"display_{language}"]))


def region_word(name: str) -> Text:
    """The translated name of a Metropolis region."""
    return word_or(f"region.{name}", name)
