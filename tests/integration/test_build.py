"""``metropolis build`` on a small year, end to end: exit codes, releases, messages."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb

from orchestration.documentation import CATALOGUE
from tests.conftest import SMALL_YEAR, Warehouse, snapshot

CSV_FILES = {
    "figures": "year,figure_id,area,label,value,numerator,denominator,unit,status,"
    "display_en,display_fr,display_es",
    "annex_activity": "member_id,member,is_new,news,publications,mentions,use_cases,c4gh_initiatives",
    "annex_engagement": "member_id,member,is_new,activated,fee_paid,board,annual_meeting,bilateral,"
    "pilot,indicators,capacity_building,wmd_organiser",
    "reconciliation": "kind,key,printed,computed,status,reason",
    "quarantine": "source_file,source_line,field,reason_code,reason",
    "resolved_places": "source_file,text,country,member,rows",
    "unresolved_places": "source_file,text,country,rows,reason,suggestion,score",
    "sources": "source_file,sha256,bytes,rows_read,rows_loaded,rows_quarantined",
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_release_holds_every_file(released: Warehouse) -> None:
    for name, header in CSV_FILES.items():
        first_line = (released.latest / f"{name}.csv").read_text(encoding="utf-8").split("\n")[0]
        assert first_line == header
    for name in ("warehouse.duckdb", "report.xlsx", "datapackage.json", "changes.md"):
        assert (released.latest / name).stat().st_size > 0
    assert (released.latest / "site" / "index.html").exists()
    assert len(read(released.latest / "figures.csv")) == len(read(CATALOGUE))


def test_release_is_named_and_current(released: Warehouse) -> None:
    assert released.latest.is_symlink()
    assert released.latest.resolve().name == f"{SMALL_YEAR}-r1"


def test_every_row_is_accounted_for(released: Warehouse) -> None:
    for row in read(released.latest / "sources.csv"):
        loaded, quarantined = int(row["rows_loaded"]), int(row["rows_quarantined"])
        assert int(row["rows_read"]) == loaded + quarantined


def test_unchanged_year_makes_no_release(released: Warehouse) -> None:
    before = snapshot(released.releases)
    result = released.build()
    assert result.returncode == 0
    assert "Unchanged" in result.stdout
    assert snapshot(released.releases) == before


def test_database_documents_itself(released: Warehouse) -> None:
    with duckdb.connect(str(released.latest / "warehouse.duckdb"), read_only=True) as connection:
        tables = connection.execute("select table_name, comment from duckdb_tables()").fetchall()
        bare = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal and comment is null"
        ).fetchall()
    assert {"figures", "annex_activity", "annex_engagement"} <= {name for name, _ in tables}
    assert all(comment for _, comment in tables)
    assert bare == []


def test_missing_year_is_a_wrong_call(released: Warehouse) -> None:
    result = released.run("build", "--year", "1901")
    assert result.returncode == 2
    assert "no exports of 1901" in result.stderr


def test_figures_in_every_form(released: Warehouse) -> None:
    year = str(SMALL_YEAR)
    as_csv = released.run("figures", "--year", year, "--format", "csv").stdout
    as_json = json.loads(released.run("figures", "--year", year, "--format", "json").stdout)
    as_table = released.run("figures", "--year", year).stdout
    assert as_csv == (released.latest / "figures.csv").read_text(encoding="utf-8")
    assert [row["figure_id"] for row in as_json] == [line.split(",")[1] for line in as_csv.splitlines()[1:]]
    assert all(row["figure_id"] in as_table for row in as_json)
    for row, line in zip(as_json, read(released.latest / "figures.csv"), strict=True):
        for name in ("year", "value", "numerator", "denominator"):
            assert row[name] is None if line[name] == "" else row[name] == float(line[name])


def test_every_figure_explains_itself(released: Warehouse) -> None:
    for row in read(released.latest / "figures.csv")[::11]:
        result = released.run("explain", row["figure_id"], "--year", str(SMALL_YEAR))
        assert result.returncode == 0, result.stderr
        for chapter in ("Numerator", "Rows behind it", "Models on the way", "Guards"):
            assert chapter in result.stdout


def test_a_figure_explains_itself_as_json(released: Warehouse) -> None:
    result = released.run(
        "explain", "policy_statements", "--year", str(SMALL_YEAR), "--rows", "--format", "json"
    )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["value"] == told["numerator"] == sum(item["amount"] for item in told["items"])
    assert all(item["label"] and item["date"] for item in told["items"])
    assert {row["source_file"] for row in told["rows"]} == {file["source_file"] for file in told["files"]}
    assert "policy_statements" in " ".join(told["models"])
    assert told["guards"]


def test_explain_names_only_what_a_figure_rests_on(released: Warehouse) -> None:
    told = released.run("explain", "policy_statements", "--year", str(SMALL_YEAR)).stdout
    way = (
        "landing.policy_statements → stg_policy_statements → int_policy_statements → evidence_advocacy"
        " → figure_evidence → figures"
    )
    assert f"  {way}\n" in told


def test_explain_follows_a_share_to_the_rows_of_a_member(released: Warehouse) -> None:
    engaged = next(
        row for row in read(released.latest / "annex_engagement.csv") if row["capacity_building"] != "0"
    )
    result = released.run(
        "explain",
        "members_activated_share",
        "--year",
        str(SMALL_YEAR),
        "--member",
        engaged["member"],
    )
    assert result.returncode == 0
    assert engaged["member_id"] in result.stdout
    assert "events/registrations/" in result.stdout or "registers/meetings.csv" in result.stdout


def test_explain_of_an_unknown_figure_is_a_wrong_call(released: Warehouse) -> None:
    result = released.run("explain", "members_imagined", "--year", str(SMALL_YEAR))
    assert result.returncode == 2
    assert "members_total" in result.stderr
