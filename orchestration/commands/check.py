"""``metropolis check``: checks the exports of a year against contracts and last releases, without building."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from orchestration.commands.common import WrongCall, held
from orchestration.errors import ExitCode, MetropolisError
from orchestration.ingest.contracts import load_contracts, owner_of
from orchestration.ingest.errors import REFUSES, FileRefused, Finding
from orchestration.ingest.history import recover_history, write_history
from orchestration.ingest.pseudonyms import forgotten_marks, load_or_make_key
from orchestration.ingest.source_inventory import write_source_inventory
from orchestration.ingest.sources import Landing, SourceRefused, refusals_of_year
from orchestration.paths import Home
from orchestration.release_store import ReleaseDamaged

_MEMORY = Path("/dev/shm")
_SECONDS_BETWEEN_LOOKS = 1.0
_NOBODY = "nobody's: no contract asks for it"


def check_year(home: Home, raw: Path, year: int) -> int:
    """Prints the findings of a year by owner; returns the exit code that a build would have."""
    if not (raw / str(year)).is_dir():
        raise WrongCall(f"there are no exports of {year}: {raw / str(year)} is no folder")
    with _aside(home, raw, year) as landing:
        return _check(landing, home)


def watch_year(home: Home, raw: Path, year: int) -> int:
    """Checks a year whenever its folder changes, until interrupted."""
    exports = raw / str(year)
    with _aside(home, raw, year) as landing:
        seen: object = None
        while True:
            state = _state(exports)
            if state != seen:
                seen = state
                print(f"— {time.strftime('%H:%M:%S')} —")
                _look(landing, home)
            time.sleep(_SECONDS_BETWEEN_LOOKS)


def _look(landing: Landing, home: Home) -> None:
    """A check whose errors are said and not raised: files come and go while somebody collects them."""
    if not landing.exports.is_dir():
        print(f"There is no folder {landing.exports} yet.")
        return
    try:
        _check(landing, home)
    except (MetropolisError, OSError) as error:
        print(f"metropolis: {error}")


@contextmanager
def _aside(home: Home, raw: Path, year: int) -> Iterator[Landing]:
    """A temporary landing, in memory if possible.

    It begins as the home's own, so that only exports that changed since the last build are read.
    """
    with tempfile.TemporaryDirectory(
        prefix="metropolis-check-", dir=_MEMORY if _MEMORY.is_dir() else None
    ) as folder:
        landing = Landing(year, (raw / str(year)).resolve(), Path(folder), secrets.token_bytes(32))
        known = home.landing(year)
        if home.pseudonym_key.is_file() and known.is_dir():
            # States before tables: a table that a build writes meanwhile has no older state.
            for name in ("state", ""):
                for path in sorted((known / name).glob("*.*")):
                    target = landing.folder / name / path.name
                    target.parent.mkdir(exist_ok=True)
                    shutil.copyfile(path, target)
            landing = replace(
                landing,
                pseudonym_key=load_or_make_key(home.pseudonym_key),
                forgotten=forgotten_marks(home.forgotten),
            )
        yield landing


def _state(exports: Path) -> list[tuple[str, int, int]]:
    found = []
    for path in sorted(exports.rglob("*")):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((str(path), stat.st_size, stat.st_mtime_ns))
    return found


def _check(landing: Landing, home: Home) -> int:
    try:
        findings = _findings(landing, home)
    except SourceRefused as error:
        return _say_wrong(landing.year, error.refusals)
    refused = [each for each in findings if each.severity == REFUSES]
    _print(findings)
    if refused:
        print(
            f"A build of {landing.year} would be refused: {len(refused)} of {len(findings)} findings forbid it."
        )
        return ExitCode.REFUSED
    print(f"The exports of {landing.year} hold: {len(findings)} findings, none forbids a release.")
    return ExitCode.OK


def _findings(landing: Landing, home: Home) -> list[Finding]:
    """Raises SourceRefused with every file that breaks its contract as a whole."""
    if refusals := refusals_of_year(landing):
        raise SourceRefused(refusals)
    contracts = load_contracts()
    states = [landing.read_state(source) for source in contracts]
    try:
        write_history(landing, home)
    except ReleaseDamaged:
        # A build puts that in order, where it can be.
        with held(home, wait=0):
            recover_history(home, landing.year)
        write_history(landing, home)
    return write_source_inventory(landing, contracts, [state for state in states if state is not None])


def _say_wrong(year: int, refusals: Sequence[FileRefused]) -> int:
    _print(
        [
            Finding(REFUSES, "", each.source_file, f"found {each.found}; expected {each.expected}")
            for each in refusals
        ]
    )
    print(f"The exports of {year} are wrong; nothing would be built of them.")
    return ExitCode.WRONG


def _print(findings: Sequence[Finding]) -> None:
    """Prints the findings by owner, refusals first."""
    by_owner: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        by_owner[owner_of(each.source_file, load_contracts()) or _NOBODY].append(each)
    for owner, of_owner in by_owner.items():
        print(owner)
        for each in of_owner:
            mark = "✗" if each.severity == REFUSES else "·"
            print(f"  {mark} {each.source_file}: {each.message}")
        print()
