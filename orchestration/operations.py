"""Schedules and sensors: builds of new or changed exports, retries, and notices of failures."""

import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.fingerprints import inputs_fingerprint
from orchestration.instance import fail_dead_runs, unfinished_runs
from orchestration.locking import HomeIsHeld, HomeLock
from orchestration.notices import notify, run_url
from orchestration.outcomes import outcome_of
from orchestration.paths import Home
from orchestration.resources import CLOCK, report_years

QUIET_VARIABLE = "METROPOLIS_QUIET_SECONDS"
AUTOMATIC_VARIABLE = "METROPOLIS_AUTOMATIC"
_QUIET_SECONDS = 300
NIGHTLY = "30 2 * * *"
# The exports of a year are expected by 31 March of the year after.
_MORNING_AFTER_DUE = "0 9 1 4 *"


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


@dataclass(frozen=True)
class FolderState:
    """Number, size and latest change of a folder's files: a cheap change detector."""

    files: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, folder: Path) -> "FolderState | None":
        """The state of a folder; None if files vanish while it is read."""
        try:
            found = [(path.stat(), path.is_file()) for path in [folder, *folder.rglob("*")]]
        except FileNotFoundError:
            return None
        sizes = [state.st_size for state, is_file in found if is_file]
        return cls(len(sizes), sum(sizes), max(state.st_mtime_ns for state, _ in found))

    @property
    def stamp(self) -> str:
        """The state as 16 hexadecimal digits."""
        text = f"{self.files}:{self.size}:{self.changed_ns}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def is_quiet(self, now: float, quiet_seconds: float) -> bool:
        """Whether there are files and none changed within ``quiet_seconds``, so that copying has ended."""
        return self.files > 0 and now - self.changed_ns / 1e9 >= quiet_seconds


def _status() -> dg.DefaultScheduleStatus:
    """The default status of schedules and sensors that build: METROPOLIS_AUTOMATIC."""
    running, stopped = dg.DefaultScheduleStatus.RUNNING, dg.DefaultScheduleStatus.STOPPED
    return running if is_on(AUTOMATIC_VARIABLE) else stopped


def is_on(variable: str) -> bool:
    """Whether an environment variable says yes."""
    return os.environ.get(variable, "").strip().casefold() in ("1", "yes", "true")


def _run_request(year: int, reason: str) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=f"{year}:{reason}", partition_key=str(year), tags={"metropolis/cause": reason}
    )


def _nightly(job: Any, raw: Path) -> dg.ScheduleDefinition:
    @dg.schedule(
        job=job,
        cron_schedule=NIGHTLY,
        execution_timezone=CLOCK,
        default_status=_status(),
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


def _exports_due(job: Any, raw: Path) -> dg.ScheduleDefinition:
    @dg.schedule(
        job=job,
        cron_schedule=_MORNING_AFTER_DUE,
        execution_timezone=CLOCK,
        default_status=_status(),
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


def _new_exports(job: Any, raw: Path) -> dg.SensorDefinition:
    @dg.sensor(
        job=job,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus(_status().value),
        description="Builds a year once its exports are new or changed, by content, and at rest.",
    )
    def new_exports(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        quiet_seconds = float(os.environ.get(QUIET_VARIABLE, _QUIET_SECONDS))
        seen: dict[str, dict[str, str]] = json.loads(context.cursor or "{}")
        requests = []
        for year in exported_years(raw):
            state = FolderState.of(raw / str(year))
            if state is None or not state.is_quiet(time.time(), quiet_seconds):
                continue
            known = seen.get(str(year), {})
            if known.get("stamp") == state.stamp:
                continue
            # Only now is it worth reading the files: a copy of the same bytes is nothing new.
            content = inputs_fingerprint(raw / str(year))
            seen[str(year)] = {"stamp": state.stamp, "content": content}
            if known.get("content") != content:
                requests.append(_run_request(year, f"exports-{content[:16]}-{state.stamp}"))
        keys = [str(request.partition_key) for request in requests]
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=None if requests else "No exports are new, changed and at rest",
            cursor=json.dumps(seen, sort_keys=True),
            dynamic_partitions_requests=[report_years.build_add_request(keys)] if keys else [],
        )

    return new_exports


def _failure_notice(job: Any, raw: Path, home: Path) -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="failure_notice",
        monitored_jobs=[job],
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells the webhook of a build that failed or was refused.",
    )
    def failure_notice(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
        run = context.dagster_run
        logged = context.instance.all_logs(run.run_id)
        events = [entry.dagster_event for entry in logged if entry.dagster_event is not None]
        outcome = outcome_of(events, home, raw)
        owners = ", ".join(outcome.owners())
        url = run_url(run.run_id)
        lines = [
            *(outcome.sentences or [context.failure_event.message or "no message"]),
            f"Owner: {owners}",
            f"Exit code: {outcome.exit_code:d}",
            f"Run: {url}",
        ]
        title = f"The build of {run.tags.get('dagster/partition', '?')} was not released"
        sent = notify(title, "\n".join(lines), owner=owners, exit_code=int(outcome.exit_code), run=url)
        return None if sent else dg.SkipReason("No webhook is configured")

    return failure_notice


def _dead_runs(home: Path) -> dg.SensorDefinition:
    @dg.sensor(
        name="dead_runs",
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Marks runs whose process was killed as failed, so that they do not block the queue.",
    )
    def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        if not unfinished_runs(context.instance):
            return dg.SkipReason("No run is in progress")
        # A lock of its own: other sensors of this process must not take part in it.
        lock = HomeLock(Home(home).lock)
        try:
            lock.acquire(wait=0)
        except HomeIsHeld as held:
            return dg.SkipReason(str(held))
        try:
            failed = fail_dead_runs(context.instance)
        finally:
            lock.release()
        return dg.SkipReason(f"Runs of dead processes: {', '.join(failed) or 'none'}")

    return dead_runs


def build_operations(job: Any, models: dg.AssetsDefinition, raw: Path, home: Path) -> Operations:
    """The schedules and sensors on the build's job, and the sensor of declarative automation on the models."""
    automation = dg.AutomationConditionSensorDefinition(
        "models_automation",
        target=dg.AssetSelection.assets(*models.keys),
        default_status=dg.DefaultSensorStatus(_status().value),
        description="Makes models again when the landing tables or models that they read were.",
    )
    return Operations(
        schedules=[_nightly(job, raw), _exports_due(job, raw)],
        sensors=[_new_exports(job, raw), _failure_notice(job, raw, home), _dead_runs(home), automation],
    )
