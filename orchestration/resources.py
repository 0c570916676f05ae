"""The warehouse as a Dagster resource: folder of exports, home and engine.

Holds the home's lock for the length of a run, so that one run writes at a time, however it was launched.
"""

from collections.abc import Callable
from pathlib import Path

import dagster as dg

from orchestration.build import Build, build_of
from orchestration.instance import HOLDS_HOME, fail_dead_runs
from orchestration.locking import HomeLock
from orchestration.paths import Home

# Set by ``metropolis dev``, for the runs that people launch in the UI.
COLUMN_LINEAGE_VARIABLE = "METROPOLIS_COLUMN_LINEAGE"

# The clock of the Secretariat, by which days, years and schedules are meant.
CLOCK = "Europe/Madrid"

report_years = dg.DynamicPartitionsDefinition(name="report_year")


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Paths and engine of a warehouse.

    ``column_lineage`` derives the lineage of every column that a run makes, which takes longer than the models.
    """

    raw: str
    home: str
    engine: str = "duckdb"
    column_lineage: bool = False

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Takes the home's lock for this run, and marks runs that died with it as failed."""
        run = context.run.run_id if context.run else ""
        HomeLock.of(self.layout.lock).acquire(run, on_wait=self._say_waiting(context))
        if run and context.instance:
            fail_dead_runs(context.instance, run)
            context.instance.add_run_tags(run, {HOLDS_HOME: "yes"})

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Releases the home's lock."""
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

    def exports(self, year: int) -> Path:
        """The folder of a year's exports."""
        return Path(self.raw) / str(year)

    def build(self, year: int) -> Build:
        """The build of a year."""
        return build_of(self.layout, year)


def year_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> int:
    """The report year of a run, from its partition."""
    return int(context.partition_key)
