"""The outcome of a Dagster run: exit code and messages, from its events.

Used by the command line and the failure notice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from orchestration.errors import ExitCode, failure_of_record, failure_of_text
from orchestration.ingest.contracts import load_contracts

_INTERRUPTED = frozenset({"DagsterExecutionInterruptedError", "KeyboardInterrupt"})
_OWNER_OF_GUARDS = "report team"
_OWNER_OF_MACHINE = "data engineering"


@dataclass(frozen=True)
class RunOutcome:
    """The outcome of a failed run: exit code, messages, and whether it was interrupted."""

    exit_code: ExitCode
    sentences: list[str] = field(default_factory=list)
    was_interrupted: bool = False

    def owners(self) -> list[str]:
        """The owners of the named exports, else of the guards or the machine."""
        named = [
            contract.owner
            for line in "\n".join(self.sentences).splitlines()
            for contract in load_contracts().values()
            if fnmatchcase(line.partition(":")[0], contract.file)
        ]
        by_code = _OWNER_OF_GUARDS if self.exit_code is ExitCode.REFUSED else _OWNER_OF_MACHINE
        return list(dict.fromkeys(named)) or [by_code]


def outcome_of(events: Iterable[Any], home: Path, raw: Path) -> RunOutcome:
    """The outcome of a failed run, of its Dagster events."""
    events = list(events)
    checks = [
        sentence
        for each in events
        if each.event_type_value == "ASSET_CHECK_EVALUATION" and not each.asset_check_evaluation_data.passed
        for sentence in _of_check(each.asset_check_evaluation_data)
    ]
    errors = [(each.step_key, each.step_failure_data.error) for each in events if each.is_step_failure]
    if not errors:
        errors = [("start", each.job_failure_data.error) for each in events if each.is_run_failure]
    roots = [(step, _root(error)) for step, error in errors if error is not None]
    # What a check refused, the release refuses again, in the same words.
    said_already = {"DagsterAssetCheckFailedError"} | ({"ReleaseRefused"} if checks else set())
    failures = [
        failure_of_record(error.cls_name or "", _sentence(error), home, raw, step=step or "")
        for step, error in roots
        if error.cls_name not in said_already
    ]
    machine = [failure for each in checks if (failure := failure_of_text(each)) is not None]
    codes = {each.exit_code for each in (*failures, *machine)} or {ExitCode.REFUSED}
    return RunOutcome(
        max(codes),
        list(dict.fromkeys(each.sentence for each in failures)) + checks,
        any(error.cls_name in _INTERRUPTED for _, error in roots),
    )


def _root(error: Any) -> Any:
    """The original error, without Dagster's wrappers."""
    while error.cause is not None:
        error = error.cause
    return error


def _sentence(error: Any) -> str:
    """An error's own text, without the name of its class."""
    return str(error.message).split(": ", 1)[-1].strip()


def _of_check(check: Any) -> list[str]:
    """The message of a failed data test; empty for one that did not run.

    Guards and exports fail with the error of their step, which says why.
    """
    is_skipped = "status" in check.metadata and check.metadata["status"].value == "skipped"
    if is_skipped or check.metadata.keys() & {"answers", "findings"}:
        return []
    message = check.metadata.get("message")
    name = f"{'/'.join(check.asset_key.path)} · {check.check_name}"
    return [f"{name}: {message.value if message is not None else 'failed'}"]
