"""Which Python the Makefile takes, and what it says where there is none."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from orchestration.paths import PROJECT_FOLDER

_WORKS = "#!/bin/sh\nexit 0\n"
_SHIM_WITHOUT_VERSION = "#!/bin/sh\nexit 127\n"


def _make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`make install` of a new environment, on a search path that has nothing but `folder`."""
    make = shutil.which("make")
    assert make
    return subprocess.run(
        [make, "install", f"VENV={folder / 'venv'}", *arguments],
        cwd=PROJECT_FOLDER,
        env={"PATH": str(folder), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )


def _interpreter(path: Path, script: str) -> None:
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)


def test_takes_the_newest_that_works(tmp_path: Path) -> None:
    _interpreter(tmp_path / "python3.13", _SHIM_WITHOUT_VERSION)
    _interpreter(tmp_path / "python3.12", _WORKS)
    _interpreter(tmp_path / "python3.11", _WORKS)
    assert f"\npython3.12 -m venv --clear {tmp_path / 'venv'}\n" in _make(tmp_path, "--dry-run").stdout


def test_takes_the_one_that_is_named(tmp_path: Path) -> None:
    _interpreter(tmp_path / "python3.13", _WORKS)
    _interpreter(tmp_path / "mine", _WORKS)
    assert (
        f"\nmine -m venv --clear {tmp_path / 'venv'}\n" in _make(tmp_path, "--dry-run", "PYTHON=mine").stdout
    )


@pytest.mark.parametrize(("arguments", "found"), [([], "none"), (["PYTHON=python3.13"], "python3.13")])
def test_says_what_is_missing(tmp_path: Path, arguments: list[str], found: str) -> None:
    _interpreter(tmp_path / "python3.13", _SHIM_WITHOUT_VERSION)
    made = _make(tmp_path, *arguments)
    assert made.returncode == 2
    sentence, _ = made.stderr.split("\n", 1)
    assert sentence.startswith(
        f"Python 3.11, 3.12 or 3.13 with its venv package is missing (found: {found}): "
    )
    assert not (tmp_path / "venv").exists()
