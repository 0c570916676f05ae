"""Renders a chart as PNG at 300 dpi; equal charts give equal bytes."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from orchestration.release.svg import FONT_FOLDER

DOTS_PER_INCH = 300
_POINTS_PER_PIXEL = 72 / 96


def as_picture(drawing: str) -> bytes:
    """Renders a standalone SVG as PNG."""
    picture: bytes = _renderer().svg_to_png(drawing, scale=_POINTS_PER_PIXEL, ppi=DOTS_PER_INCH)
    return picture


@cache
def _renderer() -> ModuleType:
    """The SVG renderer, with the typeface registered."""
    import vl_convert

    vl_convert.register_font_directory(str(FONT_FOLDER))
    return vl_convert
