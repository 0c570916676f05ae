"""``metropolis intake``: recognises downloads and files them among the exports of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from orchestration.commands.common import WrongCall, print_json, print_table
from orchestration.errors import ExitCode
from orchestration.ingest.intake import Choice, Proposal, apply, propose


def take_in(
    raw: Path,
    year: int,
    files: Sequence[Path],
    *,
    is_applied: bool,
    choice: Choice,
    person: str,
    output_format: str,
) -> int:
    """Prints a proposal a file, and files what is decided where it is told to.

    Exit code 0 where every file is decided, 2 where one is wrong or a question is open.
    """
    if choice.event_id and len(files) != 1:
        raise WrongCall("--event says the event of one file; give one file")
    exports = raw / str(year)
    proposals = propose(files, exports, choice)
    filed = apply(proposals, exports, person) if is_applied else []
    _print(proposals, output_format)
    open_ones = [each for each in proposals if not each.is_decided]
    if output_format == "table":
        waiting = sum(each.is_decided and each.action != "same" for each in proposals)
        said = f"{len(filed)} filed" if is_applied else f"{waiting} to be filed with --apply"
        print(f"{len(proposals)} files: {said}, {len(open_ones)} left to you.")
    return ExitCode.WRONG if open_ones else ExitCode.OK


def _print(proposals: Sequence[Proposal], output_format: str) -> None:
    if output_format == "json":
        print_json([asdict(each) | {"path": str(each.path)} for each in proposals])
        return
    rows = [[each.name, each.action, each.target or "?", each.reason] for each in proposals]
    print_table(["download", "", "file of the year", "why"], rows)
