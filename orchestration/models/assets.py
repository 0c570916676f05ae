"""The dbt project as Dagster assets: a model an asset, a data test a check.

Here belongs how dbt's nodes look in Dagster and how their outcomes are told. Calling dbt is ``runner``'s.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test
from dagster_dbt.dbt_manifest import validate_manifest

from orchestration.ahead import begin_beside
from orchestration.build import Build
from orchestration.databases import open_database
from orchestration.models.engines import engine_named
from orchestration.models.runner import NodeOutcome, ensure_manifest, raise_for_failures, told_in_words
from orchestration.previews import PREVIEW_ROWS, markdown_table
from orchestration.warehouse import WarehouseResource, report_years, year_of

_OWNERS = {"staging": "team:data_engineering", "intermediate": "team:data_engineering"}


class Translator(DagsterDbtTranslator):
    """dbt names as this warehouse shows them: grouped by layer, owned by a team."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Landing tables keep their key; a model is named by its layer and name."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([self.get_group_name(dbt_resource_props), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer: the first folder of the model's path."""
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        return str(dbt_resource_props["fqn"][1])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """Marts are the report team's, what leads to them data engineering's."""
        group = self.get_group_name(dbt_resource_props)
        return [_OWNERS.get(group, "team:report_team")]


def _translator() -> Translator:
    return Translator(
        settings=DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_source_tests_as_checks=False)
    )


def models_assets() -> dg.AssetsDefinition:
    """The one step that runs every model and data test."""
    manifest = validate_manifest(ensure_manifest())
    translator = _translator()

    @dbt_assets(
        manifest=manifest,
        name="models",
        partitions_def=report_years,
        dagster_dbt_translator=translator,
        exclude="resource_type:unit_test",
    )
    def models(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        from orchestration.guards.runner import run_guards
        from orchestration.release.prepared import begin_copy

        year = year_of(context)
        build = warehouse.start_build(year, context.run_id)
        outcomes = told_in_words(engine_named(warehouse.engine).build(build), build.database)
        if all(each.succeeded for each in outcomes):
            complete = build.completed()
            complete.save()
            # Dagster keeps hundreds of results now; neither guards nor the copy need wait for that.
            if begin_beside(run_guards, complete):
                begin_copy(complete)
        yield from _results(context, manifest, translator, build, outcomes)
        raise_for_failures(outcomes)

    return models


def _results(
    context: dg.AssetExecutionContext,
    manifest: Mapping[str, Any],
    translator: Translator,
    build: Build,
    outcomes: list[NodeOutcome],
) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    seen = _relations(build)
    for outcome in outcomes:
        node = manifest["nodes"].get(outcome.unique_id, {})
        kind = node.get("resource_type")
        if kind == "test":
            yield from _check_result(context, manifest, translator, outcome)
        elif kind in ("model", "seed") and outcome.succeeded:
            yield dg.MaterializeResult(
                asset_key=translator.get_asset_key(node),
                metadata={"seconds": outcome.seconds, "kept_from_before": outcome.is_kept}
                | seen.get(node["name"], {}),
            )


def _check_result(
    context: dg.AssetExecutionContext,
    manifest: Mapping[str, Any],
    translator: Translator,
    outcome: NodeOutcome,
) -> Iterator[dg.AssetCheckResult]:
    key = get_asset_check_key_for_test(manifest, translator, outcome.unique_id, None)
    if key is not None and key in context.selected_asset_check_keys:
        yield dg.AssetCheckResult(
            passed=outcome.succeeded and not outcome.is_warning,
            severity=dg.AssetCheckSeverity.WARN if outcome.is_warning else dg.AssetCheckSeverity.ERROR,
            asset_key=key.asset_key,
            check_name=key.name,
            metadata={
                "status": outcome.status,
                "failing_rows": outcome.failures or 0,
                "message": outcome.message,
            },
        )


def _relations(build: Build) -> dict[str, dict[str, Any]]:
    """Row count and preview of every mart of the build; views are not run for the sake of a number."""
    if not build.database.exists():
        return {}
    found: dict[str, dict[str, Any]] = {}
    with open_database(build.database, read_only=True) as connection:
        names = connection.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'main'"
        ).fetchall()
        for name, rows in names:
            preview = connection.execute(f'select * from main."{name}" limit {PREVIEW_ROWS}')
            header = [column[0] for column in preview.description]
            found[name] = {
                "dagster/row_count": int(rows),
                "preview": dg.MetadataValue.md(markdown_table(header, preview.fetchall())),
            }
    return found
