"""Compares synthetic years cell by cell with an independent calculation and with the injected faults.

``tests/oracle/calculation.py`` shares no code with the warehouse; ``tests/support/faults.py`` lists the rows
that must be refused.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.paths import BUILD_DATABASE, PROJECT_FOLDER
from orchestration.release.tables import Table, read_tables, text_of, typed_text
from orchestration.transform.runner import raise_for_failures, release_duckdb, run_dbt
from tests.support.faults import Fault, inject_faults
from tests.support.landing import LandedYear, land_year
from tests.support.year_factory import write_year

PEER = PROJECT_FOLDER / "tests" / "oracle" / "calculation.py"
FAULTS = 40
Rows = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class HeldOut:
    """Parameters of a generated year."""

    year: int
    seed: int
    ledger_format: str
    members: int
    events: int
    registrations: int


YEARS = (
    HeldOut(2016, 301, "csv", members=20, events=14, registrations=260),
    HeldOut(2024, 302, "xlsx", members=54, events=12, registrations=160),
)


@dataclass(frozen=True)
class Compared:
    """A year's results from the warehouse and from the independent calculation."""

    faults: list[Fault]
    landed: LandedYear
    ours: dict[str, Table]
    theirs: Path

    def our_rows(self, table: str, columns: list[str]) -> Rows:
        """The warehouse's rows as texts, without apostrophes before formulas."""
        rows = self.ours[table].as_dicts()
        return Counter(tuple(typed_text(text_of(row[name])) for name in columns) for row in rows)

    def their_rows(self, table: str, columns: list[str]) -> Rows:
        """The rows of the independent calculation."""
        return Counter(tuple(row[name] for name in columns) for row in self.their_table(table))

    def their_table(self, table: str) -> list[dict[str, str]]:
        """A table of the independent calculation."""
        with (self.theirs / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def assert_same(self, table: str, columns: list[str]) -> None:
        """Fails with the rows that only one side has."""
        ours, theirs = self.our_rows(table, columns), self.their_rows(table, columns)
        assert theirs
        assert (sorted((ours - theirs).elements()), sorted((theirs - ours).elements())) == ([], [])


@pytest.fixture(scope="module", params=YEARS, ids=lambda each: str(each.year))
def compared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    held_out: HeldOut = request.param
    folder = tmp_path_factory.mktemp("held out")
    exports = folder / "raw" / str(held_out.year)
    write_year(
        exports,
        held_out.year,
        held_out.seed,
        members=held_out.members,
        events=held_out.events,
        registrations=held_out.registrations,
        ledger_format=held_out.ledger_format,
    )
    faults = inject_faults(exports, held_out.year, held_out.seed, FAULTS)
    landed = land_year(exports, folder / "landing")
    theirs = folder / "theirs"
    command = [sys.executable, str(PEER), "--raw", str(folder / "raw"), "--year", str(held_out.year)]
    subprocess.run([*command, "--out", str(theirs)], check=True, capture_output=True)
    return Compared(faults, landed, _modelled(landed, folder, held_out.year), theirs)


def _modelled(landed: LandedYear, folder: Path, year: int) -> dict[str, Table]:
    database = folder / BUILD_DATABASE
    try:
        outcomes = run_dbt(
            ["build", "--resource-type", "model", "--resource-type", "seed"],
            year=year,
            landing=landed.landing.folder,
            database=database,
            target=folder / "dbt",
            parsed=folder / "parsed",
        )
    finally:
        release_duckdb()
    raise_for_failures(outcomes)
    with duckdb.connect(str(database), read_only=True) as connection:
        return read_tables(connection)


def test_all_faults_and_only_they_are_in_quarantine_at_their_lines(compared: Compared) -> None:
    found = Counter(
        Fault(row.source_file, row.source_line, row.field, row.reason_code)
        for row in compared.landed.quarantined
    )
    expected = Counter(compared.faults)
    assert len(compared.faults) >= FAULTS
    assert {fault.reason_code for fault in compared.faults} >= {"bad_date", "invalid_utf8", "duplicate_entry"}
    assert (sorted((expected - found).elements()), sorted((found - expected).elements())) == ([], [])


def test_quarantine_is_the_same(compared: Compared) -> None:
    compared.assert_same("quarantine", ["source_file", "source_line", "field", "reason_code"])


def test_every_file_has_the_same_account(compared: Compared) -> None:
    columns = ["source_file", "rows_read", "rows_loaded", "rows_quarantined"]
    compared.assert_same("sources", columns)
    for row in compared.ours["sources"].as_dicts():
        assert row["rows_read"] == row["rows_loaded"] + row["rows_quarantined"]


def test_every_figure_is_the_same(compared: Compared) -> None:
    def exact(rows: Iterable[dict[str, Any]]) -> dict[str, list[Decimal | None]]:
        names = ("value", "numerator", "denominator")
        return {
            row["figure_id"]: [None if row[name] in (None, "") else Decimal(row[name]) for name in names]
            for row in rows
        }

    assert exact(compared.ours["figures"].as_dicts()) == exact(compared.their_table("figures"))


@pytest.mark.parametrize("annex", ["annex_activity", "annex_engagement"])
def test_every_annex_cell_is_the_same_in_the_same_order(compared: Compared, annex: str) -> None:
    theirs = compared.their_table(annex)
    compared.assert_same(annex, list(theirs[0]))
    ours = [row["member_id"] for row in compared.ours[annex].as_dicts()]
    assert ours == [row["member_id"] for row in theirs]


def test_every_place_resolves_to_the_same_member(compared: Compared) -> None:
    compared.assert_same("resolved_places", ["source_file", "text", "country", "member", "rows"])


def test_every_other_place_is_unresolved_for_the_same_reason(compared: Compared) -> None:
    compared.assert_same("unresolved_places", ["source_file", "text", "country", "rows"])

    def ambiguous(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
        return {(typed_text(row["text"]), row["source_file"]) for row in rows if row["reason"] == "ambiguous"}

    ours = [
        {name: text_of(value) for name, value in row.items()}
        for row in compared.ours["unresolved_places"].as_dicts()
    ]
    assert ambiguous(ours) == ambiguous(compared.their_table("unresolved_places"))
