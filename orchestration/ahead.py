"""What a build can begin while Dagster and dbt are still being imported.

Here belongs one process beside the build's own: it lands the exports, then imports Great Expectations and waits
for questions, and draws pictures in the end. Nothing is decided in it that the build would not decide by itself:
a source that could not be landed ahead is landed by its asset, which then says why, and what was asked of a
process that is gone is done in the build's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from orchestration.ingest.contracts import Contract, load_contracts
from orchestration.ingest.pseudonyms import PseudonymKeyError
from orchestration.ingest.sources import Landing, ingest_source, landing_of, references_of, source_paths
from orchestration.ingest.workers import are_worth_processes, processes, workers
from orchestration.paths import Home

Work = TypeVar("Work")
Result = TypeVar("Result")


class _Ahead:
    """The process beside, and what it was asked."""

    def __init__(self, pool: ProcessPoolExecutor, landing: Landing) -> None:
        self._pool = pool
        self._landed: Future[frozenset[str]] = pool.submit(land_ahead, landing)
        pool.submit(_get_ready_to_judge)

    def landed(self) -> frozenset[str]:
        try:
            return self._landed.result()
        except Exception:
            # Whatever went wrong will go wrong again where it is told.
            return frozenset()

    def result(self, work: Callable[[Work], Result], given: Work) -> Result:
        return self._pool.submit(work, given).result()


_ahead: _Ahead | None = None


@contextmanager
def begun(home: Home, raw: Path, year: int) -> Iterator[None]:
    """Begins to land a year and to get the guards ready; nothing of it where one process alone may work."""
    global _ahead
    try:
        landing = landing_of(home, raw, year)
    except PseudonymKeyError:
        # The first asset that needs the key says what is wrong with it.
        landing = None
    if landing is None or workers() < 2:
        yield
        return
    with processes(1) as pool:
        _ahead = _Ahead(pool, landing)
        try:
            yield
        finally:
            _ahead = None
            pool.shutdown(cancel_futures=True)


def landed_ahead() -> frozenset[str]:
    """The sources that were landed anew ahead of their assets; waits until they are."""
    return _ahead.landed() if _ahead is not None else frozenset()


def done_beside(work: Callable[[Work], Result], given: Work) -> Result:
    """The result of some work, done in the process beside where there is one, so that this one can go on."""
    if _ahead is not None:
        with suppress(BrokenProcessPool):
            return _ahead.result(work, given)
    return work(given)


# --- in the process beside -----------------------------------------------------------------------


def land_ahead(landing: Landing) -> frozenset[str]:
    """Lands every source that can be, several at a time where they are large; those that were landed anew."""
    contracts = load_contracts()
    first = [each for each in contracts.values() if not references_of(each)]
    then = [each for each in contracts.values() if references_of(each)]
    if not are_worth_processes([path for path in landing.exports.rglob("*") if path.is_file()]):
        return frozenset(name for each in (*first, *then) if (name := _land(landing, each, None)))
    anew: set[str] = set()
    with processes(workers()) as pool, ThreadPoolExecutor(len(contracts)) as threads:
        for sources in (first, then):
            done = threads.map(lambda each: _land(landing, each, pool), _largest_first(landing, sources))
            anew.update(name for name in done if name)
    return frozenset(anew)


def _largest_first(landing: Landing, contracts: list[Contract]) -> list[Contract]:
    def size(contract: Contract) -> int:
        try:
            return sum(path.stat().st_size for path in source_paths(contract, landing.exports))
        except Exception:
            return 0

    return sorted(contracts, key=size, reverse=True)


def _land(landing: Landing, contract: Contract, pool: ProcessPoolExecutor | None) -> str | None:
    try:
        state = ingest_source(landing, contract, pool)
    except Exception:
        return None
    return None if state.was_cached else contract.source


def _get_ready_to_judge() -> None:
    from orchestration.guards.judgement import prepare

    prepare()
