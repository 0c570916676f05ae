"""What lands of a cell: the one definition of it, whichever way a file is read.

Here belongs what the value of a cell becomes in the columns that ``schema`` gives it. Whether a cell has a value
belongs in ``cells``, and whether its row lands in ``loading``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orchestration.ingest.addresses import without_addresses
from orchestration.ingest.cells import secretariat_time
from orchestration.ingest.contracts import Column, Contract
from orchestration.ingest.countries import country_code
from orchestration.ingest.normalise import normalise_text
from orchestration.ingest.pseudonyms import Pseudonymiser

# Takes a cell and its value; what lands, one for each landing column.
Landed = Callable[[Any, Any], tuple[Any, ...]]


def landed(column: Column, contract: Contract, pseudonymiser: Pseudonymiser) -> Landed | None:
    """What lands of a column's cells; None where it is the value alone, as it is."""
    match column.type:
        case "email":
            pseudonym = pseudonymiser.pseudonym
            return lambda cell, value: (pseudonym(value),)
        case "instant":
            return lambda cell, value: (value, value and secretariat_time(value).date())
        case "boolean":
            return lambda cell, value: (bool(value),)
        case "list" | "integer_list":
            return lambda cell, value: (value or None,)
        case "country":
            return lambda cell, value: (_typed(cell, contract), *_country(value))
        case "place":
            return lambda cell, value: (_typed(cell, contract), _key(value))
        case _ if column.name_key:
            return lambda cell, value: (value, value and normalise_text(value))
        case _:
            return None


def is_place(column: Column, conditions: Mapping[str, str]) -> bool:
    """Whether the text of a place column is a place in this row; where it is not, it lands without a key."""
    return all(conditions[other] in answers for other, answers in column.when.items())


def place_elements(value: str | None) -> Iterator[tuple[int, str, str | None]]:
    """The places of a list: position from 1, text, key."""
    texts = filter(None, (part.strip() for part in (value or "").split("|")))
    for position, text in enumerate(texts, start=1):
        yield position, text, _key(text)


def _typed(cell: Any, contract: Contract) -> str:
    return without_addresses(str(cell), incomplete=contract.personal)


def _key(value: str | None) -> str | None:
    return (normalise_text(value) or None) if value else None


def _country(value: str | None) -> tuple[str | None, str | None]:
    code = country_code(value) if value else None
    return code, code or _key(value)
