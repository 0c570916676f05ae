"""A hand-made release for tests of its outputs.

Its tables have the columns that the dbt project declares, so that a test fails when a mart and its readers
differ. Some values are attacks: markup, formulas, scripts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.paths import DBT_FOLDER
from orchestration.release.release_data import Guarded, ReleaseData
from orchestration.release.tables import read_tables, write_csv

YEAR = 2031
HARM = '"><img src=x onerror="window.harmed=1"><script>window.harmed=1</script>'
FORMULA = '=HYPERLINK("https://example.org/?leak","see")'
CHANGES = f"""# What changed in {YEAR}-r2

Compared with {YEAR}-r1.

## Figures and annex cells that moved (1)

- New members (members_new): 2 → 3. Restated: {HARM} (report team, {YEAR}-02-01)
"""
_MARTS = (
    *("figures", "figure_changes", "annex_activity", "annex_engagement", "funding_sources"),
    *("funds_use", "gender_impact", "calendar", "action_plan", "reconciliation"),
    *("resolved_places", "unresolved_places", "member_names", "participants_by_gender", "regions"),
    *(
        "members",
        "member_activities",
        "annex_cells",
        "figure_items",
        "figure_sources",
        "quarantine",
        "sources",
    ),
    *("policy_statements", "campaigns", "pilots", "benchmarked_spaces", "egi_cities", "observatories"),
    *("publications", "publication_mentions", "news_mentions", "wmd_activities", "drawing_cities"),
    *("videos", "learning_products", "statutory_meetings", "agreements", "partners", "projects"),
    *("governance_seats", "members_led_by_women", "staff_roles"),
)
_REGIONS = ("Africa", "Asia-Pacific", "Europe", "Latin America and Caribbean", "North America")
_COUNTRIES = ("SN", "VN", "PT", "PE", "CA")
_BODIES = ("board_of_directors", "co_presidency", "regional_secretariat")
_GENDERS = ("man", "non_binary", "undisclosed", "woman")

Row = dict[str, Any]


def make_release(folder: Path, *, is_empty: bool = False, has_year_before: bool = True) -> ReleaseData:
    """A release whose build database lies in the folder; empty, it has a catalogue and no rows."""
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "build.duckdb"
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        _make_tables(connection)
        catalogue = _dicts(connection, "select * from figure_catalogue order by position")
        _fill_figures(connection, catalogue, is_empty, has_year_before)
        if not is_empty:
            _fill_rest(connection, catalogue)
        tables = read_tables(connection)
    keys = [entry["figure_id"] for entry in catalogue]
    outcomes = [
        _outcome("landing", "row_accounts", "Rows read are rows loaded and quarantined", []),
        _outcome("figures", "figures", "Every figure is within its range", keys),
        _outcome("figures", "whole_shares", "Shares of one whole add to 100", _shares(keys)),
    ]
    return ReleaseData(
        year=YEAR,
        release=f"{YEAR}-r2",
        previous=f"{YEAR}-r1",
        tables=tables,
        guarded=Guarded(len(outcomes), 0, 0, outcomes),
        findings=[{"severity": "note", "code": "x", "source_file": "events/programme.csv", "message": HARM}],
        database=database,
        manifest=folder / "manifest.json",
        inputs_fingerprint="1f" * 32,
        code_fingerprint="a7" * 32,
        changes=CHANGES,
    )


def write_tables(folder: Path, content: ReleaseData) -> None:
    """The CSV files of a release, as it writes them before everything else."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in content.tables.values():
        write_csv(folder / f"{table.name}.csv", table.columns, table.rows)
    (folder / "changes.md").write_text(content.changes, encoding="utf-8")


def without_print(content: ReleaseData) -> ReleaseData:
    """The release before the report was printed."""
    nothing = replace(content.tables["reconciliation"], rows=[])
    return replace(content, tables=content.tables | {"reconciliation": nothing})


def _shares(keys: list[str]) -> list[str]:
    return [key for key in keys if key.startswith("fund")]


def _outcome(layer: str, suite: str, meaning: str, figures: list[str]) -> Row:
    return {
        "layer": layer,
        "suite": suite,
        "meaning": meaning,
        "outcome": "passed",
        "figures": figures,
    }


