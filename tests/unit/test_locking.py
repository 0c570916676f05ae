"""The lock of a home: one run at a time, whose processes take turns."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from orchestration.locking import HomeIsHeld, HomeLock

HOLD = """
import sys
from pathlib import Path
from orchestration.locking import HomeLock
HomeLock(Path(sys.argv[1])).acquire(sys.argv[2])
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "build.lock"


def test_processes_of_one_run_take_turns(path: Path) -> None:
    first, second = HomeLock(path), HomeLock(path)
    first.acquire("run")
    waiting = threading.Thread(target=second.acquire, args=["run"])
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    first.release()
    waiting.join(10)
    assert not waiting.is_alive()
    with pytest.raises(HomeIsHeld):
        first.acquire("another run", wait=0)
    second.release()


@pytest.mark.parametrize("run", ["", "another run"])
def test_another_run_is_turned_away(path: Path, run: str) -> None:
    first, second = HomeLock(path), HomeLock(path)
    first.acquire("run")
    with pytest.raises(HomeIsHeld):
        second.acquire(run, wait=0)
    first.release()
    second.acquire(run)
    second.release()


def test_a_wait_ends_and_says_for_whom(path: Path) -> None:
    first, second = HomeLock(path), HomeLock(path)
    first.acquire("run")
    told: list[str] = []
    began = time.monotonic()
    with pytest.raises(HomeIsHeld, match="process"):
        second.acquire("another run", wait=0.3, on_wait=told.append)
    assert 0.3 <= time.monotonic() - began < 5
    assert len(told) == 1
    first.release()


def test_a_wait_ends_with_the_lock_where_the_holder_ends_in_time(path: Path) -> None:
    first, second = HomeLock(path), HomeLock(path)
    first.acquire("run")
    waiting = threading.Thread(target=second.acquire, args=["another run", 30])
    waiting.start()
    time.sleep(0.2)
    first.release()
    waiting.join(10)
    assert not waiting.is_alive()
    second.release()


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "{",
        "[]",
        json.dumps({"process": 999_999_999, "host": "a container", "since": "then", "run": "its run"}),
    ],
)
def test_a_holder_that_cannot_be_seen_holds_all_the_same(path: Path, signature: str) -> None:
    first, second = HomeLock(path), HomeLock(path)
    first.acquire("run")
    path.write_text(signature, encoding="utf-8")
    with pytest.raises(HomeIsHeld, match=r"a container|another process"):
        second.acquire("another run", wait=0)
    first.release()


def test_the_signature_of_one_that_died_turns_nobody_away(path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), "its run"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None and holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    assert "its run" in path.read_text(encoding="utf-8")
    lock = HomeLock(path)
    lock.acquire("another run", wait=0)
    lock.release()


def test_a_lock_file_that_is_removed_lets_nobody_in(path: Path) -> None:
    first, second = HomeLock(path), HomeLock(path)
    first.acquire("run")
    path.unlink()
    with pytest.raises(HomeIsHeld):
        second.acquire("another run", wait=0)
    path.write_text("", encoding="utf-8")
    with pytest.raises(HomeIsHeld):
        second.acquire("another run", wait=0)
    first.release()


def test_a_lock_that_was_given_back_is_signed_by_nobody(path: Path) -> None:
    with HomeLock(path):
        assert json.loads(path.read_text(encoding="utf-8"))["process"]
    assert path.read_text(encoding="utf-8") == ""


def test_a_copy_of_the_process_does_not_hold_on(path: Path) -> None:
    lock = HomeLock.of(path)
    lock.acquire("run")
    copy = multiprocessing.get_context("fork").Process(target=time.sleep, args=[60])
    copy.start()
    try:
        lock.release()
        other = HomeLock(path)
        other.acquire("another run")
        other.release()
    finally:
        copy.kill()
        copy.join()
