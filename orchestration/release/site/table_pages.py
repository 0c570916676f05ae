"""Renders a page a released table, to filter and to sort: ``site/data/<table>.html``, and their index.

The rows are JSON in the page, of which its script shows some at a time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from orchestration.release.number_formats import LANGUAGES
from orchestration.release.package import Description, describe_tables
from orchestration.release.release_data import ReleaseData
from orchestration.release.site.subpages import embedded_json, render_subpage
from orchestration.release.tables import Table, text_of, typed_text
from orchestration.release.translations import word
from orchestration.release.vocabulary import column_header, has_vocabulary, table_title, value_word

TABLES_FOLDER = "data"
# So many rows are worth a page; the rest is in the CSV.
_MOST_ROWS = 6000
_NUMBERS = ("integer", "number")


def write_table_pages(folder: Path, content: ReleaseData) -> None:
    """Writes site/data/<table>.html for every released table, and site/data/index.html."""
    target = folder / "site" / TABLES_FOLDER
    target.mkdir(exist_ok=True)
    described = {each.name: each for each in describe_tables(content)}
    for table in content.tables.values():
        page = make_table_page(content, table, described[table.name])
        (target / f"{table.name}.html").write_text(page, encoding="utf-8")
    entries = [
        {"name": name, "title": table_title(name), "text": described[name].text, "rows": len(table.rows)}
        for name, table in content.tables.items()
    ]
    index = render_subpage("tables.html", content.release, entries=entries)
    (target / "index.html").write_text(index, encoding="utf-8")


def make_table_page(content: ReleaseData, table: Table, described: Description) -> str:
    """Renders the page of a table."""
    rows = len(table.rows)
    file = f"{table.name}.csv"
    return render_subpage(
        "table.html",
        content.release,
        title=table_title(table.name),
        text=described.text,
        file=file,
        columns=described.columns,
        shown=list(word("data.shown")),
        headers=[column_header(name) for name in table.columns],
        cut=word("data.cut", shown=_MOST_ROWS, all=rows, file=file) if rows > _MOST_ROWS else None,
        data=embedded_json(_data(content, table, described)),
    )


def _data(content: ReleaseData, table: Table, described: Description) -> dict[str, Any]:
    """Columns and rows as the page's script reads them; ``words`` has values in every language."""
    columns = list(zip(*table.rows[:_MOST_ROWS], strict=True)) or [() for _ in table.columns]
    words = [_words(name, set(values)) for name, values in zip(table.columns, columns, strict=True)]
    return {
        "columns": list(table.columns),
        "numbers": [column.type in _NUMBERS for column in described.columns],
        "words": words,
        "members": [row[0] for row in content.tables["members"].rows],
        "rows": [[typed_text(text_of(value)) for value in row] for row in table.rows[:_MOST_ROWS]],
    }


def _words(column: str, values: set[Any]) -> dict[str, list[str]]:
    """The values of a column that read otherwise in another language."""
    booleans = (value for value in values if isinstance(value, bool))
    found = {text_of(value): word("cell.yes" if value else "cell.no") for value in booleans}
    if has_vocabulary(column):
        found |= {value: value_word(column, value) for value in values if isinstance(value, str)}
    return {value: [text.of(language) for language in LANGUAGES] for value, text in sorted(found.items())}
