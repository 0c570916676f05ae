"""The last release stays whole and readable when a build crashes, runs out of disk, or runs twice at once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.locking import HomeIsHeld, HomeLock
from orchestration.paths import Home
from orchestration.release_store import LATEST, ReleaseStore
from tests.conftest import METROPOLIS, SMALL_YEAR, Warehouse, snapshot

KILLS_OF_A_STORE = 100
KILLS_OF_A_BUILD = 3

# Publishes small releases without end; each file of a release holds the release's own name.
PUBLISHER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from orchestration.paths import Home
    from orchestration.release_store import ReleaseStore

    store = ReleaseStore(Home(Path(sys.argv[1])), int(sys.argv[2]))
    store.recover()
    print("ready", flush=True)
    while True:
        name = store.next_name()
        aside = store.begin()
        for part in range(5):
            (aside / f"part{part}.csv").write_text(name)
        store.publish(aside, name, {})
        store.prune(keep=5)
    """
)


def is_whole(release: Path) -> bool:
    """Whether a release of the publisher holds all its parts, each of them its own."""
    parts = [path.read_text() for path in sorted(release.glob("part*.csv"))]
    return parts == [release.resolve().name] * 5


def test_a_killed_publisher_leaves_a_whole_release(tmp_path: Path) -> None:
    chance = random.Random(11)
    store = ReleaseStore(Home(tmp_path), SMALL_YEAR)
    last = 0
    for _ in range(KILLS_OF_A_STORE):
        process = subprocess.Popen(
            [sys.executable, "-c", PUBLISHER, str(tmp_path), str(SMALL_YEAR)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.03))
        process.kill()
        process.wait()
        process.stdout.close()
        if not (store.folder / LATEST).is_symlink():
            # The very first one was cut short before it was current; the next publisher makes it so.
            continue
        current = store.current()
        assert current is not None
        assert is_whole(store.folder / LATEST)
        number = int(current.rpartition("r")[2])
        assert number >= last
        last = number
    assert last > 1
    store.recover()
    assert store.log()[-1].release == store.current()
    assert not list(store.folder.glob(".building-*"))


def touch_an_export(warehouse: Warehouse, text: str) -> None:
    with (warehouse.exports / "website" / "videos.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"{text},{SMALL_YEAR}-06-06,\n")


def test_a_killed_build_loses_nothing(released: Warehouse, tmp_path: Path) -> None:
    warehouse = released.copy(tmp_path)
    standing = snapshot(warehouse.latest.resolve())
    chance = random.Random(5)
    touch_an_export(warehouse, "Filed before the machine stopped")
    for _ in range(KILLS_OF_A_BUILD):
        process = subprocess.Popen(
            [str(METROPOLIS), "build", "--year", str(SMALL_YEAR)],
            env=warehouse.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(chance.uniform(1.0, 9.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if warehouse.latest.resolve().name == f"{SMALL_YEAR}-r1":
            assert snapshot(warehouse.latest.resolve()) == standing
        with duckdb.connect(str(warehouse.latest / "warehouse.duckdb"), read_only=True) as reader:
            missing = "select figure_id from figure_catalogue except select figure_id from figures"
            assert reader.execute(missing).fetchall() == []
    assert warehouse.build().returncode == 0
    assert warehouse.latest.resolve().name == f"{SMALL_YEAR}-r2"


def test_a_second_build_says_who_holds_the_home(released: Warehouse, tmp_path: Path) -> None:
    warehouse = released.copy(tmp_path)
    holder = HomeLock(warehouse.home / "build.lock")
    holder.acquire()
    try:
        result = warehouse.run("build", "--year", str(warehouse.year), "--wait", "0")
    finally:
        holder.release()
    assert result.returncode == 3
    assert f"process {os.getpid()}" in result.stderr


def test_a_lock_is_let_go_when_its_holder_dies(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from orchestration.locking import HomeLock; "
        "lock = HomeLock(Path(sys.argv[1])); lock.acquire(); print('held', flush=True); "
        "time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(HomeIsHeld, match=str(process.pid)):
        HomeLock(tmp_path / "lock").acquire(wait=0)
    process.kill()
    process.wait()
    process.stdout.close()
    lock = HomeLock(tmp_path / "lock")
    lock.acquire()
    lock.release()


def test_a_full_disk_leaves_the_last_release(released: Warehouse, tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk: writing fails in the middle of the work."""
    warehouse = released.copy(tmp_path)
    standing = snapshot(warehouse.releases)
    touch_an_export(warehouse, "Filed when the disk was full")
    command = f"ulimit -f 64; exec '{METROPOLIS}' build --year {SMALL_YEAR}"
    result = subprocess.run(
        ["bash", "-c", command],
        env=warehouse.environment(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert result.returncode != 0
    assert snapshot(warehouse.releases) == standing


def test_a_home_that_cannot_be_written_is_said(released: Warehouse, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    result = Warehouse(released.raw, blocked / "home").build()
    assert result.returncode == 2
    assert "home cannot be used" in result.stderr
