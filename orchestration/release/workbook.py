"""Writes ``report.xlsx``, ``report.fr.xlsx`` and ``report.es.xlsx``: the released tables, formatted, and charts.

Values equal those of the CSV files; where print leaves a cell blank or shows a dash, the cell holds a zero
with a number format that shows it so. Headers, sheet names and labels of figures are in the workbook's language. Text
from outside is never written as a formula or a link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

from orchestration.release.chart_data import CatalogueEntry, read_chart_data
from orchestration.release.charts.chart import figure_label
from orchestration.release.file_names import file_name
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.package import Description, describe_tables
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import DEEP, PALE, RULE
from orchestration.release.tables import Table
from orchestration.release.translations import word
from orchestration.release.vocabulary import column_header, has_vocabulary, table_title, value_word
from orchestration.release.workbook_charts import write_charts_sheet

_FACE = {"font_name": "Arial", "font_size": 9, "valign": "top"}
_COUNT = "#,##0;-#,##0"
_BLANK_ZERO = '#,##0;-#,##0;""'
_DASH_ZERO = '#,##0;-#,##0;"-"'
_YES = {"en": '"yes";;""', "fr": '"oui";;""', "es": '"sí";;""'}
_DAY = "yyyy-mm-dd"
_MONEY = "#,##0.00"
_LONGEST_CELL = 32_767
_A4 = 9
_WIDEST, _NARROWEST = 60, 6
# A cell that is longer is wrapped over lines.
_WRAP_FROM = 48
# A table of more rows is no reading for people: its sheet says where it is.
_MOST_ROWS = 10_000
# More pages than these of one sheet are shrunk to as many, by so many rows a page.
_MOST_PAGES, _ROWS_A_PAGE = 25, 45
# Height of a line, in points; wrapped rows get theirs here, since not every program fits them by itself.
_LINE = 12.5


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name in ``words.csv``, table, number of frozen columns, cell formats."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    meanings: dict[str, str]
    frozen: int = 1
    formats: dict[str, str] = field(default_factory=dict)
    format_of: Callable[[str, tuple[Any, ...]], str | None] | None = None
    notes: Callable[[tuple[Any, ...]], str] | None = None
    noted: str = ""
    is_portrait: bool = False
    are_booleans_marks: bool = False
    printed_columns: int = 0
    # Number of rows that are in the CSV alone.
    left_out: int = 0


def write_workbook(folder: Path, content: ReleaseData) -> None:
    """Writes a workbook a language."""
    for language in LANGUAGES:
        _write_book(folder, content, language)


def _write_book(folder: Path, content: ReleaseData, language: str) -> None:
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(folder / file_name("report", "xlsx", language)), options) as book:
        book.set_properties(
            {
                "title": f"Metropolis annual report {content.year}",
                "subject": f"Release {content.release}",
                "author": "Metropolis",
                # The clock would make two workbooks of the same release differ.
                "created": datetime(content.year, 12, 31),
            }
        )
        formats = _Formats(book)
        for sheet in make_sheets(content, language):
            _write_sheet(book, sheet, formats, content.release, language)
            if sheet.name == _CHARTS_AFTER:
                write_charts_sheet(book, content, language)


# --- what is in it -----------------------------------------------------------------------------


def make_sheets(content: ReleaseData, language: str) -> list[Sheet]:
    """Every sheet of tables, in the order of the workbook; what is English alone is in the English one."""
    described = {each.name: each for each in describe_tables(content)}
    tables = content.tables
    catalogue = read_chart_data(content).catalogue
    english = (_dictionary(described.values()), _changes(content.changes)) if language == "en" else ()
    sheets = [
        _figures(tables["figures"], described["figures"], catalogue),
        _annex(tables["annex_activity"], described),
        _annex(tables["annex_engagement"], described),
        _funding(tables, described, language),
        _gender_impact(tables["gender_impact"], described),
        _plain(tables["calendar"], described, frozen=3, are_booleans_marks=True),
        _plain(tables["action_plan"], described, is_portrait=True),
        *(_plain(tables[name], described, are_booleans_marks=True) for name in _LISTS),
        _plain(tables["members"], described, frozen=2, are_booleans_marks=True),
        _plain(tables["member_activities"], described, frozen=2, formats={"amount_eur": _MONEY}),
        _plain(tables["figure_items"], described, frozen=2, formats={"amount": "#,##0.##"}),
        _plain(tables["reconciliation"], described, frozen=2),
        _plain(tables["sources"], described),
        *english,
    ]
    return [_in_language(sheet, catalogue, language) for sheet in sheets]


# What the report prints as lists.
_LISTS = (
    *("policy_statements", "campaigns", "pilots", "benchmarked_spaces", "publications"),
    *("publication_mentions", "news_mentions", "observatories", "partners", "agreements", "projects"),
    *("learning_products", "statutory_meetings", "governance_seats", "members_led_by_women", "staff_roles"),
    *("videos", "wmd_activities", "drawing_cities", "egi_cities"),
)
_CHARTS_AFTER = "gender_impact"


def _in_language(sheet: Sheet, catalogue: dict[str, CatalogueEntry], language: str) -> Sheet:
    """A sheet with figures and fixed vocabularies in a language; English is as in the CSV."""
    if len(sheet.rows) > _MOST_ROWS:
        return replace(sheet, rows=[], left_out=len(sheet.rows))
    if language == "en":
        return sheet
    key = sheet.columns.index("figure_id") if "figure_id" in sheet.columns else None

    def cell(column: str, value: Any, row: tuple[Any, ...]) -> Any:
        if column == "label" and key is not None and row[key] in catalogue and sheet.name != "figure_items":
            return figure_label(catalogue[row[key]]).of(language)
        if has_vocabulary(column) and isinstance(value, str):
            return value_word(column, value).of(language)
        return value

    rows = [
        tuple(cell(column, value, row) for column, value in zip(sheet.columns, row, strict=True))
        for row in sheet.rows
    ]
    return replace(sheet, rows=rows)


def _meanings(described: Description) -> dict[str, str]:
    return {column.name: column.description for column in described.columns}


def _plain(table: Table, described: dict[str, Description], **how: Any) -> Sheet:
    meanings = _meanings(described[table.name])
    return Sheet(table.name, table.columns, table.rows, meanings, **how)


def _figures(table: Table, described: Description, catalogue: dict[str, CatalogueEntry]) -> Sheet:
    further = {
        "section": "Part of the report that prints the figure",
        "definition": "What is counted",
        "label_fr": "What the figure is called, in French",
        "label_es": "What the figure is called, in Spanish",
    }
    key = table.columns.index("figure_id")
    unit = table.columns.index("unit")

    def full(row: tuple[Any, ...]) -> tuple[Any, ...]:
        entry = catalogue[row[key]]
        return (*row, entry.section, entry.definition, entry.label_fr, entry.label_es)

    def format_of(column: str, row: tuple[Any, ...]) -> str | None:
        if column != "value" or row[unit] != "percent":
            return None
        decimals = catalogue[row[key]].decimals
        return f'0{"." if decimals else ""}{"0" * decimals}"%"'

    return Sheet(
        "figures",
        (*table.columns, *further),
        [full(row) for row in table.rows],
        _meanings(described) | further,
        frozen=2,
        formats={"value": "#,##0", "numerator": "#,##0.##", "denominator": "#,##0.##"},
        format_of=format_of,
        notes=lambda row: catalogue[row[key]].definition,
        noted="label",
        printed_columns=len(table.columns),
    )


def _annex(table: Table, described: dict[str, Description]) -> Sheet:
    columns = described[table.name].columns
    formats = {column.name: _BLANK_ZERO for column in columns if column.type == "integer"}
    if "capacity_building" in formats:
        formats["capacity_building"] = _DASH_ZERO
    return Sheet(
        table.name,
        table.columns,
        table.rows,
        _meanings(described[table.name]),
        frozen=2,
        formats=formats,
        is_portrait=True,
        are_booleans_marks=True,
    )


def _funding(tables: dict[str, Table], described: dict[str, Description], language: str) -> Sheet:
    """Funding sources and use of funds as one table."""
    parts = ("funding_sources", "funds_use")
    rows = [(word(f"whole.{name}").of(language), *row) for name in parts for row in tables[name].rows]
    columns = ("whole", "part", *tables["funding_sources"].columns[1:])
    meanings = _meanings(described["funding_sources"]) | {
        "whole": "What the shares add to 100 of: the sources of the funds, or their use",
        "part": "Category of the ledger, or project code; blank for expense without a project",
    }
    formats = {"amount": _MONEY, "share": "0", "unrounded_share": "0.0000"}
    return Sheet("funding", columns, rows, meanings, frozen=2, formats=formats)


def _gender_impact(table: Table, described: dict[str, Description]) -> Sheet:
    formats = {"value": "#,##0.##", "numerator": "#,##0.##", "denominator": "#,##0.##"}
    return _plain(table, described, frozen=2, formats=formats)


def _dictionary(described: Iterable[Description]) -> Sheet:
    rows = [
        (table.name, column.name, column_header(column.name).en, column.type, column.unit, column.description)
        for table in described
        for column in table.columns
    ]
    meanings = {
        "table": "Released table, as in the name of its CSV file",
        "column": "Column, as in the header of the CSV file",
        "header": "What the sheets of this workbook call it",
        "type": "What its values are",
        "unit": "What is counted or measured",
        "description": "What the column means",
    }
    return Sheet("dictionary", tuple(meanings), rows, meanings, frozen=2, is_portrait=True)


def _changes(text: str) -> Sheet:
    rows = [(line,) for line in text.splitlines() if line.strip()]
    meanings = {"change": "What changed since the release before, line by line, as in changes.md"}
    return Sheet("changes", ("change",), rows, meanings, frozen=0, is_portrait=True)


# --- how it looks ------------------------------------------------------------------------------


class _Formats:
    """The cell formats of the workbook, cached."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {}
        self.header = book.add_format(
            _FACE
            | {"bold": True, "font_color": "#ffffff", "bg_color": DEEP, "text_wrap": True}
            | {"border": 1, "border_color": DEEP, "valign": "bottom"}
        )

    def cell(self, number_format: str, align: str = "") -> Any:
        """The cached format of a cell."""
        key = (number_format, align)
        if key not in self._made:
            look: dict[str, Any] = {"bottom": 1, "bottom_color": RULE}
            if number_format:
                look["num_format"] = number_format
            if align == "wrap":
                look["text_wrap"] = True
            elif align:
                look["align"] = align
            if align == "right":
                look["indent"] = 1
            self._made[key] = self._book.add_format(_FACE | look)
        return self._made[key]


