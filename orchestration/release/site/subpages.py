"""Renders the pages below the report: each is self-contained and has every language."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from orchestration.release.number_formats import LANGUAGES
from orchestration.release.site.templates import template_environment
from orchestration.release.svg import PALETTE
from orchestration.release.translations import Text, number, word

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup


def render_subpage(template: str, release: str, **view: Any) -> str:
    """Renders a template that extends ``subpage.html``."""
    from markupsafe import Markup

    colours = Markup("".join(f"--{name}:{value};" for name, value in PALETTE.items()))
    common = {
        "languages": LANGUAGES,
        "say": _in_each_language,
        "word": word,
        "number": number,
        "colours": colours,
    }
    return _template(template).render(release=release, **common, **view) + "\n"


def embedded_json(data: object) -> Markup:
    """Data as the text of a script element of type ``application/json``."""
    from markupsafe import Markup

    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(packed.replace("&", "\\u0026").replace("<", "\\u003c"))


@cache
def _template(name: str) -> Template:
    return template_environment().get_template(name)


def _in_each_language(text: Text | str) -> Markup:
    """A text once where the languages agree, else an element a language, of which the page shows one."""
    from markupsafe import Markup, escape

    if isinstance(text, str) or text.en == text.fr == text.es:
        return escape(text if isinstance(text, str) else text.en)
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(language, text.of(language)) for language in LANGUAGES
    )
