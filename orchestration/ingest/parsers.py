"""Parsers of single cells: a typed value for each contract type, or the reason why there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from orchestration.ingest.addresses import address_of, without_addresses
from orchestration.ingest.causes import language_of, shape_of
from orchestration.ingest.contracts import Column, Contract, load_vocabulary
from orchestration.ingest.dates import utc
from orchestration.ingest.errors import Reason, RowError

Parser = Callable[[Any], Any]

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAY_FIRST_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_INTEGER = re.compile(r"\d{1,18}", re.ASCII)
_SIGNED_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
DECIMAL_PLACES = {"amount": 4, "rate": 10, "decimal": 4}
# Digits of a landed decimal, on both sides of the point.
_DIGITS = 18
# What a number must be below, and the least that it may differ by, for each number of places.
_BOUNDS = {
    places: (Decimal(10) ** (_DIGITS - places), Decimal(1).scaleb(-places))
    for places in DECIMAL_PLACES.values()
}


class NotReadable(ValueError):
    """A cell cannot be parsed; the message says what was expected."""


# --- dates and times ---------------------------------------------------------------------------


def _date(year: str, month: str | int, day: str) -> date:
    return date(int(year), int(month), int(day))


def parse_iso_date(text: str) -> date:
    """A date as 2021-02-16."""
    match = _ISO_DATE.fullmatch(text)
    if not match:
        raise NotReadable("a date yyyy-mm-dd")
    return _date(match[1], match[2], match[3])


def parse_day_first_date(text: str) -> date:
    """A date as 16/02/2021."""
    match = _DAY_FIRST_DATE.fullmatch(text)
    if not match:
        raise NotReadable("a date dd/mm/yyyy")
    return _date(match[3], match[2], match[1])


def parse_instant(text: str) -> datetime:
    """An ISO moment with its offset, as UTC without a zone."""
    try:
        return utc(text)
    except (ValueError, OverflowError):
        raise NotReadable("a time yyyy-mm-ddTHH:MM:SS with its offset") from None


_DATE_FORMATS: dict[str, Parser] = {"day_first": parse_day_first_date}


# --- numbers -----------------------------------------------------------------------------------


def parse_integer(text: str) -> int:
    """A whole number in plain digits."""
    if not _INTEGER.fullmatch(text):
        raise NotReadable("a whole number")
    return int(text)


def parse_signed_integer(text: str) -> int:
    """A whole number that may be below zero."""
    if not _SIGNED_INTEGER.fullmatch(text):
        raise NotReadable("a whole number")
    return int(text)


def number_pattern(thousands: str, decimal: str) -> re.Pattern[str]:
    """The pattern of numbers with these separators: 1.234,56 or 1234,56, never 0.500 or 1.23."""
    point = re.escape(decimal)
    fraction = rf"(?:{point}\d{{1,10}})?"
    plain = rf"\d{{1,14}}{fraction}"
    if not thousands:
        return re.compile(plain, re.ASCII)
    grouped = rf"[1-9]\d{{0,2}}(?:{re.escape(thousands)}\d{{3}}){{1,4}}{fraction}"
    return re.compile(rf"{plain}|{grouped}", re.ASCII)


def decimal_parser(thousands: str, decimal: str, places: int, positive: bool) -> Parser:
    """A parser of exact decimals with at most ``places`` decimals."""
    pattern = number_pattern(thousands, decimal)

    def parse(text: str) -> Decimal:
        if not pattern.fullmatch(text):
            raise NotReadable(f"a number as 1{thousands}234{decimal}56")
        plain = text.replace(thousands, "") if thousands else text
        return _bounded(Decimal(plain.replace(decimal, ".")), places, positive)

    return parse


def parse_sheet_number(cell: Any) -> Decimal:
    """A number cell of a workbook, exact at the 15 digits that a sheet shows."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise NotReadable("a number cell")
    return Decimal(format(cell, ".15g"))


def _bounded(number: Decimal, places: int, positive: bool) -> Decimal:
    most, unit = _BOUNDS[places]
    if not number.is_finite() or abs(number) >= most:
        raise NotReadable(f"a number of at most {_DIGITS - places} digits before the point")
    exact = number.quantize(unit, rounding=ROUND_HALF_EVEN)
    if exact != number:
        raise NotReadable(f"at most {places} decimals")
    if positive and number <= 0:
        raise NotReadable("a number above zero")
    return exact


# --- a parser a column -------------------------------------------------------------------------


def cell_text(cell: Any) -> str:
    """A cell as trimmed text; numbers and dates of a workbook in their plain form."""
    if type(cell) is str:
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _enum_parser(column: Column) -> Parser:
    values = column.values
    canonical = {value.casefold(): value for value in values}
    canonical |= {word.word.casefold(): word.means for word in column.words}

    def parse(text: str) -> str:
        try:
            return canonical[text.casefold()]
        except KeyError:
            raise NotReadable("one of " + ", ".join(values)) from None

    return parse


