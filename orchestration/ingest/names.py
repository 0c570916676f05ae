"""Masks registrants' names that ended up in a column of places.

A shifted row or a stray quote can put a name into a place column, and from there into released lists. Names
are recognised by the name columns of the same file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.contracts import Contract
from orchestration.ingest.countries import country_code
from orchestration.ingest.errors import Finding
from orchestration.ingest.normalise import normalise_text

MASK = "(name)"
# Columns that hold a whole name, and the two that make one up, as the contracts call them.
_WHOLE = ("user_name", "full_name")
_PARTS = ("first_name", "last_name")


def slipped_names(
    places: Iterable[str | None], names: Mapping[str, Sequence[str]], listed: Container[str]
) -> frozenset[str]:
    """Place and country texts of a file that equal a full name in the same file.

    ``names`` has the cells of the file's name columns by the contract's name of the column; ``listed`` the keys
    of names of places, which are nobody's. Texts are compared by their key, and of two words at least: a first
    name alone may be a city.
    """
    by_key = may_be_names(places, listed)
    if not by_key:
        return frozenset()
    found = by_key.keys() & set(map(normalise_text, _full_names(names)))
    return frozenset(text for key in found for text in by_key[key])


def may_be_names(places: Iterable[str | None], listed: Container[str]) -> dict[str, set[str]]:
    """Key → texts that may be names: at least two words, no listed place, no country."""
    by_key: defaultdict[str, set[str]] = defaultdict(set)
    for text in places:
        key = normalise_text(text or "")
        if " " in key and key not in listed and country_code(key) is None:
            by_key[key].add(text or "")
    return by_key


def _full_names(names: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for column in _WHOLE:
        yield from names.get(column, ())
    parts = [names.get(column, ()) for column in _PARTS]
    for first, last in zip_longest(*parts, fillvalue=""):
        yield f"{first} {last}"
        yield f"{last} {first}"


def name_columns(contract: Contract) -> list[str]:
    """The columns of a contract in which people's names stand."""
    return [column.name for column in contract.columns if column.name in (*_WHOLE, *_PARTS)]


def place_columns(contract: Contract) -> list[str]:
    """The columns of a contract whose texts land as they were typed."""
    return [column.name for column in contract.columns if column.type in ("place", "country")]


def masked(table: pa.Table, contract: Contract, slipped: frozenset[str]) -> tuple[pa.Table, int]:
    """Masks names in a landing table; returns the table and the number of masked cells."""
    texts, cells = pa.array(sorted(slipped), pa.string()), 0
    for name in place_columns(contract):
        typed = table[f"{name}_text"].cast(pa.string())
        is_name = pc.is_in(typed, texts)
        cells += pc.sum(is_name).as_py() or 0
        for column, old in ((f"{name}_text", typed), (f"{name}_key", table[f"{name}_key"].cast(pa.string()))):
            at = table.schema.get_field_index(column)
            field = table.schema.field(at).with_type(pa.string())
            table = table.set_column(at, field, pc.if_else(is_name, MASK, old))
    return table, cells


def finding_of(source_file: str, cells: int) -> Finding:
    """The finding about names in a file's columns of places."""
    said = f"{cells} cells of a place or country hold the name of a registrant of the file; they were masked"
    return Finding("note", "name_as_place", source_file, f"{said}. Probably their rows are shifted")
