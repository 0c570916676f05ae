"""Checks files as a whole: rules 43, 44 and 47, and losses that were accepted by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from orchestration.ingest.causes import commonest_reason, likely_cause
from orchestration.ingest.diagnosis import name_encoding
from orchestration.ingest.errors import REFERS_TO_MISSING, Finding, QuarantinedRow, Reason
from orchestration.ingest.filed_year import FiledYear, counted, listed

ACCEPTED_FILE = "accepted.csv"
# So many rows in quarantine, and a larger share of the file than this, are no slips of single rows (rule 43).
_FEWEST_ROWS = 5
_ROWS_IN_ONE = 10


def judge_files(year: FiledYear) -> Iterator[Finding]:
    """Rules 43, 44 and 47: mostly unreadable files, rows missing from the spine, stale acceptances."""
    yield from _accepted_in_vain(year)
    accepted = {(row["source_file"], row["source_line"]) for row in year.rows(_ACCEPTED)}
    read = {each.source_file: each.rows_read for each in year.files}
    spine = {each.source_file for each in year.files if year.contracts[each.source].spine}
    for name, rows in _not_accepted(year, accepted).items():
        reason = commonest_reason(rows)
        alike = [row for row in rows if row.reason_code == reason]
        if len(rows) >= _FEWEST_ROWS and len(rows) * _ROWS_IN_ONE > read[name]:
            code = REFERS_TO_MISSING if reason in _OF_ANOTHER_FILE else "file_wrong"
            yield Finding("refuse", code, name, _of_file(year, name, rows, alike, read[name]))
        elif name in spine:
            yield Finding("refuse", "spine_row_missing", name, _of_spine(year, name, rows, alike))
        else:
            said = f"{counted(len(rows), 'row')} of {read[name]} in quarantine: {_reasons(rows)}"
            yield Finding("note", "rows_in_quarantine", name, said)


_OF_ANOTHER_FILE = (Reason.UNKNOWN_EVENT, Reason.UNKNOWN_MEMBER)
_ACCEPTED = """
    select distinct quarantine.source_file, quarantine.source_line
    from landing.quarantine
    inner join landing.accepted
        on quarantine.source_file = accepted.accepted_file
        and quarantine.reason_code = accepted.reason_code
        and quarantine.source_line = coalesce(accepted.accepted_line, quarantine.source_line)
"""
_ACCEPTED_IN_VAIN = """
    select accepted.source_line, accepted.accepted_file, accepted.accepted_line, accepted.reason_code
    from landing.accepted
    anti join landing.quarantine
        on quarantine.source_file = accepted.accepted_file
        and quarantine.reason_code = accepted.reason_code
        and quarantine.source_line = coalesce(accepted.accepted_line, quarantine.source_line)
    order by accepted.source_line
"""


def _accepted_in_vain(year: FiledYear) -> Iterator[Finding]:
    for row in year.rows(_ACCEPTED_IN_VAIN):
        which = "a row" if row["accepted_line"] is None else f"line {row['accepted_line']}"
        yield Finding(
            "refuse",
            "accepted_in_vain",
            ACCEPTED_FILE,
            f"Line {row['source_line']} accepts {which} of {row['accepted_file']} with {row['reason_code']}, and no such"
            " row is in quarantine (any more); take the line out",
        )


def _not_accepted(year: FiledYear, accepted: set[tuple[str, int]]) -> dict[str, list[QuarantinedRow]]:
    """File → quarantined rows that are not accepted and belong to a known event."""
    unknown = {each.source_file for each in year.findings if each.code == "file_without_event"}
    rows: dict[str, list[QuarantinedRow]] = defaultdict(list)
    for row in year.quarantined:
        if row.source_file not in unknown and (row.source_file, row.source_line) not in accepted:
            rows[row.source_file].append(row)
    return rows


def _of_file(
    year: FiledYear, name: str, rows: Sequence[QuarantinedRow], alike: Sequence[QuarantinedRow], read: int
) -> str:
    field = Counter(row.field for row in alike).most_common(1)[0][0]
    where = f" in {field}" if field else ""
    said = (
        f"{len(rows)} of {read} rows cannot be read, {len(alike)} of them for {alike[0].reason_code}{where}"
    )
    return f"{said}; probably {_cause(year, name, alike)}. The first: line {alike[0].source_line}, {alike[0].reason}"


def _of_spine(
    year: FiledYear, name: str, rows: Sequence[QuarantinedRow], alike: Sequence[QuarantinedRow]
) -> str:
    at = listed([f"line {row.source_line} ({row.reason})" for row in rows], 3)
    is_encoding = alike[0].reason_code == Reason.INVALID_UTF8
    cause = f"; probably {_cause(year, name, alike)}" if is_encoding else ""
    return (
        f"{counted(len(rows), 'row')} that everything else rests on cannot be read: {at}{cause}. Mend the export, or"
        f" accept the loss in {ACCEPTED_FILE}"
    )


def _cause(year: FiledYear, name: str, alike: Sequence[QuarantinedRow]) -> str:
    is_encoding = alike[0].reason_code == Reason.INVALID_UTF8
    encoding = name_encoding((year.landing.exports / name).read_bytes()) if is_encoding else ""
    return likely_cause(alike, encoding)


def _reasons(rows: Sequence[QuarantinedRow]) -> str:
    counts = Counter(row.reason_code for row in rows).most_common()
    return ", ".join(f"{code} {count}" for code, count in counts)
