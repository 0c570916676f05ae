"""Compares two releases: figures, annex cells and source files. Writes ``changes.md``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestration.release_store import ANNEXES
from orchestration.storage import read_csv


@dataclass(frozen=True)
class Move:
    """A figure or annex cell whose value differs: label, old, new."""

    kind: str
    key: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class FileChange:
    """A source file that was added, removed or changed."""

    source_file: str
    change: str
    old_rows: str
    new_rows: str


@dataclass(frozen=True)
class Difference:
    """The differences between two releases."""

    old: str
    new: str
    moves: list[Move]
    files: list[FileChange]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.moves and not self.files


def compare(old: Path, new: Path) -> Difference:
    """Every figure and annex cell that differs, and the source files that changed."""
    moves = [*_figure_moves(old, new)]
    for annex in ANNEXES:
        moves.extend(_cell_moves(old, new, annex))
    return Difference(old.name, new.name, moves, list(_file_changes(old, new)))


def _figure_moves(old: Path, new: Path) -> Iterable[Move]:
    before = {row["figure_id"]: row for row in read_csv(old / "figures.csv")}
    after = {row["figure_id"]: row for row in read_csv(new / "figures.csv")}
    for key in [*after, *(key for key in before if key not in after)]:
        values = (before.get(key, {}).get("value", ""), after.get(key, {}).get("value", ""))
        if values[0] != values[1]:
            label = (after.get(key) or before[key])["label"]
            yield Move("figure", key, label, *values)


def _cell_moves(old: Path, new: Path, annex: str) -> Iterable[Move]:
    before = {row["member_id"]: row for row in read_csv(old / f"{annex}.csv")}
    after = {row["member_id"]: row for row in read_csv(new / f"{annex}.csv")}
    for member_id in sorted({*before, *after}):
        was, now = before.get(member_id, {}), after.get(member_id, {})
        for column in now or was:
            if was.get(column, "") != now.get(column, ""):
                member = (now or was)["member"]
                yield Move(
                    "annex_cell",
                    f"{annex}/{member_id}/{column}",
                    f"{member}, {column}",
                    was.get(column, ""),
                    now.get(column, ""),
                )


def _file_changes(old: Path, new: Path) -> Iterable[FileChange]:
    before = {row["source_file"]: row for row in read_csv(old / "sources.csv")}
    after = {row["source_file"]: row for row in read_csv(new / "sources.csv")}
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was is None and now is not None:
            yield FileChange(name, "new", "", now["rows_read"])
        elif now is None and was is not None:
            yield FileChange(name, "gone", was["rows_read"], "")
        elif was is not None and now is not None and was["sha256"] != now["sha256"]:
            yield FileChange(name, "changed", was["rows_read"], now["rows_read"])


def tell(
    difference: Difference | None,
    release: str,
    findings: list[dict[str, str]],
    corrections: list[dict[str, str]],
    restatements: list[dict[str, str]],
) -> str:
    """The text of changes.md."""
    lines = [f"# What changed in {release}", ""]
    if difference is None:
        lines += ["The first release of this year: nothing to compare with.", ""]
    else:
        lines += _difference_lines(difference, restatements)
    if corrections:
        lines += ["## Corrections in force", ""]
        lines += [
            f"- {c['source_file']}, line {c['source_line']}, {c['column_name']}: "
            f"{c['old_value'] or 'blank'} → {c['new_value'] or 'blank'}. "
            f"{c['reason']} ({c['corrected_by']}, {c['corrected_on']})"
            for c in corrections
        ]
        lines.append("")
    if findings:
        lines += ["## Findings about the exports", ""]
        lines += [f"- {finding['source_file']}: {finding['message']}" for finding in findings]
        lines.append("")
    return "\n".join(lines)


def _difference_lines(difference: Difference, restatements: list[dict[str, str]]) -> list[str]:
    lines = [f"Compared with {difference.old}.", ""]
    if difference.is_empty:
        return [*lines, "No figure, no annex cell and no source file differs.", ""]
    reasons = {(each["kind"], each["key"]): each for each in restatements}
    lines += [f"## Figures and annex cells that moved ({len(difference.moves)})", ""]
    for move in difference.moves:
        line = f"- {move.label} ({move.key}): {move.old or 'blank'} → {move.new or 'blank'}"
        reason = reasons.get((move.kind, move.key))
        if reason is not None:
            line += f". Restated: {reason['reason']} ({reason['restated_by']}, {reason['restated_on']})"
        lines.append(line)
    lines += ["", f"## Source files that changed ({len(difference.files)})", ""]
    for each in difference.files:
        rows = f"{each.old_rows or 'none'} → {each.new_rows or 'none'} rows"
        lines.append(f"- {each.source_file}: {each.change}, {rows}")
    return [*lines, ""]
