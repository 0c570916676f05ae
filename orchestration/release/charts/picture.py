"""A chart as a picture for print.

Here belongs the one place that renders pixels: 300 dots an inch, the same bytes every time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from orchestration.release.drawing import FONT_FOLDER

DOTS_PER_INCH = 300
_POINTS_PER_PIXEL = 72 / 96


def as_picture(drawing: str) -> bytes:
    """A chart, an SVG that stands alone, as PNG."""
    return _renderer()(drawing)


@cache
def _renderer() -> Callable[[str], bytes]:
    """What makes a picture of an SVG, with the house typeface at hand."""
    import vl_convert

    vl_convert.register_font_directory(str(FONT_FOLDER))

    def render(svg: str) -> bytes:
        return vl_convert.svg_to_png(svg, scale=_POINTS_PER_PIXEL, ppi=DOTS_PER_INCH)

    return render
