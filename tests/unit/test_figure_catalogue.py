"""Every figure has an example in a unit test, and translations."""

from __future__ import annotations

import csv

import pytest
import yaml

from orchestration.documentation import CATALOGUE
from orchestration.paths import DBT_FOLDER
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.translations import definition

with CATALOGUE.open(encoding="utf-8", newline="") as stream:
    FIGURES = list(csv.DictReader(stream))


def examples() -> set[tuple[str, str]]:
    """Figure and part of every row that a unit test of an evidence model expects."""
    found = set()
    for path in (DBT_FOLDER / "models" / "intermediate" / "figures").glob("evidence_*.yml"):
        for test in yaml.safe_load(path.read_text(encoding="utf-8")).get("unit_tests", []):
            found |= {(row["figure_id"], row.get("part", "numerator")) for row in test["expect"]["rows"]}
    return found


def test_every_figure_has_an_example() -> None:
    shown = {figure_id for figure_id, _ in examples()}
    wholes = {row["whole"] for row in FIGURES if row["figure_id"] in shown} - {""}
    # The shares of a whole are one select, of which one example is enough.
    missing = [
        row["figure_id"] for row in FIGURES if row["figure_id"] not in shown and row["whole"] not in wholes
    ]
    assert not missing, f"no unit test of an evidence model expects a row of {', '.join(missing)}"


def test_every_share_has_an_example_of_its_denominator() -> None:
    shown = examples()
    shares = [row["figure_id"] for row in FIGURES if row["unit"] == "percent" and not row["whole"]]
    missing = [figure_id for figure_id in shares if (figure_id, "denominator") not in shown]
    assert not missing, f"no unit test expects a denominator of {', '.join(missing)}"


@pytest.mark.parametrize("row", FIGURES, ids=lambda row: str(row["figure_id"]))
def test_every_definition_is_translated(row: dict[str, str]) -> None:
    text = definition(row["definition"])
    for language in LANGUAGES:
        assert text.of(language)
        if language != "en":
            assert text.of(language) != row["definition"], (
                f"site/definitions.csv lacks {row['figure_id']} in {language}"
            )
        name = row["label"] if language == "en" else row[f"label_{language}"]
        assert name.strip() == name != ""


def test_positions_name_one_order() -> None:
    positions = [int(row["position"]) for row in FIGURES]
    assert positions == list(range(1, len(FIGURES) + 1))
