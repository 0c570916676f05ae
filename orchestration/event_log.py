"""Dagster's event log in SQLite, on connections that stay open.

Here belongs how connections of the log are held; what it stores and how is Dagster's. Dagster opens an engine
and a connection for each of a build's thousand reads and writes, which costs more than all models together.
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
        self._held: dict[str, sqlalchemy.Connection] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What dagster.yaml says."""
        return {"home": dg.StringSource}

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, str]
    ) -> HeldEventLogStorage:
        """The log where Dagster keeps it by itself, so that either class reads what the other wrote."""
        return cls(str(Path(config_value["home"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            connection = self._held.get(shard) or self._hold(shard)
            with connection.begin():
                yield connection

    def _hold(self, shard: str) -> sqlalchemy.Connection:
        # One run is written at a time; whoever reads the history of many holds one of them, too.
        for name in self._held.keys() - {INDEX_SHARD_NAME, shard}:
            self._release(name)
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        connection = engine.connect()
        # With a write-ahead log nothing that a crash of the process could lose is waited for.
        connection.execute(sqlalchemy.text("pragma synchronous = normal"))
        connection.commit()
        self._held[shard] = connection
        return connection

    def _release(self, shard: str) -> None:
        connection = self._held.pop(shard)
        connection.close()
        connection.engine.dispose()

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; one that is there stays there."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def wipe(self) -> None:
        """Deletes the log."""
        self._release_all()
        super().wipe()

    def dispose(self) -> None:
        """Closes every connection."""
        self._release_all()
        super().dispose()

    def _release_all(self) -> None:
        with self._db_lock:
            for shard in list(self._held):
                self._release(shard)
