"""Pseudonyms, their key, and forgotten people."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.ingest.addresses import address_of
from orchestration.ingest.pseudonyms import (
    KEY_VARIABLE,
    ForgottenDamaged,
    Pseudonymiser,
    PseudonymKeyError,
    forget,
    forgotten_marks,
    is_forgotten,
    load_key,
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
    assert load_or_make_key(tmp_path / "another" / "pseudonym.key") != key


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
    assert [path.name for path in tmp_path.iterdir()] == ["pseudonym.fingerprint"]


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
    first = forgotten_marks(path)
    forget(path, Pseudonymiser(KEY).pseudonym("another@example.org"))
    forget(path, Pseudonymiser(KEY).pseudonym(ADDRESS))
    second = forgotten_marks(path)
    assert len(second) == 2
    assert first.items() <= second.items()


def test_nobody_is_forgotten_at_first(tmp_path: Path) -> None:
    assert forgotten_marks(tmp_path / "forgotten.json") == {}


# --- the key of a home --------------------------------------------------------------------------


def key_of(tmp_path: Path) -> Path:
    path = tmp_path / "pseudonym.key"
    load_or_make_key(path)
    return path


def replace_by_another(path: Path) -> None:
    path.write_bytes(b"another key than the one of this home")


def flip_a_bit(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def put_a_mark_before(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


def remove(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    "damage", [replace_by_another, flip_a_bit, cut_short, put_a_mark_before, remove, empty]
)
def test_a_home_takes_no_other_key(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = key_of(tmp_path)
    damage(path)
    before = sorted(each.name for each in tmp_path.iterdir())
    for load in (load_or_make_key, load_key):
        with pytest.raises(PseudonymKeyError, match=r"pseudonym\.key"):
            load(path)
    assert sorted(each.name for each in tmp_path.iterdir()) == before


def test_a_home_takes_no_other_key_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = key_of(tmp_path)
    monkeypatch.setenv(KEY_VARIABLE, path.read_text())
    assert load_or_make_key(path) == path.read_bytes()
    monkeypatch.setenv(KEY_VARIABLE, "another key of the environment")
    with pytest.raises(PseudonymKeyError, match=KEY_VARIABLE):
        load_or_make_key(path)


def test_line_ends_of_an_editor_are_no_part_of_the_key(tmp_path: Path) -> None:
    path = key_of(tmp_path)
    key = path.read_bytes()
    path.write_bytes(key + b"\r\n")
    assert load_or_make_key(path) == key


def test_a_fingerprint_leads_to_no_key_and_is_made_again(tmp_path: Path) -> None:
    path = key_of(tmp_path)
    fingerprint = tmp_path / "pseudonym.fingerprint"
    assert path.read_text() not in fingerprint.read_text()
    before = fingerprint.read_bytes()
    for content in (b"", b"{", before[:-5], b"[]"):
        fingerprint.write_bytes(content)
        assert load_or_make_key(path) == path.read_bytes()
        assert fingerprint.read_bytes() == before


def test_to_look_a_key_up_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(PseudonymKeyError, match="missing"):
        load_key(tmp_path / "home" / "pseudonym.key")
    assert list(tmp_path.iterdir()) == []


# --- the marks of forgotten people --------------------------------------------------------------


def test_no_damage_lets_a_forgotten_person_be_known_again(tmp_path: Path) -> None:
    path = tmp_path / "forgotten.json"
    pseudonym = Pseudonymiser(KEY).pseudonym(ADDRESS)
    forget(path, pseudonym)
    content, marks = path.read_bytes(), forgotten_marks(path)
    assert is_forgotten(path, pseudonym)
    damaged = [content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] for at in range(len(content))]
    for each in [*damaged, b"", b"{}", b"[]", content[: len(content) // 2], b"\xff" + content]:
        path.write_bytes(each)
        try:
            assert forgotten_marks(path) == marks
        except ForgottenDamaged as error:
            assert "forgotten.json" in str(error)
    for each in (b"\xef\xbb\xbf" + content, content.replace(b"\n", b"\r\n")):
        path.write_bytes(each)
        assert forgotten_marks(path) == marks
