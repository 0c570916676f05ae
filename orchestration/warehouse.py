"""The warehouse as a Dagster resource: where exports come from, where everything goes.

The resource holds the home's lock for the length of a run, so that one run writes at a time, whoever launched it.
"""

from collections.abc import Callable
from pathlib import Path

import dagster as dg

from orchestration.build import Build, current_build, start_build
from orchestration.ingest.sources import Landing, landing_of
from orchestration.instance import HOLDS_HOME, fail_dead_runs
from orchestration.locking import HomeLock
from orchestration.paths import Home

report_years = dg.DynamicPartitionsDefinition(name="report_year")


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Paths and engine of a warehouse."""

    raw: str
    home: str
    engine: str = "duckdb"

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Takes the home for this run, and marks as failed the runs that died while they held it."""
        run = context.run.run_id if context.run else ""
        HomeLock.of(self.layout.lock).acquire(run, on_wait=self._say_waiting(context))
        if run and context.instance:
            fail_dead_runs(context.instance, run)
            context.instance.add_run_tags(run, {HOLDS_HOME: "yes"})

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Gives the home back."""
        if context.run and context.instance:
            context.instance.add_run_tags(context.run.run_id, {HOLDS_HOME: "no"})
        HomeLock.of(self.layout.lock).release()

    @staticmethod
    def _say_waiting(context: dg.InitResourceContext) -> Callable[[str], None]:
        def say_waiting(holder: str) -> None:
            if context.log:
                context.log.info(f"Waiting for the home: {holder}")

        return say_waiting

    @property
    def layout(self) -> Home:
        """The home's layout."""
        return Home(Path(self.home))

    def landing(self, year: int) -> Landing:
        """The landing of a year."""
        return landing_of(self.layout, Path(self.raw), year)

    def start_build(self, year: int, build_id: str) -> Build:
        """A new build of a year."""
        return start_build(self.layout, year, build_id)

    def current_build(self, year: int) -> Build:
        """The build of a year as it stands."""
        return current_build(self.layout, year)


def year_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> int:
    """The report year of a run, from its partition."""
    return int(context.partition_key)
