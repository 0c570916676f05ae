"""Finds the likely cause where most rows of a file cannot be read, from the reasons of its quarantined rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from orchestration.ingest.contracts import load_languages
from orchestration.ingest.errors import QuarantinedRow, Reason

_QUOTED = re.compile(r': "(.*?)…?" ')
_SHAPE = re.compile(r"of the form (.+?), is ")
_LANGUAGE = re.compile(r"a (\w+) word, is ")
_DATE_FORMS = (
    (re.compile(r"\d{4}-\d\d?-\d\d?([T ].*)?"), "yyyy-mm-dd"),
    (re.compile(r"\d{4}/\d\d?/\d\d?([T ].*)?"), "yyyy/mm/dd"),
    (re.compile(r"\d\d?\.\d\d?\.\d{2,4}.*"), "dd.mm.yyyy"),
    (re.compile(r"\d\d?-\d\d?-\d{2,4}.*"), "dd-mm-yyyy"),
    (re.compile(r"\d\d?/\d\d?/\d{2,4}.*"), "numbers between slashes, in another order or length"),
    (re.compile(r"\d{5}([.,]\d+)?"), "serial numbers of a spreadsheet"),
    (re.compile(r".*[^\W\d_]{3}.*"), "months by their names"),
)
_OTHERWISE = {
    Reason.BAD_DATE: "another date form",
    Reason.COLUMN_COUNT: "another separator, or cells cut or shifted",
    Reason.MISSING_REQUIRED: "a column left empty, or cells shifted by one",
    Reason.BAD_NUMBER: "another number form",
    Reason.BAD_AMOUNT: "another number form",
    Reason.UNKNOWN_ENUM: "answers in another language, or cells shifted by one",
    Reason.DUPLICATE_ENTRY: "the export stands twice in the file",
    Reason.UNKNOWN_EVENT: "another year's export, or rows missing from the programme",
    Reason.UNKNOWN_MEMBER: "another year's export, or rows missing from the register of members",
    Reason.STRAY_QUOTE: "quotes inside cells that are not doubled",
    Reason.INVALID_UTF8: "another encoding",
}


def commonest_reason(rows: Sequence[QuarantinedRow]) -> str:
    """The reason code of most of the rows; of equal ones the first in the file."""
    ordered = sorted(rows, key=lambda row: row.source_line)
    return Counter(row.reason_code for row in ordered).most_common(1)[0][0]


def likely_cause(rows: Sequence[QuarantinedRow], encoding: str = "") -> str:
    """The likely cause of rows quarantined for one reason; ``encoding`` is that of their bytes."""
    reason = Reason(rows[0].reason_code)
    sentences = [row.reason for row in rows]
    cells = [match[1] for each in sentences if (match := _QUOTED.search(each) or _SHAPE.search(each))]
    languages = [match[1] for each in sentences if (match := _LANGUAGE.search(each))]
    languages += [language for cell in cells if (language := language_of(cell))]
    if reason is Reason.INVALID_UTF8 and encoding:
        return f"another encoding, {encoding}"
    if languages and len(languages) * 4 >= len(rows):
        return f"another language, {Counter(languages).most_common(1)[0][0]}"
    if reason is Reason.BAD_DATE and (form := _date_form(cells)):
        return f"another date form, {form}"
    if reason is Reason.BAD_AMOUNT and cells:
        return _of_amounts(cells)
    return _OTHERWISE[reason]


def language_of(cell: str) -> str:
    """The language that a cell, or a word of it, is known from; empty where it is none of those."""
    known = load_languages()
    whole = cell.strip().casefold()
    words = [whole, *re.findall(r"[^\W\d_]{3,}", whole)]
    return next((known[word] for word in words if word in known), "")


def shape_of(cell: str) -> str:
    """The shape of a cell: digits as 9, letters as a."""
    plain = re.sub(r"\d", "9", " ".join(cell.split())[:30])
    return re.sub(r"[^\W\d_]", "a", plain)


def _date_form(cells: Sequence[str]) -> str:
    forms = [next((name for form, name in _DATE_FORMS if form.fullmatch(cell.strip())), "") for cell in cells]
    named = Counter(filter(None, forms)).most_common(1)
    return named[0][0] if named else ""


def _of_amounts(cells: Sequence[str]) -> str:
    negative = sum(cell.lstrip().startswith(("-", "\N{MINUS SIGN}", "(")) for cell in cells)
    if negative * 2 >= len(cells):
        return "amounts below zero, where an expense is positive"
    if any(re.search(r",\d{3}\.", cell) or re.fullmatch(r"\d+\.\d{1,2}", cell) for cell in cells):
        return "another number form, 1,234.56 for 1.234,56"
    return _OTHERWISE[Reason.BAD_AMOUNT]
