"""The Dagster code location: assets, checks, jobs, schedules and sensors, assembled once.

``build_defs`` serves the UI, the command line and the tests alike. ``workspace.yaml`` loads ``defs``, on the
folders that METROPOLIS_RAW and METROPOLIS_HOME name.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.guards.assets import guard_checks
from orchestration.ingest.assets import LANDING_GROUP, ingest_assets
from orchestration.paths import PROJECT_FOLDER, Home
from orchestration.release.assets import RELEASE, all_years_release, release_asset
from orchestration.resources import COLUMN_LINEAGE_VARIABLE, WarehouseResource, report_years
from orchestration.schedules import build_schedules, is_on
from orchestration.sensors import build_sensors
from orchestration.transform.assets import MODEL_GROUPS, models_assets

BUILD_JOB = "build_year"


def raw_folder() -> Path:
    """Folder of the exports: METROPOLIS_RAW, else the project's own."""
    return Path(os.environ.get("METROPOLIS_RAW", PROJECT_FOLDER / "raw")).resolve()


def home_folder() -> Path:
    """Folder of the warehouse: METROPOLIS_HOME, else beside the project."""
    return Path(os.environ.get("METROPOLIS_HOME", PROJECT_FOLDER / ".metropolis")).resolve()


def build_defs(raw: Path | None = None, home: Path | None = None, engine: str = "duckdb") -> dg.Definitions:
    """The whole code location on the given folders."""
    warehouse = WarehouseResource(
        raw=str(raw or raw_folder()),
        home=str(home or home_folder()),
        engine=engine,
        column_lineage=is_on(COLUMN_LINEAGE_VARIABLE),
    )
    models = models_assets(Home(Path(warehouse.home)))
    marts = sorted(key for key in models.keys if key.path[0] == "marts")
    release = release_asset([*marts, dg.AssetKey(["landing", "source_files"])])
    guards = guard_checks()
    jobs = _jobs(guards)
    build_job, raw_path = jobs[0], Path(warehouse.raw)
    return dg.Definitions(
        assets=dg.with_source_code_references([*ingest_assets(), models, release, all_years_release]),
        asset_checks=[guards],
        jobs=jobs,
        schedules=build_schedules(build_job, raw_path),
        sensors=build_sensors(build_job, models, raw_path, Path(warehouse.home)),
        resources={"warehouse": warehouse},
    )


def _jobs(guards: dg.AssetChecksDefinition) -> list[Any]:
    """The whole build, and the parts of it that people run by themselves."""
    selections = {
        BUILD_JOB: (dg.AssetSelection.all(), "Exports to release, for one report year."),
        "ingest": (dg.AssetSelection.groups(LANDING_GROUP), "Reads the exports of a year into the landing."),
        "check": (
            dg.AssetSelection.groups(LANDING_GROUP) - dg.AssetSelection.checks(guards),
            "Checks the exports of a year against contracts and last releases; makes no model of them.",
        ),
        "models": (
            dg.AssetSelection.groups(*MODEL_GROUPS) - dg.AssetSelection.checks(guards),
            "Runs every dbt model and data test on the landing.",
        ),
        "guards": (dg.AssetSelection.checks(guards), "Asks every guard suite of the landing and the models."),
        "release": (
            dg.AssetSelection.assets(RELEASE).downstream(),
            "Releases the build that lies in the home, if the guards have answered for it, and all years anew.",
        ),
    }
    return [
        dg.define_asset_job(
            name,
            selection=selection,
            partitions_def=report_years,
            executor_def=dg.in_process_executor,
            description=description,
        )
        for name, (selection, description) in selections.items()
    ]


@dg.definitions
def defs() -> dg.Definitions:
    """The code location as Dagster loads it, made when Dagster asks for it."""
    return build_defs()
