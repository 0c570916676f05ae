"""Texts of charts and site in English, French and Spanish; numbers and dates in each language's format.

Translations lie in ``site/words.csv`` and ``site/definitions.csv``, with the three languages side by side.
Labels of figures come from the catalogue.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

from babel import Locale
from babel.numbers import format_decimal

from orchestration.release.number_formats import LANGUAGES, display
from orchestration.release.svg import SITE_FOLDER

_PROJECT = re.compile(r"\bP\d+\b")
_CODE = "{code}"


class Text(NamedTuple):
    """A text in each language."""

    en: str
    fr: str
    es: str

    def of(self, language: str) -> str:
        """The text in a language."""
        return str(getattr(self, language))


def each(make: Callable[[str], str]) -> Text:
    """Builds a text language by language."""
    return Text(*(make(language) for language in LANGUAGES))


def same(text: str) -> Text:
    """A text that is the same in each language, such as a code or name."""
    return Text(text, text, text)


@cache
def _words() -> dict[str, Text]:
    return {row[0]: Text(*row[1:]) for row in _read("words.csv")}


@cache
def _definitions() -> dict[str, Text]:
    return {row[0]: Text(*row) for row in _read("definitions.csv")}


def _read(name: str) -> list[list[str]]:
    with (SITE_FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


def word(key: str, **parts: object) -> Text:
    """The translations of a key; numbers, dates and texts among the parts are localised."""
    text = _words()[key]
    if not parts:
        return text
    return each(
        lambda language: text.of(language).format(
            **{name: _written(part, language) for name, part in parts.items()}
        )
    )


def word_or(key: str, otherwise: str) -> Text:
    """The translations of a key, or the fallback text if there are none."""
    return _words().get(key, same(otherwise))


def _written(part: object, language: str) -> str:
    if isinstance(part, Text):
        return part.of(language)
    if isinstance(part, (int, Decimal)):
        return number(part).of(language)
    if isinstance(part, date):
        return day(part).of(language)
    return str(part)


def definition(text: str) -> Text:
    """The definition of a figure in each language; English if not translated."""
    codes = _PROJECT.findall(text)
    found = _definitions().get(_PROJECT.sub(_CODE, text))
    if found is None:
        return same(text)
    return each(lambda language: found.of(language).replace(_CODE, codes[0] if codes else ""))


def number(value: int | Decimal) -> Text:
    """A number with the groups and the decimal sign of each language."""
    return each(lambda language: str(format_decimal(value, locale=_locale(language))))


def percent(value: Decimal, decimals: int = 0) -> Text:
    """A percentage, given as 0 to 100."""
    return each(lambda language: display(value, "percent", decimals, None, language))


def share(part: int | Decimal, whole: int | Decimal) -> Text:
    """A part as a percentage of a whole; a dash if the whole is zero."""
    return percent(Decimal(part) * 100 / Decimal(whole)) if whole else same("–")


def signed(value: Decimal, pattern: str = "{}") -> Text:
    """A signed number."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return each(lambda language: sign + pattern.format(number(abs(value)).of(language)))


def signed_percent(value: Decimal, decimals: int = 0) -> Text:
    """A signed percentage, given as 0 to 100; what rounds to zero has no sign."""
    value = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return each(lambda language: sign + percent(abs(value), decimals).of(language))


def euros(amount: Decimal) -> Text:
    """An amount of money, to the euro."""
    rounded = number(Decimal(round(amount)))
    return Text(f"€{rounded.en}", f"{rounded.fr}\u00a0€", f"{rounded.es}\u00a0€")


def euros_and_cents(amount: Decimal) -> Text:
    """An amount of money, to the cent."""
    written = each(lambda language: str(format_decimal(amount, format="#,##0.00", locale=_locale(language))))
    return Text(f"€{written.en}", f"{written.fr}\u00a0€", f"{written.es}\u00a0€")


def country(code: str) -> Text:
    """The name of a country, given as ISO 3166 alpha-2; the code itself where it is none."""
    return each(lambda language: str(_locale(language).territories.get(code, code)))


def month(index: int) -> Text:
    """The short name of a month (1 to 12)."""
    return each(lambda language: _month(language, "abbreviated", index).rstrip("."))


def month_name(index: int) -> Text:
    """The full name of a month (1 to 12)."""
    return each(lambda language: _month(language, "wide", index))


def day(when: date) -> Text:
    """A day and its month."""
    return each(lambda language: f"{when.day}\u00a0{_month(language, 'abbreviated', when.month)}")


def _month(language: str, form: str, index: int) -> str:
    return str(_locale(language).months["format"][form][index])


def listed(texts: Iterable[Text]) -> Text:
    """Texts joined by commas."""
    parts = list(texts)
    return each(lambda language: ", ".join(part.of(language) for part in parts))


def sentence_start(text: Text) -> Text:
    """Capitalises the first letter."""
    return each(lambda language: text.of(language)[:1].upper() + text.of(language)[1:])


@cache
def _locale(language: str) -> Locale:
    return Locale(language)
