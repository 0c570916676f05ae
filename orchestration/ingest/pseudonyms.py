"""Keyed pseudonyms of e-mail addresses.

An address leaves this module as HMAC-SHA256 under a key that never enters a release, so a pseudonym cannot be
matched with an address by whoever lacks the key. The home keeps a fingerprint of its key, and takes no other.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from orchestration.errors import MetropolisError
from orchestration.storage import parse_checked, read_json, with_checksum, write_atomically, write_json

KEY_VARIABLE = "METROPOLIS_PSEUDONYM_KEY"
PSEUDONYM_LENGTH = 32
_SHORTEST = 16


class PseudonymKeyError(MetropolisError):
    """The key is unreadable, too short, open to other users, or not the key of this home."""


class ForgottenDamaged(MetropolisError):
    """The marks of forgotten people cannot be read; without them, these people would be identifiable again."""


def load_or_make_key(path: Path) -> bytes:
    """The key from the environment, else from the file, which is created (mode 600) for a new home.

    Raises PseudonymKeyError for a key that cannot be used, or is not the one that this home began with.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given is None and not path.exists() and _known_fingerprint(path) is None:
        _make_key(path)
    key = load_key(path)
    if _known_fingerprint(path) is None:
        write_json(_fingerprint_path(path), {"key": _fingerprint(key)})
    return key


def load_key(path: Path) -> bytes:
    """The key from the environment, else from the file, without creating one; raises PseudonymKeyError."""
    given = os.environ.get(KEY_VARIABLE)
    key = _key_of_file(path) if given is None else os.fsencode(given)
    name = path if given is None else KEY_VARIABLE
    if len(key) < _SHORTEST:
        raise PseudonymKeyError(f"{name} holds fewer than {_SHORTEST} characters")
    if _known_fingerprint(path) not in (None, _fingerprint(key)):
        raise PseudonymKeyError(f"{name} is not the key that this home was built with. {_ways_out(path)}")
    return key


def _key_of_file(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise PseudonymKeyError(f"{path} is open to other users; set its mode to 600")
        return path.read_bytes().strip()
    except FileNotFoundError:
        raise PseudonymKeyError(f"{path} is missing. {_ways_out(path)}") from None
    except OSError as error:
        raise PseudonymKeyError(f"{path} cannot be read: {error.strerror}") from None


def _ways_out(path: Path) -> str:
    return (
        f"Put the key back from a back-up ({path} or {KEY_VARIABLE}); to go on with another one, and lose who is who "
        f"between the years, remove {_fingerprint_path(path)}"
    )


def _fingerprint_path(path: Path) -> Path:
    return path.with_suffix(".fingerprint")


def _known_fingerprint(path: Path) -> str | None:
    node = read_json(_fingerprint_path(path))
    return None if node is None else str(node.get("key"))


def _fingerprint(key: bytes) -> str:
    """A one-way fingerprint of a key."""
    return hmac.digest(key, b"fingerprint of the pseudonym key", "sha256").hex()[:16]


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
    """Records a person as forgotten: hash of the pseudonym → random mark.

    The mark derives from nothing, so rows under it still count once a person and lead to nobody.
    """
    known = forgotten_marks(path)
    known.setdefault(_hash(pseudonym), secrets.token_hex(PSEUDONYM_LENGTH // 2))
    with write_atomically(path) as aside:
        aside.touch(0o600)
        aside.write_text(json.dumps(with_checksum({"marks": known}), indent=1) + "\n", encoding="utf-8")


def is_forgotten(path: Path, pseudonym: str) -> bool:
    """Whether a person is recorded as forgotten."""
    return _hash(pseudonym) in forgotten_marks(path)


def forgotten_marks(path: Path) -> dict[str, str]:
    """Hash of a forgotten pseudonym → its replacement mark.

    Raises ForgottenDamaged for a file that is not as it was written.
    """
    if not path.exists():
        return {}
    node = parse_checked(path.read_bytes())
    marks: Any = None if node is None else node.get("marks")
    if not isinstance(marks, dict):
        raise ForgottenDamaged(
            f"{path} is not as it was written; put it back from a back-up, or the people in it would be known again"
        )
    return marks


def _hash(pseudonym: str) -> str:
    return hashlib.sha256(pseudonym.encode("ascii")).hexdigest()


class Pseudonymiser:
    """Maps addresses to pseudonyms under one key, and those of forgotten people to their marks."""

    def __init__(self, key: bytes, forgotten: Mapping[str, str] | None = None) -> None:
        self._key = key
        self._forgotten = forgotten or {}

    def pseudonym(self, address: str) -> str:
        """The pseudonym of an address as ``address_of`` gives it: 32 hexadecimal digits."""
        return self.pseudonyms([address])[0]

    def pseudonyms(self, addresses: Iterable[str]) -> list[str]:
        """The pseudonym of each address."""
        return self.pseudonyms_of(address.encode("utf-8", "surrogatepass") for address in addresses)

    def pseudonyms_of(self, plain: Iterable[bytes]) -> list[str]:
        """The pseudonym of each address, in UTF-8."""
        pseudonyms = [hmac.digest(self._key, address, "sha256").hex()[:PSEUDONYM_LENGTH] for address in plain]
        if not self._forgotten:
            return pseudonyms
        return [self._forgotten.get(_hash(pseudonym), pseudonym) for pseudonym in pseudonyms]
