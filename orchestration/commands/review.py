"""``metropolis review``: shows and exports quarantined rows and unresolved places."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestration.commands.common import (
    OK,
    WrongCall,
    current_release,
    print_table,
)
from orchestration.ingest.errors import Reason
from orchestration.paths import Home
from orchestration.release.tables import inert_text, typed_text
from orchestration.release_store import Release
from orchestration.storage import read_csv

REVIEW_COLUMNS = (
    "text", "country", "rows", "files", "reason", "rule",
    "suggestion_1", "score_1", "why_1", "suggestion_2", "score_2", "why_2",
    "suggestion_3", "score_3", "why_3", "accept_as", "language",
)  # fmt: skip
_RULES = {
    "near_miss": "no name of a member, but close to one: a slip, or a real place elsewhere",
    "ambiguous": "a name of more than one member: nobody's until the text says which",
    "not_a_member": "no name of a member, or one of a member in another country",
}
_REASON_RULES = {
    Reason.BAD_DATE: "dates and times are in the form of their platform, and exist",
    Reason.COLUMN_COUNT: "a row has as many cells as its header",
    Reason.UNKNOWN_ENUM: "an answer is one of those that the contract lists",
    Reason.UNKNOWN_EVENT: "an event is in a loaded row of the programme",
    Reason.UNKNOWN_MEMBER: "a member_id is in a loaded row of the members",
    Reason.INVALID_UTF8: "bytes are text in the encoding of the source",
    Reason.MISSING_REQUIRED: "what the contract requires is not blank",
    Reason.BAD_AMOUNT: "an amount is a number above zero",
    Reason.BAD_NUMBER: "numbers are in the form of their platform",
    Reason.DUPLICATE_ENTRY: "an entry number stands in the ledger once",
}
_SHOWN = 40


@dataclass(frozen=True)
class _Place:
    """An unresolved place text with its country, summed over all files."""

    text: str
    country: str
    rows: int
    files: int
    reason: str


def _places(release: Release) -> list[_Place]:
    """Unresolved texts, most rows first; among equals, likely misspellings first."""
    rows: Counter[tuple[str, str]] = Counter()
    files: dict[tuple[str, str], set[str]] = defaultdict(set)
    reasons: dict[tuple[str, str], str] = {}
    for row in read_csv(release.file("unresolved_places.csv")):
        text, country = (" ".join(typed_text(row[name]).split()) for name in ("text", "country"))
        rows[text, country] += int(row["rows"])
        files[text, country].add(row["source_file"])
        reasons[text, country] = row["reason"]
    places = [_Place(*key, count, len(files[key]), reasons[key]) for key, count in rows.items()]
    order = list(_RULES)
    return sorted(places, key=lambda p: (-p.rows, order.index(p.reason), p.text, p.country))


def print_review(home: Home, year: int) -> int:
    """Prints the quarantine and the unresolved places, most rows first."""
    release = current_release(home, year)
    _print_quarantine(release)
    _print_places(release)
    return OK


def _print_quarantine(release: Release) -> None:
    quarantine = read_csv(release.file("quarantine.csv"))
    print(f"Quarantine of {release.name}: {len(quarantine)} rows")
    for reason, count in Counter(row["reason_code"] for row in quarantine).most_common():
        print(f"  {reason}: {count} rows; the rule is that {_REASON_RULES[Reason(reason)]}")
    print()
    per_file = Counter(row["source_file"] for row in quarantine)
    quarantine.sort(key=lambda r: (-per_file[r["source_file"]], r["source_file"], int(r["source_line"])))
    print_table(
        ["source file", "line", "rule broken", "reason"],
        [[r["source_file"], r["source_line"], r["reason_code"], typed_text(r["reason"])] for r in quarantine],
        right=(1,),
    )


def _print_places(release: Release) -> None:
    places = _places(release)
    print(f"\nUnresolved places: {len(places)} texts, {sum(p.rows for p in places)} rows")
    for reason, count in Counter(p.reason for p in places).most_common():
        print(f"  {reason}: {count} texts; {_RULES[reason]}")
    for row in _reviewed(release, places[:_SHOWN]):
        where = f" ({row['country']})" if row["country"] else ""
        print(f"\n{row['rows']} rows: {row['text']}{where}: {row['reason']}")
        for at in (1, 2, 3):
            if row[f"suggestion_{at}"]:
                print(f"    {row[f'score_{at}']}  {row[f'suggestion_{at}']}: {row[f'why_{at}']}")
    if len(places) > _SHOWN:
        print(f"\n… and {len(places) - _SHOWN} more; --export FILE writes them all")


def _reviewed(release: Release, places: Iterable[_Place]) -> Iterable[dict[str, str]]:
    import duckdb

    from orchestration.ingest.countries import country_code
    from orchestration.ingest.normalise import normalise_text
    from orchestration.release.suggestions import Name, Suggester

    with duckdb.connect(str(release.file("warehouse.duckdb")), read_only=True) as connection:
        names = connection.execute("select * from member_names order by all").fetchall()
    suggester = Suggester([Name(*row) for row in names])
    for place in places:
        row = dict.fromkeys(REVIEW_COLUMNS, "")
        row |= {
            "text": place.text,
            "country": place.country,
            "rows": str(place.rows),
            "files": str(place.files),
            "reason": place.reason,
            "rule": _RULES[place.reason],
        }
        found = suggester.suggest(
            normalise_text(place.text), country_code(place.country), country_text=place.country
        )
        for at, suggestion in enumerate((s for s in found if s.is_worth_saying), start=1):
            row[f"suggestion_{at}"] = f"{suggestion.member_id} {suggestion.member}"
            row[f"score_{at}"] = str(suggestion.score)
            row[f"why_{at}"] = suggestion.reason
        yield row


def export_review(home: Home, year: int, path: Path) -> int:
    """Writes the whole review as CSV, with an empty column accept_as for a member_id."""
    release = current_release(home, year)
    rows = list(_reviewed(release, _places(release)))
    try:
        # The mark at its start tells spreadsheets that the file is UTF-8.
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, REVIEW_COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows({name: inert_text(text) for name, text in row.items()} for row in rows)
    except OSError as error:
        raise WrongCall(f"{path} cannot be written: {error.strerror}") from None
    print(f"{path}: {len(rows)} texts. Put a member_id into accept_as where the text means that member.")
    return OK
