"""The site of a release: one page that needs nothing but itself.

Here belongs what the page shows of a release and in which order. How it looks is ``site/page.css``, how it is laid
out ``site/page.html``, what it does ``site/page.js``. Every text that came from outside is escaped on its way in.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.release.charts import Chart, figure_label, make_charts
from orchestration.release.content import ReleaseContent
from orchestration.release.displays import LANGUAGES
from orchestration.release.drawing import FONT_FOLDER, PALETTE, SITE_FOLDER
from orchestration.release.facts import Facts, Move, read_facts
from orchestration.release.wording import (
    Text,
    day,
    definition,
    each,
    number,
    percent,
    same,
    sentence_start,
    signed,
    signed_percent,
    word,
    word_or,
)

if TYPE_CHECKING:
    from markupsafe import Markup

PAGE = "index.html"
# Where a figure stands that print shows in an infographic, by its area.
_HOME_OF_AREA = {
    "advocacy": "L1",
    "knowledge": "L2",
    "learning": "L2",
    "organisation": "L3",
    "finance": "L3",
    "gender": "GIA",
    "membership": "annexes",
}
SECTIONS = ("L1", "L2", "L3", "GIA", "annexes")
_AFTER = ("calendar", "before", "data")
_CHARTS = {
    "L1": ("membership-engaged-by-region", "participants-by-gender"),
    "L2": ("practices-and-initiatives-by-region", "learning-participation"),
    "L3": ("funding-sources", "use-of-funds"),
    "GIA": ("women-by-role", "governance-seats"),
}
_HEADLINE = (
    "members_total",
    "members_activated_share",
    "participants",
    "participants_women_share",
    "use_practices",
    "c4gh_initiatives",
)
_ANNEXES = {"annex_activity": "annex.key_activity", "annex_engagement": "annex.key_engagement"}
_WEIGHTS = (400, 600)
# So many rows of a table are worth a page; the rest is in the CSV.
_MOST_ROWS = 600
_MOST_FILES = 4
# A question to at least this part of all figures is one that every figure goes through.
_COMMON = Decimal("0.6")


class Speaker:
    """Sets texts in the page and keeps them in every language for the switch."""

    def __init__(self) -> None:
        self._index: dict[Text, int] = {}

    def say(self, text: Text | str) -> Markup:
        """A text as an element of its own where the languages differ."""
        from markupsafe import Markup

        if isinstance(text, str) or text.en == text.fr == text.es:
            return Markup(escape(str(text if isinstance(text, str) else text.en)))
        return Markup(f'<span data-t="{self._of(text)}">{escape(text.en)}</span>')

    def attr(self, name: str, text: Text, suffix: str = "") -> Markup:
        """A text as an attribute."""
        from markupsafe import Markup

        value = escape(text.en + suffix)
        return Markup(f'{name}="{value}" data-ta="{name}|{self._of(text)}|{escape(suffix)}"')

    def words(self) -> Markup:
        """Everything said, by language, as JSON that no text can break out of."""
        from markupsafe import Markup

        said = {language: [text.of(language) for text in self._index] for language in LANGUAGES}
        packed = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return Markup(packed.replace("&", "\\u0026").replace("<", "\\u003c"))

    def _of(self, text: Text) -> int:
        return self._index.setdefault(text, len(self._index))


@dataclass(frozen=True)
class Source:
    """A source file behind a figure, or a folder of them."""

    name: str
    anchor: str
    detail: Text


@dataclass(frozen=True)
class FigureView:
    """A figure as the page shows it."""

    figure_id: str
    section: str
    is_gender_impact: bool
    label: Text
    display: Text
    definition: Text
    computed: Text
    sources: list[Source]
    guards: list[dict[str, str]]
    common_guards: int
    printed: Text | None
    reason: str
    is_at_odds: bool
    is_known: bool
    before: Text | None


@dataclass(frozen=True)
class ChartView:
    """A chart as the page shows it."""

    name: str
    title: Text
    subtitle: Text
    note: Text
    path: Text
    drawings: list[tuple[str, Markup]]


@dataclass(frozen=True)
class Section:
    """A part of the report."""

    name: str
    figures: list[FigureView]
    also: list[FigureView]
    charts: list[ChartView]
    plan: dict[str, Any] | None


@dataclass
class _Sources:
    """The source files of the release, each with a place in the page."""

    rows: list[dict[str, Any]]
    anchors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, row in enumerate(self.rows[:_MOST_ROWS], start=1):
            self.anchors[row["source_file"]] = f"source-{index}"

    def anchor(self, source_file: str) -> str:
        """Where the page tells of a file."""
        return self.anchors.get(source_file, "sources")


def write_site(folder: Path, content: ReleaseContent) -> None:
    """Writes site/index.html."""
    (folder / "site").mkdir(exist_ok=True)
    facts = read_facts(content)
    page = make_page(content, facts, make_charts(content, facts), folder)
    (folder / "site" / PAGE).write_text(page, encoding="utf-8")


def make_page(content: ReleaseContent, facts: Facts, charts: Sequence[Chart], folder: Path) -> str:
    """The page as text; what already lies in the release folder is linked."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    speaker = Speaker()
    environment = Environment(
        loader=FileSystemLoader(SITE_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(say=speaker.say, attr=speaker.attr, words=speaker.words, word=word)
    view = _page(content, facts, charts, folder)
    view["annexes"] = [_annex(content, name, speaker) for name in _ANNEXES]
    return environment.get_template("page.html").render(page=view) + "\n"


def _page(content: ReleaseContent, facts: Facts, charts: Sequence[Chart], folder: Path) -> dict[str, Any]:
    from markupsafe import Markup

    sources = _Sources(content.tables["sources"].as_dicts())
    figures = list(_figures(content, facts, sources))
    by_id = {figure.figure_id: figure for figure in figures}
    views = {chart.name: _chart(chart) for chart in charts}
    year = str(content.year)
    return {
        "release": content.release,
        "previous": content.previous or "",
        "exports": content.inputs_fingerprint,
        "code": content.code_fingerprint,
        "title": word("site.title", year=year),
        "heading": word("site.heading", year=year),
        "lede": word("site.lede", figures=len(figures)),
        "standing": list(_standing(content)),
        "headline": [by_id[key] for key in _HEADLINE if key in by_id],
        "section_names": [*SECTIONS, *_AFTER],
        "sections": [_section(name, content, facts, figures, views) for name in SECTIONS],
        "calendar": _calendar(content, views["calendar"]),
        "before": _before(content, facts, views.get("against-the-year-before")),
        "reconciliation": _reconciliation(content, facts),
        "guards": _guards(content),
        "quarantine": _quarantine(content, sources),
        "findings": content.findings[:_MOST_ROWS],
        "changes": Markup(changes_as_html(content.changes)),
        "sources": _source_table(sources),
        "files": list(_files(folder)),
        "footer": word("site.footer", release=content.release, year=year),
        "style": Markup(_style(content)),
        "script": Markup((SITE_FOLDER / "page.js").read_text(encoding="utf-8")),
    }


def _style(content: ReleaseContent) -> str:
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


def _standing(content: ReleaseContent) -> Iterator[dict[str, Any]]:
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


# --- figures -----------------------------------------------------------------------------------


def section_of(section: str, area: str) -> str:
    """The part of the report that a figure stands in."""
    if section in SECTIONS:
        return section
    return _HOME_OF_AREA.get(area, SECTIONS[-1])


def _figures(content: ReleaseContent, facts: Facts, sources: _Sources) -> Iterator[FigureView]:
    rows = content.tables["figures"].as_dicts()
    printed = {
        row["key"]: row for row in content.tables["reconciliation"].as_dicts() if row["kind"] == "figure"
    }
    moves = {move.figure_id: move for move in facts.moves}
    own, common = _guards_by_figure(content.guarded.outcomes, len(rows))
    for row in rows:
        key = row["figure_id"]
        entry = facts.catalogue[key]
        compared = printed.get(key)
        status = compared["status"] if compared else ""
        move = moves.get(key)
        yield FigureView(
            figure_id=key,
            section=section_of(entry.section, entry.area),
            is_gender_impact=entry.is_gender_impact,
            label=figure_label(entry),
            display=_display(row),
            definition=definition(entry.definition),
            computed=_computed(row),
            sources=_behind(facts.evidence.get(key, []), sources),
            guards=own.get(key, []),
            common_guards=common[key],
            printed=_printed(compared) if compared else None,
            reason=str(compared["reason"] or "") if compared and status != "match" else "",
            is_at_odds=status in ("known_difference", "difference"),
            is_known=status == "known_difference",
            before=_against(move, entry.decimals) if move else None,
        )


def _display(row: dict[str, Any]) -> Text:
    return each(lambda language: row[f"display_{language}"] or "–")


def _computed(row: dict[str, Any]) -> Text:
    if row["value"] is None:
        return word("figure.refused")
    if row["denominator"] is None:
        return word("figure.exact", value=row["value"])
    exact = (row["numerator"] * 100 / row["denominator"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return word(
        "figure.ratio",
        numerator=row["numerator"],
        denominator=row["denominator"],
        share=percent(exact, 2),
    )


def _printed(row: dict[str, Any]) -> Text:
    says = word("figure.printed", printed=row["printed"] or "–")
    status = word(f"status.{row['status']}")
    return each(lambda language: f"{says.of(language)}, {status.of(language)}")


def _against(move: Move, decimals: int) -> Text:
    return word(
        "figure.moved",
        previous=_value(move.previous, move.unit, decimals),
        release=move.previous_release,
        move=_moved(move, decimals),
    )


def _value(value: Decimal, unit: str, decimals: int) -> Text:
    if unit == "percent":
        return percent(value, decimals)
    return number(value.quantize(Decimal(1).scaleb(-decimals)))


def _moved(move: Move, decimals: int) -> Text:
    difference = (move.value - move.previous).quantize(Decimal(1).scaleb(-decimals))
    if move.unit == "percent":
        return signed_percent(difference, decimals)
    shown = signed(difference)
    if move.relative is None or not difference:
        return shown
    relative = signed_percent(move.relative * 100)
    return each(lambda language: f"{shown.of(language)} ({relative.of(language)})")


def _behind(evidence: list[tuple[str, int]], sources: _Sources) -> list[Source]:
    """The files behind a figure; a folder stands for many of its files."""
    folders: dict[str, list[tuple[str, int]]] = {}
    for source_file, rows in evidence:
        folders.setdefault(source_file.rpartition("/")[0], []).append((source_file, rows))
    found = []
    for folder, files in folders.items():
        if len(files) > _MOST_FILES:
            rows = sum(count for _, count in files)
            key = "figure.files" if rows else "figure.files_people"
            detail = word(key, files=len(files), count=rows)
            found.append(Source(f"{folder}/", sources.anchor(files[0][0]), detail))
            continue
        for source_file, rows in files:
            detail = word("figure.rows", count=rows)
            found.append(Source(source_file, sources.anchor(source_file), detail))
    return found


def _guards_by_figure(
    outcomes: list[dict[str, Any]], figures: int
) -> tuple[dict[str, list[dict[str, str]]], Counter[str]]:
    """The questions that speak of a figure, and how many it shares with nearly all others."""
    own: dict[str, list[dict[str, str]]] = {}
    common: Counter[str] = Counter()
    for outcome in outcomes:
        asked = outcome.get("figures") or []
        if len(asked) >= _COMMON * figures:
            common.update(asked)
            continue
        for key in asked:
            guard = {"meaning": outcome["meaning"], "outcome": outcome["outcome"]}
            own.setdefault(key, []).append(guard)
    return own, common


# --- sections ----------------------------------------------------------------------------------


def _section(
    name: str,
    content: ReleaseContent,
    facts: Facts,
    figures: list[FigureView],
    charts: dict[str, ChartView],
) -> Section:
    also = [f for f in figures if f.is_gender_impact and f.section != name] if name == "GIA" else []
    return Section(
        name=name,
        figures=[figure for figure in figures if figure.section == name],
        also=also,
        charts=[charts[chart] for chart in _CHARTS.get(name, ())],
        plan=_plan(content, name),
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
    )


def _plan(content: ReleaseContent, line: str) -> dict[str, Any] | None:
    rows = [
        row
        for row in content.tables["action_plan"].as_dicts()
        if row["code"] == line or str(row["code"]).startswith(f"{line}A")
    ]
    if not rows:
        return None
    deliverables = Counter(row["status"] for row in rows if row["level"] == "deliverable")
    return {
        "summary": word(
            "plan.summary",
            done=deliverables["done"],
            progress=deliverables["in_progress"],
            all=sum(deliverables.values()),
        ),
        "entries": [row | {"status_text": word_or(f"plan.{row['status']}", row["status"])} for row in rows],
    }


def _annex(content: ReleaseContent, name: str, speaker: Speaker) -> dict[str, Any]:
    table = content.tables[name]
    shown = [column for column in table.columns if column not in ("member_id", "member")]
    rows = table.as_dicts()
    yes = f'<span class="yes">{speaker.say(word("cell.yes"))}</span>'
    marks = {name for name in shown if all(isinstance(row[name], bool) for row in rows)}
    columns = [{"label": word("column.member"), "kind": ""}]
    for column in shown:
        is_mark = column in marks or column == "pilot"
        columns.append({"label": word(f"column.{column}"), "kind": "mark" if is_mark else "number"})
    return {
        "name": name,
        "key": word(_ANNEXES[name]),
        "columns": columns,
        "rows": [{"member": row["member"], "cells": _cells(row, shown, yes)} for row in rows],
        "totals": [
            {"kind": column["kind"], "sum": _total(row[name] for row in rows)}
            for name, column in zip(shown, columns[1:], strict=True)
        ],
    }


def _cells(row: dict[str, Any], columns: Iterable[str], yes: str) -> Markup:
    """The cells of an annex row as print has them: a mark, a number, blank for none."""
    from markupsafe import Markup

    return Markup("".join(_cell(column, row[column], yes) for column in columns))


def _cell(column: str, value: Any, yes: str) -> str:
    if isinstance(value, bool):
        return f'<td class="mark">{yes if value else ""}</td>'
    if column == "pilot":
        return f'<td class="mark">{escape(value or "")}</td>'
    if not value:
        return f'<td class="number">{"–" if column == "capacity_building" else ""}</td>'
    return f'<td class="number">{value}</td>'


def _total(values: Iterable[Any]) -> str:
    numbers = [int(value) for value in values if isinstance(value, (bool, int))]
    return str(sum(numbers)) if numbers else ""


def _calendar(content: ReleaseContent, chart: ChartView) -> dict[str, Any]:
    rows = content.tables["calendar"].as_dicts()
    rows.sort(key=lambda row: (row["start_date"], row["event_id"]))
    columns = ("dates", "event", "kind", "format", "role", "gender")
    kinds = Counter(str(row["kind"]) for row in rows)
    return {
        "kinds": [
            {"name": sentence_start(word_or(f"kind.{kind}", kind)), "count": number(count)}
            for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
        ],
        "chart": chart,
        "columns": [{"label": word(f"calendar.{name}"), "kind": ""} for name in columns],
        "events": [_event(row) for row in rows[:_MOST_ROWS]],
        "more": _more(len(rows), "calendar.csv"),
    }


def _event(row: dict[str, Any]) -> dict[str, Any]:
    start, end = row["start_date"], row["end_date"]
    days = day(start)
    if end is not None and end != start:
        first, last = days, day(end)
        days = each(lambda language: f"{first.of(language)} – {last.of(language)}")
    return {
        "start": start.isoformat(),
        "days": days,
        "title": row["title"],
        "kind": word_or(f"kind.{row['kind']}", str(row["kind"])),
        "format": word_or(f"format.{row['format']}", str(row["format"])),
        "role": word_or(f"role.{row['organiser_role']}", str(row["organiser_role"])),
        "gender": row["gender_perspective"],
    }


def _more(rows: int, file: str) -> Text | None:
    return word("table.more", count=rows - _MOST_ROWS, file=file) if rows > _MOST_ROWS else None


def _before(content: ReleaseContent, facts: Facts, chart: ChartView | None) -> dict[str, Any]:
    labels = (
        (word("before.figure"), ""),
        (word("before.then", year=str(content.year - 1)), "number"),
        (word("before.then", year=str(content.year)), "number"),
        (word("before.move"), "number"),
        (word("before.band"), ""),
    )
    return {
        "chart": chart,
        "nothing": word("before.none", year=str(content.year - 1)),
        "columns": [{"label": label, "kind": kind} for label, kind in labels],
        "rows": [_move(move, facts) for move in facts.moves],
    }


def _move(move: Move, facts: Facts) -> dict[str, Any]:
    entry = facts.catalogue[move.figure_id]
    band = {True: word("before.inside"), False: word("before.outside"), None: same("–")}
    return {
        "figure_id": move.figure_id,
        "label": figure_label(entry),
        "previous": _value(move.previous, move.unit, entry.decimals),
        "value": _value(move.value, move.unit, entry.decimals),
        "move": _moved(move, entry.decimals),
        "band": band[move.is_within_band],
        "previous_sort": move.previous,
        "value_sort": move.value,
        "move_sort": move.relative if move.relative is not None else 0,
    }


# --- data --------------------------------------------------------------------------------------


def _reconciliation(content: ReleaseContent, facts: Facts) -> dict[str, Any]:
    rows = content.tables["reconciliation"].as_dicts()
    counts = Counter(row["status"] for row in rows)
    statuses = ("match", "known_difference", "difference", "not_legible")
    at_odds = [row for row in rows if row["status"] in ("difference", "known_difference")]
    members = {row["member_id"]: row["member"] for row in content.tables["annex_activity"].as_dicts()}
    return {
        "lede": word("recon.lede", all=counts.total() - counts["not_legible"]),
        "counts": [
            {"number": number(counts[status]), "text": word(f"tally.{status}")} for status in statuses if rows
        ],
        "rows": [
            {
                "what": _what(row, facts, members),
                "printed": _compared(row["printed"]),
                "computed": _compared(row["computed"]),
                "status": word(f"status.{row['status']}"),
                "reason": row["reason"] or "",
            }
            for row in at_odds[:_MOST_ROWS]
        ],
        "more": _more(len(at_odds), "reconciliation.csv"),
    }


def _compared(value: str | None) -> Text:
    """A compared value as people read it."""
    said = {"true": word("cell.yes"), "false": word("cell.no")}
    return said.get(value or "", same(value or "–"))


def _what(row: dict[str, Any], facts: Facts, members: dict[str, str]) -> Text:
    """A figure by its label, an annex cell by its member and its column."""
    if row["key"] in facts.catalogue:
        return figure_label(facts.catalogue[row["key"]])
    _, _, cell = str(row["key"]).partition("/")
    member_id, _, column = cell.partition("/")
    label = word_or(f"column.{column}", column)
    member = members.get(member_id, member_id)
    return each(lambda language: f"{member}, {label.of(language)}")


def _guards(content: ReleaseContent) -> dict[str, Any]:
    guarded = content.guarded
    layers: dict[str, list[dict[str, Any]]] = {}
    for outcome in guarded.outcomes:
        layers.setdefault(outcome["layer"], []).append(outcome)
    asked = guarded.passed + guarded.failed + guarded.could_not_check
    return {
        "lede": word("guards.lede", passed=guarded.passed, asked=asked),
        "layers": [
            {
                "summary": word(
                    "guards.table",
                    layer=word_or(f"layer.{layer}", layer),
                    passed=sum(each["outcome"] == "passed" for each in outcomes),
                    asked=len(outcomes),
                ),
                "outcomes": outcomes,
            }
            for layer, outcomes in layers.items()
        ],
    }


def _quarantine(content: ReleaseContent, sources: _Sources) -> dict[str, Any]:
    counts = Counter(
        (row["source_file"], row["reason_code"]) for row in content.tables["quarantine"].as_dicts()
    )
    by_name = sorted(counts.items())
    return {
        "lede": word(
            "quarantine.lede",
            files=len(sources.rows),
            read=sum(row["rows_read"] for row in sources.rows),
            loaded=sum(row["rows_loaded"] for row in sources.rows),
            quarantined=sum(row["rows_quarantined"] for row in sources.rows),
        ),
        "places": word(
            "places.lede",
            resolved=len(content.tables["resolved_places"].rows),
            unresolved=len(content.tables["unresolved_places"].rows),
        ),
        "rows": [
            {
                "source_file": source_file,
                "reason": word_or(f"reason.{code}", code),
                "count": number(count),
            }
            for (source_file, code), count in by_name[:_MOST_ROWS]
        ],
        "more": _more(len(by_name), "quarantine.csv"),
    }


def _source_table(sources: _Sources) -> dict[str, Any]:
    labels = (("file", ""), ("hash", ""), ("read", "number"), ("loaded", "number"))
    columns = [{"label": word(f"provenance.{key}"), "kind": kind} for key, kind in labels]
    columns.append({"label": word("provenance.quarantined"), "kind": "number"})
    return {
        "columns": columns,
        "rows": [
            row
            | {
                "anchor": sources.anchor(row["source_file"]),
                "read": number(row["rows_read"]),
                "loaded": number(row["rows_loaded"]),
                "quarantined": number(row["rows_quarantined"]),
            }
            for row in sources.rows[:_MOST_ROWS]
        ],
        "more": _more(len(sources.rows), "sources.csv"),
    }


def _files(folder: Path) -> Iterator[dict[str, Any]]:
    """What of the release people open beside the page; the last two where the release has them."""
    always = (
        ("file.workbook", "report.xlsx"),
        ("file.figures", "figures.csv"),
        ("file.database", "warehouse.duckdb"),
        ("file.package", "datapackage.json"),
        ("file.changes", "changes.md"),
    )
    sometimes = (
        ("file.guards", "site/guards/index.html"),
        ("file.models", "documentation/models.html"),
    )
    present = [(key, path) for key, path in sometimes if (folder / path).exists()]
    for key, path in [*always, *present]:
        relative = path.removeprefix("site/") if path.startswith("site/") else f"../{path}"
        yield {"label": word(key), "path": relative, "name": path.rpartition("/")[2]}


_HEADING = re.compile(r"^#{1,6} ")


def changes_as_html(markdown: str) -> str:
    """The text of changes.md as HTML: headings, lists and paragraphs, whatever a line holds."""
    parts: list[str] = []
    in_list = False
    for line in markdown.splitlines():
        is_item = line.startswith("- ")
        if is_item != in_list:
            parts.append("<ul>" if is_item else "</ul>")
            in_list = is_item
        if is_item:
            parts.append(f"<li>{escape(line[2:])}</li>")
        elif line.startswith("# "):
            continue
        elif heading := _HEADING.match(line):
            parts.append(f"<h4>{escape(line[heading.end() :])}</h4>")
        elif line.strip():
            parts.append(f"<p>{escape(line)}</p>")
    return "".join([*parts, "</ul>" if in_list else ""])
