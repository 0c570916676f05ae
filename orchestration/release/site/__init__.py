"""Renders the site of a release: the report as one self-contained HTML page, with pages a figure, a member and a table.

Template, styles and script are ``page.html``, ``page.css`` and ``page.js``. All external text is escaped.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.release.chart_data import ChartData, read_chart_data
from orchestration.release.charts import make_charts
from orchestration.release.charts.before import NAME as BEFORE
from orchestration.release.charts.chart import Chart
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.release_data import ReleaseData
from orchestration.release.site.data import (
    changes_as_html,
    files,
    guards,
    quarantine,
    reconciliation,
    source_table,
)
from orchestration.release.site.figures import HEADLINE, SECTIONS, FigureView, SourceFiles, figure_views
from orchestration.release.site.items import write_items
from orchestration.release.site.members import write_members
from orchestration.release.site.page_text import PageText
from orchestration.release.site.search import write_search
from orchestration.release.site.table_pages import write_table_pages
from orchestration.release.site.tables import ANNEXES, annex, before, calendar, plan
from orchestration.release.site.templates import template_environment
from orchestration.release.site.values import MOST_ROWS, more
from orchestration.release.svg import FONT_FOLDER, PALETTE, SITE_FOLDER
from orchestration.release.translations import Text, each, sentence_start, word

if TYPE_CHECKING:
    from markupsafe import Markup

PAGE = "index.html"
_AFTER = ("calendar", "before", "data")
_CHARTS = {
    "L1": ("membership-engaged-by-region", "members-on-the-map", "participants-by-gender"),
    "L2": ("practices-and-initiatives-by-region", "learning-participation"),
    "L3": ("funding-sources", "use-of-funds"),
    "GIA": ("women-by-role", "governance-seats"),
}
_WHOLES = ("funding_sources", "funds_use")
_WEIGHTS = (400, 600)


@dataclass(frozen=True)
class ChartView:
    """View model of a chart."""

    name: str
    title: Text
    subtitle: Text
    note: Text
    path: Text
    drawings: list[tuple[str, Markup]]
    numbers: list[tuple[Text, Text]]


@dataclass(frozen=True)
class Section:
    """View model of a section of the report: leading figures first; ``shares`` are those that a chart shows."""

    name: str
    figures: list[FigureView]
    shares: list[FigureView]
    also: list[FigureView]
    charts: list[ChartView]
    plan: dict[str, Any] | None


def write_site(folder: Path, content: ReleaseData) -> None:
    """Writes site/index.html, site/search.html, site/items/, site/members/ and site/data/."""
    (folder / "site").mkdir(exist_ok=True)
    facts = read_chart_data(content)
    page = make_page(content, facts, make_charts(content, facts), folder)
    (folder / "site" / PAGE).write_text(page, encoding="utf-8")
    sources = SourceFiles(content.tables["sources"].as_dicts())
    write_items(folder, content, figure_views(content, facts, sources), sources)
    write_members(folder, content, sources)
    write_table_pages(folder, content)
    write_search(folder, content)


def make_page(content: ReleaseData, facts: ChartData, charts: Sequence[Chart], folder: Path) -> str:
    """Renders the page; existing files of the release folder are linked."""
    page_text = PageText()
    environment = template_environment()
    environment.globals.update(
        say=page_text.element,
        attr=page_text.attribute,
        words=page_text.translations,
        word=word,
    )
    view = _page(content, facts, charts, folder)
    view["annexes"] = [annex(content, name, page_text) for name in ANNEXES]
    return environment.get_template("page.html").render(page=view) + "\n"


def _page(content: ReleaseData, facts: ChartData, charts: Sequence[Chart], folder: Path) -> dict[str, Any]:
    from markupsafe import Markup

    sources = SourceFiles(content.tables["sources"].as_dicts())
    figures = list(figure_views(content, facts, sources))
    by_id = {figure.figure_id: figure for figure in figures}
    views = {chart.name: _chart(chart) for chart in charts}
    year = str(content.year)
    return {
        "release": content.release,
        "address": f"../../{content.release}/site/{PAGE}",
        "previous": content.previous or "",
        "exports": content.inputs_fingerprint,
        "code": content.code_fingerprint,
        "title": word("site.title", year=year),
        "heading": word("site.heading", year=year),
        "lede": word("site.lede", figures=len(figures)),
        "standing": list(_standing(content)),
        "headline": [by_id[key] for key in HEADLINE if key in by_id],
        "section_names": [*SECTIONS, *_AFTER],
        "sections": [_section(name, content, facts, figures, views) for name in SECTIONS],
        "calendar": calendar(content) | {"chart": views["calendar"]},
        "before": before(content, facts) | {"chart": views.get(BEFORE)},
        "reconciliation": reconciliation(content, facts),
        "guards": guards(content),
        "quarantine": quarantine(content, sources),
        "findings": content.findings[:MOST_ROWS],
        "changes": Markup(changes_as_html(content.changes.splitlines()[:MOST_ROWS])),
        "more_changes": more(len(content.changes.splitlines()), "changes.md"),
        "sources": source_table(sources),
        "files": list(files(folder)),
        "footer": word("site.footer", release=content.release, year=year),
        "style": Markup(_style(content)),
        "script": Markup((SITE_FOLDER / "page.js").read_text(encoding="utf-8")),
    }


def _style(content: ReleaseData) -> str:
    faces = "".join(
        "@font-face{font-family:Archivo;font-display:block;"
        f"font-weight:{weight};src:url(data:font/woff2;base64,{_packed_face(weight)})}}"
        for weight in _WEIGHTS
    )
    colours = "".join(f"--{name}:{value};" for name, value in PALETTE.items())
    sheet = (SITE_FOLDER / "page.css").read_text(encoding="utf-8")
    return f'{faces}:root{{{colours}--release:"{content.release}"}}{sheet}'


def _packed_face(weight: int) -> str:
    return base64.b64encode((FONT_FOLDER / f"archivo-{weight}.woff2").read_bytes()).decode("ascii")


def _standing(content: ReleaseData) -> Iterator[dict[str, Any]]:
    guarded = content.guarded
    asked = guarded.passed + guarded.failed + guarded.could_not_check
    yield {
        "anchor": "guards",
        "text": word("site.standing", release=content.release, passed=guarded.passed, asked=asked),
    }
    statuses = Counter(row["status"] for row in content.tables["reconciliation"].as_dicts())
    if statuses:
        known = statuses["known_difference"] + statuses["difference"]
        yield {"anchor": "reconciliation", "text": word("site.standing_print", count=known)}
    rows = len(content.tables["quarantine"].rows)
    yield {"anchor": "quarantine", "text": word("site.standing_quarantine", count=rows)}


def _section(
    name: str,
    content: ReleaseData,
    facts: ChartData,
    figures: list[FigureView],
    charts: dict[str, ChartView],
) -> Section:
    also = [f for f in figures if f.is_gender_impact and f.section != name] if name == "GIA" else []
    shares = {row["figure_id"] for whole in _WHOLES for row in content.tables[whole].as_dicts()}
    own = [figure for figure in figures if figure.section == name]
    own.sort(key=lambda figure: not figure.is_leading)
    return Section(
        name=name,
        figures=[figure for figure in own if figure.figure_id not in shares],
        shares=[figure for figure in own if figure.figure_id in shares],
        also=also,
        charts=[charts[chart] for chart in _CHARTS.get(name, ())],
        plan=plan(content, name),
    )


def _chart(chart: Chart) -> ChartView:
    from markupsafe import Markup

    sheets = [chart.sheet(language) for language in LANGUAGES]
    return ChartView(
        name=chart.name,
        title=chart.title,
        subtitle=chart.subtitle,
        note=sentence_start(chart.source),
        path=each(lambda language: f"../charts/{chart.name}-{language}"),
        drawings=[(sheet.language, Markup(sheet.inline())) for sheet in sheets],
        numbers=chart.numbers,
    )
