"""The address of a cell, and texts without addresses."""

from __future__ import annotations

import html
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingest.addresses import address_of, without_addresses
from orchestration.ingest.errors import FileRefused, Finding
from orchestration.ingest.normalise import normalise_text
from orchestration.ingest.sources import source_file_of

ADDRESS = "nea@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        ADDRESS, "NEA@Example.ORG", f" {ADDRESS}\t", f"\u200b{ADDRESS}", f"{ADDRESS}\u00a0 ", f"\ufeff{ADDRESS}\ufeff",
        f"Nea N <{ADDRESS.upper()}>", f"<{ADDRESS}>", f"N <b> <{ADDRESS}>", f"mailto:{ADDRESS}", f"MAILTO: {ADDRESS}",
        f"Nea <mailto:{ADDRESS}> ", f"< {ADDRESS}\u200b >", f"\u2060 \u00a0{ADDRESS}\u200d\n", f"mailto: \u200b{ADDRESS}",
    ],
)  # fmt: skip
def test_what_stands_around_an_address_is_trimmed(typed: str) -> None:
    assert address_of(typed) == ADDRESS


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\u200b", "n/a", "nea", "@", "nea@", "@example.org", "a@b@c", "<>", "Nea <>", "mailto:", "mailto:nea",
     "nea＠example.org", "Nea <nea@> ", f"{ADDRESS}; other@example.org"],
)  # fmt: skip
def test_what_is_no_address(typed: str) -> None:
    assert address_of(typed) is None


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        # In this order only: what stands outside the order stays.
        (f"mailto:Nea <{ADDRESS}>", ADDRESS), (f"<{ADDRESS}> x", f"<{ADDRESS}> x"), (f"{ADDRESS}>", f"{ADDRESS}>"),
        (f"mailto:mailto:{ADDRESS}", f"mailto:{ADDRESS}"), ("nea @ example.org", "nea @ example.org"),
        ("nea@localhost", "nea@localhost"),
    ],
)  # fmt: skip
def test_nothing_else_is_taken_off(typed: str, address: str) -> None:
    assert address_of(typed) == address


@given(before=st.text(max_size=5), after=st.text(max_size=5))
def test_an_address_is_its_own_address(before: str, after: str) -> None:
    address = address_of(f"{before}@{after}")
    if address is not None:
        assert address.count("@") == 1 and not address.startswith("@") and not address.endswith("@")
        if "<" not in address and not address.startswith("mailto:") and address.lower() == address:
            assert address_of(f"\ufeff <{address}>\u200b") == address


# --- in texts ----------------------------------------------------------------------------------

WRITTEN = {
    "plain": ADDRESS,
    "upper case": ADDRESS.upper(),
    "full width": "nea＠example.org",
    "small": "nea﹫example.org",
    "all full width": "ｎｅａ＠ｅｘａｍｐｌｅ．ｏｒｇ",
    "spaced": "nea @ example.org",
    "no-break spaces": "nea\u00a0@\u202fexample.org",
    "zero-width": "ne\u200ba\u200b@\u200bexample\u200b.org",
    "zero-width and spaces": "nea \u200b@\ufeff example.org",
    "html": "nea&#64;example.org",
    "html, hexadecimal": "nea&#x0040;example.org",
    "html, by name": "nea&commat;example&period;org",
    "html, twice": "nea&amp;#64;example.org",
    "html, whole": "".join(f"&#{ord(letter)};" for letter in ADDRESS),
    "percent": "nea%40example.org",
    "percent, twice": "nea%2540example.org",
    "percent, whole": "".join(f"%{ord(letter):02x}" for letter in ADDRESS),
    "json": "nea\\u0040example.org",
    "in words": "nea [at] example.org",
    "in quotes": f'"{ADDRESS}"',
    "in single quotes": f"'{ADDRESS}'",
    "a quoted name": '"nea n"@example.org',
    "angles": f"Lisbon <{ADDRESS}>",
    "a link": f'<a href="mailto:{ADDRESS}?subject=x">x</a>',
    "a query": "https://example.org/?email=nea%40example.org&x=1",
    "two": f"{ADDRESS},{ADDRESS}",
    "glued": f"{ADDRESS}@example.org",
}


@pytest.mark.parametrize("incomplete", [True, False])
@pytest.mark.parametrize("form", sorted(WRITTEN))
@pytest.mark.parametrize("around", ["{}", "Barcelona {}", "({}) Quito", "a|{}|b", "x; {}, y"])
def test_an_address_is_taken_out_however_it_is_written(form: str, around: str, incomplete: bool) -> None:
    without = without_addresses(around.format(WRITTEN[form]), incomplete=incomplete)
    assert "(address)" in without
    for text in (without, normalise_text(without), html.unescape(without)):
        assert "@" not in normalise_text(text)
        assert "nea" not in normalise_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Barcelona", "Trinidad & Tobago", "50% off & more", "ana @ lisbon", "@lisbon", "follow @metropolis on it",
        "https://medium.com/@metropolis/a-story", "https://www.google.com/maps/@41.4,2.17,12z", "a &amp; b", "x%20y",
        "Cities @ work", "100 % @", "Côte d’Ivoire\u200b", "meet at noon (at the hall)", "\udcff",
    ],
)  # fmt: skip
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert without_addresses(text) == text
    assert without_addresses(text, incomplete=True) == text


@pytest.mark.parametrize("text", ["Women@Work", "ana@example", "photos/12345678@N05/albums"])
def test_an_incomplete_address_is_one_only_where_people_answer(text: str) -> None:
    assert without_addresses(text) == text
    assert "(address)" in without_addresses(text, incomplete=True)


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_around_an_address_keeps_it(before: str, after: str) -> None:
    without = without_addresses(f"{before} zuleika@example.org {after}", incomplete=True)
    assert "zuleika" not in normalise_text(without)
    assert without_addresses(without, incomplete=True).count("zuleika") == 0


def test_a_long_word_takes_no_time() -> None:
    start = time.process_time()
    for text in (
        "a" * 200_000 + " b@",
        "@" * 50_000,
        "a@" * 50_000,
        "a." * 100_000 + "&",
        '"' * 50_000 + "@",
        " " * 50_000 + "@",
    ):
        without_addresses(text, incomplete=True)
    assert time.process_time() - start < 5


def test_messages_say_no_address() -> None:
    name = f"events/{quote(ADDRESS)}.csv"
    assert "nea" not in str(FileRefused(name, f"sheets {ADDRESS}", "another"))
    finding = Finding("note", "unrecognised_file", name, f"{ADDRESS} is there")
    assert "nea" not in finding.source_file + finding.message


def test_files_are_named_without_addresses_and_apart(tmp_path: Path) -> None:
    for name in ("ana@example.org.csv", "nea@example.org.csv", "plain.csv"):
        (tmp_path / name).touch()
    names = [source_file_of(path, tmp_path) for path in sorted(tmp_path.iterdir())]
    assert names == ["(address)", "(address) 2", "plain.csv"]
