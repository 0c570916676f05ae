"""Formats figures as the printed report shows them, in English, French and Spanish.

The catalogue names the format of each figure.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from babel import Locale
from babel.numbers import format_compact_decimal, format_decimal, format_percent

LANGUAGES = ("en", "fr", "es")
_THOUSAND = 1000


def display(value: Decimal | None, form: str, decimals: int, step: Decimal | None, language: str) -> str:
    """Formats a value in a format of the catalogue (plain, percent, plus, at_least) and a language.

    Percentages come as 0 to 100. An ``at_least`` value is cut down to its step and shortened from a
    thousand on: 2146 by steps of 10 is +2.14K. No value is an empty text.
    """
    if value is None:
        return ""
    locale = Locale(language)
    if form == "percent":
        return _percent(value, decimals, locale)
    if form == "plus":
        return f"+{format_decimal(value, locale=locale)}"
    if form == "at_least" and step:
        return f"+{_shortened(_floor(value, step), step, locale)}"
    return str(format_decimal(value, locale=locale))


def _percent(value: Decimal, decimals: int, locale: Locale) -> str:
    pattern = str(locale.percent_formats[None].pattern)
    places = "." + "0" * decimals if decimals else ""
    return str(format_percent(value / 100, pattern.replace("0", f"0{places}", 1), locale=locale))


def _floor(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_FLOOR) * step


def _shortened(value: Decimal, step: Decimal, locale: Locale) -> str:
    if value < _THOUSAND:
        return str(format_decimal(value, locale=locale))
    digits = max(0, -Decimal(step / _THOUSAND).normalize().as_tuple().exponent)  # type: ignore[operator]
    return str(format_compact_decimal(value, fraction_digits=digits, locale=locale))
