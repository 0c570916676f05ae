"""Pseudonyms, their key, and what is left of a person who is forgotten."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import stat
from pathlib import Path

import pytest

from orchestration.ingest.addresses import address_of
from orchestration.ingest.pseudonyms import (
    KEY_VARIABLE,
    Pseudonymiser,
    PseudonymKeyError,
    forget,
    forgotten_marks,
    load_or_make_key,
)

KEY = b"0123456789abcdef"
ADDRESS = "somebody@example.org"


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_pseudonym_is_a_keyed_hash_of_the_plain_address() -> None:
    expected = hmac.new(KEY, ADDRESS.encode(), hashlib.sha256).hexdigest()[:32]
    assert Pseudonymiser(KEY).pseudonym(ADDRESS) == expected


@pytest.mark.parametrize("length", [0, 1, 16, 32, 63, 64, 65, 200])
@pytest.mark.parametrize("address", ["", "a", ADDRESS, "ç@example.org", "\udcff", "x" * 1000])
def test_a_key_of_any_length_keys_as_hmac_does(length: int, address: str) -> None:
    key = bytes(range(200))[:length]
    text = address.encode("utf-8", "surrogatepass")
    assert Pseudonymiser(key).pseudonym(address) == hmac.new(key, text, hashlib.sha256).hexdigest()[:32]


def test_many_addresses_have_the_pseudonyms_of_each() -> None:
    pseudonymiser = Pseudonymiser(KEY)
    addresses = [ADDRESS, "", "ç@example.org", "another@example.org"]
    assert pseudonymiser.pseudonyms(addresses) == [pseudonymiser.pseudonym(each) for each in addresses]
    assert pseudonymiser.pseudonyms([]) == []


@pytest.mark.parametrize(
    "typed", [" somebody@example.org", "SOMEBODY@Example.ORG\t", "Somebody@example.org "]
)
def test_case_and_outer_spaces_do_not_make_another_person(typed: str) -> None:
    address = address_of(typed)
    assert address is not None
    assert Pseudonymiser(KEY).pseudonym(address) == Pseudonymiser(KEY).pseudonym(ADDRESS)


def test_another_key_makes_another_pseudonym() -> None:
    assert Pseudonymiser(KEY).pseudonym(ADDRESS) != Pseudonymiser(b"another key of it").pseudonym(ADDRESS)


def test_any_text_has_a_pseudonym() -> None:
    pseudonyms = {Pseudonymiser(KEY).pseudonym(text) for text in ("", "ç@example.org", "\udcff", "臺北")}
    assert len(pseudonyms) == 4
    assert all(len(each) == 32 and int(each, 16) >= 0 for each in pseudonyms)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "pseudonym.key"
    before = os.umask(0o000)
    try:
        key = load_or_make_key(path)
    finally:
        os.umask(before)
    assert mode_of(path) == 0o600
    assert len(key) == 64
    assert load_or_make_key(path) == key
    assert load_or_make_key(tmp_path / "another.key") != key


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "pseudonym.key"
    load_or_make_key(path)
    path.chmod(mode)
    with pytest.raises(PseudonymKeyError, match="mode to 600"):
        load_or_make_key(path)


def test_a_short_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pseudonym.key"
    path.write_bytes(b"short\n")
    path.chmod(0o600)
    with pytest.raises(PseudonymKeyError, match="fewer than 16"):
        load_or_make_key(path)
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(PseudonymKeyError, match=KEY_VARIABLE):
        load_or_make_key(path)


def test_the_environment_gives_the_key_and_no_file_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "from the environment")
    assert load_or_make_key(tmp_path / "pseudonym.key") == b"from the environment"
    assert list(tmp_path.iterdir()) == []


def test_a_forgotten_person_has_a_mark_that_leads_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "forgotten.json"
    pseudonym = Pseudonymiser(KEY).pseudonym(ADDRESS)
    forget(path, pseudonym)
    marks = forgotten_marks(path)
    remembering = Pseudonymiser(KEY, marks)
    mark = remembering.pseudonym(ADDRESS)
    assert mark != pseudonym and len(mark) == 32
    assert remembering.pseudonym("another@example.org") == Pseudonymiser(KEY).pseudonym("another@example.org")
    text = path.read_text(encoding="utf-8")
    assert ADDRESS not in text and pseudonym not in text
    assert mode_of(path) == 0o600


def test_forgetting_twice_keeps_the_mark(tmp_path: Path) -> None:
    path = tmp_path / "forgotten.json"
    forget(path, Pseudonymiser(KEY).pseudonym(ADDRESS))
    first = json.loads(path.read_text())
    forget(path, Pseudonymiser(KEY).pseudonym("another@example.org"))
    forget(path, Pseudonymiser(KEY).pseudonym(ADDRESS))
    second = json.loads(path.read_text())
    assert len(second) == 2
    assert first.items() <= second.items()


def test_nobody_is_forgotten_at_first(tmp_path: Path) -> None:
    assert forgotten_marks(tmp_path / "forgotten.json") == {}
