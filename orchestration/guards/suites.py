"""Loads the suites from ``expectations/``.

A suite that cannot be loaded is returned with its problem, and its result is "could not check".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.paths import EXPECTATIONS_FOLDER
from orchestration.storage import fingerprint_of_files

LAYERS = ("landing", "marts", "figures")
SUITES_FILE = "suites.yml"
COMMON_SQL = "common.sql"
ALL_QUESTIONS = "all questions"

# What stands for a suite in Dagster where the suite itself cannot say what it guards.
_GUARDED_BY_LAYER = {
    "landing": "landing/source_files",
    "marts": "marts/figures",
    "figures": "marts/figures",
}


class _Broken(Exception):
    """A suite that cannot be loaded; the message says why."""


@dataclass(frozen=True)
class Expectation:
    """One expectation of a suite: its Great Expectations configuration and its meaning.

    ``blank`` says why a row without a value is no violation; empty where every row must have one.
    """

    rule: str
    type: str
    kwargs: dict[str, Any]
    severity: str
    meaning: str
    blank: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the expectation reads."""
        named = [self.kwargs.get(name) for name in ("column", "column_A", "column_B")]
        return tuple(str(each) for each in [*named, *self.kwargs.get("column_list", [])] if each)


@dataclass(frozen=True)
class Suite:
    """Expectations on one small table, which the suite's SQL file queries from a build.

    ``guards`` is what it is about, as layer/table; ``named_by`` the columns that name a row to
    people; ``may_be_empty`` what it says when the table has no row, where that is no fault.
    """

    layer: str
    name: str
    question: str
    guards: str
    named_by: tuple[str, ...] = ()
    may_be_empty: str = ""
    sql: str = ""
    expectations: tuple[Expectation, ...] = ()
    problem: str = ""

    @property
    def path(self) -> str:
        """Layer and name, as in suites.yml."""
        return f"{self.layer}/{self.name}"

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of the suite; a suite with a problem has one placeholder."""
        return tuple(each.rule for each in self.expectations) or (ALL_QUESTIONS,)


def load_suites(folder: Path = EXPECTATIONS_FOLDER) -> list[Suite]:
    """Every suite of suites.yml in order, and every suite file that it lacks."""
    try:
        named = _named_suites(folder)
    except _Broken as broken:
        return [_with_problem("landing", "suites", str(broken))]
    suites = [_suite(folder, layer, name) for layer, name in named]
    return _distinct([*suites, *_unnamed(folder, set(named))])


def suites_fingerprint(folder: Path = EXPECTATIONS_FOLDER) -> str:
    """One hash over suites.yml, suites and guard views."""
    endings = {".json", ".sql", ".yml"}
    paths = sorted(path for path in folder.rglob("*") if path.suffix in endings)
    return fingerprint_of_files(paths, folder)


def _named_suites(folder: Path) -> list[tuple[str, str]]:
    try:
        node = yaml.safe_load((folder / SUITES_FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _Broken(f"{SUITES_FILE} cannot be read: {_first_line(error)}") from None
    if not isinstance(node, dict) or set(node) != set(LAYERS) or not all(node.values()):
        raise _Broken(f"{SUITES_FILE} must list suites for each of {', '.join(LAYERS)}")
    return [(layer, str(name)) for layer in LAYERS for name in node[layer]]


def _unnamed(folder: Path, named: set[tuple[str, str]]) -> Iterator[Suite]:
    for path in sorted(folder.glob("*/*.json")):
        if (path.parent.name, path.stem) not in named:
            problem = f"{SUITES_FILE} does not name the suite, so nobody would ask it"
            yield _with_problem(path.parent.name, path.stem, problem)


def _distinct(suites: Iterable[Suite]) -> list[Suite]:
    """Marks suites with duplicate names or rules as broken."""
    seen: set[str] = set()
    distinct = []
    for suite in suites:
        repeated = seen.intersection((suite.name, *suite.rules)) - {ALL_QUESTIONS}
        seen.update((suite.name, *suite.rules))
        if repeated:
            problem = f"{', '.join(sorted(repeated))} comes twice among suites and rules"
            suite = _with_problem(suite.layer, suite.name, problem)
        distinct.append(suite)
    return distinct


def _with_problem(layer: str, name: str, problem: str) -> Suite:
    guards = _GUARDED_BY_LAYER.get(layer, _GUARDED_BY_LAYER["landing"])
    return Suite(layer, name, "The suite cannot be asked", guards, problem=problem)


def _suite(folder: Path, layer: str, name: str) -> Suite:
    try:
        return _read(folder / layer, layer, name)
    except _Broken as broken:
        return _with_problem(layer, name, str(broken))


def _read(folder: Path, layer: str, name: str) -> Suite:
    node = _json(folder / f"{name}.json")
    meta = _part(node, "meta", dict)
    if node.get("name") != name:
        raise _Broken(f"{name}.json is of a suite named {node.get('name')}")
    expectations = tuple(_expectation(each) for each in _part(node, "expectations", list))
    rules = [each.rule for each in expectations]
    if not expectations or len(set(rules)) != len(rules):
        raise _Broken("the suite asks nothing, or a rule twice")
    return Suite(
        layer=layer,
        name=name,
        question=_part(meta, "question", str),
        guards=_part(meta, "guards", str),
        named_by=tuple(_part(meta, "named_by", list)),
        may_be_empty=str(meta.get("may_be_empty", "")),
        sql=_text(folder / f"{_part(meta, 'table', str)}.sql"),
        expectations=expectations,
    )


def _expectation(node: Any) -> Expectation:
    if not isinstance(node, dict):
        raise _Broken("an expectation is no object")
    meta = _part(node, "meta", dict)
    if node.get("severity") != "critical":
        raise _Broken(f"{meta.get('rule')} is not critical: nothing here may be overlooked")
    return Expectation(
        rule=_part(meta, "rule", str),
        type=_part(node, "type", str),
        kwargs=_part(node, "kwargs", dict),
        severity="critical",
        meaning=_part(meta, "meaning", str),
        blank=str(meta.get("blank", "")),
    )


def _part(node: dict[str, Any], name: str, type_: type) -> Any:
    part = node.get(name)
    if not isinstance(part, type_) or part == "":
        raise _Broken(f"{name} is missing")
    return part


def _json(path: Path) -> dict[str, Any]:
    try:
        node = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise _Broken(f"{path.name} is no JSON: {_first_line(error)}") from None
    if not isinstance(node, dict):
        raise _Broken(f"{path.name} holds no suite")
    return node


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _Broken(f"{path.name} cannot be read: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    if isinstance(error, OSError):
        return str(error.strerror)
    return (str(error) or type(error).__name__).splitlines()[0]
