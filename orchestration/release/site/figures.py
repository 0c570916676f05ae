"""View models of the figures: value, definition, source files, checks, print, the year before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from orchestration.release.chart_data import ChartData, Move
from orchestration.release.charts.chart import figure_label
from orchestration.release.release_data import ReleaseData
from orchestration.release.site.values import MOST_ROWS, compared, shown_move, shown_value
from orchestration.release.translations import (
    Text,
    definition,
    each,
    percent,
    word,
)

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
# The figures that print opens with, and the sections of its infographics.
HEADLINE = (
    *("members_total", "members_activated_share", "participants", "participants_women_share"),
    *("use_practices", "c4gh_initiatives"),
)
_INFOGRAPHIC = "infographic"
_MOST_FILES = 4
# A question to at least this part of all figures is one that every figure goes through.
_COMMON = Decimal("0.6")


@dataclass(frozen=True)
class Source:
    """A source file of a figure, or a folder of them."""

    name: str
    anchor: str
    detail: Text


@dataclass(frozen=True)
class FigureView:
    """View model of a figure."""

    figure_id: str
    section: str
    is_leading: bool
    is_gender_impact: bool
    label: Text
    display: Text
    definition: Text
    computed: Text
    sources: list[Source]
    items: int
    guards: list[dict[str, str]]
    common_guards: int
    printed: Text | None
    reason: str
    is_at_odds: bool
    is_known: bool
    before: Text | None
    copied: Text
    cited: Text


@dataclass
class SourceFiles:
    """The source files of the release with their anchors in the page."""

    rows: list[dict[str, Any]]
    anchors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, row in enumerate(self.rows[:MOST_ROWS], start=1):
            self.anchors[row["source_file"]] = f"source-{index}"

    def anchor(self, source_file: str) -> str:
        """The anchor of a file."""
        return self.anchors.get(source_file, "sources")


def section_of(section: str, area: str) -> str:
    """The section of the report that a figure belongs to."""
    if section in SECTIONS:
        return section
    return _HOME_OF_AREA.get(area, SECTIONS[-1])


def figure_views(content: ReleaseData, facts: ChartData, sources: SourceFiles) -> Iterator[FigureView]:
    """Every figure of the release, in the report's order."""
    rows = content.tables["figures"].as_dicts()
    printed = {
        row["key"]: row for row in content.tables["reconciliation"].as_dicts() if row["kind"] == "figure"
    }
    moves = {move.figure_id: move for move in facts.moves}
    items = Counter(row[0] for row in content.tables["figure_items"].rows)
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
            is_leading=key in HEADLINE or entry.section.startswith(_INFOGRAPHIC),
            is_gender_impact=entry.is_gender_impact,
            label=figure_label(entry),
            display=_display(row),
            definition=definition(entry.definition),
            computed=_computed(row),
            items=items[key],
            sources=_behind(facts.evidence.get(key, []), sources),
            guards=own.get(key, []),
            common_guards=common[key],
            printed=_printed(compared) if compared else None,
            reason=str(compared["reason"] or "") if compared and status != "match" else "",
            is_at_odds=status in ("known_difference", "difference"),
            is_known=status == "known_difference",
            before=_against(move, entry.decimals) if move else None,
            copied=word(
                "figure.copied", label=figure_label(entry), value=_display(row), year=str(content.year)
            ),
            cited=word(
                "figure.cited",
                year=str(content.year),
                release=content.release,
                figure=key,
                value=_display(row),
            ),
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
    says = word("figure.printed", printed=compared(row["printed"]))
    status = word(f"status.{row['status']}")
    return each(lambda language: f"{says.of(language)}, {status.of(language)}")


def _against(move: Move, decimals: int) -> Text:
    return word(
        "figure.moved",
        previous=shown_value(move.previous, move.unit, decimals),
        value=shown_value(move.value, move.unit, decimals),
        release=move.previous_release,
        move=shown_move(move, decimals),
    )


def _behind(evidence: list[tuple[str, int]], sources: SourceFiles) -> list[Source]:
    """The source files of a figure; many files of a folder are shown as the folder."""
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
    """The expectations about a figure, and the number of those about nearly all figures."""
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
