"""``metropolis review``: what a person should look at, and what that person decides.

Here belongs the review queue of places and the quarantine. Nothing is accepted by itself: a name enters
the register only with somebody's name and the day.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.commands.common import (
    OK,
    WRONG,
    complain,
    current_release,
    print_table,
    read_csv,
)
from orchestration.paths import Home
from orchestration.release.tables import inert_text

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
_SHOWN = 40
_ACCEPTED_LOG = "accepted_names.csv"
_LANGUAGE_UNKNOWN = "und"


@dataclass(frozen=True)
class _Place:
    """An unresolved text with its country, over all files."""

    text: str
    country: str
    rows: int
    files: int
    reason: str


def _places(release: Path) -> list[_Place]:
    rows: Counter[tuple[str, str]] = Counter()
    files: dict[tuple[str, str], set[str]] = defaultdict(set)
    reasons: dict[tuple[str, str], str] = {}
    for row in read_csv(release / "unresolved_places.csv"):
        key = (" ".join(row["text"].split()), row["country"].strip())
        rows[key] += int(row["rows"])
        files[key].add(row["source_file"])
        reasons[key] = row["reason"]
    places = [_Place(*key, count, len(files[key]), reasons[key]) for key, count in rows.items()]
    order = {"near_miss": 0, "ambiguous": 1, "not_a_member": 2}
    return sorted(places, key=lambda p: (order[p.reason], -p.rows, p.text, p.country))


def print_review(home: Home, year: int) -> int:
    """Prints the quarantine and the unresolved places, most rows first."""
    release = current_release(home, year)
    if release is None:
        return WRONG
    quarantine = read_csv(release / "quarantine.csv")
    print(f"Quarantine of {release.name}: {len(quarantine)} rows")
    per_file = Counter(row["source_file"] for row in quarantine)
    quarantine.sort(key=lambda r: (-per_file[r["source_file"]], r["source_file"], int(r["source_line"])))
    print_table(
        ["source file", "line", "rule broken", "reason"],
        [[r["source_file"], r["source_line"], r["reason_code"], r["reason"]] for r in quarantine],
        right=(1,),
    )
    places = _places(release)
    print(f"\nUnresolved places: {len(places)} texts, {sum(p.rows for p in places)} rows")
    for reason, count in Counter(p.reason for p in places).items():
        print(f"  {reason}: {count} texts; {_RULES[reason]}")
    print()
    shown = list(_reviewed(release, places[:_SHOWN]))
    print_table(
        ["text", "country", "rows", "reason", "suggestions"],
        [[r["text"], r["country"], r["rows"], r["reason"], _suggested(r)] for r in shown],
        right=(2,),
    )
    if len(places) > _SHOWN:
        print(f"… and {len(places) - _SHOWN} more; --export FILE writes them all")
    return OK


def _suggested(row: dict[str, str]) -> str:
    pairs = [(row[f"suggestion_{n}"], row[f"score_{n}"]) for n in (1, 2, 3)]
    return ", ".join(f"{member} {score}" for member, score in pairs if member)


def _reviewed(release: Path, places: Iterable[_Place]) -> Iterable[dict[str, str]]:
    import duckdb

    from orchestration.ingest.countries import country_code
    from orchestration.ingest.normalise import normalise_text
    from orchestration.release.suggestions import Name, Suggester

    with duckdb.connect(str(release / "warehouse.duckdb"), read_only=True) as connection:
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
        found = suggester.suggest(normalise_text(place.text), country_code(place.country))
        for at, suggestion in enumerate((s for s in found if s.is_worth_saying), start=1):
            row[f"suggestion_{at}"] = f"{suggestion.member_id} {suggestion.member}"
            row[f"score_{at}"] = str(suggestion.score)
            row[f"why_{at}"] = suggestion.reason
        yield row


def export_review(home: Home, year: int, path: Path) -> int:
    """Writes the whole review as CSV; a colleague fills in accept_as with a member_id."""
    release = current_release(home, year)
    if release is None:
        return WRONG
    rows = list(_reviewed(release, _places(release)))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, REVIEW_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: inert_text(v) for k, v in row.items()} for row in rows)
    print(f"{path}: {len(rows)} texts. Put a member_id into accept_as where the text means that member.")
    return OK


def apply_review(home: Home, raw: Path, year: int, path: Path, by: str | None) -> int:
    """Adds accepted names to the register of names, with who and when beside it."""
    if not by:
        return complain("--apply needs --by: a name enters the register in somebody's name")
    register = raw / str(year) / "registers" / "member_names.csv"
    members = {row["member_id"] for row in read_csv(raw / str(year) / "registers" / "members.csv")}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        answered = [row for row in csv.DictReader(stream) if (row.get("accept_as") or "").strip()]
    wrong = [row["accept_as"] for row in answered if _accepted(row) not in members]
    if wrong:
        return complain(f"accept_as must be a member_id of the register: {', '.join(wrong)}")
    known = {(row["member_id"], row["name"]) for row in read_csv(register)}
    new = [row for row in answered if (_accepted(row), _typed(row)) not in known]
    if new:
        _append_names(register, new)
        _append_log(home, year, new, by)
    print(f"{register}: {len(new)} names added by {by}; build again to count them.")
    return OK


def _accepted(row: dict[str, str]) -> str:
    return row["accept_as"].split()[0]


def _typed(row: dict[str, str]) -> str:
    return row["text"].removeprefix("'").strip()


def _append_names(register: Path, rows: list[dict[str, str]]) -> None:
    from orchestration.storage import write_atomically

    header = next(csv.reader(register.open(encoding="utf-8-sig", newline="")))
    text = register.read_bytes()
    ends_with_line = text.endswith(b"\n")
    with write_atomically(register) as aside:
        aside.write_bytes(text + (b"" if ends_with_line else b"\n"))
        with aside.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, header, lineterminator="\n", restval="")
            for row in rows:
                language = row.get("language") or _LANGUAGE_UNKNOWN
                writer.writerow({"member_id": _accepted(row), "name": _typed(row), "language": language})


def _append_log(home: Home, year: int, rows: list[dict[str, str]], by: str) -> None:
    """Who accepted which name when: the register itself has no column for it."""
    path = home.folder / _ACCEPTED_LOG
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if is_new:
            writer.writerow(["on", "by", "year", "member_id", "name", "country"])
        today = date.today().isoformat()
        for row in rows:
            writer.writerow([today, by, year, _accepted(row), _typed(row), row.get("country", "")])
