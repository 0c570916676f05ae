"""Charts of income and expense by their shares."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from orchestration.release.chart_data import ChartData
from orchestration.release.charts.chart import (
    Bar,
    Chart,
    draw_bars,
    figure_label,
)
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import (
    DEEP,
    MID,
)
from orchestration.release.translations import (
    Text,
    each,
    euros,
    percent,
    sentence_start,
    word,
    word_or,
)


def funding(content: ReleaseData, facts: ChartData) -> Chart:
    """Funds by source."""
    rows = content.tables["funding_sources"].as_dicts()
    bars = _shares(rows, facts, "category", "funding")
    largest = bars[0] if bars and bars[0].value else None
    title = word("funding.none")
    if largest is not None:
        title = word("funding.title", source=largest.label, share=largest.shown)
    return Chart(
        name="funding-sources",
        title=title,
        subtitle=word("funding.subtitle", amount=_sum(rows)),
        source=word("source.ledger"),
        numbers=[(bar.label, bar.shown) for bar in bars],
        draw=lambda canvas, language: draw_bars(canvas, bars, language, 128),
        release=content.release,
    )


def funds_use(content: ReleaseData, facts: ChartData) -> Chart:
    """Expense by project."""
    rows = content.tables["funds_use"].as_dicts()
    bars = _shares(rows, facts, "project", "funds_use", leading=3)
    title = word("funds_use.none")
    if len(bars) >= 3 and bars[2].value:
        three = sum((bar.value for bar in bars[:3]), Decimal(0))
        title = word("funds_use.title", share=percent(three))
    elif bars and bars[0].value:
        title = word("funds_use.largest", project=bars[0].label, share=bars[0].shown)
    return Chart(
        name="use-of-funds",
        title=title,
        subtitle=word("funds_use.subtitle", amount=_sum(rows)),
        source=word("source.ledger"),
        numbers=[(bar.label, bar.shown) for bar in bars],
        draw=lambda canvas, language: draw_bars(canvas, bars, language, 176),
        release=content.release,
    )


def _sum(rows: Iterable[dict[str, Any]]) -> Text:
    return euros(sum((row["amount"] or Decimal(0) for row in rows), Decimal(0)))


def _shares(
    rows: Iterable[dict[str, Any]], facts: ChartData, key: str, whole: str, leading: int = 1
) -> list[Bar]:
    """Draws the parts of a whole, largest first; the leading ones are named in the title."""
    ordered = sorted(
        (row for row in rows if row["amount"] or row["is_printed"]),
        key=lambda row: (-(row["amount"] or Decimal(0)), row[key] or ""),
    )
    return [
        Bar(
            label=part_label(row, facts, key, whole),
            value=row["share"] or Decimal(0),
            shown=percent(row["share"] or Decimal(0)),
            aside=euros(row["amount"] or Decimal(0)),
            fill=DEEP if place < leading else MID,
        )
        for place, row in enumerate(ordered)
    ]


def part_label(row: dict[str, Any], facts: ChartData, key: str, whole: str) -> Text:
    """The label of a part: the figure's label without the name of the whole."""
    entry = facts.catalogue.get(row["figure_id"] or "")
    if entry is None:
        return word_or(f"{whole}.{row[key] or 'blank'}", str(row["label"]))
    label = figure_label(entry)
    return sentence_start(each(lambda language: _after_colon(label.of(language))))


def _after_colon(label: str) -> str:
    name = label.split(":", 1)[-1].strip()
    code, _, rest = name.partition(" ")
    return rest if code[:1] == "P" and code[1:].isdigit() else name
