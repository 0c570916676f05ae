"""Loads the contracts of the raw exports from ``raw/contracts/*.yml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.paths import CONTRACTS_FOLDER

PLATFORMS = ("zoom", "eventbrite", "form", "teams")
UNSTORED_TYPES = frozenset({"personal", "ignored"})


@dataclass(frozen=True)
class Word:
    """An alias of a header or answer, and where it was seen."""

    word: str
    seen_in: str
    means: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Column:
    """One column of an export: how it is found, read and stored."""

    name: str
    type: str
    headers: tuple[str, ...]
    description: str
    required: bool = False
    optional: bool = False
    values: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    aliases: tuple[Word, ...] = ()
    words: tuple[Word, ...] = ()
    signed: bool = False
    one_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    references: str | None = None
    unique: str | None = None
    country: str | None = None
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required_unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless_beside: str | None = None
    name_key: bool = False
    land: bool = True

    @property
    def is_stored(self) -> bool:
        """Whether the column is stored in the landing."""
        return self.land and self.type not in UNSTORED_TYPES


@dataclass(frozen=True)
class Workbook:
    """The XLSX form of a source: a file and the sheet in it."""

    file: str
    sheet: str


@dataclass(frozen=True)
class Contract:
    """The contract of a source: files, format, columns, and declared properties.

    ``cumulative``: it never holds fewer rows than before. ``expected_every_year``: it is not empty where it had rows.
    ``spine``: everything else rests on it, so none of its rows may be missing. ``dated_by``: the column that says when;
    of a cumulative source any year, else the report year. ``dates_in_order``: columns of which the first is not after
    the second. ``repeats_never``: no row is there twice. ``one_row_each``: columns that tell its rows apart for people.
    ``may_stay_the_same``: last year's file, filed again, is no surprise.
    """

    source: str
    description: str
    grain: str
    owner: str
    file: str
    kind: str
    encodings: tuple[str, ...]
    delimiter: str
    thousands: str
    decimal: str
    section: str
    surplus_cells_are_padding: bool
    workbook: Workbook | None
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    personal: bool
    optional: bool
    per_event: str | None
    cumulative: bool
    expected_every_year: bool
    spine: bool
    dated_by: str | None
    dates_in_order: tuple[str, ...]
    repeats_never: bool
    one_row_each: tuple[str, ...]
    may_stay_the_same: bool

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.source} has no column {name}")

    @property
    def group(self) -> str:
        """The folder under the year that the source's files lie in."""
        return self.file.split("/")[0] if "/" in self.file else "declarations"


def _conditions(node: Mapping[str, list[str]] | None) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in (node or {}).items()}


def _column(node: dict[str, Any]) -> Column:
    aliases = tuple(Word(**alias) for alias in node.get("aliases", ()))
    return Column(
        name=node["name"],
        type=node["type"],
        headers=(str(node.get("header", node["name"])), *(alias.word for alias in aliases)),
        aliases=aliases,
        description=node["description"],
        required=node.get("required", False),
        optional=node.get("optional", False),
        values=tuple(node.get("values", ())),
        formats=tuple(node.get("formats", ())),
        missing=frozenset(node.get("missing", ())),
        words=tuple(Word(**word) for word in node.get("words", ())),
        signed=node.get("signed", False),
        one_when=_conditions(node.get("one_when")),
        references=node.get("references"),
        unique=node.get("unique"),
        country=node.get("country"),
        when=_conditions(node.get("when")),
        required_unless=_conditions(node.get("required_unless")),
        required_when=_conditions(node.get("required_when")),
        unless_beside=node.get("unless_beside"),
        name_key=node.get("name_key", False),
        land=node.get("land", True),
    )


def _contract(node: dict[str, Any]) -> Contract:
    format_ = node["format"]
    encoding = format_["encoding"]
    workbook = format_.get("workbook")
    return Contract(
        source=node["source"],
        description=node["description"],
        grain=node["grain"],
        owner=node["owner"],
        file=node["file"],
        kind=format_["kind"],
        encodings=tuple(encoding) if isinstance(encoding, list) else (encoding,),
        delimiter=format_.get("delimiter", ","),
        thousands=format_.get("thousands", ""),
        decimal=format_.get("decimal", "."),
        section=format_.get("section", ""),
        surplus_cells_are_padding=format_.get("surplus_cells") == "padding",
        workbook=Workbook(**workbook) if workbook else None,
        key=tuple(node["key"]),
        columns=tuple(_column(column) for column in node["columns"]),
        personal=node.get("personal", False),
        optional=node.get("optional", False),
        per_event=node.get("per_event"),
        cumulative=node.get("cumulative", False),
        expected_every_year=node.get("expected_every_year", False),
        spine=node.get("spine", False),
        dated_by=node.get("dated_by"),
        dates_in_order=tuple(node.get("dates_in_order", ())),
        repeats_never=node.get("repeats") == "never",
        one_row_each=tuple(node.get("one_row_each", ())),
        may_stay_the_same=node.get("may_stay_the_same", False),
    )


def _load_yaml(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)


@cache
def load_contracts(folder: Path = CONTRACTS_FOLDER) -> dict[str, Contract]:
    """All contracts by source name, in the order of their names."""
    paths = sorted(path for path in folder.glob("*.yml") if not path.name.startswith("_"))
    contracts = [_contract(_load_yaml(path)) for path in paths]
    return {contract.source: contract for contract in contracts}


def contract_of(source_file: str, contracts: Mapping[str, Contract]) -> Contract | None:
    """The contract that a file of the year's folder is read by; None where there is none."""
    for contract in contracts.values():
        names = [contract.file, *([contract.workbook.file] if contract.workbook else [])]
        if any(fnmatchcase(source_file, name) for name in names):
            return contract
    return None


def owner_of(source_file: str, contracts: Mapping[str, Contract]) -> str:
    """The owner of a file, or of the files of a folder; empty if no contract covers it."""
    contract = contract_of(source_file, contracts)
    if contract is None:
        inside = (each for each in contracts.values() if each.file.startswith(f"{source_file}/"))
        contract = next(inside, None)
    return contract.owner if contract else ""


@cache
def load_vocabulary(name: str, folder: Path = CONTRACTS_FOLDER) -> dict[str, str]:
    """Answer (trimmed, case-folded) → canonical value of a vocabulary that sources share."""
    groups: dict[str, list[str]] = _load_yaml(folder / "_vocabularies.yml")[name]
    return {answer.casefold(): canonical for canonical, answers in groups.items() for answer in answers}


@cache
def load_languages(folder: Path = CONTRACTS_FOLDER) -> dict[str, str]:
    """Word (case-folded) → the language that exports have it in; a word of several languages is the first one's."""
    words: dict[str, str] = {}
    for language, known in _load_yaml(folder / "_languages.yml").items():
        for word in known:
            words.setdefault(str(word).casefold(), language)
    return words


REGISTRATION_FILE = re.compile(
    r"^events/registrations/(?P<event_id>[^/]+?)__(?P<platform>" + "|".join(PLATFORMS) + r")\.csv$"
)
