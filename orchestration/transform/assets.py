"""The dbt project as Dagster assets: a model an asset, a data test a check.

One step runs what is selected. When all of it is selected, as in a build, nodes that are up to date are not
run again: they are reported from the record of their last run, with ``kept_from_before``.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets
from dagster_dbt.asset_utils import DAGSTER_DBT_UNIQUE_ID_METADATA_KEY
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration.build import Build
from orchestration.databases import open_database
from orchestration.paths import DBT_FOLDER, Home
from orchestration.previews import PREVIEW_ROWS, markdown_table
from orchestration.resources import WarehouseResource, report_years, year_of
from orchestration.transform.engines import engine_named, run_models, run_selected
from orchestration.transform.reuse import ModelsRecord
from orchestration.transform.runner import NodeOutcome, parse_project, raise_for_failures

MODEL_GROUPS = ("seeds", "staging", "intermediate", "marts")
_OWNERS = {"staging": "team:data_engineering", "intermediate": "team:data_engineering"}
# A change of a landing table travels through views to the marts, once all blocking checks on the way passed.
_AUTOMATION = dg.AutomationCondition.eager() & dg.AutomationCondition.all_deps_blocking_checks_passed()


class Translator(DagsterDbtTranslator):
    """Maps dbt nodes to Dagster keys, groups by layer, and owners."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Landing tables keep their key; a model is named by its layer and name."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([self.get_group_name(dbt_resource_props), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer: first folder of the model's path."""
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        return str(dbt_resource_props["fqn"][1])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The owner: report team for marts, data engineering for other models."""
        group = self.get_group_name(dbt_resource_props)
        return [_OWNERS.get(group, "team:report_team")]

    def get_automation_condition(self, dbt_resource_props: Mapping[str, Any]) -> dg.AutomationCondition[Any]:
        """Materialised when a parent was updated, while automation is turned on."""
        return _AUTOMATION

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """A data test as a check, with the description that stands beside it."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        return dg.AssetCheckSpec(
            name=spec.name,
            asset=spec.asset_key,
            description=manifest["nodes"][unique_id]["description"] or spec.description,
            additional_deps=spec.additional_deps,
            blocking=spec.blocking,
            metadata=spec.metadata,
            partitions_def=report_years,
        )


def models_assets(home: Home) -> dg.AssetsDefinition:
    """The step that runs models, seeds and data tests; parses the project into the home."""
    project = DbtProject(DBT_FOLDER, target_path=home.dbt)
    translator = Translator(
        settings=DagsterDbtTranslatorSettings(
            enable_asset_checks=True, enable_source_tests_as_checks=False, enable_code_references=True
        )
    )

    @dbt_assets(
        manifest=parse_project(home.dbt),
        name="dbt_models",
        project=project,
        partitions_def=report_years,
        dagster_dbt_translator=translator,
        exclude="resource_type:unit_test",
    )
    def models(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[Any]:
        build = warehouse.build(year_of(context))
        engine = engine_named(warehouse.engine)
        # Dagster expects an asset after those that it depends on.
        nodes = ModelsRecord(build).node_ids
        wanted = _selected_nodes(context)
        selected = [name for name in nodes if name in wanted]
        is_whole = selected == nodes
        ran = run_models(build, engine) if is_whole else run_selected(build, engine, selected)
        yield from _events(context, project, translator, build, selected, ran, warehouse.column_lineage)
        raise_for_failures(ran)

    return models


def _selected_nodes(context: dg.AssetExecutionContext) -> set[str]:
    """The dbt ids of the assets and checks that the run selects."""
    definition = context.assets_def
    assets = [definition.get_asset_spec(key) for key in context.selected_asset_keys]
    checks = [spec for spec in definition.check_specs if spec.key in context.selected_asset_check_keys]
    return {str((spec.metadata or {})[DAGSTER_DBT_UNIQUE_ID_METADATA_KEY]) for spec in [*assets, *checks]}


def _events(
    context: dg.AssetExecutionContext,
    project: DbtProject,
    translator: Translator,
    build: Build,
    selected: Sequence[str],
    ran: Sequence[NodeOutcome],
    column_lineage: bool,
) -> Iterator[Any]:
    """dagster-dbt's own events of the selected nodes that were made or tested, with further metadata."""
    manifest = json.loads(build.manifest.read_text(encoding="utf-8"))
    outcomes = ModelsRecord(build).outcomes
    anew = {each.unique_id for each in ran}
    relations = _Relations(build, manifest)
    for name in (each for each in selected if each in outcomes):
        history = relations.columns_around(name) if column_lineage and name in anew else {}
        message = DbtCoreCliEventMessage(outcomes[name].event, history)
        for event in message.to_default_asset_events(
            manifest, translator, context, build.folder / "dbt", project
        ):
            further = relations.metadata(name) | {"kept_from_before": name not in anew}
            if outcomes[name].message:
                further["message"] = outcomes[name].message
            yield event.with_metadata({**event.metadata, **further})


class _Relations:
    """Columns, row counts and first rows of the database's relations."""

    def __init__(self, build: Build, manifest: Mapping[str, Any]) -> None:
        self._nodes: dict[str, Any] = {**manifest["nodes"], **manifest["sources"]}
        self._columns: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
        self._tables: dict[str, dict[str, Any]] = {}
        if build.database.exists():
            with open_database(build.database, read_only=True) as connection:
                self._read_columns(connection)
                self._read_tables(connection)

    def _read_columns(self, connection: Any) -> None:
        found = connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() order by all"
        )
        for schema, table, column, type_ in found.fetchall():
            self._columns[schema, table][column] = {"data_type": type_}

    def _read_tables(self, connection: Any) -> None:
        """Reads tables only: counting a view would compute it."""
        names = connection.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'main'"
        ).fetchall()
        for name, rows in names:
            preview = connection.execute(f'select * from main."{name}" limit {PREVIEW_ROWS}')
            header = [column[0] for column in preview.description]
            self._tables[name] = {
                "dagster/row_count": int(rows),
                "preview": dg.MetadataValue.md(markdown_table(header, preview.fetchall())),
            }

    def metadata(self, unique_id: str) -> dict[str, Any]:
        """Row count and first rows of a table; nothing of a view or a test."""
        return dict(self._tables.get(self._nodes[unique_id].get("alias", ""), {}))

    def columns_around(self, unique_id: str) -> dict[str, Any]:
        """Columns of a node and of its parents, in the form from which dagster-dbt derives column lineage."""
        parents = [self._nodes[each] for each in self._nodes[unique_id]["depends_on"].get("nodes", [])]
        return {
            "columns": self._columns_of(self._nodes[unique_id]),
            "parents": {each["relation_name"]: {"columns": self._columns_of(each)} for each in parents},
        }

    def _columns_of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        return self._columns[node["schema"], node.get("identifier") or node["alias"]]
