"""Guards fail closed: suites, runner, report and its verification, on a build of one small table."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from orchestration.build import Build
from orchestration.guards.data_docs import write_data_docs
from orchestration.guards.runner import run_guards
from orchestration.guards.suites import ALL_QUESTIONS, LAYERS, Suite, load_suites
from orchestration.guards.validation_results import (
    COULD_NOT_CHECK,
    FAILED,
    PASSED,
    GuardRefused,
    GuardReport,
    verify_report,
)
from orchestration.paths import EXPECTATIONS_FOLDER

IN_SET = "expect_column_values_to_be_in_set"
HTTP = re.compile(r"""(?:src|href)=["']?https?:|url\(|@import|<script|<link""")


def expectation(rule: str, kwargs: dict[str, Any], type_: str = IN_SET, **meta: str) -> dict[str, Any]:
    """An expectation as a suite file has it."""
    return {
        "type": type_,
        "kwargs": kwargs,
        "severity": "critical",
        "meta": {"rule": rule, "meaning": f"The rule {rule}", **meta},
    }


def suite(name: str, *expectations: dict[str, Any], **meta: Any) -> dict[str, Any]:
    """A suite as its file has it."""
    about = {"table": name, "guards": "marts/figures", "question": f"Is {name} well?", "named_by": ["name"]}
    return {"name": name, "meta": about | meta, "expectations": list(expectations)}


class Expectations:
    """A folder of suites, a suite a layer, each about the rows of one table."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder).mkdir()
        (folder / "common.sql").write_text("select 1", encoding="utf-8")
        self.name_suites({layer: [f"about_{layer}"] for layer in LAYERS})
        for layer in LAYERS:
            self.put(layer, f"about_{layer}", self.sound(layer))

    @staticmethod
    def sound(layer: str) -> dict[str, Any]:
        """The valid suite of a layer."""
        return suite(
            f"about_{layer}",
            expectation(f"small_{layer}", {"column": "value", "value_set": [1, 2]}),
        )

    def name_suites(self, names: dict[str, list[str]]) -> None:
        """What the manifest promises."""
        (self.folder / "suites.yml").write_text(yaml.safe_dump(names), encoding="utf-8")

    def put(self, layer: str, name: str, node: Any, sql: str = "select * from things") -> None:
        """The files of a suite."""
        (self.folder / layer).mkdir(exist_ok=True)
        (self.folder / layer / f"{name}.json").write_text(json.dumps(node), encoding="utf-8")
        (self.folder / layer / f"{name}.sql").write_text(sql, encoding="utf-8")

    def load(self) -> dict[str, Suite]:
        """The suites by their names."""
        return {each.name: each for each in load_suites(self.folder)}


@pytest.fixture
def expectations(tmp_path: Path) -> Expectations:
    return Expectations(tmp_path / "expectations")


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A build of a table ``things`` with a landing of one empty table."""
    landing = tmp_path / "landing"
    landing.mkdir()
    pq.write_table(pa.table({"source_file": pa.array([], pa.string())}), landing / "quarantine.parquet")
    database = tmp_path / "build.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create table things as select * from (values ('a', 1), ('b', 2)) as t (name, value)"
        )
    return Build(1, tmp_path, landing, database, tmp_path / "manifest.json")


def outcomes_of(report: GuardReport) -> dict[str, str]:
    return {each.rule: each.outcome for each in report.results}


def change(build: Build, statement: str) -> None:
    """Runs a statement on the build's database."""
    with duckdb.connect(str(build.database)) as connection:
        connection.execute(statement)


