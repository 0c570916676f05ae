"""Every text is translated into three languages, with the same placeholders."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal

import pytest

from orchestration.paths import DBT_FOLDER
from orchestration.release.chart_data import Move
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.site.values import shown_move
from orchestration.release.svg import SITE_FOLDER, drawable
from orchestration.release.translations import (
    Text,
    day,
    definition,
    euros,
    number,
    percent,
    share,
    signed,
    signed_percent,
    word,
    word_or,
)

_PART = re.compile(r"{(\w+)}")


def rows(name: str) -> list[dict[str, str]]:
    with (SITE_FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def catalogue() -> list[dict[str, str]]:
    with (DBT_FOLDER / "seeds" / "figure_catalogue.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("row", rows("words.csv"), ids=lambda row: row["key"])
def test_every_word_has_the_same_parts_in_every_language(row: dict[str, str]) -> None:
    said = [row[language] for language in LANGUAGES]
    assert all(text.strip() == text != "" for text in said)
    assert len({tuple(sorted(_PART.findall(text))) for text in said}) == 1


def test_keys_are_unique() -> None:
    keys = [row["key"] for row in rows("words.csv")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry["figure_id"])
def test_every_definition_and_label_is_translated(entry: dict[str, str]) -> None:
    said = definition(entry["definition"])
    assert said.en == entry["definition"]
    assert len({said.en, said.fr, said.es}) == 3
    assert entry["label_fr"] and entry["label_es"]


def test_no_translation_is_of_a_definition_that_is_gone() -> None:
    known = {re.sub(r"\bP\d+\b", "{code}", entry["definition"]) for entry in catalogue()}
    assert {row["en"] for row in rows("definitions.csv")} == known


def test_a_definition_that_nobody_translated_stays_english() -> None:
    assert definition("Something new of project P099") == Text(*(["Something new of project P099"] * 3))


def test_the_typeface_has_every_letter_that_a_chart_may_need() -> None:
    labels = [entry[name] for entry in catalogue() for name in ("label", "label_fr", "label_es")]
    # The words beside a figure of the page are in no chart: there a browser has an arrow of its own.
    drawn = [row for row in rows("words.csv") if not row["key"].startswith("figure.")]
    words = [row[language] for row in drawn for language in LANGUAGES]
    numbers = [text for value in (-1234, 5678) for text in signed(Decimal(value))]
    for text in [*labels, *words, *numbers]:
        assert drawable(text) == text


def test_a_letter_beyond_the_typeface_is_drawn_as_its_nearest() -> None:
    assert drawable("Şanlıurfa, Łódź") == "Sanlıurfa, ?ódz"


def test_numbers_are_written_as_each_language_writes_them() -> None:
    assert number(12345) == Text("12,345", "12\u202f345", "12.345")
    assert percent(Decimal("72.7"), 1) == Text("72.7%", "72,7\u00a0%", "72,7\u00a0%")
    assert euros(Decimal("1234.50")).fr == "1\u202f234\u00a0€"
    assert signed(Decimal(-3)).en == "−3"
    assert signed(Decimal(0)).en == "0"


def test_a_change_that_rounds_to_zero_has_no_sign() -> None:
    assert signed_percent(Decimal("-0.2")).en == "0%"
    assert signed_percent(Decimal("-0.6")).en == "−1%"


def test_a_figure_beside_the_year_before() -> None:
    def told(value: str, previous: str, relative: str) -> str:
        move = Move(
            "members_new", "count", Decimal(value), Decimal(previous), "2030-r1", Decimal(relative), None
        )
        return shown_move(move, 0).en

    assert told("3", "3", "0") == "no change"
    assert told("4", "2", "1") == "+2 (+100%)"
    assert day(date(2031, 8, 5)).es == "5\u00a0ago"
    assert share(1, 0).en == "–"


def test_parts_come_in_the_language_that_is_spoken() -> None:
    said = word("chart.of", part=1234, whole=word("region.Africa"))
    assert said == Text("1,234 of Africa", "1\u202f234 sur Afrique", "1.234 de África")


def test_what_has_no_word_is_said_as_it_is() -> None:
    assert word_or("kind.picnic", "picnic") == Text("picnic", "picnic", "picnic")
