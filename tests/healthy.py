"""Measures how often a healthy next year of the sample is refused: ten builds, one per seed (``make healthy``)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from orchestration.paths import PROJECT_FOLDER
from tests.support.healthy_years import write_healthy_year

SAMPLE = PROJECT_FOLDER / "raw" / "2021"
SEEDS = range(10)


def main() -> int:
    """Builds the sample, then each healthy year in a copy of its home; 1 where one was refused."""
    refused = 0
    with tempfile.TemporaryDirectory(prefix="healthy-") as folder:
        base = Path(folder)
        _build(2021, SAMPLE.parent, base / "home", "the sample")
        for seed in SEEDS:
            write_healthy_year(SAMPLE, base / str(seed) / "2022", seed)
            home = base / str(seed) / "home"
            shutil.copytree(base / "home", home, symlinks=True)
            refused += _build(2022, base / str(seed), home, f"seed {seed}")
            shutil.rmtree(base / str(seed))
    print(f"{refused} of {len(SEEDS)} healthy years were refused.")
    return int(refused > 0)


def _build(year: int, raw: Path, home: Path, name: str) -> bool:
    """Whether a build was refused; says so, and why."""
    started = time.monotonic()
    metropolis = Path(sys.executable).with_name("metropolis")
    call = [str(metropolis), "build", "--year", str(year), "--raw", str(raw), "--home", str(home)]
    built = subprocess.run(call, capture_output=True, text=True, check=False)
    verdict = "released" if built.returncode == 0 else f"exit {built.returncode}"
    print(f"{name}: {verdict} in {time.monotonic() - started:.0f} s", flush=True)
    if built.returncode:
        print(built.stderr, flush=True)
    else:
        told = built.stdout.partition("Findings:")[2].partition("\nReleased")[0]
        print(
            "".join(f"  {line.strip()}\n" for line in told.splitlines() if line.strip()), end="", flush=True
        )
    return built.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