def test_importing_the_guards_imports_nothing_slow() -> None:
    code = (
        "import orchestration.guards, orchestration.guards.runner, orchestration.guards.validation_results,"
        " orchestration.guards.data_docs, sys;"
        "print(sorted({'pandas', 'great_expectations', 'duckdb', 'jinja2'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


class TestProjectSuites:
    """The project's suite files."""

    def test_all_can_be_asked(self) -> None:
        assert [each.problem for each in load_suites() if each.problem] == []

    def test_every_layer_has_some(self) -> None:
        assert {each.layer for each in load_suites()} == set(LAYERS)

    def test_every_question_is_asked_once(self) -> None:
        questions = [each.question for each in load_suites()]
        meanings = [each.meaning for suite in load_suites() for each in suite.expectations]
        assert len(set(questions)) == len(questions)
        assert len(set(meanings)) == len(meanings)

    def test_no_file_knows_a_year(self) -> None:
        files = [path for path in EXPECTATIONS_FOLDER.rglob("*") if path.is_file()]
        known = [path.name for path in files if re.search(r"\b(19|20)\d\d\b", path.read_text("utf-8"))]
        assert known == []


class TestSuites:
    """A suite that cannot be asked comes back with its problem."""

    def test_sound(self, expectations: Expectations) -> None:
        suites = expectations.load()
        assert list(suites) == ["about_landing", "about_marts", "about_figures"]
        assert not any(each.problem for each in suites.values())
        assert suites["about_marts"].rules == ("small_marts",)

    @pytest.mark.parametrize("file", ["about_marts.json", "about_marts.sql"])
    def test_missing_file(self, expectations: Expectations, file: str) -> None:
        (expectations.folder / "marts" / file).unlink()
        assert file in expectations.load()["about_marts"].problem

    @pytest.mark.parametrize(
        "manifest", ["", "landing: [about_landing]", "[", "landing: []\nmarts: []\nfigures: []"]
    )
    def test_broken_manifest(self, expectations: Expectations, manifest: str) -> None:
        (expectations.folder / "suites.yml").write_text(manifest, encoding="utf-8")
        [only] = expectations.load().values()
        assert "suites.yml" in only.problem

    def test_missing_manifest(self, expectations: Expectations) -> None:
        (expectations.folder / "suites.yml").unlink()
        [only] = expectations.load().values()
        assert "suites.yml" in only.problem

    def test_suite_that_the_manifest_does_not_name(self, expectations: Expectations) -> None:
        expectations.put("marts", "forgotten", suite("forgotten", expectation("lonely", {"column": "value"})))
        assert "does not name" in expectations.load()["forgotten"].problem

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda node: node.update(expectations=[]),
            lambda node: node.update(name="another"),
            lambda node: node.pop("meta"),
            lambda node: node["meta"].pop("question"),
            lambda node: node["meta"].update(table="nowhere"),
            lambda node: node["expectations"].append(node["expectations"][0]),
            lambda node: node["expectations"][0].update(severity="warning"),
            lambda node: node["expectations"][0]["meta"].pop("meaning"),
            lambda node: node["expectations"][0].pop("type"),
            lambda node: node["expectations"].append("not an expectation"),
        ],
    )
    def test_broken_suite(self, expectations: Expectations, spoil: Callable[[Any], object]) -> None:
        node = expectations.sound("marts")
        spoil(node)
        expectations.put("marts", "about_marts", node)
        assert expectations.load()["about_marts"].problem
        assert expectations.load()["about_marts"].rules == (ALL_QUESTIONS,)

    def test_no_json(self, expectations: Expectations) -> None:
        (expectations.folder / "marts" / "about_marts.json").write_text("{", encoding="utf-8")
        assert "no JSON" in expectations.load()["about_marts"].problem

    def test_rule_that_another_suite_has(self, expectations: Expectations) -> None:
        taken = suite("about_marts", expectation("small_landing", {"column": "value", "value_set": [1, 2]}))
        expectations.put("marts", "about_marts", taken)
        assert "twice" in expectations.load()["about_marts"].problem


