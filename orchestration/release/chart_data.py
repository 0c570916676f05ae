"""Reads the data of charts and site beyond the released tables from the build's marts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.build import database_stamp
from orchestration.databases import open_database
from orchestration.release.release_data import ReleaseData

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class CatalogueEntry:
    """The published attributes of a figure in the catalogue."""

    figure_id: str
    area: str
    section: str
    label_en: str
    label_fr: str
    label_es: str
    definition: str
    decimals: int
    unit: str
    is_gender_impact: bool
    rests_on: str


@dataclass(frozen=True)
class Region:
    """A Metropolis region: members, engaged members, practices and initiatives."""

    name: str
    members: int
    engaged: int
    practices: int
    initiatives: int


@dataclass(frozen=True)
class MemberPlace:
    """A member of the year: country, region, whether it was activated, and where its city is, in degrees."""

    name: str
    country_code: str
    region: str
    is_activated: bool
    latitude: Decimal | None
    longitude: Decimal | None


@dataclass(frozen=True)
class Move:
    """A figure beside its value of the year before."""

    figure_id: str
    unit: str
    value: Decimal
    previous: Decimal
    previous_release: str
    relative: Decimal | None
    is_within_band: bool | None


@dataclass(frozen=True)
class ChartData:
    """Aggregates shown in charts and site."""

    catalogue: dict[str, CatalogueEntry]
    participants: dict[str, int]
    participant_events: int
    regions: list[Region]
    members: list[MemberPlace]
    unplaced_practices: int
    unplaced_initiatives: int
    moves: list[Move]
    evidence: dict[str, list[tuple[str, int]]]


def read_chart_data(content: ReleaseData) -> ChartData:
    """Reads the aggregates from the build's database."""
    return _read_cached(content.database, database_stamp(content.database))


@lru_cache(maxsize=1)
def _read_cached(database: Path, stamp: str) -> ChartData:
    with open_database(database, read_only=True) as connection:
        regions, practices, initiatives = _regions(connection)
        return ChartData(
            catalogue=_catalogue(connection),
            participants=_participants(connection),
            participant_events=_participant_events(connection),
            regions=regions,
            members=_members(connection),
            unplaced_practices=practices,
            unplaced_initiatives=initiatives,
            moves=_moves(connection),
            evidence=_evidence(connection),
        )


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return list(connection.execute(sql).fetchall())


def _catalogue(connection: duckdb.DuckDBPyConnection) -> dict[str, CatalogueEntry]:
    rows = _rows(
        connection,
        """
        select
            figure_id, area, section, label, label_fr, label_es, definition, decimals, unit,
            is_gender_impact, rests_on
        from figure_catalogue order by position
        """,
    )
    return {row[0]: CatalogueEntry(*row) for row in rows}


def _participants(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return dict(_rows(connection, "select gender, participants from participants_by_gender order by gender"))


def _participant_events(connection: duckdb.DuckDBPyConnection) -> int:
    rows = _rows(connection, "select numerator from figures where figure_id = 'metropolis_events'")
    return int(rows[0][0])


def _regions(connection: duckdb.DuckDBPyConnection) -> tuple[list[Region], int, int]:
    """Regions by name, and the number of practices and initiatives without one."""
    rows = _rows(
        connection, "select region, members, engaged, practices, initiatives from regions order by region"
    )
    regions = [Region(*row) for row in rows]
    unplaced = [region for region in regions if not region.name]
    return (
        [region for region in regions if region.name],
        sum(region.practices for region in unplaced),
        sum(region.initiatives for region in unplaced),
    )


def _members(connection: duckdb.DuckDBPyConnection) -> list[MemberPlace]:
    rows = _rows(
        connection,
        """
        select
            members.name, members.country_code, members.region, annex.activated, members.latitude,
            members.longitude
        from members
        inner join annex_engagement as annex on members.member_id = annex.member_id
        order by annex.report_order
        """,
    )
    return [MemberPlace(*row) for row in rows]


def _moves(connection: duckdb.DuckDBPyConnection) -> list[Move]:
    rows = _rows(
        connection,
        """
        select
            moves.figure_id, catalogue.unit, moves.value, moves.previous_value,
            moves.previous_release, moves.relative_move, moves.is_within_band
        from figure_changes as moves
        inner join figure_catalogue as catalogue on moves.figure_id = catalogue.figure_id
        where moves.previous_value is not null and moves.value is not null
        order by catalogue.position
        """,
    )
    return [Move(*row) for row in rows]


def _evidence(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, int]]]:
    """Figure → source file → number of rows; 0 where rows are people."""
    sql = "select figure_id, source_file, rows from figure_sources order by figure_id, source_file"
    found: dict[str, list[tuple[str, int]]] = {}
    for figure_id, source_file, count in _rows(connection, sql):
        found.setdefault(figure_id, []).append((source_file, count))
    return found
