"""Opens a build for the SQL of the suites: marts by name, landing tables as ``landing.<table>``, read only.

Sets the DuckDB variables ``report_year`` and ``landing`` (its folder).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.build import Build
from orchestration.databases import create_landing_views, open_database, path_literal
from orchestration.guards.suites import COMMON_SQL
from orchestration.paths import EXPECTATIONS_FOLDER

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@contextmanager
def opened(build: Build, expectations: Path = EXPECTATIONS_FOLDER) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a build; missing tables raise when a suite queries them."""
    connection = open_database(None, spill=build.folder / "spill")
    try:
        connection.execute(f"attach {path_literal(build.database)} as build (read_only)")
        create_landing_views(connection, build.landing)
        connection.execute(f"set variable report_year = {build.year:d}")
        connection.execute(f"set variable landing = {path_literal(build.landing)}")
        connection.execute("set search_path = 'memory.main,build.main'")
        connection.execute((expectations / COMMON_SQL).read_text(encoding="utf-8"))
        yield connection
    finally:
        connection.close()


def frame_of(connection: duckdb.DuckDBPyConnection, sql: str) -> pd.DataFrame:
    """The result of a suite's SQL as a data frame."""
    frame: pd.DataFrame = connection.execute(sql).df()
    return frame
