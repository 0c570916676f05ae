"""Writes use/, c4gh/ and website/ of a synthetic year."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from tests.support import dates
from tests.support.dates import iso
from tests.support.people import ORGANISATIONS
from tests.support.places import PlacePicker
from tests.support.tables import Row, boolean, write_plain

CASES = (
    "case_id", "title", "city", "country", "status", "published_on", "updated_on", "themes",
    "sdgs", "summary",
)  # fmt: skip
MAKERS = ("user_id", "registered_on", "status", "organisation", "city", "country")
THEMES = ("air quality", "night-time economy", "care and equality", "waste and recycling")
SUMMARY = (
    'A case led by the city, "bottom up"; it began small.{end}'
    "Partners: Regional Planning Agency, and others.{end}"
    '"We learned by doing", says the team.\u2028It goes on.'
)
NETWORKS = ("instagram", "twitter", "youtube", "linkedin")
VIDEO_PROJECTS = ("Revitalisation through the urban project", "MetroTalks", "Safety, and Space")


@dataclass(frozen=True)
class Case:
    """One version of a case."""

    case_id: str
    title: str
    city: str
    country: str
    status: str
    published: date | None
    updated: date
    themes: str
    sdgs: str
    summary: str

    def cells(self) -> Row:
        return (
            self.case_id, self.title, self.city, self.country, self.status, iso(self.published),
            iso(self.updated), self.themes, self.sdgs, self.summary,
        )  # fmt: skip


class Contributions:
    """Writes use/, c4gh/ and website/ of a year."""

    def __init__(self, folder: Path, year: int, rng: Random, places: PlacePicker, dirt: bool) -> None:
        self.folder = folder
        self.year = year
        self.rng = rng
        self.places = places
        self.dirt = dirt

    def ever(self, count: int) -> list[date]:
        """Days of this and earlier years, including the first and last day of the year."""
        first = dates.spread(self.rng, self.year, max(6, count // 3), self.dirt)
        days = [dates.day_of(self.rng, self.year - self.rng.randint(1, 6)) for _ in range(count)]
        return [*first, *days][:count]

    def summary(self) -> str:
        if not self.dirt:
            return "A case led by the city."
        return SUMMARY.format(end=self.rng.choice(("\n", "\r\n")))

    def listed(self, choices: tuple[str, ...]) -> str:
        bar = self.rng.choice(("|", " | ")) if self.dirt else "|"
        return bar.join(self.rng.sample(choices, self.rng.randint(1, 3)))

    def case(self, number: int, published: date) -> Case:
        """The first version of a case."""
        rng = self.rng
        status = rng.choice(("published",) * 6 + ("draft", "withdrawn"))
        city, country = self.places.city()
        blank = status == "draft" and rng.random() < 0.6
        numbers = tuple(str(goal) for goal in range(1, 18))
        return Case(
            f"UC{number:04d}", f"Plan {number}, “phase one”", city, country, status,
            None if blank else published, published + timedelta(days=rng.randrange(40)),
            self.listed(THEMES), self.listed(numbers), self.summary(),
        )  # fmt: skip

    def edits(self, case: Case) -> list[tuple[str, int]]:
        """Later versions as (status, days later); equal days leave it to the file's order."""
        courses: tuple[list[tuple[str, int]], ...] = (
            [("published", 20)], [("withdrawn", 0)], [("published", 0), ("withdrawn", 0)],
            [("withdrawn", 30), ("published", 60)], [("published", 10), ("draft", 25)],
            [("withdrawn", 400)], [("published", -15)],
        )  # fmt: skip
        return self.rng.choice(courses)

    def cases(self, count: int) -> None:
        """cases.csv: every case, and of a part of them several versions."""
        cases: list[Case] = []
        for number, day in enumerate(self.ever(count), start=1):
            first = self.case(number, day)
            cases.append(first)
            if self.dirt and number % 4 == 0:
                cases += [self.edited(first, status, later) for status, later in self.edits(first)]
        rows = [case.cells() for case in cases]
        write_plain(self.folder / "use" / "cases.csv", CASES, rows, self.rng, self.dirt)

    def edited(self, case: Case, status: str, later: int) -> Case:
        city, country = self.places.city()
        published = case.published or (None if status == "draft" else case.updated)
        updated = case.updated + timedelta(days=later)
        return Case(
            case.case_id, f"{case.title} (edited)", city, country, status, published, updated,
            case.themes, case.sdgs, self.summary(),
        )  # fmt: skip

    def makers(self, count: int) -> None:
        rows: list[Row] = []
        for number, day in enumerate(self.ever(count), start=1):
            city, country = self.places.pick()
            status = "deleted" if self.rng.random() < 0.15 else "active"
            organisation = self.rng.choice(("", *ORGANISATIONS))
            code = f"U{number:05d}"
            rows.append((code, iso(day), status, organisation, city, country))
            if self.dirt and number % 9 == 0:
                other = "active" if status == "deleted" else "deleted"
                rows.append((code, iso(day), other, organisation, city, country))
        path = self.folder / "use" / "city_makers.csv"
        write_plain(path, MAKERS, rows, self.rng, self.dirt)

    def new_year_moments(self) -> list[str]:
        """Moments on either side of midnight in Madrid (an hour ahead of UTC) at both New Years."""
        moments = []
        for year in (self.year, self.year + 1):
            midnight = datetime(year, 1, 1)
            for seconds in (-1, 0, 1800):
                madrid = midnight + timedelta(seconds=seconds)
                for hours in (1, 0, -5, 8, 5.5):
                    local = madrid + timedelta(hours=hours - 1)
                    moments.append(f"{local.isoformat()}{offset_text(hours)}")
            moments.append(f"{(midnight - timedelta(minutes=30)).isoformat()}Z")
        return moments

    def moments(self, count: int) -> list[str]:
        offsets: tuple[float, ...] = (1, 2, 0, -3, 8, 5.5)
        sharp = self.new_year_moments() if self.dirt else []
        times = []
        for day in self.ever(max(0, count - len(sharp))):
            moment = datetime(day.year, day.month, day.day, 12) + timedelta(
                seconds=self.rng.randrange(-30000, 30000)
            )
            offset = self.rng.choice(offsets) if self.dirt else 1
            times.append(f"{moment.isoformat()}{offset_text(offset)}")
        return [*sharp, *times]

    def initiative(self, number: int, uploaded: str) -> dict[str, object]:
        rng = self.rng
        city, country = self.places.city()
        status = rng.choice(("published",) * 7 + ("draft", "removed"))
        return {
            "id": 1000 + number, "title": f"Map {number}: “care” \\ health", "city": city,
            "country": country, "uploaded_at": uploaded, "language": rng.choice(("en", "es", "zh")),
            "themes": rng.sample(THEMES, rng.randint(0 if self.dirt else 1, 2)), "status": status,
        }  # fmt: skip

    def initiatives(self, count: int) -> None:
        """initiatives.json: all ever, some ids twice, and the last in the file stands."""
        rows = [self.initiative(n, at) for n, at in enumerate(self.moments(count))]
        if self.dirt:
            self.rng.shuffle(rows)
            for row in rows[::8]:
                statuses = ("removed", "published", "draft")
                rows.append({**row, "status": self.rng.choice(statuses), "editor": "desk"})
        path = self.folder / "c4gh" / "initiatives.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, rows, escaped=self.dirt and self.rng.random() < 0.3)

    def news(self, count: int) -> None:
        rows: list[Row] = []
        for number, day in enumerate(dates.spread(self.rng, self.year, count, self.dirt)):
            url = f"https://www.example.org/news/{self.year}/{number:03d}"
            title = f"“News {number}”, says the mayor"
            title += ': "we start\nnow"' if self.dirt and number % 3 == 0 else ""
            members = self.places.names_joined(4) if number % 5 else ""
            rows.append((url, title, iso(day), members))
            if self.dirt and number % 6 == 0:
                rows.append((url, f"{title} (again)", iso(day), self.places.names_joined(2)))
        header = ("url", "title", "published_on", "members")
        write_plain(self.folder / "website" / "news.csv", header, rows, self.rng, self.dirt)

    def publications(self, count: int) -> None:
        rng = self.rng
        rows: list[Row] = []
        for number, day in enumerate(dates.spread(rng, self.year, count, self.dirt)):
            own = number % 4 != 3
            stray = self.places.name() if self.dirt and number % 8 == 0 else ""
            member = stray if own else self.places.name()
            mentions = self.places.names_joined(6) if own or (self.dirt and number % 3) else ""
            rows.append(
                (f"Report {number}: care, and time", iso(day), "metropolis" if own else "member",
                 member, boolean(rng, number % 3 == 0, self.dirt), mentions)
            )  # fmt: skip
        header = ("title", "published_on", "origin", "member", "gender_perspective", "mentions")
        write_plain(self.folder / "website" / "publications.csv", header, rows, rng, self.dirt)

    def videos(self, count: int) -> None:
        rng = self.rng
        days = dates.spread(rng, self.year, count, self.dirt)
        rows: list[Row] = [
            (f"Session {number}: care", iso(day), rng.choice(VIDEO_PROJECTS))
            for number, day in enumerate(days)
        ]
        header = ("title", "published_on", "project")
        write_plain(self.folder / "website" / "videos.csv", header, rows, rng, self.dirt)

    def social(self) -> None:
        """Monthly readings; with ``dirt`` two on one day, and readings of the years beside."""
        rows: list[Row] = []
        for network in NETWORKS:
            start = self.rng.randint(1000, 9000)
            days = [date(self.year, month, self.rng.randint(1, 28)) for month in range(1, 13)]
            if self.dirt:
                days += [days[-1], date(self.year - 1, 12, 31), date(self.year + 1, 1, 1)]
            rows += [(iso(d), network, str(start + self.rng.randint(0, 99) + d.month)) for d in days]
        header = ("date", "network", "followers")
        write_plain(self.folder / "website" / "social.csv", header, rows, self.rng, self.dirt)


def offset_text(hours: float) -> str:
    """``+05:30``."""
    minutes = round(abs(hours) * 60)
    return f"{'-' if hours < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def write_json(path: Path, rows: list[dict[str, object]], escaped: bool = False) -> None:
    """An array with one object a line."""
    objects = (json.dumps(row, ensure_ascii=escaped) for row in rows)
    path.write_bytes(("[" + ",\n".join(objects) + "]\n").encode("utf-8"))
