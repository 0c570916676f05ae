"""The build of one report year: its files, and the hash of its state.

A build is the year's landing tables, the DuckDB database that dbt makes of them, and the guards' results.
Each can be made again alone; ``Build.state`` ties the guards' results to the data that they were computed on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from orchestration.paths import Home
from orchestration.storage import sha256_of_file

GUARDS_FILE = "guards.json"


@dataclass(frozen=True)
class Build:
    """The build of a year in a home.

    ``folder`` holds the database, the guards' answers and dbt's artifacts, ``landing`` the Parquet tables,
    ``manifest`` is dbt's manifest.json of the project on DuckDB.
    """

    year: int
    folder: Path
    landing: Path
    database: Path
    manifest: Path

    @property
    def guards_file(self) -> Path:
        """The results of the guards."""
        return self.folder / GUARDS_FILE

    def landing_hashes(self) -> dict[str, str]:
        """Landing table → SHA-256 of its file."""
        return {path.stem: sha256_of_file(path) for path in sorted(self.landing.glob("*.parquet"))}

    def state(self) -> str:
        """A hash of the landing and of the database's size and modification time."""
        parts = [f"{name}:{sha256}" for name, sha256 in self.landing_hashes().items()]
        return hashlib.sha256("\n".join([*parts, database_stamp(self.database)]).encode()).hexdigest()

    def remove_database(self) -> None:
        """Removes the database, and the write-ahead log of one that was not closed."""
        for path in (self.database, self.database.with_name(f"{self.database.name}.wal")):
            path.unlink(missing_ok=True)


def build_of(home: Home, year: int) -> Build:
    """The build of a year in a home; creates its folder if missing."""
    home.build(year).mkdir(parents=True, exist_ok=True)
    return Build(
        year, home.build(year), home.landing(year), home.build_database(year), home.dbt / "manifest.json"
    )


def database_stamp(database: Path) -> str:
    """Size and modification time of a database file; empty if there is none."""
    try:
        state = database.stat()
    except FileNotFoundError:
        return ""
    return f"{state.st_size}:{state.st_mtime_ns}"
