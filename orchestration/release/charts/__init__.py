"""The charts of a release: what each shows, and the finding that it is titled with.

Here belongs which charts there are and in which files. How marks look is ``drawing``'s; the site sets the
same charts in its page. A chart with nothing to show says so; only the one against the year before may be
missing.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.ahead import done_by_both
from orchestration.release.charts.before import moves_since
from orchestration.release.charts.chart import Chart
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
from orchestration.release.content import ReleaseContent
from orchestration.release.displays import LANGUAGES
from orchestration.release.facts import Facts

_MAKERS = (
    engagement_by_region,
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


def write_charts(folder: Path, content: ReleaseContent) -> None:
    """Writes charts/<name>-<language>.svg and .png."""
    (folder / "charts").mkdir(exist_ok=True)
    charts = make_charts(content, content.facts)
    sheets = [chart.sheet(language) for chart in charts for language in LANGUAGES]
    drawings = [sheet.standalone() for sheet in sheets]
    for sheet, drawing, picture in zip(sheets, drawings, done_by_both(as_picture, drawings), strict=True):
        path = folder / "charts" / f"{sheet.name}-{sheet.language}"
        path.with_suffix(".svg").write_text(drawing, encoding="utf-8")
        path.with_suffix(".png").write_bytes(picture)


def make_charts(content: ReleaseContent, facts: Facts) -> list[Chart]:
    """Every chart of a release, in the report's order."""
    made = (make(content, facts) for make in _MAKERS)
    return [chart for chart in made if chart is not None]
