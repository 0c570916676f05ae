"""The guards as Dagster asset checks, one check per suite.

The release reads the results from the build's folder, not from Dagster.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.guards.suites import Suite, load_suites
from orchestration.guards.validation_results import GuardRefused, GuardReport, found, sentences_of_failure
from orchestration.progress import say
from orchestration.resources import WarehouseResource, report_years, year_of


def _checked_asset(suite: Suite) -> dg.AssetKey:
    """The asset that a suite checks: a landing table or a mart."""
    return dg.AssetKey(suite.guards.split("/"))


def guard_checks() -> dg.AssetChecksDefinition:
    """The step that runs the suites, each as a check on its asset."""
    suites = load_suites()
    specs = [
        dg.AssetCheckSpec(
            name=suite.name,
            asset=_checked_asset(suite),
            description=suite.question,
            # All suites are asked in one step after the models, so a check of a landing table cannot
            # hold the models back. Its answer forbids the release all the same.
            blocking=suite.layer != "landing",
            partitions_def=report_years,
            additional_deps=[dg.AssetKey(["marts", "figures"])]
            if _checked_asset(suite) != dg.AssetKey(["marts", "figures"])
            else None,
        )
        for suite in suites
    ]

    @dg.multi_asset_check(name="guard_suites", specs=specs, can_subset=True)
    def guards(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.AssetCheckResult]:
        from orchestration.guards.runner import run_guards

        wanted = {key.name for key in context.selected_asset_check_keys}
        asked = [suite for suite in suites if suite.name in wanted]
        say("guards", f"{len(asked)} suites")
        report = run_guards(warehouse.build(year_of(context)), wanted)
        for suite in asked:
            yield _result(suite, report)
        # The run is named by what does not hold, not by the number of checks that failed.
        if refused := sentences_of_failure([each for each in report.results if each.suite in wanted]):
            raise GuardRefused(refused)

    return guards


def _result(suite: Suite, report: GuardReport) -> dg.AssetCheckResult:
    outcomes = [each for each in report.results if each.suite == suite.name]
    rows = [
        dg.TableRecord({"meaning": each.meaning, "outcome": each.outcome, "observed": found(each)})
        for each in outcomes
    ]
    return dg.AssetCheckResult(
        passed=bool(outcomes) and all(each.outcome == "passed" for each in outcomes),
        asset_key=_checked_asset(suite),
        check_name=suite.name,
        metadata={
            "questions": len(outcomes),
            "answers": dg.MetadataValue.table(rows) if rows else "the suite gave no answer",
        },
    )
