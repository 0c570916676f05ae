"""Dagster's event log in SQLite, on connections that stay open.

Here belongs how connections of the log are held, and what of it need not be asked twice; what it stores and how is
Dagster's. Dagster opens an engine and a connection for each of a build's thousand reads and writes, which costs more
than all models together, and reads what it has just written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy
from dagster._core.event_api import EventLogRecord
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
        self._columns: set[str] = set()
        self._indices: set[str] = set()
        # By asset: its last materialisation that was stored here, as text and as what Dagster makes of that.
        self._stored: dict[str, tuple[str, EventLogRecord]] = {}
        self._partitions: dict[tuple[str, str], bool] = {}
        self._seen_version = 0
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

    def _has_asset_key_col_on_connection(self, conn: sqlalchemy.Connection, column_name: str) -> bool:
        """Whether the table of assets has a column; one that is there stays there."""
        if column_name not in self._columns and super()._has_asset_key_col_on_connection(conn, column_name):
            self._columns.add(column_name)
        return column_name in self._columns

    def has_secondary_index(self, name: str) -> bool:
        """Whether an index of the log is complete; one that is stays so."""
        if name not in self._indices and super().has_secondary_index(name):
            self._indices.add(name)
        return name in self._indices

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there is a partition, which is asked a few times an asset."""
        asked = partitions_def_name, partition_key
        version = self._version_of_index()
        if version != self._seen_version:
            self._partitions.clear()
            self._seen_version = version
        if asked not in self._partitions:
            self._partitions[asked] = super().has_dynamic_partition(partitions_def_name, partition_key)
        return self._partitions[asked]

    def _version_of_index(self) -> int:
        """What changes when another connection changes the index."""
        with self._db_lock:
            connection = self._held.get(INDEX_SHARD_NAME) or self._hold(INDEX_SHARD_NAME)
            # Past SQLAlchemy, to which it would be a transaction.
            sqlite: Any = connection.connection.dbapi_connection
            return int(sqlite.execute("pragma data_version").fetchone()[0])

    def add_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        """Adds partitions."""
        super().add_dynamic_partitions(partitions_def_name, partition_keys)
        self._partitions.clear()

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Deletes a partition."""
        super().delete_dynamic_partition(partitions_def_name, partition_key)
        self._partitions.clear()

    def _get_asset_entry_values(self, event: Any, event_id: int, *arguments: Any) -> dict[str, Any]:
        values = super()._get_asset_entry_values(event, event_id, *arguments)
        text = values.get("last_materialization")
        if text is not None:
            record = EventLogRecord(storage_id=event_id, event_log_entry=event)
            self._stored[event.dagster_event.asset_key.to_string()] = text, record
        return values

    def _get_latest_materialization_records(self, raw_asset_rows: Any) -> Mapping[Any, Any]:
        """The last materialisations; those that were stored here as they were, and not read of their text again."""
        known, others = {}, []
        for row in raw_asset_rows:
            text, record = self._stored.get(row["asset_key"], ("", None))
            # Of one that was wiped, or stored again elsewhere, the text is another.
            if record is not None and text == row["last_materialization"]:
                known[dg.AssetKey.from_db_string(row["asset_key"])] = record
            else:
                others.append(row)
        return known | dict(super()._get_latest_materialization_records(others)) if others else known

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
