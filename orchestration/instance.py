"""The Dagster instance of a home.

Here belongs where run history is kept and how an instance of it is opened; nothing is sent anywhere.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import dagster as dg

from orchestration.paths import PROJECT_FOLDER, Home

CONFIGURATION = PROJECT_FOLDER / "orchestration" / "dagster.yaml"


def prepare_instance(home: Home) -> Path:
    """The home's DAGSTER_HOME, with the project's configuration in it."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    target = home.dagster / "dagster.yaml"
    if not target.exists() or target.read_bytes() != CONFIGURATION.read_bytes():
        shutil.copyfile(CONFIGURATION, target)
    os.environ["DAGSTER_HOME"] = str(home.dagster.resolve())
    return home.dagster


def open_instance(home: Home) -> dg.DagsterInstance:
    """The instance that keeps the home's run history."""
    folder = prepare_instance(home)
    return dg.DagsterInstance.from_config(str(folder))
