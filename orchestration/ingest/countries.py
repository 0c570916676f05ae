"""Country texts as ISO 3166 alpha-2 codes.

Here belongs the vocabulary of country names that platforms print. Whether a country agrees with a
member's does not: that is a model.
"""

from __future__ import annotations

from functools import cache, lru_cache

from orchestration.ingest.normalise import normalise_text

# Common English short names that neither CLDR nor ISO lists, or lists otherwise.
_FURTHER_NAMES = {
    "Bolivia": "BO", "Bosnia and Herzegovina": "BA", "Brunei": "BN", "Burma": "MM",
    "Cabo Verde": "CV", "Cape Verde": "CV", "Congo": "CG", "Republic of the Congo": "CG",
    "Congo Republic": "CG", "Congo (Brazzaville)": "CG", "DR Congo": "CD", "Congo (Kinshasa)": "CD",
    "Democratic Republic of the Congo": "CD", "Cote d'Ivoire": "CI", "Ivory Coast": "CI",
    "Czech Republic": "CZ", "Czechia": "CZ", "East Timor": "TL", "Eswatini": "SZ", "Swaziland": "SZ",
    "Great Britain": "GB", "UK": "GB", "Hong Kong": "HK", "Iran": "IR", "Laos": "LA", "Macau": "MO",
    "Macao": "MO", "Macedonia": "MK", "North Macedonia": "MK", "Micronesia": "FM", "Moldova": "MD",
    "North Korea": "KP", "Palestine": "PS", "Palestinian Territories": "PS", "Russia": "RU",
    "Russian Federation": "RU", "South Korea": "KR", "Republic of Korea": "KR", "Syria": "SY",
    "Taiwan": "TW", "Tanzania": "TZ", "The Gambia": "GM", "The Netherlands": "NL", "Turkey": "TR",
    "Türkiye": "TR", "USA": "US", "United States of America": "US", "Vatican": "VA",
    "Vatican City": "VA", "Venezuela": "VE", "Vietnam": "VN", "Viet Nam": "VN", "Kosovo": "XK",
    "Bosnia-Herzegovina": "BA", "Congo-Brazzaville": "CG", "Republic of Congo": "CG",
    "Congo-Kinshasa": "CD", "Congo, Democratic Republic of the": "CD", "Guinea Bissau": "GW",
    "Holy See": "VA", "Hong Kong SAR": "HK", "Lao PDR": "LA", "Macao SAR": "MO", "Macau SAR": "MO",
    "Palestinian Territory": "PS", "Saint Martin": "MF", "State of Palestine": "PS",
    "The Bahamas": "BS", "Timor Leste": "TL",
}  # fmt: skip
_ALSO_WRITTEN = ((" & ", " and "), (" and ", " & "), ("St. ", "Saint "), ("Saint ", "St. "))


@cache
def _codes_by_name() -> dict[str, str]:
    import babel
    import pycountry

    territories = babel.Locale("en").territories
    names: dict[str, str] = {}
    for country in pycountry.countries:
        code = country.alpha_2
        for attribute in ("official_name", "name", "common_name"):
            if hasattr(country, attribute):
                names[normalise_text(getattr(country, attribute))] = code
        if code in territories:
            names[normalise_text(territories[code])] = code
    names.update({normalise_text(name): code for name, code in _FURTHER_NAMES.items()})
    return _as_also_written(names) | names


def _as_also_written(names: dict[str, str]) -> dict[str, str]:
    """The same names with an ampersand for "and", with "St." for "Saint", and the other way round."""
    return {
        name.replace(one.casefold(), other.casefold()): code
        for name, code in names.items()
        for one, other in _ALSO_WRITTEN
    }


@cache
def _alpha_2_codes() -> frozenset[str]:
    import pycountry

    return frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"}


@lru_cache(maxsize=65_536)
def country_code(text: str) -> str | None:
    """The alpha-2 code that a text names; None for a blank text and for one that is no country."""
    stripped = text.strip()
    if not stripped:
        return None
    if len(stripped) == 2 and stripped.upper() in _alpha_2_codes():
        return stripped.upper()
    return _codes_by_name().get(normalise_text(stripped))


def country_name(code: str) -> str:
    """The common English name of an alpha-2 code, for people; the code itself where unknown."""
    import babel

    return str(babel.Locale("en").territories.get(code, code))
