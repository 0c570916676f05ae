"""Generates a healthy year after a released one.

Dates move on by a year; cumulative sources grow, others change by up to a fifth; members join and leave; one
event changes its platform.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

Row = list[str]

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d{1,2}[/.]\d{1,2}[/.])(\d\d)(?=[,\s])")
_LEAP_DAYS = (
    re.compile(r"(\d{4}-02-)29"),
    re.compile(r"()29(?=/02/\d{4})"),
    re.compile(r"((?<!\d)0?2/)29(?=/\d{2,4})"),
    re.compile(r"(Feb )29(?=,)"),
)
_CUMULATIVE = ("use/cases.csv", "use/city_makers.csv", "c4gh/initiatives.json", "registers/members.csv")
_KEPT = (*_CUMULATIVE, "registers/member_names.csv")
_PUBLISHED = ("published", "accepted.csv", "corrections.csv", "restatements.csv")
_MOST = 0.2
# Sources that may grow or shrink, with the column that makes a further row another thing.
_FREE = {
    "registers/activities.csv": "activity_id",
    "registers/agreements.csv": "agreement_id",
    "registers/drawings.csv": "drawing_id",
    "registers/gender_actions.csv": "action",
    "registers/gender_engagement.csv": "activity",
    "registers/indicators.csv": "space",
    "registers/learning_products.csv": "title",
    "registers/observatories.csv": "name",
    "registers/partners.csv": "partner",
    "registers/staff.csv": "role",
    "registers/wmd_activities.csv": "activity",
    "website/news.csv": "url",
    "website/publications.csv": "title",
    "website/videos.csv": "title",
}
_EVENTBRITE = (
    "Order #", "Order Date", "First Name", "Last Name", "Email", "Quantity", "Ticket Type", "Attendee #",
    "Attendee Status", "Gender", "Company", "Home Country", "Which metropolis do you represent?",
)  # fmt: skip


def write_healthy_year(last: Path, folder: Path, seed: int) -> None:
    """Writes the year after that of the folder ``last``; the same seed gives the same bytes."""
    _HealthyYear(last, folder, seed).write()


def _write_moved_on(path: Path, name: str, folder: Path) -> None:
    """An export a year on, in its own encoding."""
    target = folder / moved_on(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    content = path.read_bytes()
    encoding = _encoding(content, name)
    text = moved_on(content.decode(encoding, "surrogateescape"))
    target.write_bytes(text.encode(encoding, "surrogateescape"))


def moved_on(text: str) -> str:
    """A text with every year in it a year later; 29 February becomes the 28th."""
    text = _YEAR.sub(lambda match: str(int(match[1]) + 1), text)
    text = _SHORT_YEAR.sub(lambda match: f"{match[1]}{(int(match[2]) + 1) % 100:02d}", text)
    for leap_day in _LEAP_DAYS:
        text = leap_day.sub(r"\g<1>28", text)
    return text


def read_rows(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> tuple[Row, list[Row]]:
    """Header and rows of a plain export, without its blank lines."""
    text = path.read_bytes().decode(encoding)
    header, *rows = (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row)
    return header, rows


def write_rows(
    path: Path, header: Row, rows: Sequence[Row], encoding: str = "utf-8", delimiter: str = ","
) -> None:
    """Writes a plain export."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    path.write_bytes(stream.getvalue().encode(encoding))


