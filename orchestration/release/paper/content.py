"""What the report and the annex tables say on paper, as JSON in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from orchestration.release.chart_data import ChartData, read_chart_data
from orchestration.release.charts import make_charts
from orchestration.release.charts.chart import figure_label
from orchestration.release.release_data import ReleaseData
from orchestration.release.site.figures import HEADLINE, section_of
from orchestration.release.site.values import MOST_ROWS, more, shown_value
from orchestration.release.tables import Row, typed_text
from orchestration.release.translations import (
    Text,
    country,
    day,
    euros,
    month_name,
    number,
    percent,
    sentence_start,
    word,
    word_or,
)

_LINES = ("L1", "L2", "L3", "annexes")
_CHARTS = {
    "L1": ("membership-engaged-by-region", "participants-by-gender"),
    "L2": ("practices-and-initiatives-by-region", "learning-participation"),
    "GIA": ("women-by-role", "governance-seats"),
}
_MONEY = ("funding_sources", "funds_use")
_QUARTERS = 4
_MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class _List:
    """A list of the print: the columns of its text, of its days, and of its gender mark.

    ``grouped`` names the members of each text in one line. ``in_a_row`` sets short texts one after the other.
    """

    table: str
    text: str
    days: tuple[str, ...] = ()
    gender: str = ""
    grouped: bool = False
    in_a_row: bool = False


_LISTS = {
    "L1": (
        _List("policy_statements", "title", ("issued_on",), "has_gender_perspective"),
        _List("campaigns", "title", ("starts_on", "ends_on"), "has_gender_approach"),
        _List("wmd_activities", "activity", ("held_on",)),
        _List("drawing_cities", "city", in_a_row=True),
        _List("egi_cities", "city", in_a_row=True),
        _List("videos", "title", ("published_on",)),
    ),
    "L2": (
        _List("publications", "title", ("published_on",), "has_gender_perspective"),
        _List("pilots", "pilot", grouped=True),
        _List("benchmarked_spaces", "space", in_a_row=True),
        _List("observatories", "name"),
        _List("learning_products", "title", ("uploaded_on",)),
    ),
    "L3": (
        _List("statutory_meetings", "title", ("start_date", "end_date")),
        _List("governance_seats", "member", grouped=True),
        _List("partners", "partner", gender="is_gender_alliance"),
        _List("agreements", "counterparty", gender="has_gender_clause"),
        _List("projects", "name", gender="has_gender_coordination"),
        _List("staff_roles", "role"),
    ),
    "GIA": (_List("members_led_by_women", "member", in_a_row=True),),
}


def report_content(content: ReleaseData, language: str) -> dict[str, Any]:
    """The report: headline, action lines with their lists, gender, money, calendar, plan."""
    facts = read_chart_data(content)
    figures = {row["figure_id"]: row for row in content.tables["figures"].as_dicts()}
    headline = [figures[key] for key in HEADLINE if key in figures]
    # The tables of the money have them.
    shares_of_money = {row["figure_id"] for name in _MONEY for row in content.tables[name].as_dicts()}
    charts = {chart.name: chart for chart in make_charts(content, facts)}

    def said(text: Text) -> str:
        return text.of(language)

    def pictures(section: str) -> list[dict[str, str]]:
        drawn = [charts[name] for name in _CHARTS.get(section, ()) if name in charts]
        return [{"path": f"/charts/{each.name}-{language}.svg", "alt": said(each.alt)} for each in drawn]

    return {
        **_frame(content, language, word("site.heading", year=str(content.year))),
        "headline": [_figure(row, facts, language) for row in headline],
        "lines": [
            {
                "heading": said(word(f"section.{line}")),
                "about": said(word(f"about.{line}")),
                "figures": [
                    _figure(row, facts, language)
                    for row in figures.values()
                    if _section(row, facts) == line
                    and row not in headline
                    and row["figure_id"] not in shares_of_money
                ],
                "charts": pictures(line),
                "lists": [_list(content, each, language) for each in _LISTS.get(line, ())],
            }
            for line in _LINES
        ],
        "gender": {
            "heading": said(word("section.GIA")),
            "about": said(word("about.GIA")),
            "columns": [
                *(said(word("before.figure")), str(content.year - 1), str(content.year)),
                said(word("paper.evolution")),
            ],
            "rows": _gender(content, facts, figures, language),
            "charts": pictures("GIA"),
            "lists": [_list(content, each, language) for each in _LISTS["GIA"]],
        },
        "money": [_money(content, facts, name, language) for name in _MONEY],
        "calendar": {
            "heading": said(word("section.calendar")),
            "mark": said(word("calendar.gender")),
            "quarters": _quarters(content, language),
        },
        "plan": _plan(content, language),
    }


def annexes_content(content: ReleaseData, language: str) -> dict[str, Any]:
    """Both annex tables: header, rows and column sums as texts."""
    keys = {"annex_activity": "annex.key_activity", "annex_engagement": "annex.key_engagement"}
    return {
        **_frame(content, language, word("section.annexes")),
        "annexes": [
            {
                "heading": word(f"annex.{name}").of(language),
                "key": word(key).of(language),
                "columns": [
                    word(f"column.{column}").of(language)
                    for column in content.tables[name].columns
                    if column != "member_id"
                ],
                "rows": [_annex_row(row) for row in content.tables[name].as_dicts()],
                "sums": [word("annex.sum").of(language), *_sums(content.tables[name].as_dicts())],
            }
            for name, key in keys.items()
        ],
    }


def _frame(content: ReleaseData, language: str, title: Text) -> dict[str, Any]:
    return {
        "language": language,
        "title": title.of(language),
        "kicker": f"Metropolis {content.year}",
        "release": content.release,
        "footer": word("site.footer", release=content.release, year=str(content.year)).of(language),
        "mark": word("calendar.gender").of(language),
    }


# --- figures -----------------------------------------------------------------------------------


def _section(row: Row, facts: ChartData) -> str:
    entry = facts.catalogue[row["figure_id"]]
    return section_of(entry.section, entry.area)


def _figure(row: Row, facts: ChartData, language: str) -> dict[str, str]:
    label = figure_label(facts.catalogue[row["figure_id"]]).of(language)
    return {"value": row[f"display_{language}"] or "–", "label": label}


def _gender(
    content: ReleaseData, facts: ChartData, figures: dict[str, Row], language: str
) -> list[list[str]]:
    """The items of the assessment: label, the year before, the year, what moved."""
    moves = {move.figure_id: move for move in facts.moves}
    rows = []
    for item in content.tables["gender_impact"].as_dicts():
        key = item["figure_id"]
        if key is None or key not in figures:
            label = _seats(item)
            rows.append([label.of(language), "–", _number(item["value"], language), "–"])
            continue
        move, decimals = moves.get(key), facts.catalogue[key].decimals
        before = shown_value(move.previous, move.unit, decimals).of(language) if move else "–"
        evolution = "–"
        if move is not None:
            evolution = "=" if move.value == move.previous else "↑" if move.value > move.previous else "↓"
        shown = _figure(figures[key], facts, language)
        rows.append([shown["label"], before, shown["value"], evolution])
    return rows


def _seats(item: Row) -> Text:
    body = word_or(f"body.{item['body']}", str(item["body"]))
    gender = word_or(f"gender.{item['gender']}", str(item["gender"]))
    return word("paper.seats", body=body, gender=gender)


def _number(value: Decimal | None, language: str) -> str:
    return "–" if value is None else number(value.normalize()).of(language)


# --- lists -------------------------------------------------------------------------------------


def _list(content: ReleaseData, spec: _List, language: str) -> dict[str, Any]:
    """A list with its items; what is beyond the most rows of a page is in the CSV."""
    rows = content.tables[spec.table].as_dicts()
    items = list(_grouped(spec, rows, language) if spec.grouped else _single(spec, rows, language))
    rest = more(len(items), f"{spec.table}.csv")
    return {
        "heading": word(f"sheet.{spec.table}").of(language),
        "count": number(len(rows) if spec.grouped else len(items)).of(language),
        "in_a_row": spec.in_a_row,
        "items": items[:MOST_ROWS],
        "more": rest.of(language) if rest is not None else "",
    }


def _single(spec: _List, rows: list[Row], language: str) -> Iterator[dict[str, Any]]:
    told = set()
    for row in rows:
        text = typed_text(str(row[spec.text] or ""))
        if spec.in_a_row and text in told:
            continue
        told.add(text)
        note = _days([row[column] for column in spec.days], language)
        if spec.table == "staff_roles":
            note = word("paper.staff", gender=word(f"gender.{row['gender']}"), people=row["staff"]).of(
                language
            )
        if spec.table in ("drawing_cities", "egi_cities"):
            note = country(row["country_code"] or "").of(language)
        yield {"text": text, "note": note, "gender": bool(spec.gender and row[spec.gender])}


def _days(days: list[date | None], language: str) -> str:
    known = [day(each).of(language) for each in days if each is not None]
    return " – ".join(dict.fromkeys(known))


def _grouped(spec: _List, rows: list[Row], language: str) -> Iterator[dict[str, Any]]:
    """Pilots with their members, and bodies with the members in their seats."""
    by_pilot = spec.table == "pilots"
    groups: dict[str, list[str]] = {}
    for row in rows:
        group = row["pilot"] if by_pilot else word_or(f"body.{row['body']}", row["body"]).of(language)
        member = typed_text(row["member"] or "–")
        groups.setdefault(group, []).append(f"{member} ({row['role']})" if by_pilot else member)
    for group, members in groups.items():
        yield {"text": typed_text(group), "note": ", ".join(members), "gender": False}


# --- money, calendar, plan ---------------------------------------------------------------------


def _money(content: ReleaseData, facts: ChartData, name: str, language: str) -> dict[str, Any]:
    rows = sorted(content.tables[name].as_dicts(), key=lambda row: (-(row["share"] or 0), str(row["label"])))
    total = sum((row["amount"] or Decimal(0) for row in rows), Decimal(0))
    return {
        "heading": word(f"whole.{name}").of(language),
        "columns": [word(f"header.{column}").of(language) for column in ("label", "amount", "share")],
        "rows": [
            [
                _money_label(row, facts).of(language),
                euros(row["amount"] or Decimal(0)).of(language),
                percent(row["share"]).of(language) if row["share"] is not None else "–",
            ]
            for row in rows
        ],
        "total": euros(total).of(language),
        "sum": word("paper.total").of(language),
    }


def _money_label(row: Row, facts: ChartData) -> Text:
    entry = facts.catalogue.get(row["figure_id"] or "")
    label = figure_label(entry) if entry is not None else Text(*[str(row["label"])] * 3)
    # What all rows of the table say is said by its heading.
    return sentence_start(Text(*(text.partition(":")[2].strip() or text for text in label)))


def _quarters(content: ReleaseData, language: str) -> list[dict[str, Any]]:
    """The quarters that have an event."""
    rows = content.tables["calendar"].as_dicts()
    rows.sort(key=lambda row: (row["start_date"], row["event_id"]))
    return [
        {
            "heading": word("paper.quarter", quarter=quarter, year=str(content.year)).of(language),
            "months": [
                {
                    "name": sentence_start(month_name(month)).of(language),
                    "events": [
                        {
                            "day": _day_numbers(row),
                            "title": typed_text(row["title"]),
                            "gender": bool(row["gender_perspective"]),
                        }
                        for row in rows
                        if row["start_date"].month == month
                    ],
                }
                for month in range((quarter - 1) * _MONTHS_A_QUARTER + 1, quarter * _MONTHS_A_QUARTER + 1)
            ],
        }
        for quarter in range(1, _QUARTERS + 1)
        if any((row["start_date"].month - 1) // _MONTHS_A_QUARTER + 1 == quarter for row in rows)
    ]


def _day_numbers(row: Row) -> str:
    start, end = row["start_date"], row["end_date"]
    if end is None or end == start:
        return str(start.day)
    return f"{start.day}–{end.day}" if end.month == start.month else f"{start.day}–{end.day}/{end.month}"


def _plan(content: ReleaseData, language: str) -> dict[str, Any]:
    return {
        "heading": word("sheet.action_plan").of(language),
        "columns": [word(f"plan.{name}").of(language) for name in ("code", "item", "status")],
        "rows": [
            [
                str(row["code"]),
                typed_text(row["title"]),
                word_or(f"plan.{row['status']}", str(row["status"])).of(language),
                row["level"],
            ]
            for row in content.tables["action_plan"].as_dicts()
        ],
    }


# --- annexes -----------------------------------------------------------------------------------


def _annex_row(row: Row) -> list[str | bool]:
    """The cells as print has them: true for a mark, else a text, blank for none or zero."""
    return [_annex_cell(column, value) for column, value in row.items() if column != "member_id"]


def _annex_cell(column: str, value: Any) -> str | bool:
    if isinstance(value, bool):
        return value
    if column == "member":
        return typed_text(value)
    if not value:
        return "–" if column == "capacity_building" else ""
    return str(value)


def _sums(rows: list[Row]) -> list[str]:
    sums: dict[str, int] = {}
    for row in rows:
        for column, value in row.items():
            if column not in ("member_id", "member"):
                sums[column] = sums.get(column, 0) + (int(value) if isinstance(value, bool | int) else 0)
    return ["" if column == "pilot" else str(total) for column, total in sums.items()]
