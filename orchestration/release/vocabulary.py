"""What people read above tables and columns, and in columns of a fixed vocabulary, in each language."""

from __future__ import annotations

from orchestration.release.translations import Text, word, word_or

# Columns whose values are of a fixed vocabulary, and where its words stand in ``words.csv``.
_VOCABULARIES = {"kind": "kind", "format": "format", "organiser_role": "role", "gender": "gender"}


def table_title(table: str) -> Text:
    """The title of a released table."""
    return word(f"sheet.{table}")


def column_header(column: str) -> Text:
    """The header of a column; a column of the annexes is called as on the page."""
    own = word_or(f"header.{column}", "")
    return own if own.en else word(f"column.{column}")


def has_vocabulary(column: str) -> bool:
    """Whether the values of a column are of a fixed vocabulary."""
    return column in _VOCABULARIES


def value_word(column: str, value: str) -> Text:
    """A value of a fixed vocabulary in each language; as it stands where it has no words."""
    return word_or(f"{_VOCABULARIES[column]}.{value}", value)
