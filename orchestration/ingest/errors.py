"""Errors of ingest: reason codes, ``RowError`` for one row, ``FileRefused`` for a whole file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from orchestration.ingest.addresses import without_addresses


class Reason(StrEnum):
    """Why a row is in quarantine."""

    STRAY_QUOTE = "stray_quote"
    BAD_DATE = "bad_date"
    COLUMN_COUNT = "column_count"
    UNKNOWN_ENUM = "unknown_enum"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_MEMBER = "unknown_member"
    INVALID_UTF8 = "invalid_utf8"
    MISSING_REQUIRED = "missing_required"
    BAD_AMOUNT = "bad_amount"
    BAD_NUMBER = "bad_number"
    DUPLICATE_ENTRY = "duplicate_entry"


class RowError(Exception):
    """A row that cannot be loaded: the reason and a plain sentence without personal data."""

    def __init__(self, reason: Reason, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
        self.field = field


# A file whose rows refer to what no loaded row has: often what another file's fault comes to.
REFERS_TO_MISSING = "refers_to_missing"
# Codes of findings, most important first, and what each means.
FINDINGS_BY_IMPORTANCE = {
    "nothing_loaded": "No row of an export that everything else rests on could be loaded",
    "file_wrong": "Five rows or more, and more than a tenth of a file, are in quarantine and not accepted",
    "spine_row_missing": "A row of the register of members or of the programme is in quarantine and not accepted",
    "accepted_in_vain": "accepted.csv accepts rows that are not in quarantine (any more)",
    "amounts_with_three_decimals": "Amounts are written in another number form",
    "number_beyond_reason": "Numbers come to more than a figure can hold",
    "dates_contradict": "Rows have dates in an order that cannot be, such as an end before its beginning",
    "one_thing_twice": "One thing is there under two ids, such as a member",
    "pasted_twice": "A block of an export, or all of it, stands there again",
    "garbled_text": "Texts were read in another encoding and saved again",
    "name_as_place": "Names of registrants stood among places, and were masked",
    "export_gone": "A file of the last release is not there any more",
    "export_shrank": "A file has fewer rows than its contract, or the last release, allows",
    "members_gone": "Members of a released annex are not in the register",
    "no_registrations": "Events name platforms, and there is not one registration",
    "another_year": "An export is of another year",
    "another_event": "An export has no row near the day of its event",
    "same_bytes": "One export is filed under two names",
    "same_people": "One event was exported under two names",
    "members_renamed": "Members of a released annex have other names",
    "names_moved": "Names of places stand for another member than in the last release",
    "names_lost": "Names of places in the last release stand for no member alone",
    "figure_moved": "A figure left its band, where the catalogue has that told, or fell to nothing",
    "second_copy": "A copy of an export lies beside it",
    "inexact_name": "A registrations file has not the exact name that is read",
    "platform_without_files": "Several events name a platform, and none has its file",
    "titled_otherwise": "A report says to be of another event than the one that it is filed under",
    "people_of_another_event": "Two events have nearly the same people",
    "registered_too_late": "Most people registered after the event was over",
    "registered_too_early": "Everybody registered months before the event",
    "nobody_attended": "Many registered for an event, and nobody attended",
    "everybody_attended": "Many registered for an event, and nobody was missing",
    "more_attended_than_registered": "More people attended an event than registered",
    "nobody_registered": "No row of an export is a registration",
    "one_address": "All rows of an export have one address",
    "masked_addresses": "E-mail addresses are shown in part",
    "unknown_country": "An export that everything else rests on names a country that is none",
    "column_uniform": "A column is blank, or has one value, in all rows of a file",
    "no_countries": "Most cells of a column of countries are no country",
    "column_shifted": "Rows that agree in one column do not in another, which it decides",
    "no_addresses": "Most cells of a column of web addresses are none",
    "far_fewer_rows": "An export has far fewer rows than last year's",
    "places_unknown": "Far fewer place texts of an export are names of members than last year",
    "part_of_the_year": "An export has no row of the first or last months of the year",
    "same_as_last_year": "An export is last year's, byte for byte",
    "another_encoding": "Rows are in another encoding",
    "rate_of_one": "A currency other than EUR stands at a rate of 1",
    "rates_apart": "The rates of a currency lie far apart",
    "far_more_rows": "An export has far more rows than last year's",
    "rows_repeated": "Rows stand there twice in an export whose rows do not repeat",
    "nothing_of_the_year": "A cumulative export has nothing of the year",
    "events_outside_year": "Events of the programme begin outside the year",
    "file_without_event": "A registrations file is of no event of the programme",
    "teams_without_form": "A Teams report has no form beside it",
    "dangling_reversal": "A reversal undoes nothing",
    "stray_quote": "A quote stands where none belongs",
    "unrecognised_file": "No contract asks for a file",
    "no_rows": "An export of an event has no row",
    "event_without_file": "An event names a platform and has no file",
    "rows_in_quarantine": "Single rows of a file are in quarantine and not accepted",
    "unknown_column": "A file has a column that its contract does not know",
    REFERS_TO_MISSING: "Most rows of a file refer to rows that no loaded export has",
}


class FileRefused(Exception):
    """A file that breaks its contract as a whole: what was found and what was expected."""

    def __init__(self, source_file: str, found: str, expected: str) -> None:
        # What was found may hold bytes that are no text.
        self.source_file = _said(source_file)
        self.found = _said(found.encode("utf-8", "replace").decode("utf-8"))
        self.expected = expected
        super().__init__(f"{self.source_file}: found {self.found}; expected {expected}")

    def __reduce__(self) -> tuple[type[FileRefused], tuple[str, str, str]]:
        """Pickles the error for transfer between processes."""
        return type(self), (self.source_file, self.found, self.expected)


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that did not load, as the release lists it."""

    source_file: str
    source_line: int
    field: str
    reason_code: str
    reason: str


REFUSES = "refuse"


@dataclass(frozen=True)
class Finding:
    """Something about a file or the folder that people should know.

    ``severity`` is ``note`` (said in the release) or ``refuse`` (nothing is published).
    """

    severity: str
    code: str
    source_file: str
    message: str

    def __post_init__(self) -> None:
        """Removes e-mail addresses from texts that may quote a file name or a cell."""
        object.__setattr__(self, "source_file", _said(self.source_file))
        object.__setattr__(self, "message", _said(self.message))


def _said(text: str) -> str:
    return without_addresses(text, incomplete=True)


def by_importance(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, each once: those that forbid a release first, causes before their consequences."""
    order = {code: place for place, code in enumerate(FINDINGS_BY_IMPORTANCE)}

    def weight(each: Finding) -> tuple[bool, int, str, str]:
        return each.severity != REFUSES, order.get(each.code, len(order)), each.source_file, each.message

    return sorted(set(findings), key=weight)
