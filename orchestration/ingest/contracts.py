"""Loads the contracts of the raw exports from ``raw/contracts/*.yml``.

Unknown keys are forbidden: ``ContractBroken`` names file and line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from orchestration.errors import MetropolisError
from orchestration.paths import CONTRACTS_FOLDER

PLATFORMS = ("zoom", "eventbrite", "form", "teams")
UNSTORED_TYPES = frozenset({"personal", "ignored"})

# A column of the contract → the values of it for which a condition holds.
Conditions = Mapping[str, tuple[str, ...]]
ColumnType = Literal[
    "amount",
    "boolean",
    "country",
    "date",
    "datetime",
    "decimal",
    "email",
    "enum",
    "gender",
    "identifier",
    "ignored",
    "instant",
    "integer",
    "integer_list",
    "list",
    "personal",
    "place",
    "place_list",
    "rate",
    "text",
]


class ContractBroken(MetropolisError):
    """A contract does not have the keys and values that contracts have."""

    def __init__(self, path: Path, line: int, field: str, problem: str) -> None:
        super().__init__(f"{path.name}, line {line}: {field or 'the contract'}: {problem}")


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Word(_Node):
    """An alias of a header or answer, and where it was seen."""

    word: str
    seen_in: str
    means: str = ""
    language: str = "en"


class Column(_Node):
    """One column of an export: how it is found, read and stored.

    ``varies``: ten rows or more never all have one value. ``same_within``: rows that agree in that column agree in this
    one, but for a few. ``is_address``: the values are web addresses.
    """

    name: str
    type: ColumnType
    description: str
    header: str | None = None
    aliases: tuple[Word, ...] = ()
    required: bool = False
    optional: bool = False
    values: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    words: tuple[Word, ...] = ()
    signed: bool = False
    one_when: Conditions = {}
    references: str | None = None
    unique: str | None = None
    country: str | None = None
    when: Conditions = {}
    required_unless: Conditions = {}
    required_when: Conditions = {}
    unless_beside: str | None = None
    name_key: bool = False
    varies: bool = False
    same_within: str | None = None
    is_address: bool = False
    land: bool = True

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that name the column, its own first."""
        return (self.header or self.name, *(alias.word for alias in self.aliases))

    @property
    def is_stored(self) -> bool:
        """Whether the column is stored in the landing."""
        return self.land and self.type not in UNSTORED_TYPES


class Workbook(_Node):
    """The XLSX form of a source: a file and the sheet in it."""

    file: str
    sheet: str


class Format(_Node):
    """How an export is written: kind of document, encodings, separators, number form, section of a report."""

    kind: Literal["delimited", "json_array", "teams_report", "zoom_report"]
    encodings: Annotated[
        tuple[str, ...], BeforeValidator(lambda found: [found] if isinstance(found, str) else found)
    ] = Field(alias="encoding")
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    thousands: str = ""
    decimal: str = "."
    section: str = ""
    surplus_cells: Literal["fault", "padding"] = "fault"
    workbook: Workbook | None = None


class Contract(_Node):
    """The contract of a source: files, format, columns, and declared properties.

    ``cumulative``: it never holds fewer rows than before. ``expected_every_year``: it is not empty where it had rows.
    ``spine``: everything else rests on it, so none of its rows may be missing. ``dated_by``: the column that says when;
    of a cumulative source any year, else the report year. ``dates_in_order``: columns of which the first is not after
    the second. ``repeats: never``: no row is there twice. ``one_row_each``: columns that tell its rows apart for people.
    ``may_stay_the_same``: last year's file, filed again, is no surprise.
    """

    source: str
    description: str
    grain: str
    owner: str
    file: str
    format: Format
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    personal: bool = False
    optional: bool = False
    per_event: Literal["zoom", "eventbrite", "form", "teams"] | None = None
    cumulative: bool = False
    expected_every_year: bool = False
    spine: bool = False
    dated_by: str | None = None
    throughout_the_year: bool = False
    dates_in_order: tuple[str, ...] = ()
    repeats: Literal["allowed", "never"] = "allowed"
    one_row_each: tuple[str, ...] = ()
    may_stay_the_same: bool = False

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


def _load_yaml(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ContractBroken(path, mark.line + 1 if mark else 1, "", f"no YAML: {error.problem}") from None


def _line_of(path: Path, keys: tuple[int | str, ...]) -> int:
    """The line, from 1, of a key or element of a YAML file; of its nearest parent where there is none."""
    node: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line = node.start_mark.line if node else 0
    for key in keys:
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            node = node.value[key]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == key), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
    return line + 1


def load_contract(path: Path) -> Contract:
    """The contract of a file; ContractBroken where a key is unknown or missing, or a value is not of its type."""
    try:
        return Contract.model_validate(_load_yaml(path))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        problem = "no such key" if first["type"] == "extra_forbidden" else first["msg"]
        raise ContractBroken(path, _line_of(path, first["loc"]), field, problem) from None


@cache
def load_contracts(folder: Path = CONTRACTS_FOLDER) -> dict[str, Contract]:
    """All contracts by source name, in the order of their names."""
    paths = sorted(path for path in folder.glob("*.yml") if not path.name.startswith("_"))
    return {contract.source: contract for contract in map(load_contract, paths)}


def contract_of(source_file: str, contracts: Mapping[str, Contract]) -> Contract | None:
    """The contract that a file of the year's folder is read by; None where there is none."""
    for contract in contracts.values():
        names = [contract.file, *([contract.format.workbook.file] if contract.format.workbook else [])]
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
