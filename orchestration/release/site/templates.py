"""The Jinja environment of the site's templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.release.svg import SITE_FOLDER

if TYPE_CHECKING:
    from jinja2 import Environment


def template_environment() -> Environment:
    """An environment that escapes every text; a name that a template does not know is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(SITE_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
