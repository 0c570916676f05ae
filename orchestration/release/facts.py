"""What charts and site say beyond the released tables, as small aggregates of the build's marts.

Here belongs every query that counts rows for a picture, so that none is written twice. Rows of people never
leave the database: what comes back is a number a group.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.build import database_stamp
from orchestration.databases import open_database
from orchestration.release.content import ReleaseContent

if TYPE_CHECKING:
    import duckdb

# Regions of countries that no member is in, ISO 3166 alpha-2. The register of members goes before.
_REGIONS = {
    "Africa": (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG "
        "ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW"
    ),
    "Asia-Pacific": (
        "AE AF AM AS AU AZ BD BH BN BT CC CK CN CX FJ FM GE GU HK ID IL IN IO IQ IR JO JP KG KH KI "
        "KP KR KW KZ LA LB LK MH MM MN MO MP MV MY NC NF NP NR NU NZ OM PF PG PH PK PN PS PW QA SA "
        "SB SG SY TH TJ TK TL TM TO TV TW UM UZ VN VU WF WS YE"
    ),
    "Europe": (
        "AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI "
        "LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM TR UA VA XK"
    ),
    "Latin America and Caribbean": (
        "AG AI AR AW BB BL BO BQ BR BS BZ CL CO CR CU CW DM DO EC FK GD GF GP GT GY HN HT JM KN KY "
        "LC MF MQ MS NI PA PE PR PY SR SV SX TC TT UY VC VE VG VI"
    ),
    "North America": ("BM CA GL MX PM US"),
}


@dataclass(frozen=True)
class CatalogueEntry:
    """What the catalogue says of a figure, as far as people are told."""

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


@dataclass(frozen=True)
class Region:
    """A region of Metropolis: its members, those engaged, and what is shared from it."""

    name: str
    members: int
    engaged: int
    practices: int
    initiatives: int


@dataclass(frozen=True)
class Move:
    """A figure beside the one that the year before released."""

    figure_id: str
    unit: str
    value: Decimal
    previous: Decimal
    previous_release: str
    relative: Decimal | None
    is_within_band: bool | None


@dataclass(frozen=True)
class Facts:
    """The aggregates of a release."""

    catalogue: dict[str, CatalogueEntry]
    participants: dict[str, int]
    participant_events: int
    regions: list[Region]
    unplaced_practices: int
    unplaced_initiatives: int
    moves: list[Move]
    evidence: dict[str, list[tuple[str, int]]]


def read_facts(content: ReleaseContent) -> Facts:
    """The aggregates of a release, from the build's database, which is asked once."""
    return _read_facts(content.database, database_stamp(content.database))


@lru_cache(maxsize=1)
def _read_facts(database: Path, stamp: str) -> Facts:
    with open_database(database, read_only=True) as connection:
        events, participants = _participants(connection)
        regions, practices, initiatives = _regions(connection)
        return Facts(
            catalogue=_catalogue(connection),
            participants=participants,
            participant_events=events,
            regions=regions,
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
            is_gender_impact
        from figure_catalogue order by position
        """,
    )
    return {row[0]: CatalogueEntry(*row) for row in rows}


def _participants(connection: duckdb.DuckDBPyConnection) -> tuple[int, dict[str, int]]:
    rows = _rows(
        connection,
        """
        select attendances.gender, count(*)
        from attendances
        inner join events on attendances.event_id = events.event_id
        where events.is_metropolis_event and attendances.has_attended
        group by attendances.gender
        order by attendances.gender
        """,
    )
    held = _rows(connection, "select count(*) from events where is_metropolis_event")
    return held[0][0], dict(rows)


def _regions(connection: duckdb.DuckDBPyConnection) -> tuple[list[Region], int, int]:
    """Every region with a member, by name, and how many practices and initiatives have no region."""
    members = _rows(
        connection,
        """
        select members.region, count(*), count(*) filter (where annex.activated)
        from members
        inner join annex_engagement as annex on members.member_id = annex.member_id
        group by members.region
        order by members.region
        """,
    )
    by_country = _region_by_country(connection)
    practices = _shared(connection, "use_practices", "practices", "case_id", by_country)
    initiatives = _shared(connection, "c4gh_initiatives", "initiatives", "initiative_id", by_country)
    counts = {region: (count, engaged) for region, count, engaged in members}
    names = sorted({*counts, *practices, *initiatives} - {""})
    regions = [Region(name, *counts.get(name, (0, 0)), practices[name], initiatives[name]) for name in names]
    return regions, practices[""], initiatives[""]


def _region_by_country(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The region that the register puts a country in, or else the one that it lies in."""
    found = {code: region for region, codes in _REGIONS.items() for code in codes.split()}
    register = _rows(
        connection,
        """
        select country_code, min(region) from members
        where country_code is not null
        group by country_code
        having count(distinct region) = 1
        """,
    )
    return found | dict(register)


def _shared(
    connection: duckdb.DuckDBPyConnection,
    figure_id: str,
    mart: str,
    key: str,
    by_country: dict[str, str],
) -> Counter[str]:
    """What a figure counts, by region: the member's, or else the country's; blank for neither."""
    rows = _rows(
        connection,
        f"""
        select members.region, shared.country_code, count(*)
        from (
            select distinct unit_key from figure_evidence where figure_id = '{figure_id}'
        ) as counted
        inner join {mart} as shared on counted.unit_key = shared.{key}
        left join members on shared.member_id = members.member_id
        group by members.region, shared.country_code
        """,
    )
    counts: Counter[str] = Counter()
    for region, country, count in rows:
        counts[region or by_country.get(country, "")] += count
    return counts


def _moves(connection: duckdb.DuckDBPyConnection) -> list[Move]:
    rows = _rows(
        connection,
        """
        select
            moves.figure_id, catalogue.unit, moves.value, moves.previous_value,
            moves.previous_release, moves.relative_move, moves.is_within_band
        from figure_moves as moves
        inner join figure_catalogue as catalogue on moves.figure_id = catalogue.figure_id
        where moves.previous_value is not null and moves.value is not null
        order by catalogue.position
        """,
    )
    return [Move(*row) for row in rows]


def _evidence(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, int]]]:
    """The source files behind each figure, each with how many of its rows; 0 where rows are people.

    Shares of a whole rest on all rows of the whole, their own among them.
    """
    rows = _rows(
        connection,
        """
        select figure_id, source_file, count(distinct source_line)
        from figure_evidence
        where source_file is not null
        group by figure_id, source_file
        order by figure_id, source_file
        """,
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for figure_id, source_file, count in rows:
        found.setdefault(figure_id, []).append((source_file, count))
    wholes = _rows(connection, "select figure_id, whole from figure_catalogue where whole is not null")
    return found | {figure_id: found[whole] for figure_id, whole in wholes if whole in found}
