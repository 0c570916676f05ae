"""The command line imports nothing heavy before a command needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import Warehouse

HEAVY = (
    "altair",
    "babel",
    "dagster",
    "dbt",
    "duckdb",
    "great_expectations",
    "numpy",
    "pandas",
    "pyarrow",
    "pyspark",
    "sqlalchemy",
    "vl_convert",
)
CALL = f"""
import sys
from orchestration.cli import main

sys.argv[0] = "metropolis"
try:
    main()
finally:
    print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)
"""


def imported(*arguments: str) -> tuple[int, str]:
    """The exit code of a call, and which heavy libraries it imported."""
    told = subprocess.run(
        [sys.executable, "-c", CALL, *arguments], capture_output=True, text=True, check=False
    )
    return told.returncode, told.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["figures", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert imported(*arguments) == (0, "[]")


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_figures_are_told_without_anything_heavy(released: Warehouse, form: str) -> None:
    call = ["figures", "--year", str(released.year), "--home", str(released.home), "--format", form]
    assert imported(*call) == (0, "[]")


def test_an_unchanged_year_is_told_without_anything_heavy(released: Warehouse) -> None:
    call = ["build", "--year", str(released.year), "--raw", str(released.raw), "--home", str(released.home)]
    assert imported(*call) == (0, "[]")
