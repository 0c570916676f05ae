"""Charts: sizes, texts, numbers, and equal bytes for equal data."""

from __future__ import annotations

import math
import re
import struct
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from orchestration.release.chart_data import read_chart_data
from orchestration.release.charts import make_charts, write_charts
from orchestration.release.charts.chart import Chart
from orchestration.release.charts.picture import DOTS_PER_INCH
from orchestration.release.charts.world import world_map
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import (
    DEEP,
    LIGHT,
    MID,
    PALE,
    PAPER,
    REGULAR,
    SHEET_WIDTH,
    WIDTH,
    balanced,
    text_width,
    wrapped,
)
from tests.support.release import make_release

SVG = "{http://www.w3.org/2000/svg}"
POINTS_PER_INCH = 72


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> ReleaseData:
    return make_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def charts(content: ReleaseData) -> list[Chart]:
    return make_charts(content, read_chart_data(content))


@pytest.fixture(scope="module")
def written(content: ReleaseData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    write_charts(folder, content)
    return folder / "charts"


def svgs(charts: list[Chart]) -> list[tuple[str, ElementTree.Element]]:
    return [
        (f"{chart.name}-{language}", ElementTree.fromstring(chart.sheet(language).standalone()))
        for chart in charts
        for language in LANGUAGES
    ]


def test_each_chart_is_written_as_svg_and_png_in_each_language(written: Path, charts: list[Chart]) -> None:
    names = {f"{c.name}-{la}{end}" for c in charts for la in LANGUAGES for end in (".svg", ".png")}
    assert {path.name for path in written.iterdir()} == names
    assert len(charts) == 11


def test_pictures_are_for_print(written: Path) -> None:
    for path in written.glob("*.png"):
        start = path.read_bytes()[:100]
        width, _ = struct.unpack(">II", start[16:24])
        at = start.index(b"pHYs") + 4
        across, down, unit = struct.unpack(">IIB", start[at : at + 9])
        assert width == SHEET_WIDTH * DOTS_PER_INCH / POINTS_PER_INCH
        assert (across, down, unit) == (11811, 11811, 1)  # 300 dots an inch, in metres


def test_the_same_release_makes_the_same_bytes(written: Path, content: ReleaseData, tmp_path: Path) -> None:
    write_charts(tmp_path, content)
    for path in written.iterdir():
        assert (tmp_path / "charts" / path.name).read_bytes() == path.read_bytes(), path.name


def test_text_stays_text_and_inside_the_sheet(charts: list[Chart]) -> None:
    for name, svg in svgs(charts):
        assert svg.get("width") == f"{SHEET_WIDTH}pt"
        for text in svg.iter(f"{SVG}text"):
            size = float(text.attrib["font-size"])
            weight = int(text.get("font-weight", REGULAR))
            width = text_width(text.text or "", size, weight)
            x = float(text.attrib["x"])
            left = {"end": x - width, "middle": x - width / 2}.get(text.get("text-anchor", ""), x)
            assert left >= -1, (name, text.text)
            assert left + width <= WIDTH + 1, (name, text.text)


def test_a_chart_needs_nothing_from_outside(charts: list[Chart]) -> None:
    for chart in charts:
        text = chart.sheet("en").standalone()
        assert not re.search(r"href|url\(|<script|<image|<style", text)
        assert len(re.findall("http", text)) == 1  # the namespace


def test_titles_say_a_finding_and_descriptions_the_numbers(charts: list[Chart]) -> None:
    for chart in charts:
        for language in LANGUAGES:
            sheet = chart.sheet(language)
            assert sheet.title and not sheet.title.endswith(".")
            assert sheet.alt.startswith(sheet.title)
            for name, value in chart.numbers:
                assert f"{name.of(language)} {value.of(language)}" in sheet.alt
    titles = {chart.name: chart.title.en for chart in charts}
    assert titles["learning-participation"] == "17 of 20 members took part in learning"
    assert "62%" in titles["participants-by-gender"]


# Where Natural Earth's outline ends in the sea, in degrees north and east.
CAPES = {"Comorin": (8.1, 77.5), "Tarifa": (36.0, -5.6), "Agulhas": (-34.8, 20.0), "Sable": (25.1, -80.9)}


@pytest.mark.parametrize("cape", CAPES)
def test_a_place_lies_on_the_map_where_it_lies_in_the_world(cape: str) -> None:
    x, y = world_map().position(*CAPES[cape])
    outline = re.search(r' d="(.+?)"', world_map().land())
    assert outline is not None
    at, nearest = (0.0, 0.0), 99.0
    for command, steps in re.findall(r"([Ml])([^Mlz]*)", outline[1]):
        numbers = [int(each) * world_map().scale / 10 for each in re.findall(r"-?\d+", steps)]
        for step in zip(numbers[::2], numbers[1::2], strict=True):
            at = step if command == "M" else (at[0] + step[0], at[1] + step[1])
            command = "l"
            nearest = min(nearest, math.dist(at, (x, y)))
    assert nearest < 1


def test_members_are_dots_with_their_names(content: ReleaseData, charts: list[Chart]) -> None:
    chart = next(each for each in charts if each.name == "members-on-the-map")
    svg = ElementTree.fromstring(chart.sheet("en").standalone())
    dots = [dot for dot in svg.iter(f"{SVG}circle") if dot.find(f"{SVG}title") is not None]
    named = {dot.findtext(f"{SVG}title"): dot.attrib["fill"] for dot in dots}
    assert named == {"Ábaco": LIGHT, "Xi’an": DEEP, "E": DEEP, "J": DEEP}
    assert chart.subtitle.en.endswith("4 of 20 are on the map")
    assert any(
        (text.text or "").startswith("16 members are not on the map") for text in svg.iter(f"{SVG}text")
    )


def test_marks_say_their_values_under_a_pointer(charts: list[Chart]) -> None:
    for chart in charts:
        svg = ElementTree.fromstring(chart.sheet("en").standalone())
        said = [title.text or "" for title in svg.iter(f"{SVG}title") if title.get("id") is None]
        assert said, chart.name


def test_every_fill_of_the_palette_is_a_step_of_grey() -> None:
    greys = [luminance(colour) for colour in (DEEP, MID, LIGHT, PALE, PAPER)]
    steps = [(lighter + 0.05) / (darker + 0.05) for darker, lighter in pairwise(greys)]
    assert all(step > 1.18 for step in steps)
    assert all(step > 1.5 for step in steps[:3])


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("is_empty", "has_year_before"), [(True, False), (False, False)])
def test_without_a_year_before_that_chart_is_not_there(
    is_empty: bool, has_year_before: bool, tmp_path: Path
) -> None:
    content = make_release(tmp_path, is_empty=is_empty, has_year_before=has_year_before)
    charts = make_charts(content, read_chart_data(content))
    assert len(charts) == 10
    assert "against-the-year-before" not in {chart.name for chart in charts}


