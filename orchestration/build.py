"""A build: the state of a year between landing and release.

It ties landing, database and guard results together, so that the release can tell that they are of one build.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.errors import Refusal
from orchestration.paths import Home
from orchestration.storage import fingerprint_of_files, read_json, write_json

STATE_FILE = "build.json"
GUARDS_FILE = "guards.json"


class BuildIncomplete(Refusal):
    """What lies in the build folder is no finished build."""


@dataclass(frozen=True)
class Build:
    """One build of one year: its identity and where its parts lie.

    ``landing_fingerprint`` and ``database_stamp`` are those at the moment the models were complete;
    empty before.
    """

    year: int
    build_id: str
    folder: Path
    landing: Path
    database: Path
    landing_fingerprint: str = ""
    database_stamp: str = ""

    @property
    def guards_file(self) -> Path:
        """The results of the guards."""
        return self.folder / GUARDS_FILE

    def remove_database(self) -> None:
        """Removes what an earlier build left, and what one that was cut short did not write back."""
        for path in (self.database, self.database.with_name(f"{self.database.name}.wal")):
            path.unlink(missing_ok=True)

    def save(self) -> None:
        """Writes the state, whole or not at all."""
        write_json(
            self.folder / STATE_FILE,
            {
                "build_id": self.build_id,
                "year": self.year,
                "landing_fingerprint": self.landing_fingerprint,
                "database_stamp": self.database_stamp,
            },
        )

    def completed(self) -> Build:
        """The build once its models are complete: bound to its landing and its database."""
        return replace(
            self,
            landing_fingerprint=landing_fingerprint(self.landing),
            database_stamp=database_stamp(self.database),
        )

    def verify_complete(self) -> None:
        """Raises BuildIncomplete unless landing and database are those that the models left."""
        if not self.database_stamp:
            raise BuildIncomplete("the models of this build never finished")
        if not self.database.exists() or database_stamp(self.database) != self.database_stamp:
            raise BuildIncomplete("the database changed after the models finished")
        if landing_fingerprint(self.landing) != self.landing_fingerprint:
            raise BuildIncomplete("the landing changed after the models finished")


def start_build(home: Home, year: int, build_id: str) -> Build:
    """A new build of a year; guard results of earlier builds are void from here on."""
    build = _at(home, year, build_id)
    build.folder.mkdir(parents=True, exist_ok=True)
    build.guards_file.unlink(missing_ok=True)
    build.save()
    return build


def current_build(home: Home, year: int) -> Build:
    """The build of a year as it lies in the home; BuildIncomplete where there is none."""
    node = read_json(home.build(year) / STATE_FILE)
    if node is None or node.get("year") != year:
        raise BuildIncomplete(f"there is no build of {year} to go on with; metropolis build --year {year}")
    try:
        return replace(
            _at(home, year, node["build_id"]),
            landing_fingerprint=node["landing_fingerprint"],
            database_stamp=node["database_stamp"],
        )
    except KeyError:
        raise BuildIncomplete(
            f"the build of {year} is of another version; metropolis build --year {year}"
        ) from None


def _at(home: Home, year: int, build_id: str) -> Build:
    return Build(year, build_id, home.build(year), home.landing(year), home.build_database(year))


def landing_fingerprint(landing: Path) -> str:
    """One hash over every table of a landing and the states of its sources."""
    return fingerprint_of_files(
        [*sorted((landing / "state").glob("*.json")), *sorted(landing.glob("*.parquet"))]
    )


def database_stamp(database: Path) -> str:
    """What tells one state of the database from another without reading it: size and time."""
    state = database.stat()
    return hashlib.sha256(f"{state.st_size}:{state.st_mtime_ns}".encode()).hexdigest()[:16]
