"""Schedules: the nightly build, and a notice where last year's exports are overdue."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.notices import notify
from orchestration.resources import CLOCK, report_years

AUTOMATIC_VARIABLE = "METROPOLIS_AUTOMATIC"
NIGHTLY = "30 2 * * *"
# The exports of a year are expected by 31 March of the year after.
_MORNING_AFTER_DUE = "0 9 1 4 *"


def build_schedules(job: Any, raw: Path) -> list[dg.ScheduleDefinition]:
    """The schedules of the code location."""
    return [_nightly(job, raw), _exports_due(job, raw)]


def exported_years(raw: Path) -> list[int]:
    """The report years that have a folder of exports, oldest first."""
    if not raw.is_dir():
        return []
    return sorted(int(each.name) for each in raw.iterdir() if each.name.isdigit() and each.is_dir())


def default_status() -> dg.DefaultScheduleStatus:
    """The default status of schedules and sensors that build: METROPOLIS_AUTOMATIC."""
    running, stopped = dg.DefaultScheduleStatus.RUNNING, dg.DefaultScheduleStatus.STOPPED
    return running if is_on(AUTOMATIC_VARIABLE) else stopped


def is_on(variable: str) -> bool:
    """Whether an environment variable says yes."""
    return os.environ.get(variable, "").strip().casefold() in ("1", "yes", "true")


def run_request(year: int, reason: str) -> dg.RunRequest:
    """A run of the build of a year; the reason is part of the run key, so that it is requested once."""
    return dg.RunRequest(
        run_key=f"{year}:{reason}", partition_key=str(year), tags={"metropolis/cause": reason}
    )


def _nightly(job: Any, raw: Path) -> dg.ScheduleDefinition:
    @dg.schedule(
        job=job,
        cron_schedule=NIGHTLY,
        execution_timezone=CLOCK,
        default_status=default_status(),
        description="Every night, the newest year that has exports.",
    )
    def nightly_build(
        context: dg.ScheduleEvaluationContext,
    ) -> dg.RunRequest | dg.SkipReason:
        years = exported_years(raw)
        if not years:
            return dg.SkipReason("No folder of exports")
        year = years[-1]
        context.instance.add_dynamic_partitions(str(report_years.name), [str(year)])
        night = context.scheduled_execution_time.date().isoformat()
        return run_request(year, f"night-{night}")

    return nightly_build


def _exports_due(job: Any, raw: Path) -> dg.ScheduleDefinition:
    @dg.schedule(
        job=job,
        cron_schedule=_MORNING_AFTER_DUE,
        execution_timezone=CLOCK,
        default_status=default_status(),
        description="On 1 April, tells the webhook if last year's exports have not come. Builds nothing.",
    )
    def exports_due(context: dg.ScheduleEvaluationContext) -> dg.SkipReason:
        return dg.SkipReason(_remind(raw, context.scheduled_execution_time))

    return exports_due


def _remind(raw: Path, now: datetime) -> str:
    year = now.year - 1
    if year in exported_years(raw):
        return f"The exports of {year} are there"
    message = f"No exports of {year} have come; they were expected by 31 March"
    sent = notify(f"The exports of {year} are overdue", message)
    return message if sent else f"{message}. No webhook is configured"
