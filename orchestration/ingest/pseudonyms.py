"""Keyed pseudonyms of e-mail addresses.

Here belongs the only place where an address is looked at. It leaves as HMAC-SHA256 under a key that
never enters a release, so a pseudonym cannot be matched with an address by whoever lacks the key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_VARIABLE = "METROPOLIS_PSEUDONYM_KEY"
PSEUDONYM_LENGTH = 32


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


class Pseudonymiser:
    """Turns addresses into pseudonyms under one key."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hmac.new(key, digestmod=hashlib.sha256)

    def pseudonym(self, address: str) -> str:
        """The pseudonym of the trimmed, lower-cased address: 32 hexadecimal digits."""
        digest = self._keyed.copy()
        digest.update(address.strip().lower().encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:PSEUDONYM_LENGTH]
