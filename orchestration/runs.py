"""One build from the command line: the same job that the UI shows, run in this process.

Here belongs launching the job and telling its outcome apart: released, unchanged, refused, wrong input.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

from orchestration.fingerprints import build_fingerprint
from orchestration.paths import Home
from orchestration.release.shelf import Shelf
from orchestration.storage import write_atomically

_BUILT = "built.json"
_WRONG_INPUT = frozenset({"SourceRefused", "PseudonymKeyError"})


class Outcome(IntEnum):
    """How a build ended, as the command line's exit code."""

    RELEASED = 0
    REFUSED = 1
    WRONG_INPUT = 2
    HELD = 3


@dataclass(frozen=True)
class BuildResult:
    """The outcome of a build: what happened, the current release, and what is to be said."""

    outcome: Outcome
    release: str | None = None
    is_new: bool = False
    messages: list[str] = field(default_factory=list)


def released_before(home: Home, year: int) -> str:
    """The current release of the year before, which a build is compared with."""
    return Shelf(home, year - 1).current() or ""


def unchanged_release(home: Home, year: int, exports: Path, engine: str) -> str | None:
    """The current release, where nothing that decides it has changed since it was built."""
    path = home.build(year) / _BUILT
    if not path.exists():
        return None
    built = json.loads(path.read_text(encoding="utf-8"))
    shelf = Shelf(home, year)
    if built["release"] != shelf.current() or not (shelf.folder / built["release"]).is_dir():
        return None
    fingerprint = build_fingerprint(exports, engine, released_before(home, year))
    return str(built["release"]) if built["fingerprint"] == fingerprint else None


def remember(home: Home, year: int, exports_fingerprint: str, release: str) -> None:
    """Keeps what the current release was built from, to tell an unchanged year at once."""
    node = {"fingerprint": exports_fingerprint, "release": release}
    with write_atomically(home.build(year) / _BUILT) as aside:
        aside.write_text(json.dumps(node), encoding="utf-8")


def run_build(home: Home, raw: Path, year: int, engine: str) -> BuildResult:
    """Builds and releases a year in this process; the home must be held by the caller."""
    # Before anything is read: what changes from here on has not been built.
    fingerprint = build_fingerprint(raw / str(year), engine, released_before(home, year))
    result = _execute_job(home, raw, year, engine)
    release = Shelf(home, year).current()
    if result.success and release is not None:
        is_new = _is_new(result)
        remember(home, year, fingerprint, release)
        return BuildResult(Outcome.RELEASED, release, is_new)
    wrong, messages = _failures(result)
    outcome = Outcome.WRONG_INPUT if wrong else Outcome.REFUSED
    return BuildResult(outcome, release, False, messages)


def _execute_job(home: Home, raw: Path, year: int, engine: str) -> Any:
    import dagster as dg

    # Dagster tells developers which of its features are new; whoever runs a build need not know.
    for kind in (dg.PreviewWarning, dg.BetaWarning):
        warnings.simplefilter("ignore", kind)
    from orchestration.definitions import BUILD_JOB, build_defs
    from orchestration.instance import open_instance
    from orchestration.progress import say
    from orchestration.resources import report_years

    say("start", "definitions")
    defs = build_defs(raw=raw.resolve(), home=home.folder.resolve(), engine=engine)
    job = defs.resolve_job_def(BUILD_JOB)
    with open_instance(home) as instance:
        instance.add_dynamic_partitions(str(report_years.name), [str(year)])
        return job.execute_in_process(
            instance=instance,
            partition_key=str(year),
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )


def _is_new(result: Any) -> bool:
    for event in result.get_asset_materialization_events():
        if event.asset_key is not None and event.asset_key.path[0] == "release":
            return bool(event.materialization.metadata["is_new"].value)
    return False


def _failures(result: Any) -> tuple[bool, list[str]]:
    """Whether the input was wrong, and the sentences of what failed."""
    checks = [m for each in result.get_asset_check_evaluations() if not each.passed for m in _told(each)]
    errors = [
        _root(event.step_failure_data.error)
        for event in result.all_events
        if event.event_type_value == "STEP_FAILURE"
    ]
    wrong = any(error.cls_name in _WRONG_INPUT for error in errors)
    # What a check refused, the release refuses again, in the same words.
    said_already = {"DagsterAssetCheckFailedError"} | ({"ReleaseRefused"} if checks else set())
    sentences = [_sentence(each) for each in errors if each.cls_name not in said_already]
    # Every step of exports that fails names all files of the year that are wrong.
    return wrong, list(dict.fromkeys([*checks, *sentences]))


def _root(error: Any) -> Any:
    while error.cause is not None:
        error = error.cause
    return error


def _sentence(error: Any) -> str:
    return str(error.message).split(": ", 1)[-1].strip()


def _told(check: Any) -> list[str]:
    """What a failed check says; nothing of one that never ran, since what kept it from running is told."""
    name = f"{'/'.join(check.asset_key.path)} · {check.check_name}"
    if "status" in check.metadata and check.metadata["status"].value == "skipped":
        return []
    answers = check.metadata.get("answers")
    records = getattr(answers, "records", None)
    if not records:
        message = check.metadata.get("message")
        return [f"{name}: {message.value if message is not None else 'failed'}"]
    return [
        f"{name}: {record.data['meaning']} — {record.data['outcome']}: {record.data['observed']}"
        for record in records
        if record.data["outcome"] != "passed"
    ]
