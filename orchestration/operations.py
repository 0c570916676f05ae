"""Scheduled operation: when a year is built, and who hears of it when it is not.

Here belong the schedule, the sensors and what they watch. What a build does is the job's.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from orchestration.fingerprints import inputs_fingerprint
from orchestration.notices import notify
from orchestration.warehouse import report_years

QUIET_VARIABLE = "METROPOLIS_QUIET_SECONDS"
_QUIET_SECONDS = 300
CLOCK = "Europe/Madrid"
NIGHTLY = "30 2 * * *"


@dataclass(frozen=True)
class Operations:
    """Schedules and sensors of the code location."""

    schedules: Sequence[dg.ScheduleDefinition]
    sensors: Sequence[dg.SensorDefinition]


def exported_years(raw: Path) -> list[int]:
    """The report years that have a folder of exports, oldest first."""
    if not raw.is_dir():
        return []
    return sorted(int(each.name) for each in raw.iterdir() if each.name.isdigit() and each.is_dir())


def is_quiet(exports: Path, now: float, quiet_seconds: float) -> bool:
    """Whether no file of the folder changed within the last seconds: nobody is still copying."""
    changes = [path.stat().st_mtime for path in exports.rglob("*")]
    return bool(changes) and now - max(changes) >= quiet_seconds


def _run_request(year: int, reason: str) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=f"{year}:{reason}", partition_key=str(year), tags={"metropolis/cause": reason}
    )


def _nightly(job: UnresolvedAssetJobDefinition, raw: Path) -> dg.ScheduleDefinition:
    @dg.schedule(
        job=job,
        cron_schedule=NIGHTLY,
        execution_timezone=CLOCK,
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
        return _run_request(year, f"night-{night}")

    return nightly_build


def _new_exports(job: UnresolvedAssetJobDefinition, raw: Path) -> dg.SensorDefinition:
    @dg.sensor(
        job=job,
        minimum_interval_seconds=60,
        description="Builds a year once its exports are new or changed, by content, and at rest.",
    )
    def new_exports(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        quiet_seconds = float(os.environ.get(QUIET_VARIABLE, _QUIET_SECONDS))
        seen: dict[str, str] = json.loads(context.cursor or "{}")
        requests = []
        for year in exported_years(raw):
            exports = raw / str(year)
            if not is_quiet(exports, time.time(), quiet_seconds):
                continue
            fingerprint = inputs_fingerprint(exports)
            if seen.get(str(year)) != fingerprint:
                seen[str(year)] = fingerprint
                requests.append(_run_request(year, f"exports-{fingerprint[:16]}"))
        keys = [str(request.partition_key) for request in requests]
        return dg.SensorResult(
            run_requests=requests,
            cursor=json.dumps(seen, sort_keys=True),
            dynamic_partitions_requests=[report_years.build_add_request(keys)] if keys else [],
        )

    return new_exports


def _failure_notice(job: UnresolvedAssetJobDefinition) -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="failure_notice",
        monitored_jobs=[job],
        description="Tells the webhook of a build that failed or was refused.",
    )
    def failure_notice(context: dg.RunFailureSensorContext) -> Iterator[Any]:
        year = context.dagster_run.tags.get("dagster/partition", "?")
        steps = [
            f"{event.step_key}: {event.step_failure_data.error.message.strip()}"
            for event in context.get_step_failure_events()
            if event.step_failure_data.error is not None
        ]
        text = "\n".join(steps) or context.failure_event.message or "no message"
        sent = notify(f"The build of {year} was not released", text)
        if not sent:
            yield dg.SkipReason("No webhook is configured")

    return failure_notice


def build_operations(job: UnresolvedAssetJobDefinition, raw: Path) -> Operations:
    """The schedule and sensors on a job."""
    return Operations(
        schedules=[_nightly(job, raw)],
        sensors=[_new_exports(job, raw), _failure_notice(job)],
    )