def _write_sheet(book: Any, sheet: Sheet, formats: _Formats, release: str, language: str) -> None:
    title = table_title(sheet.name).of(language)
    page = book.add_worksheet(title)
    last_row, last_column = max(len(sheet.rows), 1), len(sheet.columns) - 1
    headers = {name: column_header(name).of(language) for name in sheet.columns}
    widths = _widths(sheet, headers)
    for at, name in enumerate(sheet.columns):
        page.write_string(0, at, headers[name], formats.header)
        if language == "en":
            page.write_comment(0, at, sheet.meanings[name], _note_box(sheet.meanings[name]))
        page.set_column(at, at, widths[name])
    wrapped = [at for at, name in enumerate(sheet.columns) if widths[name] > _WRAP_FROM]
    for down, row in enumerate(sheet.rows, start=1):
        lines = max((_lines(row[at], widths[sheet.columns[at]]) for at in wrapped), default=1)
        if lines > 1:
            page.set_row(down, _LINE * lines)
        for at, (name, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write_cell(page, down, at, value, _shown(sheet, name, row, value, language), formats)
        if sheet.notes is not None and language == "en":
            note = sheet.notes(row)
            page.write_comment(down, sheet.columns.index(sheet.noted), note, _note_box(note))
    if sheet.left_out:
        page.write_string(
            1, 0, word("sheet.left_out", rows=sheet.left_out, file=f"{sheet.name}.csv").of(language)
        )
    page.freeze_panes(1, sheet.frozen)
    page.autofilter(0, 0, last_row, last_column)
    page.print_area(0, 0, last_row, (sheet.printed_columns or len(sheet.columns)) - 1)
    page.repeat_rows(0)
    page.set_paper(_A4)
    page.fit_to_pages(1, _MOST_PAGES if last_row > _MOST_PAGES * _ROWS_A_PAGE else 0)
    page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.6)
    page.set_header(f'&L&"Arial,Bold"&9 Metropolis, {_escaped(title)}&R&"Arial"&9 {release}')
    page.set_footer('&R&"Arial"&9 &P / &N')
    if not sheet.is_portrait:
        page.set_landscape()
    page.set_tab_color(DEEP if sheet.name == "figures" else PALE)
    page.hide_gridlines(2)


