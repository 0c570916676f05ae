"""The warehouse as a Dagster resource: where exports come from and where everything goes.

Every step gets it. It holds the home's lock for the length of a run, so that one run writes at a time, whoever
launched it.
"""

from pathlib import Path

import dagster as dg

from orchestration.build import Build, build_of
from orchestration.ingest.sources import Landing, landing_of
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
        """Takes the home for this run."""
        HomeLock.of(self.layout.lock).acquire(context.run.run_id if context.run else "")

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Gives the home back."""
        HomeLock.of(self.layout.lock).release()

    @property
    def layout(self) -> Home:
        """The home's layout."""
        return Home(Path(self.home))

    def landing(self, year: int) -> Landing:
        """The landing of a year."""
        return landing_of(self.layout, Path(self.raw), year)

    def build(self, year: int) -> Build:
        """The build of a year."""
        return build_of(self.layout, year)


def year_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> int:
    """The report year of a run, from its partition."""
    return int(context.partition_key)
