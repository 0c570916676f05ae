"""Finds the sections of attendance reports that hold several tables in one file."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

from orchestration.ingest.contracts import Contract


class Sections(ABC):
    """Recognises a platform's report and its sections; ``wanted`` is the data section."""

    # In bytes, beside delimiters; no longer title is looked for.
    longest_title = 100
    expected_begin = ""
    expected = ""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted

    @abstractmethod
    def begins(self, cells: Sequence[str]) -> bool:
        """Whether this can be the first record of such a report."""

    def title(self, cells: Sequence[str]) -> str | None:
        """The name of the section that a record begins; None for any other record."""
        if not cells or not cells[0].strip() or any(cell.strip() for cell in cells[1:]):
            return None
        return self._named(cells[0].strip())

    @abstractmethod
    def _named(self, title: str) -> str | None: ...


class ZoomSections(Sections):
    """Named sections; a report of several sessions has the whole preamble again."""

    longest_title = 40
    expected_begin = "Zoom's title line, Attendee Report"
    expected = "the section Attendee Details, with its header"
    _NAMES = re.compile(r"\w[\w ]* Details|Other Attended|Attendee Report")

    def begins(self, cells: Sequence[str]) -> bool:
        """Whether the report has Zoom's title."""
        return cells[0].strip() == "Attendee Report"

    def _named(self, title: str) -> str | None:
        return title if self._NAMES.fullmatch(title) else None


class TeamsSections(Sections):
    """Numbered sections, whose names depend on the language."""

    expected_begin = "the Teams section 1. Summary"
    expected = "the section 2. Participants, with its header"
    _NUMBERED = re.compile(r"(\d+)\. \w")

    def begins(self, cells: Sequence[str]) -> bool:
        """Whether the report begins with its first section."""
        return cells[0].strip().startswith("1. ")

    def _named(self, title: str) -> str | None:
        match = self._NUMBERED.match(title)
        return match[1] if match else None


def sections_of(contract: Contract) -> Sections | None:
    """The sections of a contract's files; None where all records stand below one header."""
    kinds = {"zoom_report": ZoomSections, "teams_report": TeamsSections}
    return kinds[contract.format.kind](contract.format.section) if contract.format.kind in kinds else None
