"""The workbook holds the values of the CSV files, formatted as print, and no formulas."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from orchestration.release.release_data import ReleaseData
from orchestration.release.workbook import write_workbook
from tests.support.release import FORMULA, HARM, make_release

SHEETS = [
    *("Figures", "Figure items", "Annex activity", "Annex engagement", "Funding", "Gender impact"),
    *("Calendar", "Action plan", "Reconciliation", "Dictionary", "Sources", "Changes"),
]
TABLES = {
    "Figure items": "figure_items",
    "Annex activity": "annex_activity",
    "Annex engagement": "annex_engagement",
    "Gender impact": "gender_impact",
    "Calendar": "calendar",
    "Action plan": "action_plan",
    "Reconciliation": "reconciliation",
    "Sources": "sources",
}


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


@pytest.mark.parametrize(("title", "name"), TABLES.items())
def test_a_sheet_holds_what_the_csv_holds(book: Any, content: ReleaseData, title: str, name: str) -> None:
    table = content.tables[name]
    assert [cell.value for cell in book[title][1]] == list(table.columns)
    assert rows_of(book[title]) == [[plain(value) for value in row] for row in table.rows]


def test_figures_hold_the_csv_and_what_each_means(book: Any, content: ReleaseData) -> None:
    table = content.tables["figures"]
    sheet = book["Figures"]
    wide = len(table.columns)
    assert [cell.value for cell in sheet[1]][:wide] == list(table.columns)
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
    assert all(row[4] for row in rows_of(book["Dictionary"]))


def test_cells_look_as_print_has_them(book: Any) -> None:
    sheet = book["Annex engagement"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    shown = {name: sheet.cell(2, at).number_format for name, at in columns.items()}
    assert shown["capacity_building"].endswith(';"-"')
    assert shown["bilateral"].endswith(';""')
    assert shown["activated"] == '"yes";;""'
    figures = book["Figures"]
    at = {cell.value: cell.column for cell in figures[1]}
    formats = {
        figures.cell(row, at["figure_id"]).value: figures.cell(row, at["value"]).number_format
        for row in range(2, figures.max_row + 1)
    }
    assert formats["members_activated_share"] == '0.0"%"'
    assert formats["participants_women_share"] == '0"%"'
    assert formats["participants"] == "#,##0"


def test_every_sheet_is_ready_to_read_and_to_print(book: Any) -> None:
    for sheet in book:
        assert sheet.freeze_panes and sheet.freeze_panes.endswith("2"), sheet.title
        assert sheet.auto_filter.ref and sheet.print_area, sheet.title
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToHeight == 0
        widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
        assert all(6 <= width <= 61 for width in widths), sheet.title
        assert all(cell.comment and cell.comment.text for cell in sheet[1]), sheet.title


def test_notes_carry_the_definitions(book: Any) -> None:
    sheet = book["Figures"]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        definition = sheet.cell(row, at["definition"]).value
        assert definition in sheet.cell(row, at["label"]).comment.text


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


def test_days_are_dates(book: Any, content: ReleaseData) -> None:
    sheet = book["Calendar"]
    at = {cell.value: cell.column for cell in sheet[1]}
    cell = sheet.cell(2, at["start_date"])
    assert cell.is_date
    assert cell.value.date() == content.tables["calendar"].as_dicts()[0]["start_date"]
    assert isinstance(cell.value.date(), date)
