"""The land of the world map and where a place lies on it: Equal Earth projection, Greenwich in the middle."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from orchestration.release.svg import PALE, SITE_FOLDER, WIDTH

# The polynomial of the projection, after Šavrič, Patterson and Jenny (2018).
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796


@dataclass(frozen=True)
class WorldMap:
    """The map at the width of a chart."""

    scale: float

    @property
    def height(self) -> float:
        """Its height."""
        return float(_world()["height"]) * self.scale

    def land(self) -> str:
        """The outline of the land, as SVG."""
        return f'<path d="{_world()["land"]}" transform="scale({0.1 * self.scale:.4g})" fill="{PALE}"/>'

    def anchor(self, region: str) -> tuple[float, float] | None:
        """Where the marks of a Metropolis region go."""
        at = _world()["anchors"].get(region)
        return None if at is None else (at[0] * self.scale, at[1] * self.scale)

    def position(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a place lies, given in degrees north and east; the outline is general, to about half a unit."""
        frame = _world()["projection"]
        x, y = _equal_earth(math.radians(latitude), math.radians(longitude))
        return (
            (frame["x"] + frame["scale"] * x) * self.scale,
            (frame["y"] - frame["scale"] * y) * self.scale,
        )


def world_map() -> WorldMap:
    """The map at the width of a chart."""
    return WorldMap(WIDTH / _world()["width"])


def _equal_earth(latitude: float, longitude: float) -> tuple[float, float]:
    theta = math.asin(math.sqrt(3) / 2 * math.sin(latitude))
    power = theta**2
    slope = _A1 + 3 * _A2 * power + power**3 * (7 * _A3 + 9 * _A4 * power)
    x = 2 * math.sqrt(3) * longitude * math.cos(theta) / (3 * slope)
    return x, theta * (_A1 + _A2 * power + power**3 * (_A3 + _A4 * power))


@cache
def _world() -> dict[str, Any]:
    world: dict[str, Any] = json.loads((SITE_FOLDER / "world.json").read_text(encoding="utf-8"))
    return world
