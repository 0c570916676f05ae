"""Values of the landing columns of a contract column, from its parsed distinct cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from orchestration.ingest.addresses import without_addresses
from orchestration.ingest.contracts import Column, Contract
from orchestration.ingest.countries import country_code
from orchestration.ingest.dates import secretariat_time
from orchestration.ingest.normalise import normalise_text
from orchestration.ingest.pseudonyms import Pseudonymiser


def landed(
    column: Column,
    contract: Contract,
    pseudonymiser: Pseudonymiser,
    cells: Sequence[Any],
    values: Sequence[Any],
) -> list[Sequence[Any]]:
    """Landing column → values, from cells and their parsed values (None if blank)."""
    match column.type:
        case "email":
            # Addresses are trimmed and in lower case already.
            return [pseudonymiser.pseudonyms_of(value.encode("utf-8") for value in values)]
        case "instant":
            return [values, [value and secretariat_time(value).date() for value in values]]
        case "boolean":
            return [[bool(value) for value in values]]
        case "list" | "integer_list":
            return [[value or None for value in values]]
        case "country":
            codes = [country_code(value) if value else None for value in values]
            keys = [code or place_key(value) for code, value in zip(codes, values, strict=True)]
            return [_typed(cells, contract), codes, keys]
        case "place":
            return [_typed(cells, contract), [place_key(value) for value in values]]
        case _ if column.name_key:
            return [values, [place_key(value) for value in values]]
        case _:
            return [values]


def place_elements(value: str | None) -> Iterator[tuple[int, str, str | None]]:
    """The elements of a list of places: position from 1, text, key."""
    texts = filter(None, (part.strip() for part in (value or "").split("|")))
    for position, text in enumerate(texts, start=1):
        yield position, text, place_key(text)


def place_key(value: str | None) -> str | None:
    """The key of a name; None for a blank one."""
    return (normalise_text(value) or None) if value else None


def _typed(cells: Sequence[Any], contract: Contract) -> list[str]:
    return [without_addresses(str(cell), incomplete=contract.personal) for cell in cells]
