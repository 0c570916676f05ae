"""Writes the workbook's sheet of charts: five of the report's charts as native Excel charts beside their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestration.release.chart_data import ChartData, read_chart_data
from orchestration.release.charts.chart import GENDERS, figure_label
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import DEEP, LIGHT
from orchestration.release.translations import Text, same, sentence_start, word, word_or

_FILLS = (DEEP, LIGHT)
_A4 = 9
# Rows and columns of the sheet that a chart takes beside its numbers.
_ROWS, _CHART_COLUMN = 20, 4
_WIDTH, _HEIGHT = 620, 380


@dataclass(frozen=True)
class _Graph:
    """A chart: title, the names of its series, and a row a bar with a number a series."""

    title: Text
    series: tuple[Text, ...]
    rows: list[tuple[Text, tuple[int | Decimal, ...]]]
    is_stacked: bool = False
    number_format: str = "#,##0"


def write_charts_sheet(book: Any, content: ReleaseData, language: str) -> None:
    """Writes the sheet; a chart without numbers is left out."""
    name = word("sheet.charts").of(language)
    page = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "font_name": "Arial", "font_size": 9})
    page.set_column(0, 0, 40)
    top = 0
    for graph in _graphs(content):
        if not graph.rows:
            continue
        number = book.add_format({"num_format": graph.number_format, "font_name": "Arial", "font_size": 9})
        page.write_string(top, 0, graph.title.of(language), bold)
        for at, series in enumerate(graph.series, start=1):
            page.write_string(top + 1, at, series.of(language), bold)
        for down, (label, values) in enumerate(graph.rows, start=top + 2):
            page.write_string(down, 0, label.of(language))
            for at, value in enumerate(values, start=1):
                page.write_number(down, at, float(value), number)
        chart = _chart(book, graph, name, top, language)
        page.insert_chart(top, _CHART_COLUMN, chart, {"object_position": 2})
        top += max(_ROWS, len(graph.rows) + 4)
    page.set_paper(_A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.hide_gridlines(2)


def _chart(book: Any, graph: _Graph, sheet: str, top: int, language: str) -> Any:
    chart = book.add_chart({"type": "bar", "subtype": "stacked" if graph.is_stacked else "clustered"})
    first, last = top + 2, top + 1 + len(graph.rows)
    for at, fill in zip(range(1, len(graph.series) + 1), _FILLS, strict=False):
        chart.add_series(
            {
                "name": [sheet, top + 1, at],
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, at, last, at],
                "fill": {"color": fill},
                "gap": 60,
                "data_labels": {"value": True, "font": {"name": "Arial", "size": 8}},
            }
        )
    chart.set_title({"name": graph.title.of(language), "name_font": {"name": "Arial", "size": 11}})
    # Bars are drawn from below; the first row of the numbers stands on top.
    chart.set_y_axis({"reverse": True, "num_font": {"name": "Arial", "size": 8}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom" if len(graph.series) > 1 else "none"})
    chart.set_size({"width": _WIDTH, "height": _HEIGHT})
    return chart


def _graphs(content: ReleaseData) -> list[_Graph]:
    facts = read_chart_data(content)
    regions = [(word_or(f"region.{each.name}", each.name), each) for each in facts.regions]
    return [
        _Graph(
            word("chart.engaged_by_region"),
            (word("chart.engaged"), word("chart.others")),
            [(name, (each.engaged, each.members - each.engaged)) for name, each in regions],
            is_stacked=True,
        ),
        _Graph(
            word("chart.participants_by_gender"),
            (word("chart.people"),),
            [
                (sentence_start(word(f"gender.{gender}")), (facts.participants.get(gender, 0),))
                for gender in GENDERS
            ],
        ),
        _Graph(
            word("chart.shared_by_region"),
            (word("chart.practices"), word("chart.initiatives")),
            [(name, (each.practices, each.initiatives)) for name, each in regions],
        ),
        _shares(content, facts, "funding_sources"),
        _shares(content, facts, "funds_use"),
    ]


def _shares(content: ReleaseData, facts: ChartData, table: str) -> _Graph:
    """The printed shares of a whole, largest first."""
    rows: Sequence[dict[str, Any]] = content.tables[table].as_dicts()
    known = [row for row in rows if row["share"] is not None]
    known.sort(key=lambda row: (-row["share"], str(row["label"])))
    named = [
        (figure_label(facts.catalogue[row["figure_id"]]) if row["figure_id"] else same(row["label"]), row)
        for row in known
    ]
    return _Graph(
        word(f"whole.{table}"),
        (word("header.share"),),
        [(name, (row["share"],)) for name, row in named],
        number_format='0"%"',
    )
