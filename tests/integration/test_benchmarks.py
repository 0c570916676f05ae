"""The baseline computes the same figures as a build."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from benchmarks.__main__ import BENCH_YEAR, build, steps, take_compiled
from benchmarks.floor import run
from benchmarks.generate import generate
from tests.conftest import Warehouse

REGISTRATIONS = 500


def numbers(path: Path) -> dict[str, tuple[Decimal, ...]]:
    """Numerator and denominator of each figure."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["figure_id"]: tuple(Decimal(row[name] or 0) for name in ("numerator", "denominator"))
            for row in csv.DictReader(stream)
        }


def test_the_floor_computes_the_figures_that_a_build_releases(released: Warehouse, tmp_path: Path) -> None:
    raw, home = tmp_path / "raw", tmp_path / "home"
    assert generate(raw, BENCH_YEAR, REGISTRATIONS, seed=1, workers=1) == REGISTRATIONS
    Warehouse(raw, home, BENCH_YEAR).take_parsed_project(released)
    taken = build(raw, home, BENCH_YEAR)
    assert taken.wall > 0 < taken.peak
    assert steps(home).keys() >= {"dbt_models", "guard_suites", "release__report"}
    run(raw, BENCH_YEAR, tmp_path / "floor", take_compiled(home, tmp_path))
    figures = numbers(home / "releases" / str(BENCH_YEAR) / "latest" / "figures.csv")
    assert figures["participants"][0] > 0
    assert numbers(tmp_path / "floor" / "figures.csv") == figures
