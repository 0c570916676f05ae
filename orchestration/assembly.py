"""The code location's parts, assembled once: for the UI, the command line and the tests alike.

Here belongs how assets, checks, jobs, schedules and sensors are put together. What each does is in the
folder of its layer.
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

from orchestration.guards.assets import guard_checks
from orchestration.ingest.assets import ingest_assets
from orchestration.models.assets import models_assets
from orchestration.operations import build_operations
from orchestration.paths import PROJECT_FOLDER
from orchestration.release.assets import release_asset
from orchestration.warehouse import WarehouseResource, report_years

BUILD_JOB = "build_year"


def raw_folder() -> Path:
    """Where exports lie: METROPOLIS_RAW, else the project's own."""
    return Path(os.environ.get("METROPOLIS_RAW", PROJECT_FOLDER / "raw")).resolve()


def home_folder() -> Path:
    """Where the warehouse lives: METROPOLIS_HOME, else beside the project."""
    return Path(os.environ.get("METROPOLIS_HOME", PROJECT_FOLDER / ".metropolis")).resolve()


def build_defs(raw: Path | None = None, home: Path | None = None, engine: str = "duckdb") -> dg.Definitions:
    """The whole code location on the given folders."""
    models = models_assets()
    upstream = sorted(key for key in models.keys if key.path[0] == "marts")
    upstream.append(dg.AssetKey(["landing", "source_files"]))
    assets = [*ingest_assets(), models, release_asset(upstream)]
    job = dg.define_asset_job(
        BUILD_JOB,
        selection=dg.AssetSelection.all(),
        partitions_def=report_years,
        executor_def=dg.in_process_executor,
        description="Exports to release, for one report year.",
    )
    warehouse = WarehouseResource(
        raw=str(raw or raw_folder()), home=str(home or home_folder()), engine=engine
    )
    operations = build_operations(job, Path(warehouse.raw), Path(warehouse.home))
    return dg.Definitions(
        assets=assets,
        asset_checks=[guard_checks()],
        jobs=[job],
        schedules=operations.schedules,
        sensors=operations.sensors,
        resources={"warehouse": warehouse},
    )
