"""Names as comparison keys: the examples of rule 20."""

from __future__ import annotations

import pytest

from orchestration.ingest.normalise import normalise_text, plain_spaces


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ТАІРЕІ", "Taipei"),
        ("Таіреі", "Taipei"),
        ("МОСКВА", "Москва"),
        ("ΑΘHNA", "Αθήνα"),
        ("  sao   paulo ", "São Paulo"),
        ("SÃO\u00a0PAULO", "São Paulo"),
        ("Sa\u0303o Paulo", "São Paulo"),
        ("DİYARBAKIR", "Diyarbakır"),
        ("diyarbakir", "Diyarbakır"),
        ("istanbul", "İstanbul"),
        ("Ｔａｉｐｅｉ", "Taipei"),
        ("Bar\u200bcelona\ufeff", "Barcelona"),
        ("STRASSE", "Straße"),
        ("\u3000臺北\u2009", "臺北"),
    ],
)
def test_these_are_the_same_name(typed: str, name: str) -> None:
    assert normalise_text(typed) == normalise_text(name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("New Delhi – NIUA", "New Delhi - NIUA"),
        ("Xi’an", "Xi'an"),
        ("Brussel.les", "Brussel·les"),
        ("Taipe", "Taipei"),
        ("Barcelona.", "Barcelona"),
        ("SaoPaulo", "São Paulo"),
        ("Łódź", "Lodz"),
        ("台北", "臺北"),
        ("Ҳ", "Х"),
    ],
)
def test_these_are_not(typed: str, name: str) -> None:
    assert normalise_text(typed) != normalise_text(name)


def test_what_shows_nothing_has_no_key() -> None:
    assert normalise_text(" \u200b\u00a0\ufeff ") == ""
    assert plain_spaces("a\u00ad\u200b \n b") == "a b"