def _dicts(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    result = connection.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


# --- tables ------------------------------------------------------------------------------------


def _make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for mart in _MARTS:
        path = DBT_FOLDER / "models" / "marts" / f"{mart}.yml"
        node = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
        columns = [(column["name"], column["data_type"]) for column in node["columns"]]
        _create(connection, mart, columns)
    seed = DBT_FOLDER / "seeds" / "figure_catalogue.csv"
    connection.execute(f"create table figure_catalogue as from read_csv('{seed}', header=true)")


def _create(connection: duckdb.DuckDBPyConnection, table: str, columns: Iterable[tuple[str, str]]) -> None:
    typed = ", ".join(f'"{name}" {type_}' for name, type_ in columns)
    connection.execute(f"create table {table} ({typed})")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row]) -> None:
    for row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" for _ in row)
        connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))


def _fill_figures(
    connection: duckdb.DuckDBPyConnection,
    catalogue: list[Row],
    is_empty: bool,
    has_year_before: bool,
) -> None:
    figures, moves = [], []
    for index, entry in enumerate(catalogue):
        is_share = entry["unit"] == "percent"
        value = Decimal(0 if is_empty else 1200 + 7 * index if index % 9 == 2 else 3 + index % 70)
        refused = is_share and is_empty
        figures.append(
            {
                "year": YEAR,
                "figure_id": entry["figure_id"],
                "area": entry["area"],
                "label": entry["label"],
                "value": None if refused else min(value, Decimal(100)) if is_share else value,
                "numerator": Decimal(0) if refused else value,
                "denominator": (Decimal(0) if refused else Decimal(100)) if is_share else None,
                "unit": entry["unit"],
                "status": "refused" if refused else "published",
            }
        )
        before = None if index % 10 == 9 or not has_year_before or is_empty else value + index % 5 - 2
        moves.append(_move(entry, figures[-1]["value"], before))
    _insert(connection, "figures", figures)
    _insert(connection, "figure_changes", moves)


def _move(entry: Row, value: Decimal | None, before: Decimal | None) -> Row:
    row: Row = {"figure_id": entry["figure_id"], "value": value, "move_band": entry["move_band"]}
    if before is None or value is None:
        return row
    relative = round((value - before) / before, 4) if before else None
    return row | {
        "previous_release": f"{YEAR - 1}-r4",
        "previous_value": before,
        "move": value - before,
        "relative_move": relative,
        "is_within_band": None if relative is None else abs(relative) <= entry["move_band"],
    }


def _fill_rest(connection: duckdb.DuckDBPyConnection, catalogue: list[Row]) -> None:
    _fill_members(connection)
    _fill_events(connection)
    _fill_figure_sources(connection)
    _fill_figure_items(connection)
    _fill_money(connection, catalogue)
    _fill_gender(connection, catalogue)
    _fill_accounts(connection)


def _names() -> list[str]:
    return [*("Ábaco", "Éfeso", "Łódź", "Zürich", "Ñuñoa", "Xi’an", HARM), *"BCDEFGHIJKLMN"]


def _fill_members(connection: duckdb.DuckDBPyConnection) -> None:
    for index, name in enumerate(_names()):
        member: Row = {"member_id": f"M{index:03}", "member": name}
        known = {"name_key": name.casefold(), "country_code": _COUNTRIES[index % 5]}
        _insert(connection, "member_names", [member | known])
        row = {
            "report_order": index + 1,
            "member_id": member["member_id"],
            "member": name,
            "is_new": index == 3,
        }
        counts = {
            "news": index % 3,
            "publications": index % 2,
            "mentions": index,
            "use_cases": 0,
            "c4gh_initiatives": 30 - index,
        }
        _insert(connection, "annex_activity", [row | counts])
        engaged: Row = {
            "activated": index % 4 != 0,
            "fee_paid": index % 3 == 0,
            "board": index < 2,
            "annual_meeting": False,
            "bilateral": index % 2,
            "pilot": ("", "L", "P", "L&P")[index % 4],
            "indicators": True,
            "capacity_building": index % 7,
            "wmd_organiser": index == 5,
        }
        _insert(connection, "annex_engagement", [row | engaged])
        _fill_member(connection, row, counts, engaged)
    shared = ((1, 1), (15, 12), (6, 3), (6, 3), (6, 3), (6, 3))
    for region, (practices, initiatives) in zip(("", *_REGIONS), shared, strict=True):
        members = {"members": 4, "engaged": 3} if region else {"members": 0, "engaged": 0}
        row = {"region": region, "practices": practices, "initiatives": initiatives}
        _insert(connection, "regions", [row | members])


