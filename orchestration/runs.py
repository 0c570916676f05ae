"""One build from the command line: the same job that the UI shows, run in this process."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.errors import ExitCode
from orchestration.fingerprints import build_fingerprint
from orchestration.ingest.pseudonyms import forgotten_marks, load_or_make_key
from orchestration.outcomes import outcome_of
from orchestration.paths import Home
from orchestration.release_store import ReleaseDamaged, ReleaseStore
from orchestration.storage import read_json, write_json

_BUILT = "built.json"


@dataclass(frozen=True)
class BuildResult:
    """The outcome of a build: exit code, current release, whether this build made it, messages."""

    exit_code: ExitCode
    release: str | None = None
    is_new: bool = False
    messages: list[str] = field(default_factory=list)


def recover_releases(home: Home, year: int) -> list[str]:
    """Recovers the releases of a year and of the one before; a sentence for each unreadable part.

    Raises ReleaseDamaged where nobody can tell which release is current.
    """
    damage = []
    for each in (year - 1, year):
        store = ReleaseStore(home, each)
        store.recover()
        damage += store.damage()
    return damage


def require_people(home: Home) -> None:
    """Checks the pseudonym key and the marks of forgotten people; raises their errors."""
    load_or_make_key(home.pseudonym_key)
    forgotten_marks(home.forgotten)


def released_before(home: Home, year: int) -> str:
    """The current release of the year before."""
    return ReleaseStore(home, year - 1).current() or ""


def unchanged_release(home: Home, year: int, exports: Path, engine: str) -> str | None:
    """The current release, if none of its inputs has changed since it was built.

    Raises ReleaseDamaged where it is not what was published.
    """
    built = read_json(home.build(year) / _BUILT)
    release = ReleaseStore(home, year).current_release()
    if built is None or release is None or built.get("release") != release.name:
        return None
    if built.get("fingerprint") != build_fingerprint(exports, engine, released_before(home, year)):
        return None
    if release.provenance.get("forgotten") != len(forgotten_marks(home.forgotten)):
        return None
    release.verify()
    return release.name


def remember(home: Home, year: int, exports_fingerprint: str, release: str) -> None:
    """Records the fingerprint that the current release was built from."""
    write_json(home.build(year) / _BUILT, {"fingerprint": exports_fingerprint, "release": release})


def run_build(home: Home, raw: Path, year: int, engine: str) -> BuildResult:
    """Builds and releases a year in this process; the home must be held by the caller."""
    # Before anything is read: what changes from here on has not been built.
    fingerprint = build_fingerprint(raw / str(year), engine, released_before(home, year))
    result = _execute_job(home, raw, year, engine)
    if result.success:
        release = ReleaseStore(home, year).current_release()
        assert release is not None
        remember(home, year, fingerprint, release.name)
        return BuildResult(ExitCode.OK, release.name, _is_new(result))
    outcome = outcome_of(result.all_events, home.folder, raw)
    if outcome.was_interrupted:
        raise KeyboardInterrupt
    return BuildResult(outcome.exit_code, _standing(home, year), _is_new(result), outcome.sentences)


def _standing(home: Home, year: int) -> str | None:
    """The release that is still current, if that can be determined."""
    try:
        return ReleaseStore(home, year).current()
    except ReleaseDamaged:
        return None


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
            # Whoever started it sees how it ends; the daemon does not try it again.
            tags={"dagster/max_retries": "0"},
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )


def _is_new(result: Any) -> bool:
    for event in result.get_asset_materialization_events():
        if event.asset_key is not None and event.asset_key.path == ["release", "report"]:
            return bool(event.materialization.metadata["is_new"].value)
    return False
