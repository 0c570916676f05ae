"""The world map of shared practices and initiatives."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any

from orchestration.release.chart_data import ChartData
from orchestration.release.charts.chart import (
    Chart,
    legend,
    region_word,
)
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import (
    DEEP,
    MID,
    PALE,
    SITE_FOLDER,
    SMALL,
    STRONG,
    WIDTH,
    Canvas,
)
from orchestration.release.translations import (
    number,
    sentence_start,
    share,
    word,
)


def shared_by_region(content: ReleaseData, facts: ChartData) -> Chart:
    """Practices and initiatives on a map, one disc per region."""
    regions = facts.regions
    practices = sum(r.practices for r in regions) + facts.unplaced_practices
    initiatives = sum(r.initiatives for r in regions) + facts.unplaced_initiatives
    most = max(regions, key=lambda r: r.practices + r.initiatives, default=None)
    title = word("shared.none")
    if most is not None and practices + initiatives:
        title = word(
            "shared.title",
            region=region_word(most.name),
            share=share(most.practices + most.initiatives, practices + initiatives),
        )
    numbers = [
        (region_word(r.name), word("shared.number", practices=r.practices, initiatives=r.initiatives))
        for r in regions
    ]
    if facts.unplaced_practices or facts.unplaced_initiatives:
        unplaced = word(
            "shared.number",
            practices=facts.unplaced_practices,
            initiatives=facts.unplaced_initiatives,
        )
        numbers.append((word("region.none"), unplaced))

    def draw(canvas: Canvas, language: str) -> float:
        scale = WIDTH / _world()["width"]
        canvas.raw(land(scale))
        largest = max([1, *(max(r.practices, r.initiatives) for r in regions)])
        for region in regions:
            at = _world()["anchors"].get(region.name)
            if at is None:
                continue
            x, y = at[0] * scale, at[1] * scale
            for side, count, fill in (
                ("left", region.practices, DEEP),
                ("right", region.initiatives, MID),
            ):
                radius = 24 * float(Decimal(count) / largest) ** 0.5
                if count:
                    canvas.half_disc(x, y, radius, side, fill)
                end, sign = ("end", -1) if side == "left" else ("start", 1)
                shown = number(count).of(language)
                canvas.text(x + sign * (radius + 3), y + 4, shown, weight=STRONG, anchor=end)
        y = legend(
            canvas,
            _world()["height"] * scale + 14,
            [(DEEP, "", word("shared.practices")), (MID, "", word("shared.initiatives"))],
            language,
        )
        y += 6
        for name, value in numbers:
            y += 15
            canvas.text(0, y, sentence_start(name).of(language), weight=STRONG, size=SMALL)
            canvas.text(WIDTH, y, value.of(language), size=SMALL, anchor="end")
            canvas.line(0, y + 4, WIDTH, y + 4)
        return y + 5

    return Chart(
        name="practices-and-initiatives-by-region",
        title=title,
        subtitle=word("shared.subtitle", practices=practices, initiatives=initiatives),
        source=word("source.shared"),
        numbers=numbers,
        draw=draw,
        release=content.release,
    )


def land(scale: float = 1) -> str:
    """The outline of the land, as SVG."""
    return f'<path d="{_world()["land"]}" transform="scale({0.1 * scale:.4g})" fill="{PALE}"/>'


@cache
def _world() -> dict[str, Any]:
    world: dict[str, Any] = json.loads((SITE_FOLDER / "world.json").read_text(encoding="utf-8"))
    return world