def _vocabulary_parser(name: str) -> Parser:
    answers = load_vocabulary(name)

    def parse(text: str) -> str:
        try:
            return answers[text.casefold()]
        except KeyError:
            raise NotReadable(f"an answer of the vocabulary {name}") from None

    return parse


def parse_boolean(text: str) -> bool:
    """yes, true, 1, x as true; blank, no, false, 0 as false; any case."""
    try:
        return load_vocabulary("boolean")[text.casefold()] == "yes"
    except KeyError:
        raise NotReadable("yes or blank") from None


def parse_list(text: str) -> str:
    """Elements of a | list, trimmed, joined again."""
    return "|".join(part.strip() for part in text.split("|") if part.strip())


def parse_integer_list(text: str) -> str:
    """Whole numbers of a | list."""
    return "|".join(str(parse_integer(part)) for part in parse_list(text).split("|") if part)


_REASONS: dict[str, Reason] = {
    "date": Reason.BAD_DATE,
    "datetime": Reason.BAD_DATE,
    "instant": Reason.BAD_DATE,
    "integer": Reason.BAD_NUMBER,
    "integer_list": Reason.BAD_NUMBER,
    "rate": Reason.BAD_NUMBER,
    "decimal": Reason.BAD_NUMBER,
    "amount": Reason.BAD_AMOUNT,
    "enum": Reason.UNKNOWN_ENUM,
    "boolean": Reason.UNKNOWN_ENUM,
    "gender": Reason.UNKNOWN_ENUM,
}
# Types for which a blank is an answer, not a missing value.
BLANK_IS_AN_ANSWER = frozenset({"boolean", "gender"})


def _text_parser(column: Column, contract: Contract) -> Parser | None:
    """The parser of a column's trimmed text; None if any text is valid."""
    match column.type:
        case "date":
            return _DATE_FORMATS[column.formats[0]] if column.formats else parse_iso_date
        case "instant":
            return parse_instant
        case "integer":
            return parse_signed_integer if column.signed else parse_integer
        case "amount" | "rate" | "decimal":
            places = DECIMAL_PLACES[column.type]
            positive = column.type != "decimal"
            # A point in a rate is more likely the decimal mark of another locale than one of thousands.
            thousands = "" if column.type == "rate" else contract.format.thousands
            return decimal_parser(thousands, contract.format.decimal, places, positive)
        case "email":
            return address_of
        case "enum":
            return _enum_parser(column)
        case "gender":
            return _vocabulary_parser("gender")
        case "boolean":
            return parse_boolean
        case "list":
            return parse_list
        case "integer_list":
            return parse_integer_list
        case _:
            return None


def _sheet_parser(column: Column) -> Parser | None:
    """The parser of a workbook's typed cell; None if its text is parsed instead."""
    match column.type:
        case "date":
            return _sheet_date
        case "amount" | "rate":
            places = DECIMAL_PLACES[column.type]
            return lambda cell: _bounded(parse_sheet_number(cell), places, positive=True)
        case _:
            return None


def _sheet_date(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    raise NotReadable("a date cell")


def column_parser(column: Column, contract: Contract, header: str, *, is_workbook: bool = False) -> Parser:
    """The parser of a column: raw cell → typed value, None for a blank one.

    ``header`` is the column's name in the file at hand. The parser raises RowError with the reason and a
    sentence, which quotes the cell only where the source holds no personal data. Moments are not read so, but a
    column at a time: see ``dates``.
    """
    from_text = _text_parser(column, contract)
    from_cell = _sheet_parser(column) if is_workbook else None
    blank = from_text("") if column.type in BLANK_IS_AN_ANSWER and from_text else None

    def parse(cell: Any) -> Any:
        text = cell_text(cell)
        if not text or text in column.missing:
            return blank
        try:
            if from_cell is not None:
                return from_cell(cell)
            return text if from_text is None else from_text(text)
        except NotReadable as error:
            raise unreadable(column, contract, header, text, f"is not {error}") from None
        except (ValueError, OverflowError):
            raise unreadable(column, contract, header, text, "is no such day or time") from None

    return parse


def unreadable(column: Column, contract: Contract, header: str, text: str, said: str) -> RowError:
    """The fault of a cell that is not of its column's type."""
    reason = _REASONS.get(column.type, Reason.MISSING_REQUIRED)
    cell = _described(column, text) if contract.personal else quoted(text)
    return RowError(reason, f"{header}: {cell} {said}", header)


def _described(column: Column, text: str) -> str:
    """Describes a cell with personal data without quoting it: date format, language."""
    # What has no digit is no date in another form, and an address has no form to tell.
    if column.type == "datetime" and any(map(str.isdigit, text)) and "@" not in text:
        return f"the cell, of the form {shape_of(text)},"
    language = language_of(text) if column.type in ("enum", "gender") else ""
    return f"the cell, a {language} word," if language else "the cell"


def quoted(text: str) -> str:
    """A cell for a message: shortened, on one line, without e-mail addresses."""
    if without_addresses(text, incomplete=True) != text:
        return "the cell"
    plain = " ".join(text.split())
    return f'"{plain[:40]}…"' if len(plain) > 40 else f'"{plain}"'