def _fill_member(connection: duckdb.DuckDBPyConnection, row: Row, counts: Row, engaged: Row) -> None:
    member = {"member_id": row["member_id"], "member": row["member"]}
    index = row["report_order"] - 1
    registered: Row = {
        "name": row["member"],
        "country_code": _COUNTRIES[index % 5],
        "region": _REGIONS[index % 5],
    }
    if index % 5 == 0:
        registered |= {"latitude": Decimal("14.6937"), "longitude": Decimal("-17.4441")}
    standing: Row = {"joined_on": date(YEAR - 20, 4, 1), "is_new": row["is_new"], "is_member": True}
    _insert(connection, "members", [{"member_id": row["member_id"]} | registered | standing])
    for annex, cells in (("annex_activity", counts), ("annex_engagement", engaged)):
        for position, (column, value) in enumerate({"is_new": row["is_new"], **cells}.items(), start=1):
            # The last member was none the year before.
            before = None if index == len(_names()) - 1 else ("2" if column == "news" else "false")
            cell = {"annex": annex, "column_name": column, "position": position, "value_before": before}
            cell |= {"value": str(value).lower() if isinstance(value, bool) else str(value)}
            cell["release_before"] = None if before is None else f"{YEAR - 1}-r4"
            _insert(connection, "annex_cells", [member | cell])
    for topic, count in counts.items():
        for number in range(count):
            activity: Row = {"topic": topic, "activity_key": f"{topic} {number}", "is_engagement": False}
            said = {"label": (HARM, FORMULA, "Housing for all")[number % 3], "dated_on": date(YEAR, 5, 1)}
            said["url"] = ("https://example.org/piece", f"javascript:{HARM}")[number % 2]
            where = {"source_file": "website/news.csv", "source_line": number + 2}
            _insert(connection, "member_activities", [member | activity | said | where])
    fee: Row = {"topic": "fee_paid", "activity_key": "7", "label": "7", "detail": "payment"}
    paid: Row = {"amount_eur": Decimal("4500.50"), "is_engagement": False, "source_file": "fees/ledger.csv"}
    _insert(connection, "member_activities", [member | fee | paid | {"source_line": 9}])


def _fill_events(connection: duckdb.DuckDBPyConnection) -> None:
    for index in range(30):
        start = date(YEAR, index % 11 + 1, 5 + index % 20)
        event: Row = {
            "event_id": f"E{index:03}",
            "title": (HARM, FORMULA, "A plain debate")[index % 3],
            "start_date": start,
            "end_date": start.replace(day=start.day + index % 2),
            "kind": ("webinar", "forum", "bilateral_meeting")[index % 3],
            "format": ("online", "in_person")[index % 2],
            "organiser_role": ("led", "participated")[index % 2],
            "is_metropolis_event": index % 2 == 0,
        }
        _insert(
            connection,
            "calendar",
            [event | {"month": start.isoformat()[:7], "gender_perspective": index % 5 == 0}],
        )
    for gender, people in zip(_GENDERS, (25, 20, 30, 41), strict=True):
        _insert(connection, "participants_by_gender", [{"gender": gender, "participants": people}])


def _fill_figure_sources(connection: duckdb.DuckDBPyConnection) -> None:
    files = [
        *(("use_practices", "use/cases.csv", 40), ("c4gh_initiatives", "c4gh/initiatives.json", 25)),
        *(("participants", f"events/registrations/E{index:03}__zoom.csv", 0) for index in range(8)),
    ]
    names = ("figure_id", "source_file", "rows")
    _insert(connection, "figure_sources", [dict(zip(names, each, strict=True)) for each in files])


def _fill_figure_items(connection: duckdb.DuckDBPyConnection) -> None:
    where = {"source_file": "use/cases.csv", "source_line": 2}
    for index in range(40):
        unit = {"figure_id": "use_practices", "part": "numerator", "unit_key": f"C{index:03}", "amount": 1}
        label = (HARM, FORMULA, "Housing for all")[index % 3]
        dated = {"unit_label": label, "dated_on": date(YEAR, 5, 1), "member_id": "M001"}
        _insert(connection, "figure_items", [unit | dated | where])
    people = {"part": "numerator", "source_file": "events/speakers.csv"}
    items: list[Row] = [
        {"figure_id": "experts", "unit_key": "people", "amount": 61},
        {"figure_id": "participants", "unit_key": "E002", "event_id": "E002", "amount": 120},
        {
            "figure_id": "funding_other_share",
            "unit_key": "7",
            "unit_label": "Other",
            "amount": Decimal("10.50"),
        },
    ]
    _insert(connection, "figure_items", [people | item for item in items])


