"""The world map of shared practices and initiatives."""

from __future__ import annotations

from decimal import Decimal

from orchestration.release.chart_data import ChartData
from orchestration.release.charts.chart import (
    Chart,
    legend,
    region_word,
)
from orchestration.release.charts.world import world_map
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import (
    DEEP,
    MID,
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
        world = world_map()
        canvas.raw(world.land())
        largest = max([1, *(max(r.practices, r.initiatives) for r in regions)])
        for region in regions:
            at = world.anchor(region.name)
            if at is None:
                continue
            x, y = at
            place = region_word(region.name).of(language)
            for side, count, fill, kind in (
                ("left", region.practices, DEEP, "practices"),
                ("right", region.initiatives, MID, "initiatives"),
            ):
                label = number(count).of(language)
                radius = 24 * float(Decimal(count) / largest) ** 0.5
                if count:
                    said = f"{place}, {word(f'shared.{kind}').of(language)}: {label}"
                    canvas.half_disc(x, y, radius, side, fill, said=said)
                end, sign = ("end", -1) if side == "left" else ("start", 1)
                canvas.text(x + sign * (radius + 3), y + 4, label, weight=STRONG, anchor=end)
        y = legend(
            canvas,
            world.height + 14,
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
