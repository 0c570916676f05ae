"""``metropolis forget``: erase a person.

Here belongs the order of an erasure. What is kept of a forgotten person, and where, is ``ingest.pseudonyms``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.commands.build import build_year
from orchestration.commands.common import complain
from orchestration.ingest.pseudonyms import Pseudonymiser, forget, load_or_make_key
from orchestration.locking import HomeIsHeld, HomeLock
from orchestration.paths import Home

_HELD = 3


def forget_person(home: Home, raw: Path, year: int, email: str) -> int:
    """Cuts every tie between the landing and an address, then builds the year anew."""
    try:
        with HomeLock.of(home.lock):
            key = load_or_make_key(home.pseudonym_key)
            forget(home.forgotten, Pseudonymiser(key).pseudonym(email))
            for folder in (home.landing(year), home.build(year)):
                shutil.rmtree(folder, ignore_errors=True)
    except HomeIsHeld as held:
        complain(str(held))
        return _HELD
    print("Forgotten: from here on the person's rows carry a random mark instead of a pseudonym.")
    print("The address still stands in the raw exports and in the platforms; delete it there, too.")
    return build_year(home, raw, year, "duckdb")