def _fill_money(connection: duckdb.DuckDBPyConnection, catalogue: list[Row]) -> None:
    for mart, whole, key in (
        ("funding_sources", "funding", "category"),
        ("funds_use", "funds_use", "project"),
    ):
        entries = [entry for entry in catalogue if entry["whole"] == whole]
        for index, entry in enumerate(entries):
            share = Decimal(100 - 3 * (len(entries) - 1)) if index == 0 else Decimal(3)
            part = entry["figure_id"].removeprefix(f"{whole}_").removesuffix("_share")
            _insert(
                connection,
                mart,
                [
                    {
                        key: part,
                        "figure_id": entry["figure_id"],
                        "label": entry["label"],
                        "amount": share * 1000,
                        "share": share,
                        "unrounded_share": share,
                        "is_printed": True,
                    }
                ],
            )


def _fill_gender(connection: duckdb.DuckDBPyConnection, catalogue: list[Row]) -> None:
    figures = {row["figure_id"]: row for row in _dicts(connection, "select * from figures")}
    position = 0
    for entry in catalogue:
        if entry["is_gender_impact"]:
            position += 1
            figure = figures[entry["figure_id"]]
            names = ("figure_id", "label", "unit", "status", "value", "numerator", "denominator")
            row = {name: figure[name] for name in names}
            extra = {"position": position, "item": entry["figure_id"], "kind": "figure"}
            _insert(connection, "gender_impact", [row | extra])
    for body in _BODIES:
        for gender in _GENDERS:
            position += 1
            _insert(
                connection,
                "gender_impact",
                [
                    {
                        "position": position,
                        "item": f"{body}/{gender}",
                        "kind": "governance_seats",
                        "body": body,
                        "gender": gender,
                        "label": f"Seats: {body}, {gender}",
                        "unit": "count",
                        "status": "published",
                        "value": len(gender) % 5,
                        "numerator": len(gender) % 5,
                        "denominator": 9,
                    }
                ],
            )


def _fill_accounts(connection: duckdb.DuckDBPyConnection) -> None:
    plan: list[tuple[str, str, str | None, str, str]] = [
        ("L1", "line", None, "Lead", "in_progress"),
        ("L1A1", "action", "L1", HARM, "done"),
        ("L1A1D1", "deliverable", "L1A1", FORMULA, "not_started"),
        ("L2", "line", None, "Know", "done"),
    ]
    names = ("code", "level", "parent_code", "title", "status")
    _insert(connection, "action_plan", [dict(zip(names, row, strict=True)) for row in plan])
    compared = [
        ("figure", "members_new", "6", "4", "known_difference", f"Because {HARM}"),
        ("figure", "members_total", "3", "3", "match", None),
        ("annex_cell", "annex_engagement/M001/activated", "false", "true", "known_difference", "y"),
        ("figure", "gender_alliances", "?", "7", "not_legible", "print cannot be read"),
    ]
    names_of = ("kind", "key", "printed", "computed", "status", "reason")
    _insert(connection, "reconciliation", [dict(zip(names_of, row, strict=True)) for row in compared])
    place = {"source_file": "website/news.csv", "text": FORMULA, "country": "", "rows": 2}
    _insert(connection, "unresolved_places", [place | {"reason": "not_a_member", "place_key": "x"}])
    _insert(
        connection,
        "resolved_places",
        [place | {"text": "zurich", "member": "Zürich", "member_id": "M003"}],
    )
    for index in range(8):
        name = f"events/registrations/E{index:03}__zoom.csv"
        _insert(connection, "sources", [_source(name, 10 + index, index % 2)])
    for name in ("use/cases.csv", "c4gh/initiatives.json", "website/news.csv"):
        _insert(connection, "sources", [_source(name, 40, 1)])
    row = {"source_file": "use/cases.csv", "source_line": 9, "field": "status"}
    said = {"reason_code": "unknown_enum", "reason": f'status: "{HARM}" is not on the list'}
    _insert(connection, "quarantine", [row | said])


def _source(name: str, rows: int, quarantined: int) -> Row:
    return {
        "source_file": name,
        "source": "x",
        "sha256": f"{len(name):02x}" * 32,
        "bytes": rows * 91,
        "rows_read": rows,
        "rows_loaded": rows - quarantined,
        "rows_quarantined": quarantined,
    }
