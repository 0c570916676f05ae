"""Paths of the project's own folders, and the layout of a home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROJECT_FOLDER = Path(__file__).resolve().parent.parent
CONTRACTS_FOLDER = PROJECT_FOLDER / "raw" / "contracts"
DBT_FOLDER = PROJECT_FOLDER / "dbt_project"
# The name of the database is the name of the catalogue in every compiled model.
BUILD_DATABASE = "build.duckdb"
EXPECTATIONS_FOLDER = PROJECT_FOLDER / "expectations"


@dataclass(frozen=True)
class Home:
    """The working folder of a warehouse: landing, builds, releases, the Dagster instance."""

    folder: Path

    def landing(self, year: int) -> Path:
        """Parquet of the year's exports, one file a table."""
        return self.folder / "landing" / str(year)

    def build(self, year: int) -> Path:
        """The build of a year; readers only open releases."""
        return self.folder / "builds" / str(year)

    def build_database(self, year: int) -> Path:
        """The database that dbt writes."""
        return self.build(year) / BUILD_DATABASE

    def releases(self, shelf: int | str) -> Path:
        """All releases of a year, or over all years, and ``latest``."""
        return self.folder / "releases" / str(shelf)

    @property
    def dbt(self) -> Path:
        """The dbt project as parsed for DuckDB: manifest.json and dbt's partial parse."""
        return self.folder / "dbt"

    @property
    def development_databases(self) -> list[Path]:
        """Files of the databases that plain dbt works in, as profiles.yml names them."""
        return sorted(self.folder.glob("dev*.duckdb*"))

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME: instance configuration, run history, event logs."""
        return self.folder / "dagster"

    @property
    def pseudonym_key(self) -> Path:
        """The key of the pseudonyms, mode 600, where the environment gives none."""
        return self.folder / "pseudonym.key"

    @property
    def forgotten(self) -> Path:
        """Marks of the people who asked to be forgotten."""
        return self.folder / "forgotten.json"

    @property
    def lock(self) -> Path:
        """The lock file of the one writer."""
        return self.folder / "build.lock"
