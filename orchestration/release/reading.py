"""The tables of a release, read from the database of a build.

Here belongs that they are read once, and may be read before anybody knows whether they will be released: while
guards answer, nothing else is to do. What they hold is ``tables``'.
"""

from __future__ import annotations

from contextlib import suppress

from orchestration.build import Build
from orchestration.databases import open_database
from orchestration.release.tables import Table, read_tables

Tables = dict[str, Table]

# What was read ahead, of which build; of one at a time, since they may be large.
_ahead: dict[tuple[str, str], Tables] = {}


def read_ahead(build: Build) -> None:
    """Reads the tables of a build and keeps them for its release.

    What goes wrong goes wrong again in the release, which says it.
    """
    _ahead.clear()
    with suppress(Exception):
        _ahead[_identity(build)] = _read(build)


def tables_of(build: Build) -> Tables:
    """The tables of a build: those read ahead, if they are of this very state of its database."""
    read = _ahead.pop(_identity(build), None)
    return _read(build) if read is None else read


def _identity(build: Build) -> tuple[str, str]:
    return build.build_id, build.database_stamp


def _read(build: Build) -> Tables:
    with open_database(build.database, read_only=True) as connection:
        return read_tables(connection)
