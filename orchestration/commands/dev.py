"""``metropolis dev``: the Dagster UI on a home.

Here belongs starting it; what it shows is the code location's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from orchestration.instance import prepare_instance
from orchestration.paths import PROJECT_FOLDER, Home


def run_ui(home: Home, raw: Path, port: int) -> int:
    """Runs ``dagster dev`` until it is stopped; its exit code."""
    environment = {
        **os.environ,
        "METROPOLIS_HOME": str(home.folder.resolve()),
        "METROPOLIS_RAW": str(raw.resolve()),
        "DAGSTER_HOME": str(prepare_instance(home).resolve()),
    }
    command = [
        str(Path(sys.executable).with_name("dagster")),
        *("dev", "--workspace", str(PROJECT_FOLDER / "workspace.yaml"), "--port", str(port)),
    ]
    return subprocess.call(command, cwd=PROJECT_FOLDER, env=environment)
