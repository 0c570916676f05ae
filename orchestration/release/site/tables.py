"""View models of the page's tables: annexes, action plan, calendar, the year before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from orchestration.release.chart_data import ChartData, Move
from orchestration.release.charts.chart import figure_label
from orchestration.release.release_data import ReleaseData
from orchestration.release.site.members import address
from orchestration.release.site.page_text import PageText
from orchestration.release.site.values import MOST_ROWS, more, shown_move, shown_value
from orchestration.release.tables import typed_text
from orchestration.release.translations import (
    day,
    each,
    number,
    same,
    sentence_start,
    word,
    word_or,
)

if TYPE_CHECKING:
    from markupsafe import Markup

ANNEXES = {"annex_activity": "annex.key_activity", "annex_engagement": "annex.key_engagement"}


def annex(content: ReleaseData, name: str, page_text: PageText) -> dict[str, Any]:
    """An annex table in the layout of print, with column totals."""
    table = content.tables[name]
    shown = [column for column in table.columns if column not in ("member_id", "member")]
    rows = table.as_dicts()
    yes = f'<span class="yes">{page_text.element(word("cell.yes"))}</span>'
    marks = {name for name in shown if all(isinstance(row[name], bool) for row in rows)}
    columns = [{"label": word("column.member"), "kind": ""}]
    for column in shown:
        is_mark = column in marks or column == "pilot"
        columns.append({"label": word(f"column.{column}"), "kind": "mark" if is_mark else "number"})
    return {
        "name": name,
        "key": word(ANNEXES[name]),
        "columns": columns,
        "rows": [
            {
                "member": typed_text(row["member"]),
                "address": address(row["member_id"]),
                "cells": _cells(row, shown, yes),
            }
            for row in rows
        ],
        "totals": [
            {"kind": column["kind"], "sum": _total(row[name] for row in rows)}
            for name, column in zip(shown, columns[1:], strict=True)
        ],
    }


def _cells(row: dict[str, Any], columns: Iterable[str], yes: str) -> Markup:
    """The cells of an annex row as in print: a mark, a number, or blank; what is not blank leads to its rows."""
    from markupsafe import Markup

    return Markup("".join(_cell(row, column, yes) for column in columns))


def _cell(row: dict[str, Any], column: str, yes: str) -> str:
    value = row[column]
    kind = "mark" if isinstance(value, bool) or column == "pilot" else "number"
    if not value:
        return f'<td class="{kind}">{"–" if column == "capacity_building" else ""}</td>'
    shown = yes if value is True else escape(str(value))
    return f'<td class="{kind}"><a href="{escape(address(row["member_id"], column))}">{shown}</a></td>'


def _total(values: Iterable[Any]) -> str:
    numbers = [int(value) for value in values if isinstance(value, (bool, int))]
    return str(sum(numbers)) if numbers else ""


def plan(content: ReleaseData, line: str) -> dict[str, Any] | None:
    """The action plan of a strategic line; None if there is none."""
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
        "entries": [
            row
            | {
                "title": typed_text(row["title"]),
                "status_text": word_or(f"plan.{row['status']}", row["status"]),
            }
            for row in rows
        ],
    }


def calendar(content: ReleaseData) -> dict[str, Any]:
    """Events of the year by day, with counts by type."""
    rows = content.tables["calendar"].as_dicts()
    rows.sort(key=lambda row: (row["start_date"], row["event_id"]))
    columns = ("dates", "event", "kind", "format", "role", "gender")
    kinds = Counter(str(row["kind"]) for row in rows)
    return {
        "kinds": [
            {"name": sentence_start(word_or(f"kind.{kind}", kind)), "count": number(count)}
            for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
        ],
        "columns": [{"label": word(f"calendar.{name}"), "kind": ""} for name in columns],
        "events": [_event(row) for row in rows[:MOST_ROWS]],
        "more": more(len(rows), "calendar.csv"),
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
        "title": typed_text(row["title"]),
        "kind": word_or(f"kind.{row['kind']}", str(row["kind"])),
        "format": word_or(f"format.{row['format']}", str(row["format"])),
        "role": word_or(f"role.{row['organiser_role']}", str(row["organiser_role"])),
        "gender": row["gender_perspective"],
    }


def before(content: ReleaseData, facts: ChartData) -> dict[str, Any]:
    """Every figure that has a value of the year before."""
    labels = (
        (word("before.figure"), ""),
        (word("before.then", year=str(content.year - 1)), "number"),
        (word("before.then", year=str(content.year)), "number"),
        (word("before.move"), "number"),
        (word("before.band"), ""),
    )
    return {
        "without_chart": word("before.same" if facts.moves else "before.none", year=str(content.year - 1)),
        "columns": [{"label": label, "kind": kind} for label, kind in labels],
        "rows": [_move(move, facts) for move in facts.moves],
    }


def _move(move: Move, facts: ChartData) -> dict[str, Any]:
    entry = facts.catalogue[move.figure_id]
    band = {True: word("before.inside"), False: word("before.outside"), None: same("–")}
    return {
        "figure_id": move.figure_id,
        "label": figure_label(entry),
        "previous": shown_value(move.previous, move.unit, entry.decimals),
        "value": shown_value(move.value, move.unit, entry.decimals),
        "move": shown_move(move, entry.decimals),
        "band": band[move.is_within_band],
        "previous_sort": move.previous,
        "value_sort": move.value,
        "move_sort": move.relative if move.relative is not None else 0,
    }
