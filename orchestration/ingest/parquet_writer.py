"""Writes landing tables to Parquet, a row group at a time, and renames them into place when complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingest.schema import LandingTable
from orchestration.storage import write_atomically

# Rows of many small files share a group; a large file makes groups of its own.
GROUP_ROWS = 200_000


class LandingWriter:
    """Context manager that writes the tables of one source and renames them into place on success."""

    def __init__(self, folder: Path, tables: Sequence[LandingTable]) -> None:
        self._folder = folder
        self._tables = {table.name: table.schema for table in tables}
        self._asides: dict[str, Path] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._waiting: dict[str, list[pa.Table]] = {name: [] for name in self._tables}
        self._stack = ExitStack()

    def __enter__(self) -> LandingWriter:
        for name in self._tables:
            aside = write_atomically(self._folder / f"{name}.parquet")
            self._asides[name] = self._stack.enter_context(aside)
        return self

    def append(self, tables: Mapping[str, pa.Table]) -> None:
        """Adds the rows of one file."""
        for name, table in tables.items():
            waiting = self._waiting[name]
            waiting.append(table)
            if sum(part.num_rows for part in waiting) >= GROUP_ROWS:
                self._flush(name)

    def _flush(self, name: str) -> None:
        waiting = self._waiting[name]
        if waiting:
            writer = self._writer(name, waiting)
            whole = pa.concat_tables([part.cast(writer.schema) for part in waiting])
            writer.write_table(whole.unify_dictionaries(), row_group_size=GROUP_ROWS)
            waiting.clear()
            pa.default_memory_pool().release_unused()

    def _writer(self, name: str, parts: Sequence[pa.Table]) -> pq.ParquetWriter:
        """Writes texts as dictionaries where the first parts have them so; whoever reads them reads texts."""
        if name not in self._writers:
            schema = max((part.schema for part in parts), key=_dictionaries)
            writer = pq.ParquetWriter(self._asides[name], schema, compression="zstd", store_schema=False)
            self._writers[name] = self._stack.enter_context(writer)
        return self._writers[name]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            for name, schema in self._tables.items():
                if name not in self._writers:
                    self._waiting[name].append(schema.empty_table())
                self._flush(name)
        # The stack closes each file before the file takes its place; an error keeps the old one.
        self._stack.__exit__(kind, error, trace)


def _dictionaries(schema: pa.Schema) -> int:
    return sum(pa.types.is_dictionary(column.type) for column in schema)