class TestRunner:
    """Every expectation has an outcome, and only an explicit success passes."""

    def test_green(self, build: Build, expectations: Expectations) -> None:
        report = run_guards(build, expectations=expectations.folder)
        assert report.is_green
        assert report.suites_run == ["landing/about_landing", "marts/about_marts", "figures/about_figures"]
        assert report == GuardReport.from_json(build.guards_file.read_text("utf-8"))
        assert report == verify_report(build, expectations.folder)

    def test_failure_names_the_row(self, build: Build, expectations: Expectations) -> None:
        change(build, "insert into things values ('c', 3)")
        report = run_guards(build, expectations=expectations.folder)
        assert not report.is_green
        assert {each.outcome for each in report.results} == {FAILED}
        assert report.results[0].examples == [{"name": "c", "value": 3}]
        assert report.results[0].observed == "1 of 3 rows"

    def test_layers(self, build: Build, expectations: Expectations) -> None:
        report = run_guards(build, names={"about_marts"}, expectations=expectations.folder)
        assert report.suites_run == ["marts/about_marts"]
        with pytest.raises(GuardRefused, match="there is no answer"):
            verify_report(build, expectations.folder)

    @pytest.mark.parametrize(
        "sql", ["select * from nowhere", "select", "", "select error('broken') as name, 1 as value"]
    )
    def test_view_that_raises(self, build: Build, expectations: Expectations, sql: str) -> None:
        expectations.put("marts", "about_marts", expectations.sound("marts"), sql)
        answers = outcomes_of(run_guards(build, expectations=expectations.folder))
        assert answers == {"small_landing": PASSED, "small_marts": COULD_NOT_CHECK, "small_figures": PASSED}

    def test_expectation_that_raises(self, build: Build, expectations: Expectations) -> None:
        node = expectations.sound("marts")
        node["expectations"].append(expectation("lost", {"column": "nowhere", "value_set": [1]}))
        expectations.put("marts", "about_marts", node)
        answers = outcomes_of(run_guards(build, expectations=expectations.folder))
        assert answers["lost"] == COULD_NOT_CHECK
        assert answers["small_marts"] == PASSED

    def test_expectation_that_the_library_does_not_know(
        self, build: Build, expectations: Expectations
    ) -> None:
        node = expectations.sound("marts")
        node["expectations"].append(expectation("odd", {"column": "value"}, "expect_the_unexpected"))
        expectations.put("marts", "about_marts", node)
        answers = outcomes_of(run_guards(build, expectations=expectations.folder))
        assert answers["odd"] == COULD_NOT_CHECK

    def test_no_row_to_look_at(self, build: Build, expectations: Expectations) -> None:
        expectations.put(
            "marts", "about_marts", expectations.sound("marts"), "select * from things where false"
        )
        answers = outcomes_of(run_guards(build, expectations=expectations.folder))
        assert answers["small_marts"] == COULD_NOT_CHECK

    def test_no_row_where_that_is_well(self, build: Build, expectations: Expectations) -> None:
        node = expectations.sound("marts")
        node["meta"]["may_be_empty"] = "Nothing is wrong"
        expectations.put("marts", "about_marts", node, "select * from things where false")
        report = run_guards(build, expectations=expectations.folder)
        assert report.is_green
        assert report.results[1].observed == "Nothing is wrong"

    def test_blank_is_no_pass(self, build: Build, expectations: Expectations) -> None:
        change(build, "insert into things values ('c', null)")
        report = run_guards(build, names={"about_marts"}, expectations=expectations.folder)
        assert outcomes_of(report) == {"small_marts": COULD_NOT_CHECK}
        assert report.results[0].examples == [{"name": "c", "value": None}]

    def test_blank_that_the_suite_explains(self, build: Build, expectations: Expectations) -> None:
        change(build, "insert into things values ('c', null)")
        rule = expectation("small_marts", {"column": "value", "value_set": [1, 2]}, blank="Not counted")
        expectations.put("marts", "about_marts", suite("about_marts", rule))
        assert run_guards(build, names={"about_marts"}, expectations=expectations.folder).is_green

    def test_broken_suite_is_an_answer(self, build: Build, expectations: Expectations) -> None:
        (expectations.folder / "marts" / "about_marts.json").unlink()
        report = run_guards(build, expectations=expectations.folder)
        assert outcomes_of(report)[ALL_QUESTIONS] == COULD_NOT_CHECK
        with pytest.raises(GuardRefused, match=r"about_marts\.json"):
            verify_report(build, expectations.folder)

    @pytest.mark.parametrize("lost", ["database", "common"])
    def test_nothing_to_look_at(self, build: Build, expectations: Expectations, lost: str) -> None:
        path = build.database if lost == "database" else expectations.folder / "common.sql"
        path.unlink()
        report = run_guards(build, expectations=expectations.folder)
        assert set(outcomes_of(report).values()) == {COULD_NOT_CHECK}
        assert len(report.results) == len(LAYERS)

    def test_no_suite_is_not_green(self, build: Build, expectations: Expectations) -> None:
        report = run_guards(build, names=set(), expectations=expectations.folder)
        assert not report.is_green

    def test_a_suite_asked_by_itself_leaves_the_other_answers(
        self, build: Build, expectations: Expectations
    ) -> None:
        whole = run_guards(build, expectations=expectations.folder)
        assert run_guards(build, names={"about_marts"}, expectations=expectations.folder) == whole

    def test_answers_about_an_earlier_state_are_void(self, build: Build, expectations: Expectations) -> None:
        run_guards(build, expectations=expectations.folder)
        change(build, "create table more as select 1 as value")
        with pytest.raises(GuardRefused, match="run the guards again"):
            verify_report(build, expectations.folder)
        report = run_guards(build, names={"about_marts"}, expectations=expectations.folder)
        assert report.suites_run == ["marts/about_marts"]
        with pytest.raises(GuardRefused, match="there is no answer"):
            verify_report(build, expectations.folder)
        assert run_guards(build, expectations=expectations.folder).is_green
        verify_report(build, expectations.folder)


