"""The guards' results: format, storage in the build's folder, and the verification before a release."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from orchestration.build import Build
from orchestration.errors import Refusal
from orchestration.guards.suites import LAYERS, Suite, load_suites, suites_fingerprint
from orchestration.paths import EXPECTATIONS_FOLDER
from orchestration.storage import parse_checked, with_checksum

PASSED = "passed"
FAILED = "failed"
COULD_NOT_CHECK = "could_not_check"


class GuardRefused(Refusal):
    """The results do not allow a release; the message names every reason."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = list(reasons)


@dataclass(frozen=True)
class ExpectationOutcome:
    """The result of one expectation.

    ``asked`` is the question in Great Expectations' own words, ``observed`` what was found,
    ``examples`` the first rows at fault, ``rows`` how many were looked at, ``figures`` the figures
    of the report among them.
    """

    layer: str
    suite: str
    number: int
    rule: str
    expectation: str
    column: str
    meaning: str
    severity: str
    outcome: str
    observed: str = ""
    examples: list[dict[str, Any]] = field(default_factory=list)
    asked: str = ""
    rows: int = 0
    figures: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class GuardReport:
    """All results for one build, with the fingerprints of suites and build."""

    year: int
    state: str
    suites_fingerprint: str
    suites_run: list[str]
    results: list[ExpectationOutcome]

    @property
    def is_green(self) -> bool:
        """Whether there are results and all passed."""
        return bool(self.results) and all(each.outcome == PASSED for each in self.results)

    def to_json(self) -> str:
        """The report as text, which ``from_json`` reads back."""
        return json.dumps(with_checksum(asdict(self)), indent=1, ensure_ascii=False) + "\n"

    def published_json(self) -> str:
        """The report as a release shows it: the same bytes for every build of the same data."""
        node = asdict(self)
        del node["state"]
        return json.dumps(node, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> GuardReport:
        """The report that ``to_json`` wrote; ValueError for anything else."""
        node = parse_checked(text.encode("utf-8"))
        if node is None:
            raise ValueError("they are not as they were written")
        try:
            outcomes = [ExpectationOutcome(**each) for each in node.pop("results")]
            return cls(results=outcomes, **node)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"no guard report: {error}") from None


def verify_report(build: Build, expectations: Path = EXPECTATIONS_FOLDER) -> GuardReport:
    """The results for this build, if complete and green.

    Raises GuardRefused with every reason why they are not.
    """
    try:
        report = GuardReport.from_json(build.guards_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GuardRefused(["The guards have not answered for this build; run the guards"]) from None
    except (OSError, ValueError) as error:
        raise GuardRefused([f"The guard results cannot be read: {error}"]) from None
    reasons = reasons_to_refuse(report, build, load_suites(expectations))
    if report.suites_fingerprint != suites_fingerprint(expectations):
        reasons.append("The suites changed after the guards asked them")
    if reasons:
        raise GuardRefused(reasons)
    return report


def reasons_to_refuse(report: GuardReport, build: Build, suites: Sequence[Suite]) -> list[str]:
    """The reasons why a report does not allow a build to be released."""
    of_another = _of_another_state(report, build)
    if of_another:
        # What they answered is about something else.
        return of_another
    return [
        *_questions_without_answer(report, suites),
        *(_told(each) for each in report.results if each.outcome != PASSED),
    ]


def _of_another_state(report: GuardReport, build: Build) -> list[str]:
    if (report.year, report.state) == (build.year, build.state()):
        return []
    return [
        "The guards have not answered for the landing and the models that lie there; run the guards again"
    ]


def _questions_without_answer(report: GuardReport, suites: Sequence[Suite]) -> list[str]:
    expected = {(suite.path, rule) for suite in suites for rule in suite.rules}
    answered = [(f"{each.layer}/{each.suite}", each.rule) for each in report.results]
    reasons = [f"No question was to be asked: {len(suites)} suites"] if not expected else []
    reasons += [f"{path}, {rule}: there is no answer" for path, rule in sorted(expected - set(answered))]
    reasons += [
        f"{path}, {rule}: an answer that nobody asked for" for path, rule in sorted(set(answered) - expected)
    ]
    if len(set(answered)) != len(answered):
        reasons.append("A question has two answers")
    return reasons


def sentences_of_failure(outcomes: Sequence[ExpectationOutcome]) -> list[str]:
    """One line per failed expectation; likely consequences of an earlier layer are only counted."""
    failed = [each for each in outcomes if each.outcome != PASSED]
    first = next((layer for layer in LAYERS if any(each.layer == layer for each in failed)), "")
    lines = [_told(each) for each in failed if each.layer == first]
    following = [each.rule for each in failed if each.layer != first]
    if following:
        lines.append(
            f"  What may follow from that: {len(following)} further questions ({', '.join(following)})"
        )
    return lines


def found(outcome: ExpectationOutcome) -> str:
    """The observed value, with the first failing rows."""
    rows = [example_in_words(each) for each in outcome.examples]
    return ": ".join(filter(None, [outcome.observed, "; ".join(rows)]))


def example_in_words(example: Mapping[str, Any]) -> str:
    """A failing row: its own sentence, or its columns by name."""
    if "sentence" in example:
        return str(example["sentence"])
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in example.items())


def _told(outcome: ExpectationOutcome) -> str:
    said = {FAILED: "does not hold", COULD_NOT_CHECK: "could not be checked"}
    verdict = said.get(outcome.outcome, f"has the unknown outcome {outcome.outcome}")
    observed = f" ({found(outcome)})" if found(outcome) else ""
    return f"{outcome.layer}/{outcome.suite}, {outcome.rule} {verdict}{observed}. {outcome.meaning}"
