"""Finds texts that were decoded in the wrong encoding (mojibake) in well-formed files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyarrow as pa

from orchestration.ingest.contracts import Contract
from orchestration.ingest.errors import Finding
from orchestration.ingest.filed_year import FiledYear, counted
from orchestration.ingest.schema import list_tables, main_table

# What people type or paste, as it stands in the landing.
_TYPED = ("text", "place", "place_list", "identifier", "list", "country")
_ROWS = """
    select source_file, {column} as text, count(*) as rows, min(source_line) as line
    from landing.{table}
    where {column} in (select unnest(?))
    group by source_file, {column}
"""


def judge_texts(year: FiledYear) -> Iterator[Finding]:
    """Finds files with garbled texts."""
    for contract in year.contracts.values():
        if not year.loaded[contract.source]:
            continue
        rows: dict[str, int] = defaultdict(int)
        first: dict[str, tuple[int, str]] = {}
        for table, columns in _columns(contract).items():
            for column, texts in _garbled(year.landing.read_table(table, columns)).items():
                for row in year.rows(_ROWS.format(table=table, column=f'"{column}"'), texts):
                    name = row["source_file"]
                    rows[name] += row["rows"]
                    first[name] = min(first.get(name, (row["line"], row["text"])), (row["line"], row["text"]))
        for name in sorted(rows):
            yield _finding(contract, name, rows[name], *first[name])


def _garbled(table: pa.Table) -> dict[str, list[str]]:
    """Column → its distinct texts that are garbled; only columns that have some."""
    found = {}
    for name in table.column_names:
        texts = table.column(name).unique().to_pylist()
        if bad := [text for text in texts if text and not text.isascii() and is_garbled(text)]:
            found[name] = bad
    return found


def _columns(contract: Contract) -> dict[str, list[str]]:
    """Landing table → its columns of texts that people typed."""
    typed = {column.name for column in contract.columns if column.type in _TYPED}
    typed |= {f"{name}_text" for name in typed}
    columns = [
        each.name
        for each in main_table(contract).columns
        if each.name in typed and pa.types.is_string(each.type)
    ]
    return {contract.source: columns} | {table.name: ["place_text"] for table in list_tables(contract)}


def is_garbled(text: str) -> bool:
    """Whether a text is UTF-8 decoded in another encoding, or has replacement characters."""
    from ftfy import fix_encoding
    from ftfy.badness import is_bad

    return "\N{REPLACEMENT CHARACTER}" in text or (is_bad(text) and fix_encoding(text) != text)


def _finding(contract: Contract, name: str, rows: int, line: int, text: str) -> Finding:
    from ftfy import fix_encoding

    mended = fix_encoding(text)
    shown = (
        ""
        if contract.personal
        else f', such as "{text[:40]}"' + (f' for "{mended[:40]}"' if mended != text else "")
    )
    said = (
        f"{counted(rows, 'text')} with letters that were lost{shown}, in line {line}: the file was read as Windows-1252"
        " or another encoding and saved again; export it anew"
    )
    # What the register says is printed, and what places are compared with.
    severity = "refuse" if contract.spine or contract.source == "member_names" else "note"
    return Finding(severity, "garbled_text", name, said)
