"""The charts of a release, as SVG and PNG in each language.

A chart without data says so; only the chart against the year before may be absent.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from orchestration.release.chart_data import ChartData, read_chart_data
from orchestration.release.charts.before import moves_since
from orchestration.release.charts.chart import Chart
from orchestration.release.charts.cities import member_cities
from orchestration.release.charts.gender import governance, women_shares
from orchestration.release.charts.knowledge import shared_by_region
from orchestration.release.charts.members import (
    calendar,
    engagement_by_region,
    learning,
    participants_by_gender,
)
from orchestration.release.charts.money import funding, funds_use
from orchestration.release.charts.picture import as_picture
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.release_data import ReleaseData

_MAKERS = (
    engagement_by_region,
    member_cities,
    participants_by_gender,
    calendar,
    shared_by_region,
    learning,
    funding,
    funds_use,
    women_shares,
    governance,
    moves_since,
)


def write_charts(folder: Path, content: ReleaseData) -> None:
    """Writes charts/<name>-<language>.svg, and a PNG for print beside each."""
    drawings = _drawings(content)
    (folder / "charts").mkdir(exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for name, picture in zip(drawings, threads.map(as_picture, drawings.values()), strict=True):
            (folder / "charts" / f"{name}.svg").write_text(drawings[name], encoding="utf-8")
            (folder / "charts" / f"{name}.png").write_bytes(picture)


def _drawings(content: ReleaseData) -> dict[str, str]:
    """Name and language of each chart → the chart as an SVG that stands alone."""
    charts = make_charts(content, read_chart_data(content))
    sheets = [chart.sheet(language) for chart in charts for language in LANGUAGES]
    return {f"{sheet.name}-{sheet.language}": sheet.standalone() for sheet in sheets}


def make_charts(content: ReleaseData, facts: ChartData) -> list[Chart]:
    """Every chart of a release, in the report's order."""
    made = (make(content, facts) for make in _MAKERS)
    return [chart for chart in made if chart is not None]
