"""The landing as Dagster assets: an asset a table, a step a folder of exports."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow.parquet as pq

from orchestration.ingest.contracts import Contract, load_contracts
from orchestration.ingest.errors import Finding
from orchestration.ingest.history import recover_history, write_history
from orchestration.ingest.schema import (
    CORRECTED_VALUES,
    FINDINGS,
    PROMISES,
    QUARANTINE,
    RELEASED_CELLS,
    RELEASED_FIGURES,
    RELEASED_PLACES,
    RELEASED_SOURCES,
    SOURCE_FILES,
    LandingTable,
    list_tables,
    main_table,
)
from orchestration.ingest.source_inventory import write_corrected_values, write_source_inventory
from orchestration.ingest.sources import (
    Landing,
    SourceRefused,
    SourceState,
    ingest_source,
    landing_of,
    references_of,
    refusals_of_year,
)
from orchestration.ingest.verdict import refuse, sentence, sentences_of_refusal
from orchestration.previews import PREVIEW_ROWS, markdown_table
from orchestration.progress import say
from orchestration.resources import WarehouseResource, report_years, year_of

LANDING_GROUP = "landing"


def landing_key(name: str) -> dg.AssetKey:
    """The asset of a landing table."""
    return dg.AssetKey([LANDING_GROUP, name])


def _spec(table: LandingTable, owner: str, deps: list[str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        landing_key(table.name),
        description=table.description,
        deps=[landing_key(name) for name in deps],
        group_name=LANDING_GROUP,
        kinds={"python", "parquet"},
        owners=[f"team:{owner.replace(' ', '_')}"],
        metadata={
            "dagster/column_schema": dg.TableSchema(
                [
                    dg.TableColumn(column.name, str(column.type), description=column.description)
                    for column in table.columns
                ]
            )
        },
    )


def _source_specs(contract: Contract) -> list[dg.AssetSpec]:
    deps = references_of(contract)
    return [_spec(table, contract.owner, deps) for table in tables_of(contract)]


def _table_metadata(landing: Landing, name: str) -> dict[str, Any]:
    table = pq.ParquetFile(landing.table_path(name))
    head = next(table.iter_batches(PREVIEW_ROWS), None)
    rows = head.to_pylist() if head is not None else []
    return {
        "dagster/row_count": table.metadata.num_rows,
        "path": dg.MetadataValue.path(str(landing.table_path(name))),
        "preview": dg.MetadataValue.md(
            markdown_table(table.schema_arrow.names, (tuple(row.values()) for row in rows))
        ),
    }


def _files_metadata(state: SourceState) -> dict[str, Any]:
    records = [
        dg.TableRecord(
            {
                "source_file": each.source_file,
                "sha256": each.sha256,
                "rows_read": each.rows_read,
                "rows_loaded": each.rows_loaded,
                "rows_quarantined": each.rows_quarantined,
            }
        )
        for each in state.files
    ]
    return {
        "files": dg.MetadataValue.table(records) if records else "no file",
        "rows_read": sum(each.rows_read for each in state.files),
        "rows_quarantined": len(state.quarantined),
        "kept_from_before": state.was_cached,
    }


def _ingest_group(group: str, contracts: list[Contract]) -> dg.AssetsDefinition:
    ordered = sorted(contracts, key=lambda each: (len(references_of(each)), each.source))
    specs = [spec for contract in ordered for spec in _source_specs(contract)]

    @dg.multi_asset(name=f"ingest_{group}", specs=specs, partitions_def=report_years, can_subset=True)
    def ingest(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.MaterializeResult[Any]]:
        landing = landing_of(warehouse.layout, Path(warehouse.raw), year_of(context))
        refused: set[str] = set()
        for contract in ordered:
            tables = [
                table
                for table in tables_of(contract)
                if landing_key(table.name) in context.selected_asset_keys
            ]
            if not tables or refused & set(references_of(contract)):
                # Rows that refer to a source that was refused would all be at fault.
                continue
            say("ingest", contract.source)
            try:
                state = ingest_source(landing, contract)
            except SourceRefused:
                refused.add(contract.source)
                continue
            for table in tables:
                yield _result(landing, table, _files_metadata(state))
        if refused:
            # All files of the year that are wrong are named at once, so that one round of mending is enough.
            raise SourceRefused(refusals_of_year(landing))

    return ingest


def tables_of(contract: Contract) -> list[LandingTable]:
    """The landing tables of a source: its main table, and one for each column that lists places."""
    return [main_table(contract), *list_tables(contract)]


def _result(
    landing: Landing, table: LandingTable, metadata: dict[str, Any] | None = None
) -> dg.MaterializeResult[Any]:
    return dg.MaterializeResult(
        asset_key=landing_key(table.name), metadata=_table_metadata(landing, table.name) | (metadata or {})
    )


_INVENTORY = (SOURCE_FILES, QUARANTINE, FINDINGS, PROMISES, CORRECTED_VALUES)
_HISTORY = (RELEASED_FIGURES, RELEASED_CELLS, RELEASED_SOURCES, RELEASED_PLACES)
EXPORTS_HOLD = dg.AssetCheckSpec(
    "exports_hold",
    asset=landing_key(FINDINGS.name),
    description="Do the exports hold against their contracts, the programme and the last releases?",
    blocking=True,
    partitions_def=report_years,
)


@dg.multi_asset(
    name="ingest_source_inventory",
    specs=[
        _spec(table, "data engineering", [*sorted(load_contracts()), *(each.name for each in _HISTORY)])
        for table in _INVENTORY
    ],
    check_specs=[EXPORTS_HOLD],
    partitions_def=report_years,
    can_subset=True,
)
def ingest_source_inventory(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    """Accounts for every file, row and declared correction of the year, and judges them.

    Raises ExportsRefused after everything is written, so that no model runs on a landing that cannot be published.
    """
    landing = landing_of(warehouse.layout, Path(warehouse.raw), year_of(context))
    # A table that an earlier run left may be damaged, and none of these is read before it is written.
    for table in _INVENTORY:
        landing.table_path(table.name).unlink(missing_ok=True)
    contracts = load_contracts()
    states = [state for source in contracts if (state := landing.read_state(source)) is not None]
    findings = write_source_inventory(landing, contracts, states)
    write_corrected_values(landing, states)
    for table in _INVENTORY:
        if landing_key(table.name) in context.selected_asset_keys:
            yield _result(landing, table)
    if EXPORTS_HOLD.key in context.selected_asset_check_keys:
        yield _exports_hold(findings)
    refuse(findings)


def _exports_hold(findings: list[Finding]) -> dg.AssetCheckResult:
    """The findings as a check: one row each, most important first."""
    records = [dg.TableRecord({"weight": each.severity, "finding": sentence(each)}) for each in findings]
    return dg.AssetCheckResult(
        passed=not sentences_of_refusal(findings),
        asset_key=EXPORTS_HOLD.asset_key,
        check_name=EXPORTS_HOLD.name,
        metadata={"findings": dg.MetadataValue.table(records) if records else "nothing to tell"},
    )


@dg.multi_asset(
    name="ingest_history",
    specs=[_spec(table, "data engineering", []) for table in _HISTORY],
    partitions_def=report_years,
    can_subset=True,
)
def ingest_history(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[Any]]:
    """Reads back the current releases of the year and of the year before, for comparison."""
    landing = landing_of(warehouse.layout, Path(warehouse.raw), year_of(context))
    recover_history(warehouse.layout, landing.year)
    write_history(landing, warehouse.layout)
    for table in _HISTORY:
        if landing_key(table.name) in context.selected_asset_keys:
            yield _result(landing, table)


def ingest_assets() -> list[dg.AssetsDefinition]:
    """All assets of the landing."""
    by_group: dict[str, list[Contract]] = defaultdict(list)
    for contract in load_contracts().values():
        by_group[contract.group].append(contract)
    groups = [_ingest_group(group, contracts) for group, contracts in sorted(by_group.items())]
    return [*groups, ingest_source_inventory, ingest_history]
