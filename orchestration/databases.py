"""Opens DuckDB databases with a memory limit and a folder to spill into.

dbt opens the build's database by its profile, which takes the limit from the same environment variable.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

MEMORY_VARIABLE = "METROPOLIS_MEMORY"
# With what Dagster, dbt and Great Expectations take, a build of any size stays within two gigabytes.
_MEMORY = "1GB"


def memory_limit() -> str:
    """DuckDB's memory limit: METROPOLIS_MEMORY, such as 8GB; default 1GB."""
    return os.environ.get(MEMORY_VARIABLE, _MEMORY)


def create_landing_views(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Makes every Parquet table of a landing a view ``landing.<table>`` of a connection."""
    connection.execute("create schema landing")
    for path in sorted(folder.glob("*.parquet")):
        connection.execute(
            f'create view landing."{path.stem}" as select * from read_parquet({path_literal(path)})'
        )


def open_database(
    database: Path | None,
    *,
    read_only: bool = False,
    spill: Path | None = None,
    block_size: int | None = None,
) -> duckdb.DuckDBPyConnection:
    """Opens a database, or one in memory if no path is given.

    What does not fit goes to the folder ``spill``, or else to one beside the database. A new file is laid out in blocks
    of ``block_size`` bytes, a power of two from 16384.
    """
    import duckdb

    settings = {"memory_limit": memory_limit()}
    if block_size is not None:
        settings["default_block_size"] = str(block_size)
    if spill is not None:
        settings["temp_directory"] = str(spill)
    return duckdb.connect(str(database or ":memory:"), read_only=read_only, config=settings)


def path_literal(path: Path) -> str:
    """An absolute path as an SQL string literal, quotes included."""
    return "'" + str(path.resolve()).replace("'", "''") + "'"
