"""The release as a Dagster asset, downstream of all marts and checks.

It verifies its build itself, however it is launched.
"""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.previews import markdown_table
from orchestration.progress import say
from orchestration.release.all_years import publish_all_years
from orchestration.release.contract import DUE_DAY, DUE_MONTH
from orchestration.release.publish import Released, publish
from orchestration.resources import CLOCK, WarehouseResource, report_years, year_of
from orchestration.storage import read_csv

RELEASE = dg.AssetKey(["release", "report"])
ALL_YEARS_RELEASE = dg.AssetKey(["release", "all_years"])
# Fresh is a release made between the end of a year and the day on which its exports are due, 31 March, or later.
_FRESHNESS = dg.FreshnessPolicy.cron(
    deadline_cron=f"0 0 {DUE_DAY} {DUE_MONTH} *", lower_bound_delta=timedelta(days=90), timezone=CLOCK
)
_HEADLINES = ("members_activated_share", "participants", "participants_women_share")


def release_asset(upstream: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """The release asset of a year, downstream of everything that it publishes."""

    @dg.asset(
        key=RELEASE,
        deps=upstream,
        partitions_def=report_years,
        group_name="release",
        kinds={"python", "csv", "duckdb"},
        owners=["team:report_team"],
        freshness_policy=_FRESHNESS,
        description="The immutable folder that the report team prints from, and its switch to current.",
    )
    def release(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[Any]:
        year = year_of(context)
        say("release", "verify")
        released = publish(warehouse.build(year), warehouse.layout, warehouse.exports(year))
        return dg.MaterializeResult(metadata=_metadata(released))

    return release


@dg.asset(
    key=ALL_YEARS_RELEASE,
    deps=[RELEASE],
    partitions_def=report_years,
    group_name="release",
    kinds={"python", "csv", "duckdb"},
    owners=["team:report_team"],
    description="The figures, annexes and lists of all years side by side, made anew whenever a year is released.",
)
def all_years_release(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> dg.MaterializeResult[Any]:
    """Puts the current releases of all years on the shelf over all years."""
    say("release", "all years")
    released = publish_all_years(warehouse.layout, Path(warehouse.raw))
    return dg.MaterializeResult(
        metadata={
            "release": released.release,
            "is_new": released.is_new,
            "path": dg.MetadataValue.path(str(released.folder)),
        }
    )


def _metadata(released: Released) -> dict[str, Any]:
    figures = read_csv(released.folder / "figures.csv")
    rows = [(row["label"], row["display_en"]) for row in figures if row["figure_id"] in _HEADLINES]
    return {
        "release": released.release,
        "is_new": released.is_new,
        "path": dg.MetadataValue.path(str(released.folder)),
        "dagster/row_count": len(figures),
        "headlines": dg.MetadataValue.md(markdown_table(["figure", "value"], rows)),
        **_plots(released.folder / "charts"),
    }


def _plots(charts: Path) -> dict[str, Any]:
    """The English charts, embedded: the instance keeps no link to a file that may be pruned."""
    plots = {}
    for path in sorted(charts.glob("*-en.svg"))[:3]:
        picture = base64.b64encode(path.read_bytes()).decode("ascii")
        plots[path.stem.replace("-", "_")] = dg.MetadataValue.md(
            f"![{path.stem}](data:image/svg+xml;base64,{picture})"
        )
    return plots
