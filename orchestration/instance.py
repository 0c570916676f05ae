"""The Dagster instance of a home.

Run history is kept in the home, or in the PostgreSQL that METROPOLIS_POSTGRES_HOST names; nothing is sent anywhere.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import dagster as dg

from orchestration.limits import MachineLacks, require_postgres
from orchestration.paths import PROJECT_FOLDER, Home
from orchestration.storage import write_atomically

CONFIGURATION = PROJECT_FOLDER / "orchestration" / "dagster.yaml"
POSTGRES_CONFIGURATION = CONFIGURATION.with_name("dagster.postgres.yaml")
# Names the server of a team's storage; without it, the home has its own.
POSTGRES_HOST = "METROPOLIS_POSTGRES_HOST"
_POSTGRES_VARIABLES = (
    POSTGRES_HOST,
    *(f"METROPOLIS_POSTGRES_{part}" for part in ("PORT", "DB", "USER", "PASSWORD")),
)
# A tag of runs: "yes" while a process of the run holds the home's lock.
HOLDS_HOME = "metropolis/holds_home"
# A run that lives and does not hold the home waits for it, and says something sooner than this.
_SILENT_SECONDS = 600.0
_NEVER_HELD = "The process of this run ended without a word; its last event is long past."
_HELD = "The process of this run ended while it held the home."


def prepare_instance(home: Home) -> Path:
    """Creates the home's DAGSTER_HOME with the project's dagster.yaml."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    target = home.dagster / "dagster.yaml"
    # Written each time: what cannot be written to is found here, and not by Dagster.
    with write_atomically(target) as aside:
        shutil.copyfile(_configuration(), aside)
    os.environ["DAGSTER_HOME"] = str(home.dagster.resolve())
    return home.dagster


def _configuration() -> Path:
    if not os.environ.get(POSTGRES_HOST):
        return CONFIGURATION
    require_postgres()
    missing = [name for name in _POSTGRES_VARIABLES if not os.environ.get(name)]
    if missing:
        raise MachineLacks(f"storage on PostgreSQL needs {' and '.join(missing)} in the environment")
    return POSTGRES_CONFIGURATION


def open_instance(home: Home) -> dg.DagsterInstance:
    """Opens the instance with the home's run history.

    Raises MachineLacks where PostgreSQL is asked for and cannot be reached.
    """
    folder = prepare_instance(home)
    if not os.environ.get(POSTGRES_HOST):
        return dg.DagsterInstance.from_config(str(folder))
    from dagster_postgres.utils import DagsterPostgresException

    try:
        return dg.DagsterInstance.from_config(str(folder))
    except DagsterPostgresException as error:
        # The driver's words name host and reason, and no password.
        reason = " ".join(
            str(error.__cause__ or error.__context__ or error).partition("\n(Background")[0].split()
        )
        raise MachineLacks(
            f"the run storage on {os.environ[POSTGRES_HOST]} cannot be used: {reason}"
        ) from None


def unfinished_runs(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """The runs that have started and not ended."""
    return list(instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])))


def fail_dead_runs(instance: dg.DagsterInstance, own_run: str = "") -> list[str]:
    """Marks runs of dead processes as failed, so that the queue continues; returns their ids.

    The caller must hold the home's lock: then a run that is marked as its holder is dead, wherever its process was.
    """
    failed = []
    for run in unfinished_runs(instance):
        if run.run_id == own_run:
            continue
        held = run.tags.get(HOLDS_HOME) == "yes"
        if held or _is_silent(instance, run.run_id):
            instance.report_run_failed(run, _HELD if held else _NEVER_HELD)
            failed.append(run.run_id)
    return failed


def _is_silent(instance: dg.DagsterInstance, run_id: str) -> bool:
    last = instance.get_records_for_run(run_id, limit=1, ascending=False).records
    return not last or time.time() - last[0].timestamp > _SILENT_SECONDS