def test_where_no_count_changed_that_chart_is_not_there(content: ReleaseData) -> None:
    facts = read_chart_data(content)
    same = replace(
        facts, moves=[replace(move, value=move.previous, relative=Decimal(0)) for move in facts.moves]
    )
    assert "against-the-year-before" in {chart.name for chart in make_charts(content, facts)}
    assert "against-the-year-before" not in {chart.name for chart in make_charts(content, same)}


def test_a_year_without_rows_says_so(tmp_path: Path) -> None:
    content = make_release(tmp_path, is_empty=True, has_year_before=False)
    charts = {chart.name: chart for chart in make_charts(content, read_chart_data(content))}
    assert charts["calendar"].title.en == "The programme holds no event"
    assert charts["funding-sources"].title.es == "No entraron fondos"
    for chart in charts.values():
        ElementTree.fromstring(chart.sheet("fr").standalone())


def test_shares_of_a_region_count_what_has_no_region_too(content: ReleaseData, charts: list[Chart]) -> None:
    facts = read_chart_data(content)
    assert sum(r.practices for r in facts.regions) + facts.unplaced_practices == 40
    assert sum(r.initiatives for r in facts.regions) + facts.unplaced_initiatives == 25
    assert facts.unplaced_practices == 1
    assert all(region.name for region in facts.regions)


def test_lines_break_between_words() -> None:
    text = "The three largest projects used 37% of the funds"
    for width in (60, 120, 400):
        assert " ".join(wrapped(text, width, 12)) == text
        assert len(balanced(text, width, 12)) <= len(wrapped(text, width, 12))
    assert wrapped("Unbreakable", 10, 12) == ["Unbreakable"]
