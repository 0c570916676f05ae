"""Errors of ingest: reason codes, ``RowFault`` for one row, ``FileRefused`` for a whole file."""

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


class RowFault(Exception):
    """A row that cannot be loaded: the reason and a plain sentence without personal data."""

    def __init__(self, reason: Reason, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
        self.field = field


# Codes of findings, most important first: what makes other findings, then what is told before anything else. Those
# that are not listed follow.
_IMPORTANCE = (
    "nothing_loaded",
    "file_wrong",
    "spine_row_missing",
    "amounts_with_three_decimals",
    "garbled_text",
    "export_gone",
    "export_shrank",
    "members_gone",
    "no_registrations",
    "figure_moved",
    "second_copy",
    "inexact_name",
    "titled_otherwise",
    "people_of_another_event",
    "nobody_attended",
    "far_fewer_rows",
    "same_as_last_year",
)
# A file whose rows refer to what no loaded row has: often what another file's fault comes to.
REFERS_TO_MISSING = "refers_to_missing"


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
    order = {code: place for place, code in enumerate(_IMPORTANCE)}

    def weight(each: Finding) -> tuple[bool, bool, int, str, str, str]:
        place = order.get(each.code, len(order))
        is_note, is_later = each.severity != REFUSES, each.code == REFERS_TO_MISSING
        return is_note, is_later, place, each.code, each.source_file, each.message

    return sorted(set(findings), key=weight)
