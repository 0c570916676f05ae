"""The baseline computes the same figures as the independent calculation."""

from __future__ import annotations

import csv
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from benchmarks.__main__ import steps, take_compiled
from benchmarks.floor import run
from benchmarks.generate import generate
from benchmarks.measuring import measure
from orchestration.paths import PROJECT_FOLDER
from tests.conftest import SMALL_YEAR, Warehouse

CALCULATION = PROJECT_FOLDER / "tests" / "oracle" / "calculation.py"
REGISTRATIONS = 500


def numbers(path: Path) -> dict[str, tuple[Decimal, ...]]:
    """Numerator and denominator of each figure."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["figure_id"]: tuple(Decimal(row[name] or 0) for name in ("numerator", "denominator"))
            for row in csv.DictReader(stream)
        }


def test_the_floor_computes_the_figures_of_generated_exports(released: Warehouse, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    assert generate(raw, SMALL_YEAR, REGISTRATIONS, seed=1, workers=1) == REGISTRATIONS
    run(raw, SMALL_YEAR, tmp_path / "floor", take_compiled(released.home, SMALL_YEAR, tmp_path))
    asked = ["--raw", str(raw), "--year", str(SMALL_YEAR), "--out", str(tmp_path / "calculated")]
    subprocess.run([sys.executable, str(CALCULATION), *asked], check=True, capture_output=True)
    figures = numbers(tmp_path / "calculated" / "figures.csv")
    assert figures["participants"][0] > 0
    assert numbers(tmp_path / "floor" / "figures.csv") == figures


def test_the_seconds_of_a_build_are_those_of_its_steps(released: Warehouse) -> None:
    assert steps(released.home).keys() >= {"dbt_models", "guard_suites", "release__report"}


def test_a_process_is_measured_as_a_whole() -> None:
    taken = measure([sys.executable, "-c", "import time; held = bytearray(80_000_000); time.sleep(1.5)"])
    assert taken.wall > 1
    assert taken.peak > 80
