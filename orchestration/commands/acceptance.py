"""``metropolis review --apply``: adds accepted names to ``registers/member_names.csv``.

The whole review is validated first; one wrong answer and nothing is written. Added lines carry who accepted
them and when; existing bytes of the register do not change.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.commands.common import OK, WrongCall
from orchestration.errors import MetropolisError
from orchestration.ingest.normalise import normalise_text
from orchestration.release.tables import typed_text
from orchestration.storage import write_atomically

WHO_AND_WHEN = ("accepted_by", "accepted_on")
_LANGUAGE_UNKNOWN = "und"
_DELIMITERS = (",", ";", "\t")


class AnswerIsWrong(MetropolisError):
    """The review cannot be applied; the message names the answer and the reason."""


@dataclass(frozen=True)
class _Answer:
    """A place text of the review with the member_id filled in for it."""

    text: str
    member_id: str
    language: str

    @property
    def key(self) -> str:
        """The key for comparison."""
        return normalise_text(self.text)


def apply_review(raw: Path, year: int, path: Path, by: str | None) -> int:
    """Adds the accepted names of a review to the register of names, all or none."""
    if not by or not by.strip():
        raise WrongCall("--apply needs --by: a name enters the register in somebody's name")
    registers = raw / str(year) / "registers"
    register = registers / "member_names.csv"
    try:
        answers = _answers(path)
        owners = _owners(registers)
        new = _new_names(answers, owners)
        if new:
            _append(register, new, by.strip())
    except AnswerIsWrong as error:
        raise WrongCall(f"{path}: {error}") from None
    print(f"{register}: {len(new)} names added by {by.strip()}; build again to count them.")
    if len(new) < len(answers):
        print(f"{len(answers) - len(new)} are names of their members already: look at their countries.")
    return OK


# --- the answered review -----------------------------------------------------------------------


def _answers(path: Path) -> list[_Answer]:
    """The answers of a review file, as exported or saved by a spreadsheet."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = {"text", "accept_as"} - set(reader.fieldnames or ())
    if missing:
        raise AnswerIsWrong(f"no column {' and '.join(sorted(missing))}; expected an exported review")
    return [answer for row in reader if (answer := _answer(row)) is not None]


def _answer(row: dict[str, str]) -> _Answer | None:
    accepted = _cell(row, "accept_as").split()
    text = typed_text(_cell(row, "text"))
    if not accepted or not text:
        return None
    language = _cell(row, "language") or _LANGUAGE_UNKNOWN
    # A suggestion that was copied whole begins with the id.
    return _Answer(text, accepted[0], language)


# --- what the register holds -------------------------------------------------------------------


def _rows(path: Path) -> Iterator[dict[str, str]]:
    text = path.read_bytes().decode("utf-8-sig", "surrogateescape")
    yield from csv.DictReader(io.StringIO(text, newline=""), restval="")


def _owners(registers: Path) -> dict[str, set[str]]:
    """Name key → member_ids with that name; every member_id maps to itself."""
    owners: dict[str, set[str]] = defaultdict(set)
    members = {_cell(row, "member_id") for row in _rows(registers / "members.csv")} - {""}
    for file in ("members.csv", "member_names.csv"):
        for row in _rows(registers / file):
            if _cell(row, "member_id") in members:
                owners[normalise_text(_cell(row, "name"))].add(_cell(row, "member_id"))
    return owners


def _cell(row: dict[str, str], name: str) -> str:
    return (row.get(name) or "").strip()


def _new_names(answers: Iterable[_Answer], owners: dict[str, set[str]]) -> list[_Answer]:
    """The answers that add a name; AnswerIsWrong for an unknown member or a name of another one."""
    members = {member_id for ids in owners.values() for member_id in ids}
    known = {key: set(ids) for key, ids in owners.items()}
    wrong: list[str] = []
    new: list[_Answer] = []
    for answer in answers:
        bearers = known.get(answer.key, set())
        if answer.member_id not in members:
            wrong.append(f"“{answer.text}”: {answer.member_id} is no member_id of the register")
        elif bearers - {answer.member_id}:
            others = ", ".join(sorted(bearers - {answer.member_id}))
            wrong.append(f"“{answer.text}” is a name of {others}; as a name of two it would be nobody's")
        elif not bearers:
            new.append(answer)
            known[answer.key] = {answer.member_id}
    if wrong:
        raise AnswerIsWrong("nothing was added.\n  " + "\n  ".join(wrong))
    return new


# --- the register, written ---------------------------------------------------------------------


def _append(register: Path, new: list[_Answer], by: str) -> None:
    text = register.read_bytes().decode("utf-8", "surrogateescape")
    text, header = _with_columns(text, WHO_AND_WHEN)
    end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, header, lineterminator=end, restval="", extrasaction="ignore")
    for answer in new:
        writer.writerow(
            {
                "member_id": answer.member_id,
                "name": answer.text,
                "language": answer.language,
                "accepted_by": by,
                "accepted_on": date.today().isoformat(),
            }
        )
    separator = "" if not text or text.endswith(("\n", "\r")) else end
    with write_atomically(register) as aside:
        aside.write_bytes((text + separator + lines.getvalue()).encode("utf-8", "surrogateescape"))
        shutil.copymode(register, aside)


def _with_columns(text: str, names: Iterable[str]) -> tuple[str, list[str]]:
    """The table with missing columns appended, and its header.

    Every record gets its empty cells, a faulty one too, so that it stays as faulty as it is.
    """
    records = _records(text)
    at, header = next((at, cells) for at, (_, cells) in enumerate(records) if any(cells))
    plain = [name.strip().lstrip("\ufeff") for name in header]
    further = [name for name in names if name not in plain]
    if not further:
        return text, plain
    rewritten = []
    for number, (raw, cells) in enumerate(records):
        added = further if number == at else [""] * len(further)
        bare = raw.rstrip("\r\n")
        rewritten.append(bare + "".join(f",{name}" for name in added) + raw[len(bare) :] if cells else raw)
    return "".join(rewritten), [*plain, *further]


def _records(text: str) -> list[tuple[str, list[str]]]:
    """Each record's text and cells; a blank line has no cells."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(iter(lines))
    records = []
    begins = 0
    for cells in reader:
        raw = "".join(lines[begins : reader.line_num])
        records.append((raw, cells if len(cells) > 1 or any(cell.strip() for cell in cells) else []))
        begins = reader.line_num
    return records
