"""Names of files that a release has in each language."""

from __future__ import annotations

from orchestration.release.number_formats import LANGUAGES


def file_name(stem: str, ending: str, language: str) -> str:
    """Such as ``report.fr.pdf``; English has no suffix."""
    return f"{stem}.{ending}" if language == LANGUAGES[0] else f"{stem}.{language}.{ending}"
