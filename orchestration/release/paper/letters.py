"""Which letters the fonts of the paper have: Typst refuses an accessible PDF with a letter that no font has."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# Latin, Greek and Cyrillic with their marks, punctuation, currencies, arrows, signs of comparison.
SETTABLE = (
    *((0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x1E00, 0x1EFF)),
    *((0x2010, 0x2027), (0x202F, 0x202F), (0x2030, 0x203A), (0x20A0, 0x20BF), (0x2190, 0x2193)),
    *((0x2212, 0x2212), (0x2264, 0x2265)),
)
_ASSIGNED = (
    letter for low, high in SETTABLE for letter in map(chr, range(low, high + 1)) if letter.isprintable()
)
_OTHERS = re.compile(f"[^{re.escape(''.join(_ASSIGNED))}\u00a0\u202f]+")
_SPACES = re.compile(r"[\t\r\n\f\v]+")
# What stands for letters that cannot be set; the CSV has the text.
ELLIPSIS = "[…]"


def settable(said: Any) -> Any:
    """A JSON value of which every text has only letters that can be set; others become ``[…]``."""
    if isinstance(said, str):
        return _OTHERS.sub(ELLIPSIS, _SPACES.sub(" ", unicodedata.normalize("NFC", said)))
    if isinstance(said, dict):
        return {name: settable(value) for name, value in said.items()}
    if isinstance(said, list):
        return [settable(value) for value in said]
    return said
