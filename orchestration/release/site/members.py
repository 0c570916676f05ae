"""Renders a page a member with its annex cells and what stands behind them: ``site/members/<member_id>.html``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.release.release_data import ReleaseData
from orchestration.release.site.figures import SourceFiles
from orchestration.release.site.subpages import render_subpage
from orchestration.release.site.values import MOST_ROWS, compared, more
from orchestration.release.tables import Row, Table, text_of, typed_text
from orchestration.release.translations import Text, country, euros_and_cents, number, same, word, word_or

MEMBERS_FOLDER = "members"
# What a bilateral meeting talks about first comes first.
TOPICS = (
    *("fee_paid", "events", "annual_meeting", "board", "bilateral", "capacity_building", "pilot"),
    *("wmd_organiser", "indicators", "news", "publications", "mentions", "use_cases", "c4gh_initiatives"),
)
# Columns of an annex that no list of its own stands behind.
_WITHOUT_LIST = ("is_new", "activated")
# A column of both annexes.
_SAID_BEFORE = ("annex_engagement", "is_new")


@dataclass(frozen=True)
class Cell:
    """View model of an annex cell; ``anchor`` is empty where nothing is listed below it."""

    label: Text
    value: Text
    before: Text
    anchor: str


@dataclass(frozen=True)
class Activity:
    """View model of a listed activity; ``url`` is empty where the source has none that a browser opens safely."""

    label: str
    url: str
    detail: Text
    amount: Text
    date: str
    is_engagement: bool
    place: str
    anchor: str


@dataclass(frozen=True)
class Topic:
    """View model of the activities below a topic."""

    name: str
    heading: Text
    count: Text
    activities: list[Activity]
    more: Text | None
    has_dates: bool
    has_details: bool
    has_amounts: bool


def address(member_id: str, column: str = "") -> str:
    """The address of a member's page from the site's page, at what stands behind an annex column."""
    anchor = f"#{column}" if column and column not in _WITHOUT_LIST else ""
    return f"{MEMBERS_FOLDER}/{member_id}.html{anchor}"


def write_members(folder: Path, content: ReleaseData, sources: SourceFiles) -> None:
    """Writes a page for each member of the annex tables."""
    target = folder / "site" / MEMBERS_FOLDER
    target.mkdir(exist_ok=True)
    activities = _by_member(content.tables["member_activities"])
    cells = _by_member(content.tables["annex_cells"])
    for member in content.tables["members"].as_dicts():
        key = member["member_id"]
        page = make_member_page(content, member, cells[key], activities[key], sources)
        (target / f"{key}.html").write_text(page, encoding="utf-8")


def make_member_page(
    content: ReleaseData, member: Row, cells: list[Row], activities: list[Row], sources: SourceFiles
) -> str:
    """Renders the page of a member."""
    topics = list(_topics(activities, sources))
    listed = {topic.name for topic in topics}
    return render_subpage(
        "member.html",
        content.release,
        name=typed_text(member["member"]),
        about=word(
            "member.about",
            country=country(member["country_code"] or ""),
            region=word_or(f"region.{member['region']}", member["region"] or "–"),
            joined=text_of(member["joined_on"]) or "–",
        ),
        year=str(content.year),
        year_before=str(content.year - 1),
        release_before=next((row["release_before"] for row in cells if row["release_before"]), ""),
        cells=[_cell(row, listed) for row in cells if (row["annex"], row["column_name"]) != _SAID_BEFORE],
        topics=topics,
    )


def _by_member(table: Table) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in table.as_dicts():
        found[row["member_id"]].append(row)
    return found


def _cell(row: Row, listed: set[str]) -> Cell:
    column = row["column_name"]
    before = row["value_before"]
    return Cell(
        label=word(f"column.{column}"),
        value=compared(row["value"]),
        before=same("") if before is None else compared(before),
        anchor=column if column in listed else "",
    )


def _topics(activities: list[Row], sources: SourceFiles) -> Iterator[Topic]:
    for name in TOPICS:
        rows = [row for row in activities if row["topic"] == name]
        if not rows:
            continue
        yield Topic(
            name=name,
            heading=word_or(f"topic.{name}", name),
            count=number(len(rows)),
            activities=[_activity(row, sources) for row in rows[:MOST_ROWS]],
            more=more(len(rows), "member_activities.csv"),
            has_dates=any(row["dated_on"] is not None for row in rows),
            has_details=any(row["detail"] for row in rows),
            has_amounts=any(row["amount_eur"] is not None for row in rows),
        )


def _activity(row: dict[str, Any], sources: SourceFiles) -> Activity:
    url = typed_text(row["url"] or "")
    return Activity(
        label=typed_text(row["label"] or ""),
        url=url if url.startswith(("https://", "http://")) else "",
        detail=word_or(
            f"{_DETAIL.get(row['topic'], 'kind')}.{row['detail']}", typed_text(row["detail"] or "")
        ),
        amount=same("") if row["amount_eur"] is None else euros_and_cents(row["amount_eur"]),
        date=text_of(row["dated_on"]),
        is_engagement=row["is_engagement"],
        place=f"{row['source_file']}, {row['source_line']}",
        anchor=sources.anchor(row["source_file"]),
    )


# The words of a detail: kinds of events, types of ledger entries, parts in pilots.
_DETAIL = {"fee_paid": "entry", "pilot": "part"}
