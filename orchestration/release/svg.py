"""SVG primitives for charts: palette, typeface, text measurement, marks, the whole sheet.

Plain shapes and live text, so that layout programs open the files as they are.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

SITE_FOLDER = Path(__file__).parent / "site"
FONT_FOLDER = SITE_FOLDER / "fonts"

# Four steps of one blue, each clearly lighter than the last, so that they stay apart in grey; and one signal.
DEEP, MID, LIGHT, PALE = "#0b3954", "#4f86a6", "#9fc0d2", "#e3ecf1"
SIGNAL = "#b03a0a"
INK, QUIET, RULE, PAPER = "#14202b", "#55626e", "#ccd6dd", "#ffffff"
PALETTE = {
    "deep": DEEP,
    "mid": MID,
    "light": LIGHT,
    "pale": PALE,
    "signal": SIGNAL,
    "ink": INK,
    "quiet": QUIET,
    "rule": RULE,
    "paper": PAPER,
}

WIDTH = 360
REGULAR, STRONG = 400, 600
LABEL, SMALL = 11.0, 10.0
_TITLE, _TITLE_LEADING = 15.0, 19.0
_SUBTITLE, _SUBTITLE_LEADING = 10.5, 14.0
_NOTE, _NOTE_LEADING = 8.5, 11.5
_FAMILY = "Archivo, 'Helvetica Neue', Arial, sans-serif"
_EM = 1000
# White space around a chart that stands alone, and its width with it.
_MARGIN = 12
SHEET_WIDTH = WIDTH + 2 * _MARGIN


@cache
def _advances(weight: int) -> dict[str, int]:
    widths: dict[str, dict[str, int]] = json.loads((FONT_FOLDER / "widths.json").read_text(encoding="utf-8"))
    return widths[str(weight)]


def drawable(text: str) -> str:
    """A text without characters that the typeface lacks."""
    known = _advances(REGULAR)
    return "".join(letter if letter in known else _nearest(letter, known) for letter in text)


def _nearest(letter: str, known: dict[str, int]) -> str:
    base = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
    return base if base and all(c in known for c in base) else "?"


def text_width(text: str, size: float, weight: int = REGULAR) -> float:
    """The width of a text."""
    advances = _advances(weight)
    return sum(advances.get(letter, _EM // 2) for letter in text) * size / _EM


def wrapped(text: str, width: float, size: float, weight: int = REGULAR) -> list[str]:
    """Wraps a text to a width; a longer word gets a line of its own."""
    lines: list[str] = []
    for word in drawable(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def balanced(text: str, width: float, size: float, weight: int = REGULAR) -> list[str]:
    """Wraps a text as ``wrapped`` does, into lines of similar length."""
    lines = wrapped(text, width, size, weight)
    for narrower in range(int(width) - 4, int(width / 2), -4):
        tried = wrapped(text, narrower, size, weight)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def _n(value: float) -> str:
    """A coordinate, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def _told(mark: str, attributes: str, said: str) -> str:
    """A mark, with a text that a browser shows under a pointer."""
    if not said:
        return f"<{mark} {attributes}/>"
    return f"<{mark} {attributes}><title>{escape(drawable(said))}</title></{mark}>"


