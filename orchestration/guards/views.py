"""A build as the guard views see it.

Here belongs opening landing and marts of a build side by side, read only, and running the SQL of a
suite. A guard view reads marts by their names and landing tables as ``landing.<table>``; the
variables ``report_year`` and ``landing`` (its folder) are set.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.build import Build
from orchestration.databases import create_landing_views, open_database
from orchestration.guards.suites import COMMON_SQL
from orchestration.paths import EXPECTATIONS_FOLDER

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@contextmanager
def opened(build: Build, expectations: Path = EXPECTATIONS_FOLDER) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a build; whatever is not there surfaces when a view asks for it."""
    connection = open_database(None, spill=build.folder / "spill")
    try:
        connection.execute(f"attach {_quoted(build.database)} as build (read_only)")
        create_landing_views(connection, build.landing)
        connection.execute(f"set variable report_year = {build.year:d}")
        connection.execute(f"set variable landing = {_quoted(build.landing)}")
        connection.execute("set search_path = 'memory.main,build.main'")
        connection.execute((expectations / COMMON_SQL).read_text(encoding="utf-8"))
        yield connection
    finally:
        connection.close()


def frame_of(connection: duckdb.DuckDBPyConnection, sql: str) -> pd.DataFrame:
    """The small table that a guard view makes of the build."""
    frame: pd.DataFrame = connection.execute(sql).df()
    return frame


def _quoted(path: Path) -> str:
    return "'" + str(path.resolve()).replace("'", "''") + "'"
