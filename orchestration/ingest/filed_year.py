"""A landed year for checks across sources: files, quarantine, contracts, and SQL over the landing tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from orchestration.databases import create_landing_views, open_database
from orchestration.ingest.contracts import Contract
from orchestration.ingest.errors import Finding, QuarantinedRow
from orchestration.ingest.sources import Landing, SourceFile, SourceState
from orchestration.paths import EXPECTATIONS_FOLDER

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class FiledYear:
    """The exports of a year, once every source is landed.

    ``findings`` are those of the readers. Landing tables are views ``landing.<table>`` of the connection.
    """

    landing: Landing
    contracts: Mapping[str, Contract]
    files: Sequence[SourceFile]
    quarantined: Sequence[QuarantinedRow]
    findings: Sequence[Finding]
    connection: duckdb.DuckDBPyConnection

    @property
    def year(self) -> int:
        """The report year."""
        return self.landing.year

    @cached_property
    def loaded(self) -> dict[str, list[SourceFile]]:
        """Source → its files of which a row was loaded."""
        by_source: dict[str, list[SourceFile]] = {name: [] for name in self.contracts}
        for each in self.files:
            if each.rows_loaded:
                by_source[each.source].append(each)
        return by_source

    def file_of(self, source: str) -> str:
        """The file of a source that has one, as its path under the year."""
        names = [each.source_file for each in self.files if each.source == source]
        return names[0] if names else self.contracts[source].file

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query over the landing."""
        result = self.connection.execute(sql, list(parameters) or None)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@contextmanager
def filed_year(
    landing: Landing, contracts: Mapping[str, Contract], states: Sequence[SourceState]
) -> Iterator[FiledYear]:
    """Opens a landed year."""
    connection = open_database(None, spill=landing.folder / "spill")
    try:
        create_landing_views(connection, landing.folder)
        connection.execute(f"set variable report_year = {landing.year:d}")
        connection.execute((EXPECTATIONS_FOLDER / "common.sql").read_text(encoding="utf-8"))
        yield FiledYear(
            landing,
            contracts,
            [each for state in states for each in state.files],
            [each for state in states for each in state.quarantined],
            [each for state in states for each in state.findings],
            connection,
        )
    finally:
        connection.close()


def counted(number: int, noun: str) -> str:
    """A count with its noun, such as 1 row or 2 rows."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(texts: Sequence[str], most: int = 5) -> str:
    """The first texts, joined, and the number of others."""
    shown = ", ".join(texts[:most])
    return shown if len(texts) <= most else f"{shown} and {len(texts) - most} more"
