"""The guards as Dagster asset checks: a suite a check.

Here belongs how a suite's outcome looks in Dagster. Running suites is ``runner``'s; the release reads
the same results from the build, not from Dagster.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.ahead import done_beside
from orchestration.guards.report import ExpectationOutcome, GuardReport
from orchestration.guards.suites import Suite, load_suites
from orchestration.progress import say
from orchestration.warehouse import WarehouseResource, report_years, year_of

_EXAMPLES = 5


def _checked_asset(suite: Suite) -> dg.AssetKey:
    """The asset that a suite guards: the account of the landing, or the mart it speaks of."""
    return dg.AssetKey(suite.guards.split("/"))


def guard_checks() -> dg.AssetChecksDefinition:
    """One step that asks every question; each suite is a check on what it guards."""
    suites = load_suites()
    specs = [
        dg.AssetCheckSpec(
            name=suite.check_name,
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

    @dg.multi_asset_check(name="guards", specs=specs)
    def guards(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.AssetCheckResult]:
        from orchestration.guards.runner import run_guards
        from orchestration.release.prepared import read_ahead

        say("guards", f"{len(suites)} suites")
        build = warehouse.current_build(year_of(context))
        report = done_beside(run_guards, build, meanwhile=lambda: read_ahead(build, warehouse.layout))
        for suite in suites:
            yield _result(suite, report)

    return guards


def _observed(outcome: ExpectationOutcome) -> str:
    """What was found, with the first rows at fault."""
    rows = ["(" + ", ".join(f"{k} {v}" for k, v in row.items()) + ")" for row in outcome.examples[:_EXAMPLES]]
    return " ".join([outcome.observed, *rows]).strip()


def _result(suite: Suite, report: GuardReport) -> dg.AssetCheckResult:
    outcomes = [each for each in report.results if each.suite == suite.name]
    rows = [
        dg.TableRecord({"meaning": each.meaning, "outcome": each.outcome, "observed": _observed(each)})
        for each in outcomes
    ]
    return dg.AssetCheckResult(
        passed=bool(outcomes) and all(each.outcome == "passed" for each in outcomes),
        asset_key=_checked_asset(suite),
        check_name=suite.check_name,
        metadata={
            "questions": len(outcomes),
            "answers": dg.MetadataValue.table(rows) if rows else "the suite gave no answer",
        },
    )
