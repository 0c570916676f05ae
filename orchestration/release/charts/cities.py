"""The world map of the members: a dot a city."""

from __future__ import annotations

from collections import Counter

from orchestration.release.chart_data import ChartData, MemberPlace
from orchestration.release.charts.chart import Chart, legend, region_word
from orchestration.release.charts.world import world_map
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import DEEP, LIGHT, PAPER, QUIET, WIDTH, Canvas, wrapped
from orchestration.release.translations import number, word

_RADIUS = 2.4
_SMALL, _LEADING = 9.0, 12.0


def member_cities(content: ReleaseData, facts: ChartData) -> Chart:
    """The cities of the members, those with an engagement apart; members without a known place are counted."""
    placed = [member for member in facts.members if member.latitude is not None]
    countries = {member.country_code for member in facts.members if member.country_code}
    title = word("cities.none")
    if facts.members:
        title = word("cities.title", members=len(facts.members), countries=len(countries))
    unplaced = len(facts.members) - len(placed)
    by_region = Counter(member.region for member in facts.members)

    def draw(canvas: Canvas, language: str) -> float:
        world = world_map()
        canvas.raw(world.land())
        # Activated members lie on top.
        for member in sorted(placed, key=lambda each: each.is_activated):
            _dot(canvas, member)
        y = legend(
            canvas,
            world.height + 14,
            [(DEEP, "", word("engagement.engaged")), (LIGHT, QUIET, word("engagement.others"))],
            language,
            round_swatches=True,
        )
        if unplaced:
            lines = wrapped(word("cities.unplaced", count=unplaced).of(language), WIDTH, _SMALL)
            y = canvas.lines(0, y + 14, lines, _LEADING, size=_SMALL, fill=QUIET) - _LEADING + 4
        return y

    return Chart(
        name="members-on-the-map",
        title=title,
        subtitle=word("cities.subtitle", placed=len(placed), members=len(facts.members)),
        source=word("source.engagement"),
        numbers=[
            (region_word(region) if region else word("region.none"), number(count))
            for region, count in sorted(by_region.items())
        ],
        draw=draw,
        release=content.release,
    )


def _dot(canvas: Canvas, member: MemberPlace) -> None:
    assert member.latitude is not None and member.longitude is not None
    x, y = world_map().position(float(member.latitude), float(member.longitude))
    fill = DEEP if member.is_activated else LIGHT
    canvas.dot(x, y, _RADIUS, fill, stroke=PAPER if member.is_activated else QUIET, said=member.name)
