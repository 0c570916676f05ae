"""E-mail addresses: the address that a cell holds, and texts without the addresses in them."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote

from orchestration.ingest.normalise import without_invisible

_MAILTO = "mailto:"
# Of these an address has at least one, however it is encoded.
_SIGNS = re.compile(r"[@＠﹫&＆%％\\]")
_AT_IN_WORDS = re.compile(r"[(\[]\s*at\s*[)\]]", re.IGNORECASE)
_STOPS = r"\s@|,;:<>()\[\]\"/?="
# It is looked for from where a word begins, and never taken shorter: a long word is read once.
_LOCAL = rf'(?:"[^"@]{{1,64}}"|(?<![^{_STOPS}])[^{_STOPS}]++)'
_LABEL = rf"[^{_STOPS}'&#.]++"
_DOMAIN = rf"[^{_STOPS}'&#]++"
_AT = r"\s*(?:@|\[\s*at\s*\]|\(\s*at\s*\))\s*"
_COMPLETE = rf"{_LOCAL}{_AT}{_LABEL}(?:\.{_LABEL})+(?:@{_DOMAIN})*"
_COMPLETE_ADDRESS = re.compile(_COMPLETE, re.IGNORECASE)
_ANY_ADDRESS = re.compile(rf"{_LOCAL}(?:@{_DOMAIN})+|{_COMPLETE}", re.IGNORECASE)
# Encodings lie in one another: &amp;#64; and %2540.
_MOST_ENCODINGS = 4


def address_of(text: str) -> str | None:
    """The e-mail address in a cell, lower-cased for pseudonymisation; None for a cell without one.

    Taken off, in this order: outer spaces and invisible characters, a name before ``<…>`` with the brackets,
    ``mailto:``, and outer spaces again. What is left has one @ between two parts.
    """
    address = _trimmed(text)
    if address.endswith(">") and "<" in address:
        address = _trimmed(address[address.rindex("<") + 1 : -1])
    if address[: len(_MAILTO)].lower() == _MAILTO:
        address = _trimmed(address[len(_MAILTO) :])
    before, _, after = address.partition("@")
    return address.lower() if before and after and "@" not in after else None


def _trimmed(text: str) -> str:
    if text.isascii():
        return text.strip()
    start, end = 0, len(text)
    while start < end and _shows_nothing(text[start]):
        start += 1
    while start < end and _shows_nothing(text[end - 1]):
        end -= 1
    return text[start:end]


def _shows_nothing(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"


def without_addresses(text: str, *, incomplete: bool = False) -> str:
    """Replaces every e-mail address in a text, in any spelling or encoding, by a placeholder.

    ``incomplete`` takes ``ana@example`` for an address, too; else its domain has a dot, so that a title such as
    ``Women@Work`` stays.
    """
    if not _SIGNS.search(text) and not _AT_IN_WORDS.search(text):
        return text
    decoded = _decoded(text)
    if "@" not in decoded and not _AT_IN_WORDS.search(decoded):
        return text
    without = (_ANY_ADDRESS if incomplete else _COMPLETE_ADDRESS).sub("(address)", decoded)
    return text if without == decoded else without


def _decoded(text: str) -> str:
    for _ in range(_MOST_ENCODINGS):
        plain = unicodedata.normalize("NFKC", without_invisible(text)).replace("。", ".")
        decoded = unquote(html.unescape(plain.replace("\\u0040", "@")))
        if decoded == text:
            break
        text = decoded
    return text
