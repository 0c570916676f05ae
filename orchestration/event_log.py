"""Dagster's SQLite event log with connections that stay open; the only module that imports Dagster's internals.

Dagster's own storage opens a connection for each of a build's thousand reads and writes. This one holds those of the
index and of the run at hand, and changes nothing else: Dagster's own storage reads what it wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy.pool import StaticPool


class HeldEventLogStorage(SqliteEventLogStorage):
    """The event log of an instance; configured by ``home``, the instance's DAGSTER_HOME."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._held: dict[str, sqlalchemy.Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What dagster.yaml says."""
        return {"home": dg.StringSource}

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, str]
    ) -> HeldEventLogStorage:
        """The log in the folder in which Dagster keeps it by default."""
        return cls(str(Path(config_value["home"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            # A log that was wiped is initialised anew, on new files.
            is_ready = shard in self._held and shard in self._initialized_dbs
            with (self._held[shard] if is_ready else self._hold(shard)).begin() as connection:
                yield connection

    def _hold(self, shard: str) -> sqlalchemy.Engine:
        # One run is written at a time; reading the history of many must not hold them all.
        for name in self._held.keys() - ({INDEX_SHARD_NAME} - {shard}):
            self._held.pop(name).dispose()
        engine = self._held[shard] = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    def dispose(self) -> None:
        """Closes the connections."""
        for engine in self._held.values():
            engine.dispose()
        self._held.clear()
        super().dispose()
