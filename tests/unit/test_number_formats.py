"""Figures in the formats of print."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.release.number_formats import LANGUAGES, display


def shown(value: str, form: str, decimals: int = 0, step: str | None = None) -> tuple[str, ...]:
    exact = None if step is None else Decimal(step)
    return tuple(display(Decimal(value), form, decimals, exact, language) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("value", "decimals", "texts"),
    [
        ("72.7", 1, ("72.7%", "72,7\u00a0%", "72,7\u00a0%")),
        ("72.0", 1, ("72.0%", "72,0\u00a0%", "72,0\u00a0%")),
        ("100", 0, ("100%", "100\u00a0%", "100\u00a0%")),
        ("0", 0, ("0%", "0\u00a0%", "0\u00a0%")),
    ],
)
def test_percentages(value: str, decimals: int, texts: tuple[str, ...]) -> None:
    assert tuple(text.replace("\u202f", "\u00a0") for text in shown(value, "percent", decimals)) == texts


def test_at_least_is_cut_down_to_its_step() -> None:
    assert shown("2146", "at_least", step="10")[0] == "+2.14K"
    assert shown("2140", "at_least", step="10")[0] == "+2.14K"
    assert shown("2139", "at_least", step="10")[0] == "+2.13K"
    assert shown("999", "at_least", step="10")[0] == "+990"
    assert shown("12999", "at_least", step="1000")[0] == "+12K"
    assert shown("2146", "at_least", step="10")[1].startswith("+2,14")


def test_plain_and_plus() -> None:
    assert shown("1234", "plain")[0] == "1,234"
    assert shown("58", "plus") == ("+58", "+58", "+58")
    assert shown("0", "plain") == ("0", "0", "0")


def test_no_value_shows_nothing() -> None:
    assert [display(None, "percent", 1, None, language) for language in LANGUAGES] == ["", "", ""]
