"""``metropolis dev``: the Dagster UI on a home."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestration.instance import prepare_instance
from orchestration.limits import require_path
from orchestration.paths import PROJECT_FOLDER, Home
from orchestration.resources import COLUMN_LINEAGE_VARIABLE


def run_ui(home: Home, raw: Path, port: int) -> int:
    """Replaces this process by ``dagster dev``, so that signals reach it; never returns."""
    require_path(home.folder)
    environment = {
        **os.environ,
        "METROPOLIS_HOME": str(home.folder.resolve()),
        "METROPOLIS_RAW": str(raw.resolve()),
        COLUMN_LINEAGE_VARIABLE: os.environ.get(COLUMN_LINEAGE_VARIABLE, "yes"),
        "DAGSTER_HOME": str(prepare_instance(home).resolve()),
    }
    command = [
        str(Path(sys.executable).with_name("dagster")),
        *("dev", "--workspace", str(PROJECT_FOLDER / "workspace.yaml"), "--port", str(port)),
    ]
    os.chdir(PROJECT_FOLDER)
    os.execve(command[0], command, environment)
