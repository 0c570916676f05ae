"""Country texts as platforms print them."""

from __future__ import annotations

import babel
import pycountry
import pytest

from orchestration.ingest.countries import country_code, country_name

# Territories of the locale data that are no ISO country.
NO_COUNTRY = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def test_every_iso_country_is_known_by_code_and_names() -> None:
    for country in pycountry.countries:
        code = country.alpha_2
        assert country_code(code) == code
        assert country_code(code.lower()) == code
        for attribute in ("name", "common_name", "official_name"):
            if hasattr(country, attribute):
                assert country_code(getattr(country, attribute)) == code


def test_every_english_short_name_is_known() -> None:
    for code, name in babel.Locale("en").territories.items():
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY:
            assert country_code(name) == code
            assert country_code(name.upper()) == code
            assert country_code(name.replace(" & ", " and ")) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("South Korea", "KR"), ("Vietnam", "VN"), ("Viet Nam", "VN"), ("Iran", "IR"), ("Taiwan", "TW"),
        ("Palestine", "PS"), ("Turkey", "TR"), ("Türkiye", "TR"), ("Czechia", "CZ"), ("Czech Republic", "CZ"),
        ("Congo", "CG"), ("DR Congo", "CD"), ("Côte d'Ivoire", "CI"), ("Cote d’Ivoire", "CI"),
        ("Ivory Coast", "CI"), ("Hong Kong SAR", "HK"), ("Macao SAR", "MO"), ("Saint Lucia", "LC"),
        ("St. Lucia", "LC"), ("Bosnia-Herzegovina", "BA"), ("The Netherlands", "NL"), (" spain ", "ES"),
        ("UNITED  STATES", "US"), ("Russia", "RU"), ("Bolivia", "BO"), ("Venezuela", "VE"), ("Syria", "SY"),
        ("Laos", "LA"), ("Moldova", "MD"), ("Tanzania", "TZ"), ("North Macedonia", "MK"), ("Kosovo", "XK"),
    ],
)  # fmt: skip
def test_common_names(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text", ["", "  ", "Narnia", "n/a", "Catalonia", "-", "España", "EU", "ESP", "Korea"]
)
def test_what_is_no_country(text: str) -> None:
    assert country_code(text) is None


def test_a_code_is_named_for_people() -> None:
    assert country_name("TW") == "Taiwan"
    assert country_name("QQ") == "QQ"
