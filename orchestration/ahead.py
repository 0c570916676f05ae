"""What a build can begin while Dagster and dbt are still being imported.

Here belongs one process beside the build's own: it lands the exports, then imports Great Expectations and waits
for questions, and draws pictures in the end. Nothing is decided in it that the build would not decide by itself:
a source that could not be landed ahead is landed by its asset, which then says why, and what was asked of a
process that is gone is done in the build's.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from orchestration.ingest.contracts import Contract, load_contracts
from orchestration.ingest.pseudonyms import PseudonymKeyError
from orchestration.ingest.sources import Landing, ingest_source, landing_of, references_of, source_paths
from orchestration.ingest.workers import are_worth_processes, processes, readers, workers
from orchestration.paths import Home

Work = TypeVar("Work")
Result = TypeVar("Result")
Piece = TypeVar("Piece")

_TAKEN_AT_ONCE = 3
_A_DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><text>1</text></svg>'


class _Ahead:
    """The process beside, and what it was asked."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool
        self._landed: Future[frozenset[str]] | None = None
        self._begun: dict[tuple[Callable[..., Any], Any], Future[Any]] = {}
        # A pool starts its process when it is first asked for something.
        pool.submit(os.getpid)

    def land(self, landing: Landing) -> None:
        self._landed = self._pool.submit(land_ahead, landing)
        self._pool.submit(_get_ready)

    def landed(self) -> frozenset[str]:
        try:
            return self._landed.result() if self._landed is not None else frozenset()
        except Exception:
            # Whatever went wrong will go wrong again where it is told.
            return frozenset()

    def begin(self, work: Callable[[Work], Result], given: Work) -> Future[Result]:
        """Some work of the process; of one that is gone, its end."""
        try:
            return self._pool.submit(work, given)
        except BrokenProcessPool as gone:
            ended: Future[Result] = Future()
            ended.set_exception(gone)
            return ended

    def begin_early(self, work: Callable[[Work], Result], given: Work) -> None:
        self._begun[work, given] = self.begin(work, given)

    def taken(self, work: Callable[[Work], Result], given: Work) -> Future[Result]:
        """What was begun early, or else is begun now."""
        return self._begun.pop((work, given), None) or self.begin(work, given)


_ahead: _Ahead | None = None


@contextmanager
def process_beside() -> Iterator[None]:
    """Starts the process beside, for as long as a build takes; none where one process alone may work."""
    global _ahead
    if workers() < 2:
        yield
        return
    with processes(1) as pool:
        _ahead = _Ahead(pool)
        try:
            yield
        finally:
            _ahead = None
            pool.shutdown(cancel_futures=True)


def begin_landing(home: Home, raw: Path, year: int) -> None:
    """Begins to land a year in the process beside and, after that, to get the guards ready there."""
    if _ahead is None:
        return
    # Where the key cannot be used, the first asset that needs it says what is wrong with it.
    with suppress(PseudonymKeyError):
        _ahead.land(landing_of(home, raw, year))


def landed_ahead() -> frozenset[str]:
    """The sources that were landed anew ahead of their assets; waits until they are."""
    return _ahead.landed() if _ahead is not None else frozenset()


def begin_beside(work: Callable[[Work], Result], given: Work) -> bool:
    """Begins some work that ``done_beside`` will be asked for, with the very same given; whether it could be begun."""
    if _ahead is None:
        return False
    _ahead.begin_early(work, given)
    return True


def done_beside(
    work: Callable[[Work], Result], given: Work, meanwhile: Callable[[], object] | None = None
) -> Result:
    """The result of some work, done in the process beside where there is one, so that this one can go on.

    What is to be done meanwhile is done only then.
    """
    if _ahead is None:
        return work(given)
    begun = _ahead.taken(work, given)
    if meanwhile is not None:
        meanwhile()
    return _result(begun, work, given)


def begin_pieces(work: Callable[[Work], Result], pieces: Sequence[Work]) -> Callable[[], list[Result]]:
    """Begins some work on each piece in the process beside; what it gives joins in and has the results.

    The process beside works from the front on, who joins in from the back.
    """
    if _ahead is None:
        return lambda: [work(piece) for piece in pieces]
    waiting = deque(enumerate(pieces))
    thread = ThreadPoolExecutor(1)
    theirs = thread.submit(_done_from_the_front, _ahead, work, waiting)
    thread.shutdown(wait=False)

    def join_in() -> list[Result]:
        done = {}
        while (mine := _taken(waiting.pop)) is not None:
            at, piece = mine
            done[at] = work(piece)
        done.update(theirs.result())
        return [done[at] for at in range(len(pieces))]

    return join_in


def _done_from_the_front(
    ahead: _Ahead, work: Callable[[Work], Result], waiting: deque[tuple[int, Work]]
) -> dict[int, Result]:
    begun: deque[tuple[int, Work, Future[Result]]] = deque()
    done: dict[int, Result] = {}
    while waiting or begun:
        # What is taken cannot be given back, so few are; but more than the one that is being done.
        while len(begun) < _TAKEN_AT_ONCE and (next_one := _taken(waiting.popleft)) is not None:
            at, piece = next_one
            begun.append((at, piece, ahead.begin(work, piece)))
        if begun:
            at, piece, future = begun.popleft()
            done[at] = _result(future, work, piece)
    return done


def _taken(take: Callable[[], Piece]) -> Piece | None:
    """What a side takes; nothing where the other has taken the last one."""
    try:
        return take()
    except IndexError:
        return None


def _result(begun: Future[Result], work: Callable[[Work], Result], given: Work) -> Result:
    """What the process beside made of it; where that is gone, what this one makes."""
    try:
        return begun.result()
    except BrokenProcessPool:
        return work(given)


# --- in the process beside -----------------------------------------------------------------------


def land_ahead(landing: Landing) -> frozenset[str]:
    """Lands every source that can be, several at a time where they are large; those that were landed anew."""
    contracts = load_contracts()
    pointed_at = {name for each in contracts.values() for name in references_of(each)}
    # Registers that others point at are small, and all else waits for them alone.
    first = [each for each in contracts.values() if each.source in pointed_at]
    then = [each for each in contracts.values() if each.source not in pointed_at]
    if not are_worth_processes([path for path in landing.exports.rglob("*") if path.is_file()]):
        return frozenset(name for each in (*first, *then) if (name := _land(landing, each, None)))
    anew = {name for each in first if (name := _land(landing, each, None))}
    with readers(workers()) as pool, ThreadPoolExecutor(len(contracts)) as threads:
        done = threads.map(lambda each: _land(landing, each, pool), _largest_first(landing, then))
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


def _get_ready() -> None:
    """Imports and makes what guards and pictures need of this process, whatever the models will say."""
    from orchestration.guards.judgement import prepare
    from orchestration.guards.suites import load_suites
    from orchestration.release.charts.picture import as_picture

    prepare(load_suites())
    as_picture(_A_DRAWING)