class _HealthyYear:
    def __init__(self, last: Path, folder: Path, seed: int) -> None:
        self._last, self._folder = last, folder
        self._rng = Random(f"{last.name}/{seed}")
        self._year = int(last.name)

    def write(self) -> None:
        self._copy()
        for name in _FREE:
            self._vary(name)
        self._ledger()
        self._followers()
        self._members()
        self._grow("use/cases.csv", "case_id", ("published_on", "updated_on"))
        self._grow("use/city_makers.csv", "user_id", ("registered_on",))
        self._initiatives()
        self._events()
        self._another_platform()

    def _copy(self) -> None:
        """Every export but the cumulative ones a year on, in its own encoding."""
        for path in sorted(self._last.rglob("*")):
            name = path.relative_to(self._last).as_posix()
            if not path.is_file() or name.startswith(_PUBLISHED):
                continue
            if name not in _KEPT:
                _write_moved_on(path, name, self._folder)
                continue
            target = self._folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)

    def _change(self, name: str, change: Callable[[list[Row], dict[str, int]], list[Row]]) -> None:
        path = self._folder / name
        header, rows = read_rows(path)
        write_rows(path, header, change(rows, {column: at for at, column in enumerate(header)}))

    def _share(self) -> float:
        return self._rng.uniform(-_MOST, _MOST)

    def _vary(self, name: str) -> None:
        """A source with up to a fifth of its rows less or more."""

        def vary(rows: list[Row], at: dict[str, int]) -> list[Row]:
            share = self._share()
            count = int(abs(share) * len(rows))
            if share < 0:
                gone = set(self._rng.sample(range(len(rows)), count))
                return [row for number, row in enumerate(rows) if number not in gone]
            further = [list(row) for row in self._rng.sample(rows, count) if len(row) == len(at)]
            for number, row in enumerate(further):
                row[at[_FREE[name]]] += f"-{number}n"
            return rows + further

        self._change(name, vary)

    def _ledger(self) -> None:
        path = self._folder / "fees/ledger.csv"
        header, rows = read_rows(path, "cp1252", ";")
        at = {column: place for place, column in enumerate(header)}
        reversed_entries = {row[at["reverses"]] for row in rows if len(row) == len(header)}
        free = [
            row for row in rows if row[0] not in reversed_entries and row[at["type"]] in ("income", "expense")
        ]
        gone = {row[0] for row in self._rng.sample(free, int(len(free) * self._rng.uniform(0, _MOST)))}
        write_rows(path, header, [row for row in rows if row[0] not in gone], "cp1252", ";")

    def _followers(self) -> None:
        growth = self._rng.uniform(1, 1 + _MOST)

        def grow(rows: list[Row], at: dict[str, int]) -> list[Row]:
            for row in rows:
                if row[at["followers"]].isdigit():
                    row[at["followers"]] = str(int(int(row[at["followers"]]) * growth))
            return rows

        self._change("website/social.csv", grow)

    def _members(self) -> None:
        """Some members leave in the year, some join; nobody goes from the register."""
        new = self._year + 1

        def turn_over(rows: list[Row], at: dict[str, int]) -> list[Row]:
            present = [row for row in rows if not row[at["left_on"]] and not row[at["board_member"]]]
            for row in self._rng.sample(present, self._rng.randint(1, 4)):
                row[at["left_on"]] = f"{new}-06-30"
            highest = max(int(row[at["member_id"]][1:]) for row in rows)
            for number in range(1, self._rng.randint(2, 6)):
                fresh = [""] * len(at)
                fresh[at["member_id"]] = f"M{highest + number:03d}"
                fresh[at["name"]] = f"Newhaven {'ABCDEFG'[number]}"
                fresh[at["country"]], fresh[at["region"]] = self._rng.choice(
                    [("FR", "Europe"), ("KE", "Africa")]
                )
                fresh[at["joined_on"]] = f"{new}-0{number}-15"
                rows.append(fresh)
            return rows

        self._change("registers/members.csv", turn_over)

    def _grow(self, name: str, key: str, dates: Sequence[str]) -> None:
        """A cumulative export with some of last year's rows again, as new things of this year."""

        def grow(rows: list[Row], at: dict[str, int]) -> list[Row]:
            recent = [
                row for row in rows if len(row) == len(at) and row[at[dates[-1]]].startswith(str(self._year))
            ]
            for number, row in enumerate(
                self._rng.sample(recent, int(len(recent) * self._rng.uniform(0.8, 1)))
            ):
                fresh = list(row)
                fresh[at[key]] = f"{row[at[key]][:2]}9{number:04d}"
                for date in dates:
                    fresh[at[date]] = moved_on(row[at[date]])
                rows.append(fresh)
            return rows

        self._change(name, grow)

    def _initiatives(self) -> None:
        path = self._folder / "c4gh/initiatives.json"
        known = json.loads(path.read_text(encoding="utf-8"))
        recent = [each for each in known if str(each["uploaded_at"]).startswith(str(self._year))]
        fresh = self._rng.sample(recent, int(len(recent) * self._rng.uniform(0.8, 1)))
        highest = max(int(each["id"]) for each in known)
        known += [
            each | {"id": highest + number, "uploaded_at": moved_on(each["uploaded_at"])}
            for number, each in enumerate(fresh, start=1)
        ]
        path.write_text(json.dumps(known, ensure_ascii=False, indent=0), encoding="utf-8")

    def _events(self) -> None:
        """Some small events do not take place again, with all that refers to them."""
        registrations = self._folder / "events/registrations"
        gone: set[str] = set()

        def drop(rows: list[Row], at: dict[str, int]) -> list[Row]:
            optional = [
                row for row in rows if row[at["kind"]] in ("webinar", "forum", "debate", "other", "launch")
            ]
            count = int(len(optional) * self._rng.uniform(0, _MOST))
            gone.update(row[at["event_id"]] for row in self._rng.sample(optional, count))
            for row in rows:
                if row[at["kind"]] == "party":
                    row[at["kind"]] = "other"
            return [row for row in rows if row[at["event_id"]] not in gone]

        self._change("events/programme.csv", drop)
        for name in ("events/speakers.csv", "registers/meetings.csv"):
            self._change(name, lambda rows, at: [row for row in rows if row[at["event_id"]] not in gone])
        for path in sorted(registrations.iterdir()):
            if path.name.partition("__")[0] in gone:
                path.unlink()

    def _another_platform(self) -> None:
        """One event that had no platform takes registrations by Eventbrite."""
        people = self._rng.randint(8, 40)
        day = f"{self._year + 1}-05-20"
        chosen: list[str] = []

        def choose(rows: list[Row], at: dict[str, int]) -> list[Row]:
            row = next(row for row in rows if row[at["platform"]] == "none" and row[at["kind"]] == "forum")
            row[at["platform"]] = "eventbrite"
            row[at["start_date"]] = row[at["end_date"]] = day
            chosen.append(row[at["event_id"]])
            return rows

        self._change("events/programme.csv", choose)
        rows = [
            [
                str(7000 + number), f"{self._year + 1}-05-0{1 + number % 9} 10:00:00+02:00", "Ada", "Example",
                f"ada{number}@newplatform.example", "1", "General admission", str(number),
                "Checked In" if number % 3 else "Attending", self._rng.choice(["woman", "man", ""]), "", "FR", "",
            ]
            for number in range(people)
        ]  # fmt: skip
        write_rows(
            self._folder / f"events/registrations/{chosen[0]}__eventbrite.csv", list(_EVENTBRITE), rows
        )


def _encoding(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16-le" if content.startswith(b"\xff\xfe") else "utf-16-be"
    return "cp1252" if name == "fees/ledger.csv" else "utf-8"
