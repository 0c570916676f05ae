"""Every test of the dbt project, run against a landed year.

Here belongs that dbt's own tests all run and pass; what they say stands beside the models.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.models.dbt_sources import COLUMNS_FILE, SOURCES_FILE, render_columns, render_sources
from orchestration.models.runner import release_duckdb, run_dbt
from orchestration.paths import DBT_FOLDER, Home
from tests.conftest import Warehouse

pytestmark = pytest.mark.xdist_group("released")


def test_every_unit_test_of_the_models_passes(released: Warehouse, tmp_path: Path) -> None:
    home = Home(released.home)
    database = tmp_path / "build.duckdb"
    shutil.copyfile(home.build_database(released.year), database)
    outcomes = run_dbt(
        ["test", "--select", "test_type:unit"],
        year=released.year,
        landing=home.landing(released.year),
        database=database,
        target=tmp_path / "target",
    )
    release_duckdb()
    tests = [each for each in outcomes if each.unique_id.startswith("unit_test.")]
    assert len(tests) > 50
    assert [f"{each.unique_id}: {each.message}" for each in tests if not each.succeeded] == []


def test_what_is_generated_for_dbt_is_fresh() -> None:
    assert SOURCES_FILE.read_text(encoding="utf-8") == render_sources()
    assert COLUMNS_FILE.read_text(encoding="utf-8") == render_columns()


def test_no_model_or_macro_names_a_year() -> None:
    import re

    year = re.compile(r"(?<![\d-])(19|20)\d\d(?!\d)")
    named = [
        f"{path.relative_to(DBT_FOLDER)}: {line.strip()}"
        for folder in ("models", "macros")
        for path in sorted((DBT_FOLDER / folder).rglob("*.sql"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if year.search(line)
    ]
    assert named == []
