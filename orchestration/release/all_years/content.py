"""Reads what the release over all years says: figures, vintages, and the database of each year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.databases import open_database
from orchestration.errors import Refusal
from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.errors import FileRefused
from orchestration.ingest.layout import Surroundings
from orchestration.ingest.loader import load_file
from orchestration.ingest.pseudonyms import Pseudonymiser, load_or_make_key
from orchestration.ingest.sources import SourceRefused, read_bytes
from orchestration.paths import Home
from orchestration.release.number_formats import LANGUAGES, display
from orchestration.release_store import Release, ReleaseStore
from orchestration.storage import read_csv

# What stands in the place of a release where a year has figures as printed alone.
PRINT = "print"
VINTAGES = "figure_vintages"
_DISPLAYS = tuple(f"display_{language}" for language in LANGUAGES)

Row = dict[str, Any]


@dataclass(frozen=True)
class AllYears:
    """Figures and vintages of all years as rows, the catalogue, and the database of each year's current release."""

    figures: list[Row]
    vintages: list[Row]
    catalogue: dict[str, Row]
    databases: dict[int, Path]

    @property
    def years(self) -> list[int]:
        """Every year that has a figure, oldest first."""
        return sorted({row["year"] for row in self.figures})


def read_all_years(
    home: Home, releases: Mapping[int, Release], printed: Mapping[int, Path], previous: Release | None
) -> AllYears:
    """Reads the current releases, their predecessors, and figures as printed.

    ``previous`` is the last release over all years, which knows the vintages of releases that were removed since.
    """
    vintages = [row for year in releases for row in _vintages(ReleaseStore(home, year), releases[year].name)]
    vintages += _removed_since(previous, {row["release"] for row in vintages})
    figures = [row for year, release in releases.items() for row in _figures(year, release)]
    databases = {year: release.file("warehouse.duckdb") for year, release in releases.items()}
    catalogue = _catalogue(databases)
    for year, path in printed.items():
        figures += _as_printed(home, year, path, catalogue)
    vintages.sort(key=lambda row: (row["figure_id"], row["year"], _number_of(row["release"])))
    restated = _restated(vintages)
    for row in figures:
        row["is_restated"] = (row["year"], row["figure_id"]) in restated
    figures.sort(key=lambda row: (_position(row, catalogue), row["figure_id"], row["year"]))
    return AllYears(figures, vintages, catalogue, databases)


def _position(row: Row, catalogue: Mapping[str, Row]) -> int:
    """The place of a figure in the report; a figure that the catalogue has no more comes last."""
    known = catalogue.get(row["figure_id"])
    return int(known["position"]) if known is not None else len(catalogue) + 1


def _number_of(release: str) -> int:
    return int(release.rpartition("-r")[2])


def _figures(year: int, release: Release) -> Iterator[Row]:
    for row in read_csv(release.file("figures.csv")):
        yield {
            "year": year,
            "figure_id": row["figure_id"],
            "area": row["area"],
            "label": row["label"],
            "value": _decimal(row["value"]),
            "numerator": _decimal(row["numerator"]),
            "denominator": _decimal(row["denominator"]),
            "unit": row["unit"],
            "status": row["status"],
            **{name: row[name] for name in _DISPLAYS},
            "release": release.name,
        }


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _vintages(store: ReleaseStore, current: str) -> Iterator[Row]:
    """What each release of a year said of each figure; a release may be damaged as long as it is not current."""
    released = {entry.release: entry.at for entry in store.log() if entry.event == "released"}
    for name in store.names():
        release = store.release(name)
        for row in read_csv(release.file("figures.csv")):
            yield {
                "figure_id": row["figure_id"],
                "year": int(store.shelf),
                "release": name,
                "value": _decimal(row["value"]),
                "display_en": row["display_en"],
                "released_on": released.get(name, ""),
                "is_current": name == current,
            }


def _removed_since(previous: Release | None, there: set[str]) -> Iterator[Row]:
    if previous is None:
        return
    for row in read_csv(previous.file(f"{VINTAGES}.csv")):
        if row["release"] not in there:
            known = {"year": int(row["year"]), "value": _decimal(row["value"]), "is_current": False}
            yield {**row, **known}


def _restated(vintages: list[Row]) -> set[tuple[int, str]]:
    """Figures of which the current release says another value than the first one."""
    first: dict[tuple[int, str], Decimal | None] = {}
    found = set()
    for row in vintages:
        key = (row["year"], row["figure_id"])
        if first.setdefault(key, row["value"]) != row["value"] and row["is_current"]:
            found.add(key)
    return found


def _as_printed(home: Home, year: int, path: Path, catalogue: Mapping[str, Row]) -> Iterator[Row]:
    """Figures that print shows with a value, described by the catalogue."""
    contract = load_contracts()["published_figures"]
    source_file = f"{year}/{path.parent.name}/{path.name}"
    around = Surroundings(references={}, pseudonymiser=Pseudonymiser(load_or_make_key(home.pseudonym_key)))
    try:
        loaded = load_file(read_bytes(path, source_file), source_file, contract, around)
    except FileRefused as refusal:
        raise SourceRefused([refusal]) from None
    for fault in loaded.quarantined:
        raise Refusal(f"{source_file}, line {fault.source_line}, {fault.field}: {fault.reason}")
    for row in loaded.tables[contract.source].to_pylist():
        known = catalogue.get(row["figure_id"])
        if known is None or row["value"] is None:
            continue
        form = (row["value"], known["display"], known["decimals"], known["step"])
        yield {
            **{name: known[name] for name in ("figure_id", "area", "label", "unit")},
            "year": year,
            "value": row["value"],
            "numerator": None,
            "denominator": None,
            "status": row["qualifier"],
            **{f"display_{language}": display(*form, language) for language in LANGUAGES},
            "release": PRINT,
        }


def _catalogue(databases: Mapping[int, Path]) -> dict[str, Row]:
    """The catalogue of figures, as the newest year has it."""
    if not databases:
        return {}
    with open_database(databases[max(databases)], read_only=True) as connection:
        result = connection.execute("select * from figure_catalogue")
        names = [column[0] for column in result.description]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return {row["figure_id"]: row for row in rows}
