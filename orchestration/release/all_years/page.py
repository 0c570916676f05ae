"""Renders the page over all years: a line a figure, its vintages where it was restated."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from orchestration.release.all_years.content import PRINT, AllYears, Row
from orchestration.release.site.subpages import render_subpage
from orchestration.release.translations import Text, each, same

PAGE = "index.html"
_WIDTH, _HEIGHT, _MARGIN = 120, 28, 3


@dataclass(frozen=True)
class Value:
    """View model of a figure in a year; blank where the year has none."""

    display: Text
    address: str
    is_restated: bool
    is_printed: bool


@dataclass(frozen=True)
class Line:
    """View model of a figure: a value a year, a line through them, vintages of restated years."""

    figure_id: str
    label: Text
    values: list[Value | None]
    points: str
    vintages: list[Row]


def write_page(folder: Path, name: str, content: AllYears) -> None:
    """Writes site/index.html."""
    (folder / "site").mkdir()
    page = render_subpage("all_years.html", name, years=content.years, lines=_lines(content))
    (folder / "site" / PAGE).write_text(page, encoding="utf-8")


def _lines(content: AllYears) -> list[Line]:
    by_figure: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in content.figures:
        by_figure[row["figure_id"]][row["year"]] = row
    vintages: dict[str, list[Row]] = defaultdict(list)
    for row in content.vintages:
        vintages[row["figure_id"]].append(row)
    return [
        Line(
            figure_id=figure_id,
            label=_label(rows, content.catalogue.get(figure_id)),
            values=[_value(rows.get(year)) for year in content.years],
            points=_points([_number(rows.get(year)) for year in content.years]),
            vintages=vintages[figure_id] if any(row["is_restated"] for row in rows.values()) else [],
        )
        for figure_id, rows in by_figure.items()
    ]


def _label(rows: dict[int, Row], entry: Row | None) -> Text:
    """What the figure is called; as released where the catalogue has it no more."""
    if entry is None:
        return same(rows[max(rows)]["label"])
    return Text(entry["label"], entry["label_fr"], entry["label_es"])


def _number(row: Row | None) -> Decimal | None:
    return row["value"] if row is not None else None


def _value(row: Row | None) -> Value | None:
    if row is None:
        return None
    is_printed = row["release"] == PRINT
    return Value(
        display=each(lambda language: row[f"display_{language}"] or "–"),
        address="" if is_printed else f"../../../{row['year']}/latest/site/index.html#{row['figure_id']}",
        is_restated=row["is_restated"],
        is_printed=is_printed,
    )


def _points(values: list[Decimal | None]) -> str:
    """The corners of a line through the values, from year to year; none through fewer than two."""
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    across = Decimal(_WIDTH - 2 * _MARGIN) / (len(values) - 1)
    up = Decimal(_HEIGHT - 2 * _MARGIN)
    corners = []
    for at, value in known:
        share = (value - low) / (high - low) if high > low else Decimal("0.5")
        corners.append(f"{_MARGIN + at * across:.1f},{_HEIGHT - _MARGIN - share * up:.1f}")
    return " ".join(corners)
