"""Refuses a year because of its findings, and formats findings as sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from orchestration.errors import Refusal
from orchestration.ingest.contracts import contract_of, load_contracts, owner_of
from orchestration.ingest.errors import REFERS_TO_MISSING, REFUSES, Finding


class ExportsRefused(Refusal):
    """The exports of a year forbid a release; the message names every cause."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = list(sentences)


def refuse(findings: Sequence[Finding]) -> None:
    """Raises ExportsRefused where a finding forbids a release."""
    if sentences := sentences_of_refusal(findings):
        raise ExportsRefused(sentences)


def sentences_of_refusal(findings: Sequence[Finding]) -> list[str]:
    """One line per cause, most important first; consequences are only counted."""
    refusing = [each for each in findings if each.severity == REFUSES]
    causes = [each for each in refusing if each.code != REFERS_TO_MISSING]
    contracts = load_contracts()
    is_spine_wrong = any(
        contract.spine
        for each in causes
        if (contract := contract_of(each.source_file, contracts)) is not None
    )
    if not is_spine_wrong:
        return [sentence(each) for each in refusing]
    following = [each.source_file for each in refusing if each.code == REFERS_TO_MISSING]
    lines = [sentence(each) for each in causes]
    if following:
        said = "file refers" if len(following) == 1 else "files refer"
        lines.append(
            f"  What follows: {len(following)} {said} to rows that cannot be read ({', '.join(following)})"
        )
    return lines


def sentence(finding: Finding) -> str:
    """A finding on one line: file, fault, likely cause, owner."""
    owner = owner_of(finding.source_file, load_contracts())
    return f"{finding.source_file}: {finding.message}" + (f" ({owner})" if owner else "")


# Said of nearly every year, and of no use to whoever waits for its release.
_USUAL = ("rows_in_quarantine", "unknown_column", "event_without_file")
_MOST_TOLD = 12


def sentences_of_notes(findings: Iterable[Finding]) -> list[str]:
    """One line per note, most important first; usual ones are counted by kind."""
    notes = [each for each in findings if each.severity != REFUSES]
    told = [each for each in notes if each.code not in _USUAL]
    usual = Counter(each.code for each in notes if each.code in _USUAL)
    lines = [sentence(each) for each in told[:_MOST_TOLD]]
    further = [f"{count} {_NAMES[code]}" for code, count in sorted(usual.items())]
    if len(told) > _MOST_TOLD:
        further.insert(0, f"{len(told) - _MOST_TOLD} findings")
    return lines + ([f"Further in changes.md: {', '.join(further)}"] if further else [])


_NAMES = {
    "rows_in_quarantine": "files with single rows in quarantine",
    "unknown_column": "columns that no contract knows",
    "event_without_file": "events without their file",
}
