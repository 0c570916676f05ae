"""Cells as typed values.

Here belongs how one cell of each contract type is read and why it is refused. Which cells a row has
and what happens to a refused row does not: that is ``loading``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.ingest.addresses import address_of, without_addresses
from orchestration.ingest.contracts import Column, Contract, load_vocabulary
from orchestration.ingest.faults import Reason, RowFault

SECRETARIAT_CLOCK = ZoneInfo("Europe/Madrid")

Parser = Callable[[Any], Any]

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAY_FIRST_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_CLOCK = r"(\d{1,2}):(\d{2}):(\d{2})(?:\s([AaPp][Mm]))?"
_ZOOM_NAMED = re.compile(r"([A-Za-z]{3}) (\d{1,2}), (\d{4}) " + _CLOCK, re.ASCII)
_ZOOM_NUMBERED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) " + _CLOCK, re.ASCII)
_TEAMS = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4}),? " + _CLOCK, re.ASCII)
_FORM = re.compile(r"(\d{2})/(\d{2})/(\d{4}) (\d{2}):(\d{2})", re.ASCII)
_ISO_OFFSET = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})", re.ASCII
)
_INTEGER = re.compile(r"\d{1,18}", re.ASCII)
# At the ends of the calendar another clock has no date to show.
_FIRST_YEAR, _LAST_YEAR = 1, 9999
# Answers of a column that are kept, so that a column of many does not fill the memory.
_REMEMBERED = 20_000
DECIMAL_PLACES = {"amount": 4, "rate": 10, "decimal": 4}
# Digits of a landed decimal, on both sides of the point.
_DIGITS = 18
# What a number must be below, and the least that it may differ by, for each number of places.
_BOUNDS = {
    places: (Decimal(10) ** (_DIGITS - places), Decimal(1).scaleb(-places))
    for places in DECIMAL_PLACES.values()
}


class NotReadable(ValueError):
    """A cell that is not of its type; the message says what was expected."""


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


def _hour(hour: str, half: str | None) -> int:
    number = int(hour)
    if half is None:
        return number
    if not 1 <= number <= 12:
        raise NotReadable("an hour from 1 to 12 before AM or PM")
    return number % 12 + (12 if half.lower() == "pm" else 0)


@lru_cache(maxsize=200_000)
def parse_zoom_time(text: str) -> datetime:
    """A moment as Zoom prints it: Feb 16, 2021 03:52:10 PM, 02/16/2021 03:52:10 PM, or 15:52:10."""
    if match := _ZOOM_NAMED.fullmatch(text):
        month = _MONTHS.get(match[1].lower(), 0)
        day, year = match[2], match[3]
    elif (match := _ZOOM_NUMBERED.fullmatch(text)) and match[7]:
        month, day, year = int(match[1]), match[2], match[3]
    else:
        raise NotReadable("a time as Feb 16, yyyy 03:52:10 PM")
    hour = _hour(match[4], match[7])
    return datetime(int(year), month, int(day), hour, int(match[5]), int(match[6]))


def parse_teams_time(text: str) -> datetime:
    """A moment as Teams prints it: month first with AM or PM, day first on a 24-hour clock."""
    match = _TEAMS.fullmatch(" ".join(text.split()))
    if not match:
        raise NotReadable("a time as 11/14/yy, 9:29:07 AM or 14/11/yy, 09:29:07")
    month, day = (match[1], match[2]) if match[7] else (match[2], match[1])
    # Teams prints two digits of the year; meetings there are of this century.
    year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
    hour = _hour(match[4], match[7])
    return datetime(int(year), int(month), int(day), hour, int(match[5]), int(match[6]))


def parse_form_time(text: str) -> datetime:
    """A moment as the form writes it: 16/02/2021 10:12."""
    match = _FORM.fullmatch(text)
    if not match:
        raise NotReadable("a time dd/mm/yyyy HH:MM")
    return datetime(int(match[3]), int(match[2]), int(match[1]), int(match[4]), int(match[5]))


def parse_instant(text: str) -> datetime:
    """An ISO moment with its offset, as UTC without a zone."""
    if not _ISO_OFFSET.fullmatch(text):
        raise NotReadable("a time yyyy-mm-ddTHH:MM:SS with its offset")
    instant = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    if not _FIRST_YEAR < instant.year < _LAST_YEAR:
        raise NotReadable("a time that has a day on every clock")
    return instant


def parse_iso_offset_time(text: str) -> datetime:
    """An ISO moment with its offset, on the Secretariat's clock."""
    return secretariat_time(parse_instant(text))


