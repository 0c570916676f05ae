"""``metropolis forget``: erases a person from a home."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from orchestration.commands.build import build_year
from orchestration.commands.common import OK, WrongCall, held
from orchestration.ingest.addresses import address_of
from orchestration.ingest.pseudonyms import Pseudonymiser, forget, is_forgotten, load_key
from orchestration.paths import Home


def forget_person(home: Home, raw: Path, year: int | None, email: str, wait: float) -> int:
    """Erases the person of an address from the home, then rebuilds all its years, or one year.

    The exit code is that of the build that went worst. Raises WrongCall, and changes nothing, where no landed row
    is the person's.
    """
    address = address_of(email)
    if address is None:
        raise WrongCall("that is no e-mail address")
    # Tools that a build calls write the command line of their process into files.
    sys.argv[:] = [argument for argument in sys.argv if argument != email]
    with held(home, wait):
        years = _years(home)
        rows = _erase(home, years, address)
    print(f"Forgotten: {rows} landed rows carried the person's pseudonym. They carry a random mark instead.")
    built = [each for each in (years if year is None else [year]) if (raw / str(each)).is_dir()]
    outcomes = [build_year(home, raw, each, "duckdb", wait) for each in built]
    _say_what_is_left()
    return max(outcomes, default=OK)


def _years(home: Home) -> list[int]:
    """The years with a landing or a build in the home."""
    folders = [*(home.folder / "landing").glob("*"), *(home.folder / "builds").glob("*")]
    return sorted({int(folder.name) for folder in folders if folder.name.isdigit()})


def _erase(home: Home, years: Iterable[int], address: str) -> int:
    """Marks the person as forgotten and removes all landings and builds; returns their number of rows.

    Development databases go as well: they hold what plain dbt made of the landing.
    """
    pseudonym = Pseudonymiser(load_key(home.pseudonym_key)).pseudonym(address)
    rows = sum(_rows_of(home.landing(year), pseudonym) for year in years)
    # Who has a mark already is erased again: the first time may have been cut short.
    if not rows and not is_forgotten(home.forgotten, pseudonym):
        raise WrongCall(f"no landed row of {home.folder} is of that address; nothing was changed")
    # The mark comes first: a crash after it leaves nothing that a later build would not mend.
    forget(home.forgotten, pseudonym)
    for year in years:
        for folder in (home.landing(year), home.build(year)):
            shutil.rmtree(folder, ignore_errors=True)
    for path in home.development_databases:
        if path.is_dir():
            # What DuckDB spilled.
            shutil.rmtree(path)
        else:
            path.unlink()
    return rows


def _rows_of(landing: Path, pseudonym: str) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = 0
    for path in sorted(landing.glob("*.parquet")):
        try:
            if "person_key" in pq.read_schema(path).names:
                found = pq.read_table(path, columns=["person_key"], filters=[("person_key", "=", pseudonym)])
                rows += found.num_rows
        except (pa.ArrowException, OSError):
            raise WrongCall(
                f"{path} is damaged; metropolis build --year {landing.name} lands it again, forget comes after"
            ) from None
    return rows


def _say_what_is_left() -> None:
    print("The address still stands in the raw exports and on the platforms: delete it there, too.")
    print("Earlier releases hold the pseudonym until they are removed: metropolis releases --keep 1.")
