"""Reads the released tables from the marts, and writes them as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from orchestration.release.number_formats import LANGUAGES, display
from orchestration.release.suggestions import Name, Suggester

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Row = dict[str, Any]
_CENT = Decimal("0.01")
_CENTS = 2
# Wide forms too: spreadsheets of East Asia take them for the narrow ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# A signed number as print shows it, +2.14K or -3 %: a spreadsheet makes nothing else of it.
_SIGNED_NUMBER = re.compile(r"[+-][\d.,]*\d\s?[KM]?\s?%?", re.ASCII)


@dataclass(frozen=True)
class Table:
    """A released table: its header and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def as_dicts(self) -> list[Row]:
        """The rows by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class _Query:
    """The query of a released table; ``grows`` marks those that grow with the exports."""

    name: str
    sql: str
    grows: bool = False


_QUERIES = (
    _Query(
        "annex_activity",
        """
        select member_id, member, is_new, news, publications, mentions, use_cases, c4gh_initiatives
        from annex_activity order by report_order
        """,
    ),
    _Query(
        "annex_engagement",
        """
        select
            member_id, member, is_new, activated, fee_paid, board, annual_meeting, bilateral, pilot,
            indicators, capacity_building, wmd_organiser
        from annex_engagement order by report_order
        """,
    ),
    _Query(
        "members",
        """
        select member_id, name as member, country_code, region, joined_on, is_new, is_board_member
        from members where is_member order by name, member_id
        """,
    ),
    _Query(
        "annex_cells",
        """
        select annex, member_id, member, column_name, value, value_before, release_before
        from annex_cells order by annex, member, member_id, position
        """,
    ),
    _Query(
        "member_activities",
        """
        select
            member_id, member, topic, label, detail, dated_on, amount_eur, is_engagement, event_id, url,
            source_file, source_line
        from member_activities order by member, member_id, topic, dated_on, label, activity_key
        """,
        grows=True,
    ),
    _Query("funding_sources", "select * from funding_sources order by all"),
    _Query("funds_use", "select * from funds_use order by all"),
    _Query("gender_impact", "select * from gender_impact order by all"),
    _Query("calendar", "select * from calendar order by all"),
    _Query("action_plan", "select * from action_plan order by code"),
    _Query(
        "policy_statements",
        """
        select title, issued_on, has_gender_perspective
        from policy_statements where is_of_year order by issued_on, title
        """,
    ),
    _Query(
        "campaigns",
        """
        select title, starts_on, ends_on, has_gender_approach
        from campaigns where is_of_year order by starts_on, title
        """,
    ),
    _Query(
        "pilots",
        """
        select pilot, member_id, member, role
        from pilots order by pilot, role, member
        """,
    ),
    _Query(
        "benchmarked_spaces",
        """
        select space, member_id, member
        from benchmarked_spaces order by space, member
        """,
    ),
    _Query(
        "egi_cities",
        """
        select place_id, city, country_code, member_id
        from egi_cities order by city, place_id
        """,
    ),
    _Query(
        "observatories",
        """
        select name, active_from, active_to
        from observatories where is_active order by name, active_from
        """,
    ),
    _Query(
        "publications",
        """
        select title, published_on, has_gender_perspective, members_mentioned
        from publications where is_of_year and origin = 'metropolis' order by published_on, title
        """,
    ),
    _Query(
        "publication_mentions",
        """
        select title, published_on, member_id, member
        from publication_mentions order by published_on, title, member
        """,
    ),
    _Query(
        "news_mentions",
        """
        select url, title, published_on, member_id, member
        from news_mentions order by published_on, url, member
        """,
    ),
    _Query(
        "wmd_activities",
        """
        select activity, held_on, organiser, member_id, member
        from wmd_activities where is_of_year order by held_on, activity, organiser
        """,
    ),
    _Query(
        "drawing_cities",
        """
        select place_id, city, country_code, member_id, drawings
        from drawing_cities order by city, place_id
        """,
    ),
    _Query(
        "videos",
        """
        select title, published_on, project
        from videos where is_of_year order by published_on, title
        """,
    ),
    _Query(
        "learning_products",
        """
        select title, kind, uploaded_on
        from learning_products where is_of_year order by uploaded_on, title
        """,
    ),
    _Query(
        "statutory_meetings",
        """
        select event_id, title, kind, start_date, end_date, format, city, country_code, members_attended
        from statutory_meetings order by start_date, event_id
        """,
    ),
    _Query(
        "agreements",
        """
        select
            agreement_id, counterparty, counterparty_type, signed_on, ends_on, has_gender_clause,
            is_of_year, is_in_force
        from agreements where is_of_year or is_in_force order by signed_on, agreement_id
        """,
    ),
    _Query(
        "partners",
        """
        select partner, category, is_gender_alliance, active_from, active_to
        from partners where is_active order by category, partner, active_from
        """,
    ),
    _Query(
        "projects",
        """
        select project_code, name, has_gender_coordination
        from projects order by project_code
        """,
    ),
    _Query(
        "governance_seats",
        """
        select body, seat, member_id, member, is_held_by_woman, from_date, to_date
        from governance_seats order by body, seat, from_date
        """,
    ),
    _Query(
        "members_led_by_women",
        """
        select member_id, member, country_code, region
        from members_led_by_women order by member, member_id
        """,
    ),
    _Query(
        "staff_roles",
        """
        select contract, role, gender, staff
        from staff_roles order by contract desc, role, gender
        """,
    ),
    _Query(
        "reconciliation",
        """
        select kind, key, printed, computed, status, reason from reconciliation
        order by kind desc, key
        """,
    ),
    _Query(
        "quarantine",
        """
        select source_file, source_line, field, reason_code, reason from quarantine
        order by all
        """,
        grows=True,
    ),
    _Query(
        "resolved_places",
        """
        select source_file, text, country, member, rows from resolved_places
        order by source_file, text, country, member
        """,
        grows=True,
    ),
    _Query(
        "sources",
        """
        select source_file, sha256, bytes, rows_read, rows_loaded, rows_quarantined
        from sources order by source_file
        """,
    ),
)


def read_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    """Reads every released table from a build's database."""
    tables = {"figures": _figures(connection)}
    tables |= {query.name: _run(connection, query) for query in _QUERIES if not query.grows}
    tables |= {query.name: _run_large(connection, query) for query in _QUERIES if query.grows}
    tables["unresolved_places"] = _unresolved_places(connection)
    tables["figure_items"] = _figure_items(connection)
    order = ("figures", "figure_items", *(each.name for each in _QUERIES), "unresolved_places")
    return {name: tables[name] for name in order}


