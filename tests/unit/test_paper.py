"""The report and the annex tables on paper: everything is on it, no page is blank, every letter can be set."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typst

from orchestration.release.charts import write_charts
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.paper import typeset, write_paper
from orchestration.release.paper.content import annexes_content, report_content
from orchestration.release.paper.letters import SETTABLE, settable
from orchestration.release.release_data import ReleaseData
from orchestration.release.tables import Table
from tests.support.release import HARM, YEAR, make_release


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> ReleaseData:
    return make_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def folder(content: ReleaseData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("paper")
    write_charts(target, content)
    write_paper(target, content)
    return target


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf)) + sum(
        len(re.findall(rb"/Type\s*/Page\b", each)) for each in streams(pdf)
    )


def streams(pdf: bytes) -> Iterator[bytes]:
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            yield zlib.decompress(found.group(1))
        except zlib.error:
            continue


def texts(said: Any) -> Iterator[str]:
    """Every text of a JSON value."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for value in said.values():
            yield from texts(value)
    elif isinstance(said, list):
        for value in said:
            yield from texts(value)


def test_both_documents_are_there_in_each_language(folder: Path) -> None:
    names = {path.name for path in folder.glob("*.pdf")}
    endings = ("", ".fr", ".es")
    assert names == {f"{document}{each}.pdf" for document in ("report", "annexes") for each in endings}
    for name in names:
        pdf = (folder / name).read_bytes()
        assert pdf.startswith(b"%PDF-")
        assert b"pdfuaid" in pdf


