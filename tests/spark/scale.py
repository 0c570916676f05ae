"""Builds a large synthetic year with DuckDB and Spark, and compares the releases. `make bench-spark` runs it.

METROPOLIS_SPARK_REGISTRATIONS sets the size (default: a million).
"""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.generate import generate
from tests.spark.parity import build_both

YEAR = 2031
REGISTRATIONS = int(os.environ.get("METROPOLIS_SPARK_REGISTRATIONS", "1000000"))


def test_a_large_year_is_the_same_bytes(tmp_path: Path) -> None:
    generate(tmp_path / "raw", YEAR, REGISTRATIONS, seed=3)
    pair = build_both(tmp_path / "raw", YEAR, tmp_path)
    assert pair.differing_files() == []
    assert pair.differing_relations() == []
