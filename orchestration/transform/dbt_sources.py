"""What dbt knows of the landing, generated from the contracts.

Renders ``models/staging/_sources.yml``: tables, columns, types and descriptions, all of which are written once, in
the contracts. ``python -m orchestration.transform.dbt_sources`` writes the file.
"""

from __future__ import annotations

import pyarrow as pa
import yaml

from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.schema import LandingTable, landing_tables
from orchestration.paths import DBT_FOLDER

SOURCES_FILE = DBT_FOLDER / "models" / "staging" / "_sources.yml"

_NOTICE = (
    "Generated from raw/contracts by `python -m orchestration.transform.dbt_sources`. "
    "Edit the contracts instead."
)
_LINE_WIDTH = 110
# The exports of a year are delivered within three months of its end: 456 days after the first landing of a year,
# those of the following one are overdue.
_FRESHNESS = {
    "loaded_at_query": "{{ landed_at(this.identifier) }}",
    "freshness": {
        "warn_after": {"count": 366, "period": "day"},
        "error_after": {"count": 456, "period": "day"},
    },
}


def sql_type(type_: pa.DataType) -> str:
    """The SQL type of an Arrow type, valid in DuckDB and Spark."""
    if pa.types.is_decimal(type_):
        return f"decimal({type_.precision},{type_.scale})"
    names = {
        pa.string(): "string",
        pa.bool_(): "boolean",
        pa.date32(): "date",
        pa.int64(): "bigint",
        pa.timestamp("us"): "timestamp",
    }
    return names[type_]


def _table(table: LandingTable) -> dict[str, object]:
    return {
        "name": table.name,
        "description": table.description,
        "columns": [
            {
                "name": column.name,
                "data_type": sql_type(column.type),
                "description": column.description,
            }
            for column in table.columns
        ],
    }


def render_sources() -> str:
    """The text of ``_sources.yml``."""
    document = {
        "sources": [
            {
                "name": "landing",
                "schema": "landing",
                "description": (
                    "What the files of one report year hold, one table a source: typed, without "
                    "personal data, each row with the file and the line that it came from."
                ),
                "config": _FRESHNESS,
                "tables": [_table(table) for table in landing_tables(load_contracts())],
            }
        ]
    }
    body = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=_LINE_WIDTH)
    return f"# {_NOTICE}\n{body}"


def write_sources() -> None:
    """Writes the file."""
    SOURCES_FILE.write_text(render_sources(), encoding="utf-8")


if __name__ == "__main__":
    write_sources()
