"""Sensors: builds of new or changed exports, automation of models, notices of failures, dead runs."""

import json
import os
import time
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.fingerprints import FolderState, inputs_fingerprint
from orchestration.ingest.intake import INBOX, empty_inbox
from orchestration.instance import fail_dead_runs, unfinished_runs
from orchestration.locking import HomeIsHeld, HomeLock
from orchestration.notices import notify, run_url
from orchestration.outcomes import outcome_of
from orchestration.paths import Home
from orchestration.resources import report_years
from orchestration.schedules import default_status, exported_years, run_request

QUIET_VARIABLE = "METROPOLIS_QUIET_SECONDS"
_QUIET_SECONDS = 300


def build_sensors(job: Any, models: dg.AssetsDefinition, raw: Path, home: Path) -> list[dg.SensorDefinition]:
    """The sensors of the code location; ``models`` are the assets under declarative automation."""
    return [
        _new_exports(job, raw),
        _inbox(raw),
        _failure_notice(job, raw, home),
        _dead_runs(home),
        _models_automation(models),
    ]


def _new_exports(job: Any, raw: Path) -> dg.SensorDefinition:
    @dg.sensor(
        job=job,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus(default_status().value),
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
                requests.append(run_request(year, f"exports-{content[:16]}-{state.stamp}"))
        keys = [str(request.partition_key) for request in requests]
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=None if requests else "No exports are new, changed and at rest",
            cursor=json.dumps(seen, sort_keys=True),
            dynamic_partitions_requests=[report_years.build_add_request(keys)] if keys else [],
        )

    return new_exports


def _inbox(raw: Path) -> dg.SensorDefinition:
    @dg.sensor(
        name="inbox",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus(default_status().value),
        description="Files downloads of raw/inbox/<year>/ under their year; leaves a reason beside the others.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        quiet_seconds = float(os.environ.get(QUIET_VARIABLE, _QUIET_SECONDS))
        seen: dict[str, str] = json.loads(context.cursor or "{}")
        said = []
        for year in exported_years(raw / INBOX):
            state = FolderState.of(raw / INBOX / str(year))
            if state is None or not state.is_quiet(time.time(), quiet_seconds):
                continue
            if seen.get(str(year)) == state.stamp:
                continue
            filed, left = empty_inbox(raw, year)
            after = FolderState.of(raw / INBOX / str(year))
            seen[str(year)] = after.stamp if after is not None else ""
            said.append(f"{year}: {filed} filed, {left} left with a reason")
        context.update_cursor(json.dumps(seen, sort_keys=True))
        return dg.SkipReason("; ".join(said) or "Nothing new lies in the inbox at rest")

    return inbox


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


def _models_automation(models: dg.AssetsDefinition) -> dg.SensorDefinition:
    return dg.AutomationConditionSensorDefinition(
        "models_automation",
        target=dg.AssetSelection.assets(*models.keys),
        default_status=dg.DefaultSensorStatus(default_status().value),
        description="Makes models again when the landing tables or models that they read were.",
    )
