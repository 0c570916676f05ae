"""Renders the guards' results as one HTML page, like Great Expectations' data docs.

Unlike the library's pages, it loads nothing from the network and contains no times or random ids: equal
results give equal bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from orchestration.guards.suites import LAYERS, load_suites
from orchestration.guards.validation_results import PASSED, ExpectationOutcome, GuardReport
from orchestration.paths import EXPECTATIONS_FOLDER

PAGE = "index.html"
_TEMPLATE = Path(__file__).with_name("data_docs.html")
_LAYER_TITLES = {
    "landing": "Landing: what the exports hold",
    "marts": "Marts: what the tables say",
    "figures": "Figures: what the report prints",
}
_OUTCOMES = {
    "passed": "holds",
    "failed": "does not hold",
    "could_not_check": "could not be checked",
}


@dataclass(frozen=True)
class _AnsweredSuite:
    """View model of a suite."""

    layer: str
    name: str
    question: str
    guards: str
    outcomes: list[ExpectationOutcome]

    @property
    def passed(self) -> int:
        return sum(each.outcome == PASSED for each in self.outcomes)


def write_data_docs(report: GuardReport, folder: Path, expectations: Path = EXPECTATIONS_FOLDER) -> Path:
    """Writes the page of a report into a folder; returns its path."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["cells"] = _cells
    page = environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        year=report.year,
        is_green=report.is_green,
        asked=len(report.results),
        passed=sum(each.outcome == PASSED for each in report.results),
        layers=_layers(report, expectations),
        titles=_LAYER_TITLES,
        outcomes=_OUTCOMES,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAGE).write_text(page + "\n", encoding="utf-8")
    return folder / PAGE


def _layers(report: GuardReport, expectations: Path) -> list[tuple[str, list[_AnsweredSuite]]]:
    known = {suite.path: suite for suite in load_suites(expectations)}
    answered = []
    for path, outcomes in groupby(report.results, key=lambda each: f"{each.layer}/{each.suite}"):
        layer, _, name = path.partition("/")
        suite = known.get(path)
        answered.append(
            _AnsweredSuite(
                layer=layer,
                name=name,
                question=suite.question if suite else name,
                guards=suite.guards if suite else "",
                outcomes=list(outcomes),
            )
        )
    return [(layer, [each for each in answered if each.layer == layer]) for layer in LAYERS]


def _cells(example: dict[str, Any]) -> str:
    """A failing row on one line."""
    return ", ".join(f"{name}: {_shown(value)}" for name, value in example.items())


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "blank"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
