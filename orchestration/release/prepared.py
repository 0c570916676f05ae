"""What of a release is got ready before anybody knows whether there will be one.

Here belongs using the time in which Dagster keeps results and guards answer: the database is copied, the tables are
read, the pictures are begun. All are of one state of one build, and a release of any other takes nothing of them.
What they hold is ``database``'s, ``tables``' and ``charts``'.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

from orchestration.build import Build
from orchestration.databases import open_database
from orchestration.paths import Home
from orchestration.release.charts import draw_ahead
from orchestration.release.content import Guarded, ReleaseContent
from orchestration.release.database import write_database
from orchestration.release.release_store import ReleaseStore
from orchestration.release.tables import Table, read_tables

Tables = dict[str, Table]
_Identity = tuple[str, str]

# Of one build at a time: either may be large.
_tables: dict[_Identity, Tables] = {}
_copies: dict[_Identity, Future[object]] = {}


def begin_copy(build: Build) -> None:
    """Begins to copy the database of a build for its release; the work is DuckDB's and does not hold up this one."""
    folder = _folder(build)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    _copies.clear()
    thread = ThreadPoolExecutor(1)
    _copies[_identity(build)] = thread.submit(write_database, build.database, folder)
    thread.shutdown(wait=False)


def read_ahead(build: Build, home: Home) -> None:
    """Reads the tables of a build for its release, and has the pictures begun that it will have.

    What goes wrong goes wrong again in the release, which says it.
    """
    shelf = ReleaseStore(home, build.year)

    def draw(tables: Tables) -> None:
        draw_ahead(
            ReleaseContent(
                year=build.year,
                release=shelf.next_name(),
                previous=shelf.current(),
                tables=tables,
                guarded=Guarded(0, 0, 0),
                findings=[],
                database=build.database,
                inputs_fingerprint="",
                code_fingerprint="",
                changes="",
            )
        )

    _tables.clear()
    with suppress(Exception):
        _tables[_identity(build)] = _read(build, draw)


def tables_of(build: Build) -> Tables:
    """The tables of a build: those read ahead, if they are of this very state of its database."""
    read = _tables.pop(_identity(build), None)
    return _read(build) if read is None else read


def put_database(build: Build, folder: Path) -> None:
    """Puts the database of a release into its folder: the copy that was begun of this state, or else a new one."""
    copy = _copies.pop(_identity(build), None)
    if copy is not None:
        # What goes wrong goes wrong again below, where it is said.
        with suppress(Exception):
            copy.result()
            _move(_folder(build), folder)
            return
    write_database(build.database, folder)


def discard(build: Build) -> None:
    """Clears away what was got ready and not taken."""
    _tables.clear()
    copy = _copies.pop(_identity(build), None)
    if copy is not None:
        wait([copy])
    shutil.rmtree(_folder(build), ignore_errors=True)


def _move(prepared: Path, folder: Path) -> None:
    for path in list(prepared.iterdir()):
        os.replace(path, folder / path.name)
    prepared.rmdir()


def _folder(build: Build) -> Path:
    return build.folder / "prepared"


def _identity(build: Build) -> _Identity:
    return build.build_id, build.database_stamp


def _read(build: Build, when_short_ones_are_read: Callable[[Tables], object] = lambda tables: None) -> Tables:
    with open_database(build.database, read_only=True) as connection:
        return read_tables(connection, when_short_ones_are_read)