def test_the_same_release_makes_the_same_bytes(folder: Path, content: ReleaseData, tmp_path: Path) -> None:
    write_charts(tmp_path, content)
    write_paper(tmp_path, content)
    for path in folder.glob("*.pdf"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_annexes_have_every_cell_of_every_member(content: ReleaseData, language: str) -> None:
    said = annexes_content(content, language)
    for annex, name in zip(said["annexes"], ("annex_activity", "annex_engagement"), strict=True):
        rows = content.tables[name].as_dicts()
        assert [row[0] for row in annex["rows"]] == [row["member"] for row in rows]
        assert all(len(row) == len(annex["columns"]) for row in [*annex["rows"], annex["sums"]])
    first = said["annexes"][1]["rows"][1]
    shown = content.tables["annex_engagement"].as_dicts()[1]
    assert first == ["Éfeso", *print_of(shown)]


def print_of(row: dict[str, Any]) -> list[Any]:
    """Cells as print has them: a mark, a number, a dash for no learning, else blank."""
    cells = [value for name, value in row.items() if name not in ("member_id", "member")]
    return [cell if isinstance(cell, bool) else str(cell) if cell else "" for cell in cells]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_has_every_figure_as_print_shows_it(content: ReleaseData, language: str) -> None:
    said = report_content(content, language)
    shown = [(each["value"], each["label"]) for line in said["lines"] for each in line["figures"]]
    shown += [(each["value"], each["label"]) for each in said["headline"]]
    shown += [(row[2], row[0]) for row in said["gender"]["rows"]]
    money = {row[2] for each in said["money"] for row in each["rows"]}
    values = {value for value, _ in shown} | money
    rows = content.tables["figures"].as_dicts()
    for row in rows:
        # The tables of the money have their own shares.
        if row["area"] != "finance":
            assert (row[f"display_{language}"] or "–") in values, row["figure_id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_money_is_of_begins_with_a_capital(content: ReleaseData, language: str) -> None:
    labels = [row[0] for each in report_content(content, language)["money"] for row in each["rows"]]
    assert labels
    assert all(label[0] == label[0].upper() for label in labels)


def test_the_year_before_stands_beside_the_assessment(content: ReleaseData) -> None:
    said = report_content(content, "en")["gender"]
    assert said["columns"][1:3] == [str(YEAR - 1), str(YEAR)]
    assert {row[3] for row in said["rows"]} & {"↑", "↓", "="}


def test_the_calendar_has_every_event_in_its_quarter(content: ReleaseData) -> None:
    said = report_content(content, "en")["calendar"]
    rows = content.tables["calendar"].as_dicts()
    titles = [e["title"] for q in said["quarters"] for m in q["months"] for e in m["events"]]
    assert len(titles) == len(rows)
    assert [len(quarter["months"]) for quarter in said["quarters"]] == [3] * len(said["quarters"])
    marked = sum(e["gender"] for q in said["quarters"] for m in q["months"] for e in m["events"])
    assert marked == sum(row["gender_perspective"] for row in rows)


def test_a_quarter_of_many_events_stays_on_its_page(content: ReleaseData, folder: Path) -> None:
    table = content.tables["calendar"]
    plain = table.rows[1]
    few = [plain] * 20
    many = [plain] * 85
    set_pages = [
        pages(
            typeset("report", settable(report_content(grown(content, "calendar", rows), "en")), folder, YEAR)
        )
        for rows in (few, many, many * 3)
    ]
    assert set_pages[0] == set_pages[1] < set_pages[2]


def grown(content: ReleaseData, name: str, rows: list[tuple[Any, ...]]) -> ReleaseData:
    table = content.tables[name]
    return replace(content, tables={**content.tables, name: Table(name, table.columns, rows)})


def test_a_list_of_thousands_is_cut_and_says_so(content: ReleaseData, folder: Path) -> None:
    many = [(f"Video {each}", date(YEAR, 3, 1), "Revitalisation") for each in range(5000)]
    said = report_content(grown(content, "videos", many), "en")
    videos = next(each for each in said["lines"][0]["lists"] if each["heading"] == "Videos")
    assert (videos["count"], len(videos["items"])) == ("5,000", 400)
    assert "4,600 more are in videos.csv" in videos["more"]
    assert typeset("report", settable(said), folder, YEAR).startswith(b"%PDF-")


def test_no_page_is_nearly_blank(content: ReleaseData, folder: Path) -> None:
    """A page with a line or two has next to nothing drawn on it."""
    for name in ("report.pdf", "annexes.pdf"):
        pdf = (folder / name).read_bytes()
        drawn = [each for each in streams(pdf) if b"BT" in each and b"Tf" in each]
        assert pages(pdf) <= len(drawn)
        assert min(each.count(b"TJ") + each.count(b"Tj") for each in drawn) > 8, name


def test_what_cannot_be_set_is_marked_and_harms_nobody(content: ReleaseData, folder: Path) -> None:
    videos = [
        ("北京 in motion 👍", date(YEAR, 3, 1), ""),
        ("Тайбэй, Αθήνα, Łódź", date(YEAR, 3, 2), ""),
        (HARM, None, ""),
    ]
    said = settable(report_content(grown(content, "videos", videos), "en"))
    told = list(texts(said))
    assert "[…] in motion […]" in told
    assert {"Тайбэй, Αθήνα, Łódź", HARM} <= set(told)
    assert typeset("report", said, folder, YEAR).startswith(b"%PDF-")


def test_every_letter_that_is_let_through_can_be_set(content: ReleaseData, folder: Path) -> None:
    said = annexes_content(content, "en")
    letters = [chr(code) for low, high in SETTABLE for code in range(low, high + 1)]
    said["annexes"][0]["key"] = " ".join(letters)
    assert typeset("annexes", settable(said), folder, YEAR).startswith(b"%PDF-")


def test_a_letter_that_no_font_has_is_refused_by_the_typesetter(content: ReleaseData, folder: Path) -> None:
    said = annexes_content(content, "en")
    said["annexes"][0]["heading"] = "北京"
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typeset("annexes", said, folder, YEAR)


def test_a_year_without_rows_is_set(tmp_path: Path) -> None:
    empty = make_release(tmp_path / "empty", is_empty=True)
    write_charts(tmp_path, empty)
    write_paper(tmp_path, empty)
    assert (tmp_path / "annexes.es.pdf").exists()
