"""The workbook holds the values of the CSV files, formatted as print, and no formulas."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from orchestration.release.release_data import ReleaseData
from orchestration.release.translations import word
from orchestration.release.workbook import write_workbook
from tests.support.release import FORMULA, HARM, make_release

LISTS = (
    *("policy_statements", "campaigns", "pilots", "benchmarked_spaces", "publications"),
    *("publication_mentions", "news_mentions", "observatories", "partners", "agreements", "projects"),
    *("learning_products", "statutory_meetings", "governance_seats", "members_led_by_women", "staff_roles"),
    *("videos", "wmd_activities", "drawing_cities", "egi_cities"),
)
NAMES = (
    *("figures", "annex_activity", "annex_engagement", "funding", "gender_impact", "charts", "calendar"),
    *("action_plan", *LISTS, "members", "member_activities", "figure_items", "reconciliation", "sources"),
)
SHEETS = [word(f"sheet.{name}").en for name in (*NAMES, "dictionary", "changes")]
TABLES = [name for name in NAMES if name not in ("figures", "funding", "charts")]
FILES = {"en": "report.xlsx", "fr": "report.fr.xlsx", "es": "report.es.xlsx"}


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> ReleaseData:
    return make_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def path(content: ReleaseData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    write_workbook(folder, content)
    return folder / "report.xlsx"


@pytest.fixture(scope="module")
def book(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def sheet_of(book: Any, name: str, language: str = "en") -> Any:
    return book[word(f"sheet.{name}").of(language)]


def columns_of(sheet: Any) -> dict[str, int]:
    """Where each header of a sheet stands, from 1."""
    return {cell.value: cell.column for cell in sheet[1]}


def tables(book: Any) -> list[Any]:
    """Every sheet but that of charts."""
    return [sheet for sheet in book if sheet.title != word("sheet.charts").en]


def plain(value: Any) -> Any:
    """A value as it comes back from a workbook: no blank texts, no decimals, whole days."""
    if value == "":
        return None
    if isinstance(value, (bool, int, Decimal)):
        return float(value)
    if isinstance(value, datetime):
        return value.date()
    return value


def rows_of(sheet: Any) -> list[list[Any]]:
    return [[plain(cell.value) for cell in row] for row in sheet.iter_rows(min_row=2)]


def test_sheets_are_in_the_report_s_order(book: Any) -> None:
    assert book.sheetnames == SHEETS


@pytest.mark.parametrize("name", TABLES)
def test_a_sheet_holds_what_the_csv_holds(book: Any, content: ReleaseData, name: str) -> None:
    table = content.tables[name]
    sheet = sheet_of(book, name)
    assert len(list(sheet[1])) == len(table.columns)
    assert rows_of(sheet) == [[plain(value) for value in row] for row in table.rows]


@pytest.mark.parametrize("language", FILES)
def test_headers_and_sheets_are_in_the_language_of_the_workbook(
    content: ReleaseData, path: Path, language: str
) -> None:
    book = openpyxl.load_workbook(path.with_name(FILES[language]))
    assert book.sheetnames[: len(NAMES)] == [word(f"sheet.{name}").of(language) for name in NAMES]
    headers = list(columns_of(sheet_of(book, "annex_engagement", language)))
    assert headers[1] == {"en": "Member", "fr": "Membre", "es": "Miembro"}[language]
    for name in TABLES:
        said = list(columns_of(sheet_of(book, name, language)))
        assert all(header and header not in content.tables[name].columns for header in said), (name, said)
    figures = sheet_of(book, "figures", language)
    label = columns_of(figures)[word("header.label").of(language)]
    assert (
        figures.cell(2, label).value
        == {
            "en": "Members of Metropolis",
            "fr": "Membres de Metropolis",
            "es": "Miembros de Metropolis",
        }[language]
    )
    kinds = sheet_of(book, "calendar", language)
    kind = columns_of(kinds)[word("header.kind").of(language)]
    assert kinds.cell(2, kind).value == word("kind.webinar").of(language)


def test_the_headline_charts_are_charts_of_their_numbers(book: Any, path: Path) -> None:
    sheet = sheet_of(book, "charts")
    with zipfile.ZipFile(path) as parts:
        charts = sorted(name for name in parts.namelist() if name.startswith("xl/charts/chart"))
        first = parts.read(charts[0]).decode()
    assert len(charts) == 5
    assert "Charts!$B$3:$B$7" in first
    assert [cell.value for cell in sheet["A"]][2:7] == [
        *("Africa", "Asia-Pacific", "Europe", "Latin America and Caribbean", "North America"),
    ]
    assert [sheet.cell(row, 2).value for row in range(3, 8)] == [3] * 5


def test_figures_hold_the_csv_and_what_each_means(book: Any, content: ReleaseData) -> None:
    table = content.tables["figures"]
    sheet = book["Figures"]
    wide = len(table.columns)
    read = [row[:wide] for row in rows_of(sheet)]
    assert read == [[plain(value) for value in row] for row in table.rows]
    assert all(row[wide:] != [None] * 4 for row in rows_of(sheet))


def test_both_sides_of_the_money_are_one_table(book: Any, content: ReleaseData) -> None:
    rows = rows_of(book["Funding"])
    for name, title in (("funding_sources", "Funding sources"), ("funds_use", "Use of funds")):
        read = [row[1:] for row in rows if row[0] == title]
        assert read == [[plain(v) for v in row] for row in content.tables[name].rows]


def test_changes_are_there_line_by_line(book: Any, content: ReleaseData) -> None:
    read = [row[0] for row in rows_of(book["Changes"])]
    assert read == [line for line in content.changes.splitlines() if line.strip()]


def test_the_dictionary_explains_every_column_of_every_table(book: Any, content: ReleaseData) -> None:
    read = {(row[0], row[1]) for row in rows_of(book["Dictionary"])}
    assert read == {(t.name, c) for t in content.tables.values() for c in t.columns}
    assert all(row[2] and row[5] for row in rows_of(book["Dictionary"]))


def test_cells_look_as_print_has_them(book: Any) -> None:
    sheet = book["Annex engagement"]
    columns = columns_of(sheet)
    shown = {name: sheet.cell(2, at).number_format for name, at in columns.items()}
    assert shown["Capacity building"].endswith(';"-"')
    assert shown["Bilateral meetings"].endswith(';""')
    assert shown["Activated member"] == '"yes";;""'
    figures = book["Figures"]
    at = columns_of(figures)
    formats = {
        figures.cell(row, at["Figure id"]).value: figures.cell(row, at["Value"]).number_format
        for row in range(2, figures.max_row + 1)
    }
    assert formats["members_activated_share"] == '0.0"%"'
    assert formats["participants_women_share"] == '0"%"'
    assert formats["participants"] == "#,##0"


def test_every_sheet_is_ready_to_read_and_to_print(book: Any) -> None:
    for sheet in tables(book):
        assert sheet.freeze_panes and sheet.freeze_panes.endswith("2"), sheet.title
        assert sheet.auto_filter.ref and sheet.print_area, sheet.title
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToHeight in (0, 25)
        widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
        assert all(6 <= width <= 61 for width in widths), sheet.title
        assert all(cell.comment and cell.comment.text for cell in sheet[1]), sheet.title


def test_notes_carry_the_definitions(book: Any) -> None:
    sheet = book["Figures"]
    at = columns_of(sheet)
    for row in range(2, sheet.max_row + 1):
        definition = sheet.cell(row, at["Definition"]).value
        assert definition in sheet.cell(row, at["Label"]).comment.text


def test_nothing_typed_by_people_runs(book: Any, path: Path) -> None:
    titles = {row[2] for row in rows_of(book["Calendar"])}
    assert {HARM, f"'{FORMULA}"} <= titles
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    with zipfile.ZipFile(path) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name or "vba" in name]


def test_the_same_release_makes_the_same_bytes(content: ReleaseData, path: Path, tmp_path: Path) -> None:
    write_workbook(tmp_path, content)
    assert (tmp_path / "report.xlsx").read_bytes() == path.read_bytes()


def test_a_year_without_rows_has_its_sheets(tmp_path: Path) -> None:
    write_workbook(tmp_path, make_release(tmp_path, is_empty=True))
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames == SHEETS
    assert book["Annex activity"].max_row == 1


def test_a_table_of_too_many_rows_is_said_to_be_elsewhere(content: ReleaseData, tmp_path: Path) -> None:
    videos = content.tables["videos"]
    rows = [(f"Video {number}", date(2031, 1, 1), "") for number in range(10_001)]
    write_workbook(tmp_path, replace(content, tables=content.tables | {"videos": replace(videos, rows=rows)}))
    for language, rows_said in (("en", "10,001 rows"), ("es", "10.001 filas")):
        sheet = sheet_of(openpyxl.load_workbook(tmp_path / FILES[language]), "videos", language)
        assert sheet.max_row == 2
        assert sheet["A2"].value.startswith(rows_said)
        assert "videos.csv" in sheet["A2"].value


def test_days_are_dates(book: Any, content: ReleaseData) -> None:
    sheet = book["Calendar"]
    at = columns_of(sheet)
    cell = sheet.cell(2, at["From"])
    assert cell.is_date
    assert cell.value.date() == content.tables["calendar"].as_dicts()[0]["start_date"]
    assert isinstance(cell.value.date(), date)
