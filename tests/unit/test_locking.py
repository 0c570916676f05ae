"""Who may build in a home: one run, whose processes take turns."""

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
        first.acquire("another run")
    second.release()


@pytest.mark.parametrize("run", ["", "another run"])
def test_another_run_is_turned_away(path: Path, run: str) -> None:
    first, second = HomeLock(path), HomeLock(path)
    first.acquire("run")
    with pytest.raises(HomeIsHeld):
        second.acquire(run)
    first.release()
    second.acquire(run)
    second.release()


def test_the_name_of_one_that_died_does_not_turn_anybody_away(path: Path) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    node = {"process": int(dead.stdout), "since": "then", "run": "its run"}
    first, second = HomeLock(path), HomeLock(path)
    first.acquire("run")
    # As the file stands between taking the lock and signing it.
    path.write_text(json.dumps(node), encoding="utf-8")
    waiting = threading.Thread(target=second.acquire, args=["run"])
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    first.release()
    waiting.join(10)
    assert not waiting.is_alive()
    second.release()


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
