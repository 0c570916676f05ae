"""Parsers of cells: accepted and refused formats, and their messages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from orchestration.ingest import parsers
from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.errors import RowError
from orchestration.ingest.parsers import column_parser

CONTRACTS = load_contracts()


def read(source: str, column: str, cell: Any, *, is_workbook: bool = False) -> Any:
    contract = CONTRACTS[source]
    found = contract.column(column)
    return column_parser(found, contract, found.headers[0], is_workbook=is_workbook)(cell)


def reason(source: str, column: str, cell: Any, *, is_workbook: bool = False) -> str:
    with pytest.raises(RowError) as caught:
        read(source, column, cell, is_workbook=is_workbook)
    assert caught.value.field == CONTRACTS[source].column(column).headers[0]
    assert caught.value.sentence.startswith(caught.value.field)
    return caught.value.reason.value


UPLOAD, DAY, POSTED = ("initiatives", "uploaded_at"), ("videos", "published_on"), ("ledger", "posting_date")


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2021-12-31T23:30:00+00:00", datetime(2021, 12, 31, 23, 30)),
        ("2021-12-31T23:30:00Z", datetime(2021, 12, 31, 23, 30)),
        ("2022-01-01T00:30:00+05:30", datetime(2021, 12, 31, 19, 0)),
    ],
)
def test_instants(cell: str, moment: datetime) -> None:
    assert read(*UPLOAD, cell) == moment


@pytest.mark.parametrize(
    ("where", "cell"),
    [
        (UPLOAD, "2021-02-16T10:12:45"), (UPLOAD, "2021-02-16T10:12:45+25:00"), (UPLOAD, "20210216T101245Z"),
        (UPLOAD, "0001-01-01T00:00:00+14:00"), (UPLOAD, "9999-12-31T23:30:00+00:00"), (UPLOAD, "2021-02-16"),
        (DAY, "2021-02-30"), (DAY, "2021-13-01"), (DAY, "31/12/2021"), (DAY, "2021-2-3"), (DAY, "0000-01-01"),
        (DAY, "2021-02-16T00:00:00"), (DAY, "soon"), (DAY, "２021-02-16"),
        (POSTED, "2021-03-04"), (POSTED, "31/02/2021"), (POSTED, "12/31/2021"), (POSTED, "1/2/2021"),
    ],
)  # fmt: skip
def test_no_days(where: tuple[str, str], cell: str) -> None:
    assert reason(*where, cell) == "bad_date"


def test_days() -> None:
    assert read(*DAY, " 2020-02-29 ") == date(2020, 2, 29)
    assert read(*POSTED, "29/02/2020") == date(2020, 2, 29)


@pytest.mark.parametrize("cell", ["--", "", "  "])
def test_a_no_show_has_no_minutes(cell: str) -> None:
    assert read("zoom_attendees", "minutes_in_session", cell) is None


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1.234,56", "1234.5600"), ("1234,56", "1234.5600"), ("12", "12.0000"), ("0,01", "0.0100"),
        ("1.234.567,8", "1234567.8000"), ("99999999999999", "99999999999999.0000"), (" 7,1234 ", "7.1234"),
    ],
)  # fmt: skip
def test_amounts_are_exact(cell: str, amount: str) -> None:
    value = read("ledger", "amount", cell)
    assert isinstance(value, Decimal)
    assert str(value) == amount


@pytest.mark.parametrize(
    "cell",
    ["0.500", "00.500,00", "012.345", "0.000.500",
     "0,00", "0", "-25,00", "+5,00", "1,234.56", "12.34", "1.2345,00", "1.23,45", ",5", "5,", "abc", "1 234,56",
     "1e3", "NaN", "Infinity", "0,00001", "100000000000000", "1.000.000.000.000.000", "٣,00", "12,34 €"],
)  # fmt: skip
def test_no_amounts(cell: str) -> None:
    assert reason("ledger", "amount", cell) == "bad_amount"


def test_minutes_may_be_below_zero() -> None:
    assert read("zoom_attendees", "minutes_in_session", " -60 ") == -60
    for cell in ("--60", "+60", "-", "6-0", "\N{MINUS SIGN}60"):
        assert reason("zoom_attendees", "minutes_in_session", cell) == "bad_number"


@pytest.mark.parametrize(
    "cell",
    ["0.850", "1.125", "1.234,5", "1.000", "n/a", "0,8,45", "0", "-1", "100000000", "0,00000000001", "ECB"],
)
def test_no_rates(cell: str) -> None:
    assert reason("ledger", "eur_rate", cell) == "bad_number"


def test_rates_keep_ten_decimals() -> None:
    assert read("ledger", "eur_rate", "0,8451234567") == Decimal("0.8451234567")


@pytest.mark.parametrize(("cell", "number"), [("7", 7), ("007", 7), (" 12 ", 12), ("9" * 18, int("9" * 18))])
def test_whole_numbers(cell: str, number: int) -> None:
    assert read("programme", "sessions", cell) == number


@pytest.mark.parametrize("cell", ["7,5", "7.0", "-1", "+1", "1O", "twelve", "9" * 19, "２", "1_000", "#REF!"])
def test_no_whole_numbers(cell: str) -> None:
    assert reason("programme", "sessions", cell) == "bad_number"


def test_goals_are_a_list_of_whole_numbers() -> None:
    assert read("cases", "sdgs", " 11 | 5||13 ") == "11|5|13"
    assert read("cases", "sdgs", "") is None
    assert reason("cases", "sdgs", "11|SDG 5") == "bad_number"


@pytest.mark.parametrize("cell", ["yes", "YES", "True", "1", "x", " X "])
def test_yes(cell: str) -> None:
    assert read("programme", "learning", cell) is True


@pytest.mark.parametrize("cell", ["", "  ", "no", "FALSE", "0"])
def test_no(cell: str) -> None:
    assert read("programme", "learning", cell) is False


@pytest.mark.parametrize("cell", ["maybe", "2", "y", "sí", "verdadero", "-"])
def test_neither_yes_nor_no(cell: str) -> None:
    assert reason("programme", "learning", cell) == "unknown_enum"


@pytest.mark.parametrize(
    ("cell", "gender"),
    [("f", "woman"), (" MUJER ", "woman"), ("M", "man"), ("home", "man"), ("Non binaire", "non_binary"),
     ("OTHER", "non_binary"), ("", "undisclosed"), ("n/a", "undisclosed"), ("Prefer Not To Say", "undisclosed")],
)  # fmt: skip
def test_genders(cell: str, gender: str) -> None:
    assert read("zoom_attendees", "gender", cell) == gender
    assert read("staff", "gender", cell) == gender


@pytest.mark.parametrize("cell", ["w", "Mme", "Señora", "both", "-", "--"])
def test_no_genders(cell: str) -> None:
    assert reason("form_responses", "gender", cell) == "unknown_enum"


def test_listed_values_come_as_the_contract_spells_them() -> None:
    assert read("members", "region", " latin america AND Caribbean ") == "Latin America and Caribbean"
    assert read("eventbrite_attendees", "attendee_status", "Checked In") == "checked in"
    assert reason("eventbrite_attendees", "attendee_status", "Waitlisted") == "unknown_enum"


# --- workbooks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("posting_date", date(2021, 3, 4), date(2021, 3, 4)),
        ("posting_date", datetime(2021, 3, 4, 11, 5), date(2021, 3, 4)),
        ("amount", 1234.56, Decimal("1234.56")),
        ("amount", 0.1 + 0.2, Decimal("0.3")),
        ("amount", 7, Decimal(7)),
        ("eur_rate", 0.8453, Decimal("0.8453")),
        ("entry_no", 17.0, "17"),
        ("entry_no", "A-17", "A-17"),
        ("fee_year", 2021.0, 2021),
        ("fee_year", "", None),
        ("project", "", None),
    ],
)
def test_typed_cells_of_a_sheet(column: str, cell: Any, value: Any) -> None:
    assert read("ledger", column, cell, is_workbook=True) == value


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("posting_date", "04/03/2021", "bad_date"),
        ("posting_date", 44259.0, "bad_date"),
        ("amount", "1.234,56", "bad_amount"),
        ("amount", True, "bad_amount"),
        ("amount", 0.0, "bad_amount"),
        ("amount", -1.0, "bad_amount"),
        ("amount", float("nan"), "bad_amount"),
        ("amount", float("inf"), "bad_amount"),
        ("amount", 1e300, "bad_amount"),
        ("amount", 0.00001, "bad_amount"),
        ("eur_rate", "1", "bad_number"),
        ("eur_rate", 1e9, "bad_number"),
        ("fee_year", 2021.5, "bad_number"),
    ],
)
def test_cells_of_a_sheet_that_are_of_another_type(column: str, cell: Any, code: str) -> None:
    assert reason("ledger", column, cell, is_workbook=True) == code


# --- what is said ------------------------------------------------------------------------------


def said(source: str, column: str, cell: str) -> str:
    with pytest.raises(RowError) as caught:
        read(source, column, cell)
    return caught.value.sentence


def test_a_sentence_says_what_was_found_and_what_was_expected() -> None:
    assert said("videos", "published_on", "31/12/2021") == (
        'published_on: "31/12/2021" is not a date yyyy-mm-dd'
    )
    assert said("videos", "published_on", "2021-02-30") == 'published_on: "2021-02-30" is no such day or time'


def test_a_sentence_about_a_person_quotes_nothing() -> None:
    assert said("zoom_attendees", "minutes_in_session", "Ana") == (
        "Time in Session (minutes): the cell is not a whole number"
    )
    assert "Ana" not in said("speakers", "gender", "Ana")


def test_a_quote_is_short_on_one_line_and_no_address() -> None:
    assert parsers.quoted("a\n b  c") == '"a b c"'
    assert parsers.quoted("x" * 50) == f'"{"x" * 40}…"'
    assert parsers.quoted("write to ana@example.org") == "the cell"
