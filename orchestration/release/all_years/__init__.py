"""The release over all years: figures side by side with their vintages, annexes and lists with a year, a page.

It lies in ``<home>/releases/all-years/``, a shelf of the same store and protocol as that of a year, and is made of
the current releases of the years alone. A year that has figures as printed and no release enters by these. Nothing
of it holds people: their pseudonyms stay in the databases of the years.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.errors import Refusal
from orchestration.fingerprints import code_fingerprint
from orchestration.paths import Home
from orchestration.release_store import ALL_YEARS, Release, ReleaseStore, released_years
from orchestration.storage import sha256_of_file

if TYPE_CHECKING:
    from orchestration.release.publish import Released

_PRINTED = Path("published") / "figures.csv"


def all_years_are_current(home: Home, raw: Path) -> bool:
    """Whether the current release over all years is made of what it would be made of now.

    Raises ReleaseDamaged where it, or the release of a year, is not whole.
    """
    release = ReleaseStore(home, ALL_YEARS).current_release()
    return release is not None and release.provenance.get("made_of") == _made_of(home, raw)


def publish_all_years(home: Home, raw: Path) -> Released:
    """Releases all years anew; keeps the current release where it is made of the same.

    Raises ReleaseDamaged where the release of a year, or over all years, is not what was published; SourceRefused where
    figures as printed cannot be read; Refusal where no year is released.
    """
    from orchestration.release.all_years.content import read_all_years
    from orchestration.release.all_years.writing import write_all_years
    from orchestration.release.publish import Released

    store = ReleaseStore(home, ALL_YEARS)
    store.recover()
    previous = store.current_release()
    if previous is not None:
        previous.verify()
        if all_years_are_current(home, raw):
            return Released(previous.name, previous.folder, is_new=False)
    releases = _releases(home)
    if not releases:
        raise Refusal("no year is released yet, so there is nothing to put side by side")
    made_of = _made_of(home, raw)
    aside = store.begin()
    try:
        name = store.next_name()
        content = read_all_years(home, releases, _printed(home, raw), previous)
        write_all_years(aside, name, content)
        provenance: dict[str, Any] = {
            "previous": previous.name if previous is not None else None,
            "made_of": made_of,
        }
        folder = store.publish(aside, name, provenance)
    except BaseException:
        if aside.exists():
            store.discard(aside)
        raise
    return Released(name, folder, is_new=True)


def _made_of(home: Home, raw: Path) -> dict[str, Any]:
    return {
        "releases": {str(year): release.name for year, release in _releases(home).items()},
        "printed": {str(year): sha256_of_file(path) for year, path in _printed(home, raw).items()},
        "code": code_fingerprint(),
    }


def _releases(home: Home) -> dict[int, Release]:
    """The current release of each year that has one, oldest year first."""
    found = ((year, ReleaseStore(home, year).current_release()) for year in released_years(home))
    return {year: release for year, release in found if release is not None}


def _printed(home: Home, raw: Path) -> dict[int, Path]:
    """The files of figures as printed, of the years without a release."""
    if not raw.is_dir():
        return {}
    released = _releases(home)
    years = sorted(int(each.name) for each in raw.iterdir() if each.name.isdecimal())
    files = {year: raw / str(year) / _PRINTED for year in years if year not in released}
    return {year: path for year, path in files.items() if path.is_file()}
