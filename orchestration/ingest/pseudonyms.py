"""Keyed pseudonyms of e-mail addresses.

Here belongs the only place where an address is looked at. It leaves as HMAC-SHA256 under a key that
never enters a release, so a pseudonym cannot be matched with an address by whoever lacks the key.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from orchestration.storage import write_atomically

KEY_VARIABLE = "METROPOLIS_PSEUDONYM_KEY"
PSEUDONYM_LENGTH = 32
# Bytes that SHA-256 takes at a time.
_BLOCK = 64


class PseudonymKeyError(Exception):
    """The key is unreadable, too short, or open to other users."""


def load_or_make_key(path: Path) -> bytes:
    """The key of the environment, else of the file, which is made on first use with mode 600."""
    given = os.environ.get(KEY_VARIABLE)
    if given is not None:
        if len(given) < 16:
            raise PseudonymKeyError(f"{KEY_VARIABLE} holds fewer than 16 characters")
        return given.encode("utf-8")
    if not path.exists():
        _make_key(path)
    if path.stat().st_mode & 0o077:
        raise PseudonymKeyError(f"{path.name} is open to other users; set its mode to 600")
    key = path.read_bytes().strip()
    if len(key) < 16:
        raise PseudonymKeyError(f"{path.name} holds fewer than 16 bytes")
    return key


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_hex(32).encode("ascii"))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(aside, path)


def forget(path: Path, pseudonym: str) -> None:
    """Notes that a person is to be forgotten: the pseudonym's hash, and a random mark in its place.

    The mark derives from nothing, so rows under it still count once a person and lead to nobody.
    """
    known = forgotten_marks(path)
    known.setdefault(_hash(pseudonym), secrets.token_hex(PSEUDONYM_LENGTH // 2))
    with write_atomically(path) as aside:
        aside.touch(0o600)
        aside.write_text(json.dumps(known, indent=1), encoding="utf-8")


def forgotten_marks(path: Path) -> dict[str, str]:
    """Hash of a forgotten pseudonym → the mark that stands in its place."""
    if not path.exists():
        return {}
    marks: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return marks


def _hash(pseudonym: str) -> str:
    return hashlib.sha256(pseudonym.encode("ascii")).hexdigest()


class Pseudonymiser:
    """Turns addresses into pseudonyms under one key; those of forgotten people into their marks."""

    def __init__(self, key: bytes, forgotten: Mapping[str, str] | None = None) -> None:
        # HMAC is two hashes, each begun with the key; to copy both takes half of what a copy of hmac's object does.
        block = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))
        self._forgotten = forgotten or {}

    def pseudonym(self, address: str) -> str:
        """The pseudonym of an address as ``address_of`` gives it: 32 hexadecimal digits."""
        return self.pseudonyms([address])[0]

    def pseudonyms(self, addresses: Iterable[str]) -> list[str]:
        """The pseudonym of each address."""
        return self.pseudonyms_of(address.encode("utf-8", "surrogatepass") for address in addresses)

    def pseudonyms_of(self, plain: Iterable[bytes]) -> list[str]:
        """The pseudonym of each address, in UTF-8."""
        begin, end = self._inner.copy, self._outer.copy
        pseudonyms = []
        for address in plain:
            inner, outer = begin(), end()
            inner.update(address)
            outer.update(inner.digest())
            pseudonyms.append(outer.hexdigest()[:PSEUDONYM_LENGTH])
        if not self._forgotten:
            return pseudonyms
        return [self._forgotten.get(_hash(pseudonym), pseudonym) for pseudonym in pseudonyms]
