"""Country texts as platforms, ISO, the UN and CLDR print them."""

from __future__ import annotations

import csv
import gettext
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import babel
import pycountry
import pytest

from orchestration.ingest.countries import alpha_2_codes, country_code, country_name, listed_names

FOLDER = Path(__file__).parent / "countries"
LANGUAGES = ("en", "fr", "es")


def names_of_iso() -> Iterator[tuple[str, str]]:
    """Every name of ISO 3166 in three languages, with its code."""
    translations = [
        gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language]) for language in ("fr", "es")
    ]
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            if hasattr(country, attribute):
                name = getattr(country, attribute)
                yield name, country.alpha_2
                yield from ((each.gettext(name), country.alpha_2) for each in translations)


def names_of_cldr() -> Iterator[tuple[str, str]]:
    """Every name of a country in the locale data of three languages, with its code."""
    for language in LANGUAGES:
        for code, name in babel.Locale(language).territories.items():
            if code in alpha_2_codes():
                yield name, code


NAMES = sorted({*names_of_iso(), *names_of_cldr()})


def test_every_code_is_known() -> None:
    for code in alpha_2_codes():
        assert country_code(code) == code
        assert country_code(f" {code.lower()} ") == code


def test_every_name_of_iso_and_cldr_is_known_as_it_may_be_typed() -> None:
    assert len(NAMES) > 1000
    for name, code in NAMES:
        for typed in (name, name.upper(), f" {name}\u00a0", name.replace(" & ", " and "), f"the {name}"):
            assert country_code(typed) == code, typed


def test_names_are_known_inverted_and_with_brackets() -> None:
    for name, code in NAMES:
        first, *others = name.split()
        if others and not {",", "(", "[", "-", "–"} & set(name):
            last = " ".join(others)
            for typed in (f"{last}, {first}", f"{last} ({first})", f"{last}, {first.upper()}."):
                assert country_code(typed) == code, typed


def test_no_listed_name_is_of_two_countries() -> None:
    codes = defaultdict(set)
    for name, code in listed_names():
        codes[name.casefold()].add(code)
        assert country_code(name) == code
    assert all(len(each) == 1 for each in codes.values())


@pytest.mark.parametrize("name", ["forms", "un_names", "public_lists"])
def test_forms_of_lists_have_their_code(name: str) -> None:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        rows = [(row["form"], row["country"]) for row in csv.DictReader(stream)]
    assert len(rows) > 200
    found = [(form, country_code(form), code) for form, code in rows]
    assert [each for each in found if each[1] != each[2]] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Cote d’Ivoire", "CI"), ("Cote d´Ivoire", "CI"), ("UNITED  STATES", "US"), ("U. S. A.", "US"),
        ("Rép. dém. du Congo", "CD"), ("Rep. Dominicana", "DO"), ("St.Lucia", "LC"), ("Ste Lucie", "LC"),
        ("Iran (République islamique d’)", "IR"), ("Corea, República Popular Democrática de", "KP"),
        ("Россия", None), ("Сuba", "CU"), ("España / Spain", "ES"), ("Scotland, UK", "GB"),
        ("Republic of Turkey", "TR"), ("Kingdom of Swaziland", "SZ"), ("República de Kazajstán", "KZ"),
        ("Salvador", "SV"), ("Republic of Macedonia", "MK"), ("Kosovo (UNSCR 1244/99)", "XK"),
    ],
)  # fmt: skip
def test_spellings(text: str, code: str | None) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "-", ",", "()", "the", "of", "n/a", "Narnia", "Catalonia", "Bogotá", "Bogotá, Colombia", "Other",
        # Parts of several names.
        "Virgin Islands", "Islas Vírgenes", "Îles Vierges", "Corea", "Corée", "Islands", "Republic", "Saint",
        "Antilles", "Channel Islands", "Timor", "Democratic Republic", "Republic of China", "R. U.",
        # Two countries, or one and something else.
        "Spain / France", "Spain, France", "Georgia (USA)", "Korea (DPRK)", "Sudan and South Sudan",
        "Congo (somewhere)", "Samoa and American Samoa", "Saint Martin / Sint Maarten", "Spain or so",
        # No country of ISO's, or a code of another kind.
        "EU", "É.-U.", "ESP", "724", "Serbia and Montenegro", "Netherlands Antilles", "Yugoslavia",
    ],
)  # fmt: skip
def test_what_is_no_country_or_two(text: str) -> None:
    assert country_code(text) is None


def test_nothing_is_matched_by_likeness() -> None:
    for name, _ in NAMES:
        assert country_code(f"{name}x") is None
        assert country_code(f"North-Eastern {name}") is None


def test_the_names_are_ready_soon() -> None:
    script = (
        "import time; from orchestration.ingest.countries import country_code; start = time.process_time();"
        "country_code('Spain'); print(time.process_time() - start)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert float(said) < 1


def test_a_code_is_named_for_people() -> None:
    assert country_name("TW") == "Taiwan"
    assert country_name("QQ") == "QQ"
