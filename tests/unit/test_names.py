"""Registrants' names in a column of places are masked and reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.ingest.names import slipped_names
from tests.support.landing import land_year

NAMES = {
    "user_name": ["Ana Ejemplo (she)", "San Marino Team", "Oslo"],
    "first_name": ["Mariona", "Aitana", "Sofia"],
    "last_name": ["Ejemplo", "Inventada Ruiz", ""],
}


@pytest.mark.parametrize(
    "text",
    ["Mariona Ejemplo", " mariona  EJEMPLO", "Mariona\u00a0Ejemplo\u200b", "Маriona Ejemplo", "Ejemplo Mariona",
     "Aitana Inventada Ruíz", "Ana Ejemplo (she)"],
)  # fmt: skip
def test_a_full_name_is_found_however_it_is_typed(text: str) -> None:
    assert slipped_names([text, "Madrid", None], NAMES, frozenset()) == {text}


@pytest.mark.parametrize(
    "text", ["", None, "Sofia", "Oslo", "Mariona", "Madrid", "Mariona Ejemplo Ruiz", "Aitana Ejemplo"]
)
def test_what_is_no_full_name_of_the_file_is_none(text: str | None) -> None:
    assert slipped_names([text], NAMES, frozenset()) == frozenset()


def test_a_name_of_a_place_or_a_country_is_nobodys() -> None:
    names = {"user_name": ["Buenos Aires", "South Korea"]}
    assert slipped_names(["Buenos Aires", "South Korea"], names, {"buenos aires"}) == frozenset()
    assert slipped_names(["Buenos Aires"], names, frozenset()) == {"Buenos Aires"}


HEADER = "Timestamp;Email;First name;Last name;Gender;Organisation;Country;Metropolis;Attended"


def test_a_name_is_masked_at_the_landing_and_told(exports: Path, tmp_path: Path) -> None:
    path = min((exports / "events/registrations").glob("*__form.csv"))
    rows = [
        "01/06/2019 08:19;one@example.org;Una;Persona;Woman;Org;Spain;Madrid;X",
        "02/06/2019 08:19;two@example.org;Mariona;Ejemplo;Woman;Org;Spain;una persona;X",
        "03/06/2019 08:19;three@example.org;Tres;Tercera;Woman;Org;Mariona Ejemplo;Quito;X",
        "04/06/2019 08:19;n/a;Only;Quarantined;Woman;Org;Spain;Quito;X",
        "05/06/2019 08:19;five@example.org;Five;Fifth;Man;Org;Ecuador;Only Quarantined;X",
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    landed = land_year(exports, tmp_path / "landing")
    name = path.relative_to(exports).as_posix()
    columns = ("place_text", "place_key", "country_text", "country_code", "country_key")
    assert [
        tuple(row[column] for column in columns)
        for row in landed.rows("form_responses")
        if row["source_file"] == name
    ] == [
        ("Madrid", "madrid", "Spain", "ES", "ES"),
        ("(name)", "(name)", "Spain", "ES", "ES"),
        ("Quito", "quito", "(name)", None, "(name)"),
        ("(name)", "(name)", "Ecuador", "EC", "EC"),
    ]
    (finding,) = [row for row in landed.rows("findings") if row["code"] == "name_as_place"]
    assert (finding["severity"], finding["source_file"]) == ("note", name)
    assert finding["message"].startswith("3 cells of a place or country hold the name of a registrant")
    assert not any(word in str(finding).casefold() for word in ("persona", "mariona", "quarantined"))
