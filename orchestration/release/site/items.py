"""Renders a page a figure with what stands behind it: ``site/items/<figure_id>.html``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.release.release_data import ReleaseData
from orchestration.release.site.figures import FigureView, SourceFiles
from orchestration.release.site.subpages import render_subpage
from orchestration.release.site.values import MOST_ROWS, more
from orchestration.release.tables import Row, text_of, typed_text
from orchestration.release.translations import Text, number, word

ITEMS_FOLDER = "items"
_TOGETHER = "people"


@dataclass(frozen=True)
class Item:
    """View model of an item; ``label`` is a text of the exports, or words of the page."""

    label: str | Text
    date: str
    amount: str
    place: str
    anchor: str


@dataclass(frozen=True)
class Part:
    """View model of the numerator or denominator of a figure."""

    name: str
    items: list[Item]
    more: Text | None
    has_dates: bool
    has_amounts: bool


def write_items(
    folder: Path, content: ReleaseData, figures: Iterable[FigureView], sources: SourceFiles
) -> None:
    """Writes a page for each figure that has items."""
    target = folder / "site" / ITEMS_FOLDER
    target.mkdir(exist_ok=True)
    by_figure = _by_figure(content)
    for figure in figures:
        rows = by_figure.get(figure.figure_id, [])
        if rows:
            page = make_items_page(content, figure, rows, sources)
            (target / f"{figure.figure_id}.html").write_text(page, encoding="utf-8")


def make_items_page(content: ReleaseData, figure: FigureView, rows: list[Row], sources: SourceFiles) -> str:
    """Renders the page of a figure."""
    titles = {row["event_id"]: typed_text(row["title"]) for row in content.tables["calendar"].as_dicts()}
    parts = list(_parts(rows, titles, sources))
    return render_subpage("items.html", content.release, figure=figure, parts=parts)


def _by_figure(content: ReleaseData) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in content.tables["figure_items"].as_dicts():
        found.setdefault(row["figure_id"], []).append(row)
    return found


def _parts(rows: list[Row], titles: dict[str, str], sources: SourceFiles) -> Iterator[Part]:
    for name in ("numerator", "denominator"):
        of_part = [row for row in rows if row["part"] == name]
        if of_part:
            yield Part(
                name=name,
                items=[_item(row, titles, sources) for row in of_part[:MOST_ROWS]],
                more=more(len(of_part), "figure_items.csv"),
                has_dates=any(row["date"] is not None for row in of_part),
                has_amounts=any(row["amount"] != 1 for row in of_part),
            )


def _item(row: Row, titles: dict[str, str], sources: SourceFiles) -> Item:
    line = "" if row["source_line"] is None else f", {row['source_line']}"
    return Item(
        label=_label(row, titles),
        date=text_of(row["date"]),
        amount=text_of(row["amount"]),
        place=f"{row['source_file']}{line}",
        anchor=sources.anchor(row["source_file"]),
    )


def _label(row: dict[str, Any], titles: dict[str, str]) -> str | Text:
    """What the item is called: people by their event, else by their number."""
    if row["label"]:
        return typed_text(row["label"])
    if row["event_id"] in titles:
        return titles[row["event_id"]]
    if row["unit"] == _TOGETHER:
        return word("items.people", people=number(row["amount"]))
    return str(row["unit"])
