"""The Makefile's choice of a Python, and one set of libraries for all of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
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


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-spark.lock"])
def test_every_python_gets_the_same_libraries(lock: str) -> None:
    """So that a release is the same bytes on each, and mypy reads the same stubs."""
    names = re.findall(r"(?m)^([A-Za-z0-9._-]+)==", (PROJECT_FOLDER / lock).read_text(encoding="utf-8"))
    assert names
    assert [name for name, versions in Counter(names).items() if versions > 1] == []
    assert "python_full_version" not in (PROJECT_FOLDER / lock).read_text(encoding="utf-8")
