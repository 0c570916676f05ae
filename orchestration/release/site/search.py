"""Renders the search over figures, members and items: ``site/search.html``, with its index in the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration.release.chart_data import read_chart_data
from orchestration.release.charts.chart import figure_label
from orchestration.release.release_data import ReleaseData
from orchestration.release.site.subpages import embedded_json, render_subpage
from orchestration.release.tables import typed_text

PAGE = "search.html"
# So many items are worth a page; the rest is in figure_items.csv.
_MOST_ITEMS = 8000


def write_search(folder: Path, content: ReleaseData) -> None:
    """Writes site/search.html."""
    page = render_subpage("search.html", content.release, index=embedded_json(_index(content)))
    (folder / "site" / PAGE).write_text(page, encoding="utf-8")


def _index(content: ReleaseData) -> dict[str, Any]:
    """Figures by id with their labels, members by id, and the labels of each figure's items."""
    catalogue = read_chart_data(content).catalogue
    items: dict[str, dict[str, None]] = {}
    table = content.tables["figure_items"]
    for row in replace(table, rows=table.rows[:_MOST_ITEMS]).as_dicts():
        if row["label"]:
            items.setdefault(row["figure_id"], {})[typed_text(row["label"])] = None
    return {
        "figures": {
            row["figure_id"]: [*figure_label(catalogue[row["figure_id"]])]
            for row in content.tables["figures"].as_dicts()
        },
        "members": {
            row["member_id"]: typed_text(row["member"]) for row in content.tables["members"].as_dicts()
        },
        "items": {figure_id: list(labels) for figure_id, labels in items.items()},
    }
