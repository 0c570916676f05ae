"""View models of the page's data section: reconciliation, guards, quarantine, changes, sources, files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from orchestration.release.chart_data import ChartData
from orchestration.release.charts.chart import figure_label
from orchestration.release.file_names import file_name
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.release_data import ReleaseData
from orchestration.release.site.figures import SourceFiles
from orchestration.release.site.values import MOST_ROWS, compared, more
from orchestration.release.translations import (
    Text,
    each,
    number,
    word,
    word_or,
)

_HEADING = re.compile(r"^#{1,6} ")


def reconciliation(content: ReleaseData, facts: ChartData) -> dict[str, Any]:
    """Summary of the reconciliation, and each difference."""
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
                "printed": compared(row["printed"]),
                "computed": compared(row["computed"]),
                "status": word(f"status.{row['status']}"),
                "reason": row["reason"] or "",
            }
            for row in at_odds[:MOST_ROWS]
        ],
        "more": more(len(at_odds), "reconciliation.csv"),
    }


def _what(row: dict[str, Any], facts: ChartData, members: dict[str, str]) -> Text:
    """The label of a figure, or member and column of an annex cell."""
    if row["key"] in facts.catalogue:
        return figure_label(facts.catalogue[row["key"]])
    _, _, cell = str(row["key"]).partition("/")
    member_id, _, column = cell.partition("/")
    label = word_or(f"column.{column}", column)
    member = members.get(member_id, member_id)
    return each(lambda language: f"{member}, {label.of(language)}")


def guards(content: ReleaseData) -> dict[str, Any]:
    """The guards' results, one table per layer."""
    guarded = content.guarded
    layers: dict[str, list[dict[str, Any]]] = {}
    for outcome in guarded.outcomes:
        layers.setdefault(outcome["layer"], []).append(outcome)
    asked = guarded.passed + guarded.failed + guarded.could_not_check
    return {
        "lede": word("guards.lede", passed=guarded.passed, asked=asked),
        "layers": [
            {
                "name": layer,
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


def quarantine(content: ReleaseData, sources: SourceFiles) -> dict[str, Any]:
    """Quarantined rows by file and reason."""
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
            for (source_file, code), count in by_name[:MOST_ROWS]
        ],
        "more": more(len(by_name), "quarantine.csv"),
    }


def source_table(sources: SourceFiles) -> dict[str, Any]:
    """The table of source files."""
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
            for row in sources.rows[:MOST_ROWS]
        ],
        "more": more(len(sources.rows), "sources.csv"),
    }


def files(folder: Path) -> Iterator[dict[str, Any]]:
    """Links to other files of the release; the last two only if present."""
    always = (
        *(("file.report_pdf", file_name("report", "pdf", language)) for language in LANGUAGES),
        *(("file.annexes_pdf", file_name("annexes", "pdf", language)) for language in LANGUAGES),
        *(("file.workbook", file_name("report", "xlsx", language)) for language in LANGUAGES),
        ("file.figures", "figures.csv"),
        ("file.database", "warehouse.duckdb"),
        ("data.heading", "site/data/index.html"),
        ("file.package", "datapackage.json"),
        ("file.changes", "changes.md"),
        ("all_years.heading", "../../all-years/latest/site/index.html"),
    )
    sometimes = (
        ("file.guards", "site/guards/index.html"),
        ("file.models", "documentation/models.html"),
    )
    present = [(key, path) for key, path in sometimes if (folder / path).exists()]
    for key, path in [*always, *present]:
        relative = path.removeprefix("site/") if path.startswith("site/") else f"../{path}"
        yield {"label": word(key), "path": relative, "name": path.rpartition("/")[2]}


def changes_as_html(lines: Iterable[str]) -> str:
    """Converts changes.md to HTML: headings, lists and paragraphs, escaped."""
    parts: list[str] = []
    in_list = False
    for line in lines:
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
