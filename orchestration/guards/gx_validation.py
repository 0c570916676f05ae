"""Runs expectations with Great Expectations, on the small tables that suites query.

The only module that imports the library, which is slow. An error, or a result that is neither success nor
failure, becomes "could not check".
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from orchestration.guards.suites import ALL_QUESTIONS, Expectation, Suite
from orchestration.guards.validation_results import COULD_NOT_CHECK, FAILED, PASSED, ExpectationOutcome

if TYPE_CHECKING:
    import pandas as pd

_EXAMPLES = 5
_NOT_NULL = "expect_column_values_to_not_be_null"
# Two blanks are equal and one is not, so here a blank is no hole.
_JUDGES_BLANKS = frozenset({_NOT_NULL, "expect_column_pair_values_to_be_equal"})


class Judge:
    """An ephemeral Great Expectations context."""

    def __init__(self) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._frames = (
            context.data_sources.add_pandas("guards")
            .add_dataframe_asset("frame")
            .add_batch_definition_whole_dataframe("all")
        )

    def ask(self, suite: Suite, frame: pd.DataFrame) -> list[ExpectationOutcome]:
        """Runs the expectations of a suite; returns their results in order."""
        if frame.empty and not suite.may_be_empty:
            return unanswered(suite, "there was no row to look at")
        answers = self._validated(suite, frame)
        return [
            _outcome(suite, number, expectation, frame, answers.get(expectation.rule))
            for number, expectation in enumerate(suite.expectations, start=1)
        ]

    def _validated(self, suite: Suite, frame: pd.DataFrame) -> dict[str, Any]:
        from great_expectations import ExpectationSuite

        questions = ExpectationSuite(
            name=suite.path,
            expectations=[
                {
                    "type": each.type,
                    "kwargs": each.kwargs,
                    "severity": each.severity,
                    "meta": {"rule": each.rule},
                }
                for each in suite.expectations
            ],
        )
        batch = self._frames.get_batch({"dataframe": frame})
        validated = batch.validate(questions, result_format={"result_format": "COMPLETE"})
        # The library answers in an order of its own.
        return {each.expectation_config.meta["rule"]: each for each in validated.results}


def unanswered(suite: Suite, why: str) -> list[ExpectationOutcome]:
    """The results of a suite that could not be checked."""
    if not suite.expectations:
        nothing = Expectation(ALL_QUESTIONS, "", {}, "critical", suite.question)
        return [_answer(suite, 1, nothing, COULD_NOT_CHECK, why)]
    return [
        _answer(suite, number, expectation, COULD_NOT_CHECK, why)
        for number, expectation in enumerate(suite.expectations, start=1)
    ]


def _outcome(
    suite: Suite, number: int, expectation: Expectation, frame: pd.DataFrame, answer: Any
) -> ExpectationOutcome:
    outcome, observed, wrong = _verdict(suite, expectation, frame, answer)
    figures = [] if "figure_id" not in frame else sorted({str(each) for each in frame["figure_id"]})
    return _answer(
        suite,
        number,
        expectation,
        outcome,
        observed,
        examples=_examples(suite, expectation, frame, wrong),
        asked="" if answer is None else _asked(expectation),
        rows=len(frame),
        figures=figures,
    )


def _answer(
    suite: Suite,
    number: int,
    expectation: Expectation,
    outcome: str,
    observed: str,
    **further: Any,
) -> ExpectationOutcome:
    return ExpectationOutcome(
        layer=suite.layer,
        suite=suite.name,
        number=number,
        rule=expectation.rule,
        expectation=expectation.type,
        column=", ".join(expectation.columns),
        meaning=expectation.meaning,
        severity=expectation.severity,
        outcome=outcome,
        observed=observed,
        **further,
    )


def _verdict(
    suite: Suite, expectation: Expectation, frame: pd.DataFrame, answer: Any
) -> tuple[str, str, Sequence[int]]:
    """Outcome, observed value, and positions of the failing rows."""
    if answer is None:
        return COULD_NOT_CHECK, "there is no answer", ()
    raised = _raised(answer.exception_info)
    if raised or answer.success not in (True, False):
        return COULD_NOT_CHECK, raised or "the answer is neither yes nor no", ()
    blank = _blank_rows(expectation, frame)
    if blank:
        return COULD_NOT_CHECK, f"{_rows(len(blank), frame)} have nothing to look at", blank
    wrong = answer.result.get("unexpected_index_list") or []
    if answer.success:
        return PASSED, _looked_at(suite, frame), ()
    return FAILED, _rows(len(wrong), frame) if wrong else _observed_value(answer), wrong


def _raised(exception_info: Any) -> str:
    """The exception that an expectation raised; empty if none."""
    info = exception_info or {}
    for part in [info] if "raised_exception" in info else info.values():
        if part["raised_exception"]:
            return str(part.get("exception_message") or "an exception").splitlines()[0]
    return ""


def _blank_rows(expectation: Expectation, frame: pd.DataFrame) -> list[int]:
    """Rows with blanks, which the library ignores, where blanks are not allowed."""
    if expectation.blank or expectation.type in _JUDGES_BLANKS:
        return []
    blank = frame[list(expectation.columns)].isna().any(axis=1)
    return [position for position, is_blank in enumerate(blank) if is_blank]


def _looked_at(suite: Suite, frame: pd.DataFrame) -> str:
    if frame.empty:
        return suite.may_be_empty
    return "1 row" if len(frame) == 1 else f"{len(frame)} rows"


def _rows(number: int, frame: pd.DataFrame) -> str:
    return f"{number} of {len(frame)} rows"


def _observed_value(answer: Any) -> str:
    return f"observed {answer.result.get('observed_value')}"


def _examples(
    suite: Suite, expectation: Expectation, frame: pd.DataFrame, positions: Sequence[int]
) -> list[dict[str, Any]]:
    names = list(dict.fromkeys([*suite.named_by, *expectation.columns]))
    rows = frame[[name for name in names if name in frame]].iloc[list(positions[:_EXAMPLES])]
    return [
        {str(name): _plain(value) for name, value in row.items()} for row in rows.to_dict(orient="records")
    ]


def _plain(value: Any) -> Any:
    """A cell of a frame as a JSON value."""
    if value is None or value != value:
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def _asked(expectation: Expectation) -> str:
    """The expectation as rendered by the library."""
    return _in_words(expectation.type, json.dumps(expectation.kwargs))


@cache
def _in_words(type_: str, kwargs: str) -> str:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.render.renderer.inline_renderer import InlineRenderer

    configuration = ExpectationConfiguration(type=type_, kwargs=json.loads(kwargs))
    rendered = InlineRenderer(render_object=configuration).get_rendered_content()
    for content in rendered:
        if content.value.template:
            return _filled(content.value.template, content.value.params)
    return ""


def _filled(template: str, params: dict[str, Any]) -> str:
    """Fills in a template of the library; set values are joined by commas."""
    text = re.sub(r"(\$v__\d+)(?= \$v__)", r"\1,", template)
    return re.sub(r"\$(\w+)", lambda name: _shown(params, name[1]), text)


def _shown(params: dict[str, Any], name: str) -> str:
    value = _plain(params[name]["value"])
    return "(blank)" if value == "" else str(value)
