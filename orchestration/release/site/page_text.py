"""Inserts translated texts into the page, and collects them for its language switch."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from orchestration.release.number_formats import LANGUAGES
from orchestration.release.translations import (
    Text,
)

if TYPE_CHECKING:
    from markupsafe import Markup


class PageText:
    """Renders texts as elements, and collects their translations for the language switch."""

    def __init__(self) -> None:
        self._index: dict[Text, int] = {}

    def element(self, text: Text | str) -> Markup:
        """A text as HTML; an element with its index where the languages differ."""
        from markupsafe import Markup

        if isinstance(text, str) or text.en == text.fr == text.es:
            return Markup(escape(str(text if isinstance(text, str) else text.en)))
        return Markup(f'<span data-t="{self._of(text)}">{escape(text.en)}</span>')

    def attribute(self, name: str, text: Text, suffix: str = "") -> Markup:
        """A text as an attribute."""
        from markupsafe import Markup

        value = escape(text.en + suffix)
        return Markup(f'{name}="{value}" data-ta="{name}|{self._of(text)}|{escape(suffix)}"')

    def translations(self) -> Markup:
        """The collected texts by language, as JSON escaped for a script element."""
        from markupsafe import Markup

        said = {language: [text.of(language) for text in self._index] for language in LANGUAGES}
        packed = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return Markup(packed.replace("&", "\\u0026").replace("<", "\\u003c"))

    def _of(self, text: Text) -> int:
        return self._index.setdefault(text, len(self._index))
