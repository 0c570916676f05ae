"""What is begun beside a build: the same landing, the same answers, and nothing left when the build is gone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from orchestration import ahead
from orchestration.ingest import workers
from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.sources import Landing, ingest_source
from orchestration.paths import Home
from tests.support.landing import KEY, land_year

CONTRACTS = load_contracts()

# Asks a process beside for its number, says it, and waits to be killed.
PARENT = """
import os, sys, time
from orchestration.ingest.workers import processes

if __name__ == "__main__":
    with processes(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""

# Makes an Arrow array of a list where it reads, and says whether that has taken pandas, and whether it could have.
READER = """
import importlib, sys
from orchestration.ingest.workers import readers

def made(texts):
    import pyarrow
    try:
        importlib.import_module("pandas")
    except ModuleNotFoundError:
        return pyarrow.array(texts).to_pylist(), "pandas" not in sys.modules

if __name__ == "__main__":
    with readers(1) as pool:
        print(*pool.submit(made, ["a", None]).result())
"""


def tables(folder: Path) -> dict[str, bytes]:
    """The bytes of every landing table of the sources."""
    names = {path.name: path for path in folder.glob("*.parquet") if path.stem.split("-")[0] in CONTRACTS}
    return {name: path.read_bytes() for name, path in names.items()}


def die(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.folder.mkdir()
    return home


@pytest.mark.parametrize("worth", [0, workers.WORTH_A_PROCESS])
def test_landing_ahead_is_landing(
    exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worth: int
) -> None:
    monkeypatch.setenv(workers.WORKERS_VARIABLE, "2")
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", worth)
    one_by_one = land_year(exports, tmp_path / "one")
    landing = Landing(one_by_one.landing.year, exports, tmp_path / "ahead", KEY)
    assert ahead.land_ahead(landing) == frozenset(CONTRACTS)
    assert tables(landing.folder) == tables(one_by_one.landing.folder)
    assert len(tables(landing.folder)) == len(CONTRACTS)
    assert ahead.land_ahead(landing) == frozenset()


def test_files_come_in_their_order_from_several_processes(exports: Path) -> None:
    paths = sorted(path for path in exports.rglob("*.csv"))
    with workers.processes(2) as pool:
        assert list(workers.load_in_order(os.path.getsize, paths, pool)) == [p.stat().st_size for p in paths]


def test_readers_do_without_pandas() -> None:
    output = subprocess.run([sys.executable, "-c", READER], capture_output=True, text=True, check=True).stdout
    assert output == "['a', None] True\n"


def test_only_a_process_without_threads_is_copied() -> None:
    alone = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    assert type(workers._context()) is type(alone)
    waiting = threading.Event()
    thread = threading.Thread(target=waiting.wait)
    thread.start()
    try:
        assert type(workers._context()) is type(multiprocessing.get_context("spawn"))
    finally:
        waiting.set()
        thread.join()


def test_a_source_that_cannot_land_is_told_by_its_asset(exports: Path, home: Home) -> None:
    (exports / "website/videos.csv").write_text("title\nx\n", encoding="utf-8")
    with ahead.process_beside():
        ahead.begin_landing(home, exports.parent, int(exports.name))
        anew = ahead.landed_ahead()
    assert anew == frozenset(CONTRACTS) - {"videos"}


def test_nothing_is_begun_where_one_process_may_work(
    exports: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(workers.WORKERS_VARIABLE, "1")
    with ahead.process_beside():
        ahead.begin_landing(home, exports.parent, int(exports.name))
        assert ahead.landed_ahead() == frozenset()
        assert ahead.done_beside(os.getpgid, 0) == os.getpgid(0)
    assert not home.landing(int(exports.name)).exists()


def test_a_key_that_cannot_be_used_is_told_by_its_asset(exports: Path, home: Home) -> None:
    home.pseudonym_key.write_bytes(b"short")
    home.pseudonym_key.chmod(0o600)
    with ahead.process_beside():
        ahead.begin_landing(home, exports.parent, int(exports.name))
        assert ahead.landed_ahead() == frozenset()


def test_work_of_a_process_that_is_gone_is_done_here(exports: Path, home: Home) -> None:
    with ahead.process_beside():
        ahead.begin_landing(home, exports.parent, int(exports.name))
        assert ahead.done_beside(_process, None) != os.getpid()
        ahead._ahead._pool.submit(die, None)  # type: ignore[union-attr]
        deadline = time.monotonic() + 30
        while ahead.done_beside(_process, None) != os.getpid():
            assert time.monotonic() < deadline


def test_what_was_begun_early_is_not_done_again(tmp_path: Path) -> None:
    with ahead.process_beside():
        ahead.begin_beside(_count, tmp_path / "early")
        assert ahead.done_beside(_count, tmp_path / "early") == 1
        assert ahead.done_beside(_count, tmp_path / "early") == 2
        assert ahead.done_beside(_count, tmp_path / "other") == 1


def test_nothing_is_done_meanwhile_where_nothing_is_done_beside() -> None:
    done: list[str] = []
    assert ahead.done_beside(abs, -1, meanwhile=lambda: done.append("alone")) == 1
    with ahead.process_beside():
        assert ahead.done_beside(abs, -1, meanwhile=lambda: done.append("beside")) == 1
    assert done == ["beside"]


def test_pieces_done_by_both_come_in_their_order() -> None:
    pieces = list(range(40))
    assert ahead.begin_pieces(_process_of, pieces)() == [(piece, os.getpid()) for piece in pieces]
    with ahead.process_beside():
        # By then the process is up and takes its part.
        ahead.done_beside(abs, 0)
        done = ahead.begin_pieces(_process_of, pieces)()
        assert [piece for piece, _ in done] == pieces
        assert len({process for _, process in done}) == 2
        ahead._ahead._pool.submit(die, None)  # type: ignore[union-attr]
        assert [piece for piece, _ in ahead.begin_pieces(_process_of, pieces)()] == pieces


def _process_of(piece: int) -> tuple[int, int]:
    time.sleep(0.01)
    return piece, os.getpid()


def _count(path: Path) -> int:
    """How often it was asked, in whichever process."""
    with path.open("a") as stream:
        stream.write("x")
    return path.stat().st_size


def _process(_: object) -> int:
    return os.getpid()


def test_a_process_beside_ends_with_the_build(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 30
    while _lives(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _lives(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def test_a_pool_given_is_used(exports: Path, tmp_path: Path) -> None:
    class Counting(ProcessPoolExecutor):
        submitted = 0

        def submit(self, *given, **named):  # type: ignore[no-untyped-def]
            Counting.submitted += 1
            return super().submit(*given, **named)

    landing = Landing(int(exports.name), exports, tmp_path / "landing", KEY)
    with Counting(1) as pool:
        ingest_source(landing, CONTRACTS["videos"], pool)
    assert Counting.submitted == 1
