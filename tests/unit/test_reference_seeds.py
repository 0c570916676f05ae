"""The seeds of reference data are those that the libraries give, and mean what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.storage import read_csv
from orchestration.transform import reference_seeds


@pytest.mark.parametrize(
    ("path", "render"),
    [
        (reference_seeds.COUNTRIES, reference_seeds.render_countries),
        (reference_seeds.CITIES, reference_seeds.render_cities),
    ],
)
def test_a_seed_is_as_generated(path: Path, render: Callable[[], str]) -> None:
    assert path.read_text(encoding="utf-8") == render(), (
        "run python -m orchestration.transform.reference_seeds"
    )


def test_a_name_of_two_large_cities_of_a_country_is_none_of_them() -> None:
    # Two cities of China are called Taizhou, and neither is three times as large as the other.
    names = {(row["country_code"], row["name_key"]) for row in read_csv(reference_seeds.CITIES)}
    assert ("CN", "taizhou") not in names
    assert {("CN", "suzhou"), ("VE", "valencia"), ("ES", "valencia")} <= names


def test_positions_are_of_this_earth() -> None:
    rows = read_csv(reference_seeds.CITIES)
    assert len(rows) > 5000
    assert all(-90 <= float(row["latitude"]) <= 90 and -180 <= float(row["longitude"]) <= 180 for row in rows)