def _fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[tuple[str, ...], list[Any]]:
    result = connection.execute(sql)
    header = tuple(column[0] for column in result.description)
    return header, result.fetchall()


def _run(connection: duckdb.DuckDBPyConnection, query: _Query) -> Table:
    header, rows = _fetch(connection, query.sql)
    return Table(query.name, header, [inert_row(row) for row in rows])


def _run_large(connection: duckdb.DuckDBPyConnection, query: _Query) -> Table:
    """Like ``_run``, by columns: most columns contain only inert texts."""
    found = connection.sql(query.sql).to_arrow_table()
    columns = [_inert_column(column) for column in found.columns]
    return Table(query.name, tuple(found.column_names), list(zip(*columns, strict=True)))


def _inert_column(column: pa.ChunkedArray) -> list[Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    values: list[Any] = column.to_pylist()
    if pa.types.is_string(column.type):
        starts = pc.utf8_slice_codeunits(column, 0, 1)
        if not pc.any(pc.is_in(starts, pa.array(_FORMULA_STARTS))).as_py():
            return values
    return [inert_text(value) for value in values]


def inert_row(row: Sequence[Any]) -> tuple[Any, ...]:
    """A row with all texts made inert."""
    return tuple([_inert(value) if type(value) is str else value for value in row])


def inert_text(value: Any) -> Any:
    """Prefixes an apostrophe to texts that a spreadsheet would run as a formula."""
    if not isinstance(value, str) or not value.startswith(_FORMULA_STARTS) or len(value) < 2:
        return value
    return value if _SIGNED_NUMBER.fullmatch(value) else f"'{value}"


# The same texts stand in many rows.
_inert = lru_cache(maxsize=65_536)(inert_text)


def typed_text(value: str) -> str:
    """Reverts ``inert_text``."""
    bare = value.removeprefix("'")
    return bare if inert_text(bare) == value else value


def _figures(connection: duckdb.DuckDBPyConnection) -> Table:
    header, rows = _fetch(
        connection,
        """
        select
            figures.year, figures.figure_id, figures.area, figures.label, figures.value,
            figures.numerator, figures.denominator, figures.unit, figures.status,
            catalogue.display, catalogue.decimals, catalogue.step
        from figures
        inner join figure_catalogue as catalogue on figures.figure_id = catalogue.figure_id
        order by catalogue.position
        """,
    )
    columns = (*header[:9], *(f"display_{language}" for language in LANGUAGES))
    return Table("figures", columns, [_figure_row(row) for row in rows])


def _figure_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    form, decimals, step = row[9:]
    value, numerator, denominator = (Decimal(n) if n is not None else None for n in row[4:7])
    rounded = None if value is None else value.quantize(Decimal(1).scaleb(-decimals))
    step = None if step is None else Decimal(step)
    displays = [display(rounded, form, decimals, step, language) for language in LANGUAGES]
    return (*row[:4], rounded, _plain(numerator), _plain(denominator), *row[7:9], *displays)


def _figure_items(connection: duckdb.DuckDBPyConnection) -> Table:
    query = _Query(
        "figure_items",
        """
        select
            items.figure_id, items.part, items.unit_key as unit, items.unit_label as label,
            items.dated_on as date, items.member_id, items.event_id, items.amount,
            items.source_file, items.source_line
        from figure_items as items
        inner join figure_catalogue as catalogue on items.figure_id = catalogue.figure_id
        order by catalogue.position, items.part desc, date, label, unit
        """,
    )
    table = _run_large(connection, query)
    amount = table.columns.index("amount")
    rows = [(*row[:amount], _plain(row[amount]), *row[amount + 1 :]) for row in table.rows]
    return Table(table.name, table.columns, rows)


def _plain(number: Decimal | None) -> Decimal | None:
    """Formats a count as a whole number, an amount of money to the cent."""
    if number is None:
        return None
    whole = number.to_integral_value()
    return whole if number == whole else number.quantize(_CENT)


def _unresolved_places(connection: duckdb.DuckDBPyConnection) -> Table:
    suggester = Suggester(read_names(connection))
    _, rows = _fetch(
        connection,
        """
        select source_file, text, country, rows, reason, place_key, country_code
        from unresolved_places order by source_file, text, country
        """,
    )
    columns = ("source_file", "text", "country", "rows", "reason", "suggestion", "score")
    return Table("unresolved_places", columns, [_unresolved(row, suggester) for row in rows])


def read_names(connection: duckdb.DuckDBPyConnection) -> list[Name]:
    """Reads every name of every member, for suggestions."""
    sql = "select member_id, member, name_key, country_code from member_names order by all"
    return [Name(*row) for row in connection.execute(sql).fetchall()]


def _unresolved(row: tuple[Any, ...], suggester: Suggester) -> tuple[Any, ...]:
    source_file, text, country, rows, reason, place_key, country_code = row
    best = suggester.best(place_key, country_code)
    if reason == "not_a_member" and best is not None and best.is_near_miss:
        reason = "near_miss"
    if reason != "near_miss":
        best = best if best is not None and best.is_worth_saying else None
    suggestion, score = (best.member, best.score) if best else ("", "")
    return inert_row((source_file, text, country, rows, reason, suggestion, score))


# --- writing -----------------------------------------------------------------------------------


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes CSV as UTF-8 with commas and line feeds; equal rows give equal bytes."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(_LineFeeds(stream), lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(as_texts(rows))


def as_texts(rows: Iterable[Sequence[Any]]) -> Iterable[tuple[str, ...]]:
    """Rows as texts, in the release's formats."""
    return zip(*map(_column_as_texts, zip(*rows, strict=True)), strict=True)


def _column_as_texts(column: tuple[Any, ...]) -> Iterable[str]:
    # Most columns of large tables hold nothing else, and their cells are not worth a call each.
    kinds = set(map(type, column))
    if kinds == {str}:
        return column
    return map(str if kinds == {int} else text_of, column)


class _LineFeeds:
    """Makes csv end lines with a line feed, but quote cells with a carriage return."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, line: str) -> int:
        """Writes a line that ends with carriage return and line feed."""
        return self._stream.write(line.removesuffix("\r\n") + "\n")


def text_of(value: Any) -> str:
    """Formats a value: true and false, ISO dates, plain decimals, blank for None."""
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return _decimal_text(value)
    return str(value)


def _decimal_text(number: Decimal) -> str:
    """Keeps two decimals; drops trailing zeros of finer scales."""
    text = format(number, "f")
    if -int(number.as_tuple().exponent) > _CENTS:
        text = text.rstrip("0").rstrip(".")
    return text
