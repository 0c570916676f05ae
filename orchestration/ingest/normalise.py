"""Normalises names and places to keys for comparison (rule 20).

Punctuation is kept: a typographic dash is not a hyphen.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_CYRILLIC = dict(zip("АВЕЅІЈКМНОРСТУХ", "ABESIJKMHOPCTYX", strict=True))
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))
# Capitals of other alphabets that a reader cannot tell from a Latin one.
_FURTHER = {
    "Ԁ": "D", "Ԍ": "G", "Һ": "H", "Ԛ": "Q", "Ѵ": "V", "Ԝ": "W", "Ү": "Y", "Ӏ": "I",  # Cyrillic
    "Ϳ": "J",  # Greek
    "Օ": "O", "Տ": "S", "Լ": "L", "Ս": "U",  # Armenian
    "Ꭰ": "D", "Ꭱ": "R", "Ꭲ": "T", "Ꭺ": "A", "Ꭻ": "J", "Ꭼ": "E", "Ꮃ": "W", "Ꮇ": "M", "Ꮋ": "H",
    "Ꮐ": "G", "Ꮓ": "Z", "Ꮤ": "W", "Ꮥ": "S", "Ꮩ": "V", "Ꮪ": "S", "Ꮮ": "L", "Ꮯ": "C", "Ꮲ": "P",
    "Ꮶ": "K", "Ᏼ": "B",  # Cherokee
    "Ⲃ": "B", "Ⲍ": "Z", "Ⲏ": "H", "Ⲓ": "I", "Ⲕ": "K", "Ⲙ": "M", "Ⲛ": "N", "Ⲟ": "O", "Ⲣ": "P",
    "Ⲥ": "C", "Ⲧ": "T", "Ⲩ": "Y", "Ⲭ": "X",  # Coptic
    "ꓐ": "B", "ꓑ": "P", "ꓓ": "D", "ꓔ": "T", "ꓖ": "G", "ꓗ": "K", "ꓙ": "J", "ꓚ": "C", "ꓜ": "Z",
    "ꓝ": "F", "ꓟ": "M", "ꓠ": "N", "ꓡ": "L", "ꓢ": "S", "ꓣ": "R", "ꓦ": "V", "ꓧ": "H", "ꓪ": "W",
    "ꓫ": "X", "ꓬ": "Y", "ꓮ": "A", "ꓰ": "E", "ꓲ": "I", "ꓳ": "O", "ꓴ": "U",  # Lisu
}  # fmt: skip
_LOOK_ALIKES = str.maketrans({**_CYRILLIC, **_GREEK, **_FURTHER})


class _Without(dict[int, int | None]):
    """A ``str.translate`` table that removes characters of a Unicode category."""

    def __init__(self, category: str) -> None:
        super().__init__()
        self._category = category

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.category(chr(code)) == self._category else code
        self[code] = kept
        return kept


_WITHOUT_MARKS = _Without("Mn")
# Format characters (zero-width spaces and joiners, marks of direction, soft hyphens) show nothing.
_WITHOUT_FORMAT = _Without("Cf")


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFD", text).translate(_WITHOUT_MARKS)


def without_invisible(text: str) -> str:
    """A text without zero-width and other invisible characters."""
    return text.translate(_WITHOUT_FORMAT)


def plain_spaces(text: str) -> str:
    """Collapses runs of spaces, trims, and removes invisible characters."""
    return " ".join(without_invisible(text).split())


def _normalise_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = _without_accents(plain_spaces(text))
    text = text.upper().translate(_LOOK_ALIKES).casefold()
    return plain_spaces(unicodedata.normalize("NFC", text))


@lru_cache(maxsize=65_536)
def normalise_text(text: str) -> str:
    """The key of a text for comparison; "" for a blank one.

    NFKC, odd spaces, accents off, upper case, look-alike capitals to Latin, case fold (rule 20).
    Idempotent: the key of a key is the key.
    """
    if text.isascii():
        return " ".join(text.split()).casefold()
    key = _normalise_once(text)
    # A key of ASCII alone is the key of itself.
    while not key.isascii() and (again := _normalise_once(key)) != key:
        key = again
    return key
