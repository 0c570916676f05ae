"""A chart as a picture for print.

Here belongs the one place that renders pixels: 300 dots an inch, the same bytes every time.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import cache

from orchestration.release.drawing import FONT_FOLDER

DOTS_PER_INCH = 300
_POINTS_PER_PIXEL = 72 / 96
_PNG_START = b"\x89PNG\r\n\x1a\n"


def as_picture(drawing: str) -> bytes:
    """A chart, an SVG that stands alone, as PNG."""
    return tightened(_renderer()(drawing))


@cache
def _renderer() -> Callable[[str], bytes]:
    """What makes a picture of an SVG, with the house typeface at hand."""
    import vl_convert

    vl_convert.register_font_directory(str(FONT_FOLDER))

    def render(svg: str) -> bytes:
        return vl_convert.svg_to_png(svg, scale=_POINTS_PER_PIXEL, ppi=DOTS_PER_INCH)

    return render


def tightened(picture: bytes) -> bytes:
    """A PNG with the same pixels in a third of the bytes: the renderer packs fast, not small."""
    chunks = []
    at = len(_PNG_START)
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        chunks.append((kind, picture[at + 8 : at + 8 + length]))
        at += length + 12
    packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    pixels = zlib.compress(zlib.decompress(packed), 3)
    kept = [(kind, body) for kind, body in chunks if kind not in (b"IDAT", b"IEND")]
    whole = [*kept, (b"IDAT", pixels), (b"IEND", b"")]
    return _PNG_START + b"".join(_png_chunk(kind, body) for kind, body in whole)


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))