def secretariat_time(instant: datetime) -> datetime:
    """A moment in UTC without a zone on the clock of the Secretariat, without a zone."""
    return SECRETARIAT_CLOCK.fromutc(instant.replace(tzinfo=SECRETARIAT_CLOCK)).replace(tzinfo=None)


_TIME_FORMATS: dict[str, Parser] = {
    "zoom": parse_zoom_time,
    "teams": parse_teams_time,
    "form": parse_form_time,
    "iso_offset": parse_iso_offset_time,
}
_DATE_FORMATS: dict[str, Parser] = {"day_first": parse_day_first_date}


# --- numbers -----------------------------------------------------------------------------------


def parse_integer(text: str) -> int:
    """A whole number in plain digits."""
    if not _INTEGER.fullmatch(text):
        raise NotReadable("a whole number")
    return int(text)


def number_pattern(thousands: str, decimal: str) -> re.Pattern[str]:
    """What a number looks like with these separators: 1.234,56 or 1234,56."""
    point = re.escape(decimal)
    fraction = rf"(?:{point}\d{{1,10}})?"
    plain = rf"\d{{1,14}}{fraction}"
    if not thousands:
        return re.compile(plain, re.ASCII)
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}}){{1,4}}{fraction}"
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


def _enum_parser(values: tuple[str, ...]) -> Parser:
    canonical = {value.casefold(): value for value in values}

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


def parse_address(text: str) -> str:
    """An e-mail address, alone or with a name before it."""
    address = address_of(text)
    if address is None:
        raise NotReadable("an e-mail address")
    return address


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


def takes_any_text(column: Column, contract: Contract) -> bool:
    """Whether any text of a column is a value as it stands, but for the spaces around it."""
    return _text_parser(column, contract) is None


def _text_parser(column: Column, contract: Contract) -> Parser | None:
    """The parser of a column's trimmed text; None where any text is a value."""
    match column.type:
        case "date":
            return _DATE_FORMATS[column.formats[0]] if column.formats else parse_iso_date
        case "datetime":
            return _TIME_FORMATS[column.formats[0]]
        case "instant":
            return parse_instant
        case "integer":
            return parse_integer
        case "amount" | "rate" | "decimal":
            places = DECIMAL_PLACES[column.type]
            positive = column.type != "decimal"
            return decimal_parser(contract.thousands, contract.decimal, places, positive)
        case "enum":
            return _enum_parser(column.values)
        case "gender":
            return _vocabulary_parser("gender")
        case "boolean":
            return parse_boolean
        case "email":
            return parse_address
        case "list":
            return parse_list
        case "integer_list":
            return parse_integer_list
        case _:
            return None


def _sheet_parser(column: Column) -> Parser | None:
    """The parser of a workbook's typed cell; None where its text is read as any text."""
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
    """Reads a raw cell of a column as its typed value; None for a blank one.

    ``header`` is the column's name in the file at hand. The parser raises RowFault with the reason and a
    sentence, which quotes the cell only where the source holds no personal data.
    """
    from_text = _text_parser(column, contract)
    from_cell = _sheet_parser(column) if is_workbook else None
    reason = _REASONS.get(column.type, Reason.MISSING_REQUIRED)
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
            said = "the cell" if contract.personal else quoted(text)
            raise RowFault(reason, f"{header}: {said} is not {error}", header) from None
        except (ValueError, OverflowError):
            said = "the cell" if contract.personal else quoted(text)
            raise RowFault(reason, f"{header}: {said} is no such day or time", header) from None

    return parse if from_text is None else _remembering(parse)


def _remembering(parse: Parser) -> Parser:
    """A parser that reads the same text once: most columns hold few answers, many times."""
    known: dict[str, Any] = {}

    def read(cell: Any) -> Any:
        if type(cell) is not str:
            return parse(cell)
        if cell in known:
            return known[cell]
        value = parse(cell)
        if len(known) < _REMEMBERED:
            known[cell] = value
        return value

    return read


def texts_of(column: Column, cells: Sequence[str]) -> list[str | None]:
    """Cells of a column that takes any text, as its parser reads each of them."""
    texts: list[str | None] = list(map(str.strip, cells))
    blank = {"", *column.missing}
    return texts if blank.isdisjoint(texts) else [None if text in blank else text for text in texts]


def quoted(text: str) -> str:
    """A cell for a sentence: shortened, on one line, and never an e-mail address."""
    if without_addresses(text, incomplete=True) != text:
        return "the cell"
    plain = " ".join(text.split())
    return f'"{plain[:40]}…"' if len(plain) > 40 else f'"{plain}"'