class TestVerification:
    """The release accepts only complete, green results of its own build."""

    @pytest.fixture
    def report(self, build: Build, expectations: Expectations) -> GuardReport:
        return run_guards(build, expectations=expectations.folder)

    def refused(self, build: Build, expectations: Expectations, report: GuardReport) -> list[str]:
        """Why a report is refused once it lies in the build's folder."""
        build.guards_file.write_text(report.to_json(), encoding="utf-8")
        with pytest.raises(GuardRefused) as refusal:
            verify_report(build, expectations.folder)
        assert str(refusal.value) == "\n".join(refusal.value.reasons)
        return refusal.value.reasons

    def test_no_results(self, build: Build, expectations: Expectations) -> None:
        with pytest.raises(GuardRefused, match="have not answered"):
            verify_report(build, expectations.folder)

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"results": [{}]}', '{"results": 1}'])
    def test_unreadable_results(self, build: Build, expectations: Expectations, text: str) -> None:
        build.guards_file.write_text(text, encoding="utf-8")
        with pytest.raises(GuardRefused, match="cannot be read"):
            verify_report(build, expectations.folder)

    def test_another_year(self, build: Build, expectations: Expectations, report: GuardReport) -> None:
        assert self.refused(build, expectations, replace(report, year=2))

    def test_another_state(self, build: Build, expectations: Expectations, report: GuardReport) -> None:
        [reason] = self.refused(build, expectations, replace(report, state="another"))
        assert "run the guards again" in reason

    def test_another_landing(self, build: Build, expectations: Expectations, report: GuardReport) -> None:
        pq.write_table(pa.table({"source_file": ["a.csv"]}), build.landing / "quarantine.parquet")
        [reason] = self.refused(build, expectations, report)
        assert "run the guards again" in reason

    def test_suites_changed(self, build: Build, expectations: Expectations, report: GuardReport) -> None:
        expectations.put("marts", "about_marts", expectations.sound("marts"), "select * from things limit 1")
        [reason] = self.refused(build, expectations, report)
        assert "suites changed" in reason

    def test_answer_missing(self, build: Build, expectations: Expectations, report: GuardReport) -> None:
        [reason] = self.refused(build, expectations, replace(report, results=report.results[1:]))
        assert reason == "landing/about_landing, small_landing: there is no answer"

    def test_no_answer_at_all(self, build: Build, expectations: Expectations, report: GuardReport) -> None:
        assert len(self.refused(build, expectations, replace(report, results=[]))) == len(LAYERS)

    def test_answer_twice(self, build: Build, expectations: Expectations, report: GuardReport) -> None:
        twice = replace(report, results=[*report.results, report.results[0]])
        assert self.refused(build, expectations, twice) == ["A question has two answers"]

    def test_answer_to_another_question(
        self, build: Build, expectations: Expectations, report: GuardReport
    ) -> None:
        other = replace(report.results[0], rule="other")
        reasons = self.refused(build, expectations, replace(report, results=[*report.results, other]))
        assert reasons == ["landing/about_landing, other: an answer that nobody asked for"]

    @pytest.mark.parametrize("outcome", [FAILED, COULD_NOT_CHECK, "fine"])
    def test_not_green(
        self, build: Build, expectations: Expectations, report: GuardReport, outcome: str
    ) -> None:
        bad = replace(report.results[1], outcome=outcome, observed="1 of 2 rows")
        spoilt = replace(report, results=[report.results[0], bad, report.results[2]])
        assert not spoilt.is_green
        [reason] = self.refused(build, expectations, spoilt)
        assert "marts/about_marts, small_marts" in reason
        assert "1 of 2 rows" in reason

    def test_published_results_do_not_tell_builds_apart(
        self, build: Build, expectations: Expectations, report: GuardReport
    ) -> None:
        os.utime(build.database, ns=(1, 1))
        again = run_guards(build, expectations=expectations.folder)
        assert again.to_json() != report.to_json()
        assert again.published_json() == report.published_json()


class TestDataDocs:
    """The page is self-contained."""

    def test_same_answers_same_bytes(self, build: Build, expectations: Expectations, tmp_path: Path) -> None:
        pages = []
        for name in ("one", "two"):
            report = run_guards(build, expectations=expectations.folder)
            pages.append(write_data_docs(report, tmp_path / name, expectations.folder).read_bytes())
        assert pages[0] == pages[1]

    def test_nothing_from_outside(self, build: Build, expectations: Expectations, tmp_path: Path) -> None:
        report = run_guards(build, expectations=expectations.folder)
        page = write_data_docs(report, tmp_path / "docs", expectations.folder).read_text("utf-8")
        assert not HTTP.search(page)
        assert "http" not in page
        assert "All 3 expectations hold" in page
        assert "value values must belong to this set: 1, 2." in page

    def test_rows_at_fault_are_shown_as_text(
        self, build: Build, expectations: Expectations, tmp_path: Path
    ) -> None:
        change(build, "insert into things values ('<b>c</b>', 3)")
        report = run_guards(build, expectations=expectations.folder)
        page = write_data_docs(report, tmp_path / "docs", expectations.folder).read_text("utf-8")
        assert "name: &lt;b&gt;c&lt;/b&gt;, value: 3" in page
        assert "0 of 3 expectations hold" in page
