"""A small synthetic year for tests that need a whole folder of exports."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.year_factory import write_year

YEAR = 2019


@pytest.fixture(scope="session")
def _plain_exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain") / str(YEAR)
    write_year(folder, YEAR, seed=5, members=12, events=12, registrations=120, dirt=False)
    return folder


@pytest.fixture
def exports(_plain_exports: Path, tmp_path: Path) -> Path:
    """A year of exports in the plainest form, for tests that change it."""
    folder = tmp_path / "raw" / str(YEAR)
    shutil.copytree(_plain_exports, folder)
    return folder