class Canvas:
    """Collects marks on a sheet of fixed width."""

    def __init__(self) -> None:
        self._marks: list[str] = []

    @property
    def marks(self) -> str:
        """The marks so far, as SVG."""
        return "".join(self._marks)

    def raw(self, mark: str) -> None:
        """Adds raw SVG."""
        self._marks.append(mark)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = LABEL,
        weight: int = REGULAR,
        fill: str = INK,
        anchor: str = "start",
    ) -> None:
        """A line of text on its base line."""
        bold = f' font-weight="{weight}"' if weight != REGULAR else ""
        side = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self._marks.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{fill}"{bold}{side}>'
            f"{escape(drawable(text))}</text>"
        )

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, stroke: str = "", *, said: str = ""
    ) -> None:
        """A bar; with a stroke it is outlined inside its edges. ``said`` is what a pointer over it is told."""
        if width <= 0 or height <= 0:
            return
        edge = f' stroke="{stroke}" stroke-width="1"' if stroke else ""
        inset = 0.5 if stroke else 0.0
        bar = (
            f'x="{_n(x + inset)}" y="{_n(y + inset)}" width="{_n(max(width - 2 * inset, 0.3))}"'
            f' height="{_n(height - 2 * inset)}" fill="{fill}"{edge}'
        )
        self._marks.append(_told("rect", bar, said))

    def dot(self, x: float, y: float, radius: float, fill: str, stroke: str = "", *, said: str = "") -> None:
        """A circle; ``said`` is what a pointer over it is told."""
        edge = f' stroke="{stroke}" stroke-width="1.2"' if stroke else ""
        circle = f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{fill}"{edge}'
        self._marks.append(_told("circle", circle, said))

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str = RULE, width: float = 1) -> None:
        """A straight line."""
        self._marks.append(
            f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{stroke}"'
            f' stroke-width="{_n(width)}"/>'
        )

    def half_disc(self, x: float, y: float, radius: float, side: str, fill: str, *, said: str = "") -> None:
        """The left or right half of a circle; ``said`` is what a pointer over it is told."""
        sweep = 0 if side == "left" else 1
        half = (
            f'd="M{_n(x)} {_n(y - radius)}A{_n(radius)} {_n(radius)} 0 0 {sweep}'
            f' {_n(x)} {_n(y + radius)}Z" fill="{fill}"'
        )
        self._marks.append(_told("path", half, said))

    def lines(self, x: float, y: float, lines: Sequence[str], leading: float, **style: object) -> float:
        """Draws lines of text; returns the baseline of the next."""
        for line in lines:
            self.text(x, y, line, **style)  # type: ignore[arg-type]
            y += leading
        return y


@dataclass(frozen=True)
class Sheet:
    """A chart in one language: texts, marks, height."""

    name: str
    language: str
    title: str
    subtitle: str
    note: str
    alt: str
    marks: str
    height: float

    def inline(self) -> str:
        """The marks alone, for a page that sets the texts itself."""
        return (
            f'<svg viewBox="0 0 {WIDTH} {_n(self.height)}" role="img" aria-label="{escape(self.alt)}"'
            f' xmlns="http://www.w3.org/2000/svg">{self.marks}</svg>'
        )

    def standalone(self) -> str:
        """The whole chart with title, subtitle and source, as a standalone SVG."""
        head = Canvas()
        y = head.lines(
            0,
            _TITLE,
            balanced(self.title, WIDTH, _TITLE, STRONG),
            _TITLE_LEADING,
            size=_TITLE,
            weight=STRONG,
        )
        y = head.lines(
            0,
            y - 2,
            balanced(self.subtitle, WIDTH, _SUBTITLE),
            _SUBTITLE_LEADING,
            size=_SUBTITLE,
            fill=QUIET,
        )
        foot = Canvas()
        bottom = foot.lines(
            0,
            y + self.height + 16,
            wrapped(self.note, WIDTH, _NOTE),
            _NOTE_LEADING,
            size=_NOTE,
            fill=QUIET,
        )
        height = _n(bottom - _NOTE_LEADING + 5 + 2 * _MARGIN)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{SHEET_WIDTH}pt" height="{height}pt"'
            f' viewBox="{-_MARGIN} {-_MARGIN} {SHEET_WIDTH} {height}" role="img" xml:lang="{self.language}"'
            f' font-family="{_FAMILY}" aria-labelledby="title" aria-describedby="desc">'
            f'<title id="title">{escape(self.title)}</title>'
            f'<desc id="desc">{escape(self.alt)}</desc>'
            f'<rect x="{-_MARGIN}" y="{-_MARGIN}" width="{SHEET_WIDTH}" height="{height}" fill="{PAPER}"/>'
            f'{head.marks}<g transform="translate(0 {_n(y)})">{self.marks}</g>{foot.marks}</svg>\n'
        )