def _escaped(text: str) -> str:
    return text.replace("&", "&&")


def _note_box(text: str) -> dict[str, Any]:
    """Size of a note's box for its text."""
    lines = 2 + len(text) // 44
    return {"width": 260, "height": 15 * lines, "author": "Metropolis", "font_size": 9}


def _shown(sheet: Sheet, name: str, row: tuple[Any, ...], value: Any, language: str) -> str:
    """The number format of a cell."""
    own = sheet.format_of(name, row) if sheet.format_of else None
    if own is not None:
        return own
    if isinstance(value, bool):
        return _YES[language] if sheet.are_booleans_marks else ""
    if name in sheet.formats:
        return sheet.formats[name]
    if isinstance(value, (date, datetime)):
        return _DAY
    # A year is no quantity.
    return _COUNT if isinstance(value, int) and name != "year" else ""


def _write_cell(page: Any, row: int, column: int, value: Any, shown: str, formats: _Formats) -> None:
    if value is None or value == "":
        page.write_blank(row, column, None, formats.cell(""))
    elif isinstance(value, bool):
        if shown in _YES.values():
            page.write_number(row, column, int(value), formats.cell(shown, "center"))
        else:
            page.write_boolean(row, column, value, formats.cell("", "center"))
    elif isinstance(value, (int, Decimal)):
        page.write_number(row, column, float(value), formats.cell(shown, "right" if shown else "left"))
    elif isinstance(value, (date, datetime)):
        page.write_datetime(row, column, value, formats.cell(shown, "left"))
    else:
        text = str(value)[:_LONGEST_CELL]
        page.write_string(row, column, text, formats.cell("", "wrap" if len(text) > _WRAP_FROM else ""))


def _widths(sheet: Sheet, headers: dict[str, str]) -> dict[str, float]:
    """Column widths by the longest value; headers may wrap to two lines."""
    return {
        name: _width(headers[name], [row[at] for row in sheet.rows]) for at, name in enumerate(sheet.columns)
    }


def _width(header: str, values: Sequence[Any]) -> float:
    longest = max((_length(value) for value in values), default=0)
    return min(_WIDEST, max(_NARROWEST, longest + 1.5, min(len(header), 14) + 3))


def _lines(value: Any, width: float) -> int:
    """Number of lines that a text takes in a column."""
    if not isinstance(value, str) or len(value) <= _WRAP_FROM:
        return 1
    return ceil(len(value) * 0.9 / width)


def _length(value: Any) -> int:
    if value is None or isinstance(value, bool):
        return 3
    if isinstance(value, (date, datetime)):
        return 10
    if isinstance(value, (int, Decimal)):
        return len(f"{value:,}")
    return len(str(value))
