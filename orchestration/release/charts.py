"""The charts of a release: what each shows, and the finding that it is titled with.

Here belongs which numbers a chart is drawn from and what it says in words. How marks look is ``drawing``'s; the
site sets the same charts in its pages. A chart with nothing to show says so, and one without a year to compare
with is not there.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.release.content import ReleaseContent
from orchestration.release.displays import LANGUAGES
from orchestration.release.drawing import (
    DEEP,
    FONT_FOLDER,
    INK,
    LABEL,
    LIGHT,
    MID,
    PALE,
    PAPER,
    QUIET,
    SIGNAL,
    SMALL,
    SITE_FOLDER,
    STRONG,
    WIDTH,
    Canvas,
    Sheet,
    text_width,
    wrapped,
)
from orchestration.release.facts import CatalogueEntry, Facts, Move, read_facts
from orchestration.release.wording import (
    Text,
    each,
    euros,
    listed,
    month,
    month_name,
    number,
    percent,
    same,
    sentence_start,
    share,
    signed_percent,
    word,
    word_or,
)

DOTS_PER_INCH = 300
_POINTS_PER_PIXEL = 72 / 96
_PNG_START = b"\x89PNG\r\n\x1a\n"
_GENDERS = ("woman", "man", "non_binary", "undisclosed")
_GENDER_FILLS = {"woman": DEEP, "man": MID, "non_binary": LIGHT, "undisclosed": PALE}
_LEADING = 13.0
_GOVERNANCE_SHARE = "governance_women_share"
# The one body that the share of women in governance leaves out.
_BODY_APART = "regional_secretariat"


@dataclass(frozen=True)
class Chart:
    """A chart in every language: its words, the table of its numbers, and how it is drawn."""

    name: str
    title: Text
    subtitle: Text
    source: Text
    numbers: list[tuple[Text, Text]]
    draw: Callable[[Canvas, str], float]
    release: str

    def sheet(self, language: str) -> Sheet:
        """The chart in a language."""
        canvas = Canvas()
        height = self.draw(canvas, language)
        note = word("chart.note", source=self.source, release=self.release)
        return Sheet(
            name=self.name,
            language=language,
            title=self.title.of(language),
            subtitle=self.subtitle.of(language),
            note=note.of(language),
            alt=self.alt.of(language),
            marks=canvas.marks,
            height=height,
        )

    @property
    def alt(self) -> Text:
        """What the chart shows, with its numbers, for people who do not see it."""
        said = listed(
            each(lambda la, n=name, v=value: f"{n.of(la)} {v.of(la)}")  # type: ignore[misc]
            for name, value in self.numbers
        )
        return word("chart.alt", title=self.title, numbers=said)


def write_charts(folder: Path, content: ReleaseContent) -> None:
    """Writes charts/<name>-<language>.svg and .png."""
    (folder / "charts").mkdir(exist_ok=True)
    charts = make_charts(content, read_facts(content))
    sheets = [chart.sheet(language) for chart in charts for language in LANGUAGES]
    with ThreadPoolExecutor(max_workers=2) as workers:
        for sheet, picture in zip(sheets, workers.map(_as_png, sheets), strict=True):
            path = folder / "charts" / f"{sheet.name}-{sheet.language}"
            path.with_suffix(".svg").write_text(sheet.standalone(), encoding="utf-8")
            path.with_suffix(".png").write_bytes(picture)


@cache
def _renderer() -> Callable[[str], bytes]:
    """What makes a picture of an SVG, with the house typeface at hand."""
    import vl_convert

    vl_convert.register_font_directory(str(FONT_FOLDER))

    def render(svg: str) -> bytes:
        return tightened(vl_convert.svg_to_png(svg, scale=_POINTS_PER_PIXEL, ppi=DOTS_PER_INCH))

    return render


def _as_png(sheet: Sheet) -> bytes:
    return _renderer()(sheet.standalone())


def tightened(picture: bytes) -> bytes:
    """A PNG with the same pixels in a third of the bytes: the renderer packs fast, not small."""
    chunks = []
    at = len(_PNG_START)
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        chunks.append((kind, picture[at + 8 : at + 8 + length]))
        at += length + 12
    packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    pixels = zlib.compress(zlib.decompress(packed), 6)
    kept = [(kind, body) for kind, body in chunks if kind not in (b"IDAT", b"IEND")]
    whole = [*kept, (b"IDAT", pixels), (b"IEND", b"")]
    return _PNG_START + b"".join(_png_chunk(kind, body) for kind, body in whole)


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))


def make_charts(content: ReleaseContent, facts: Facts) -> list[Chart]:
    """Every chart of a release, in the report's order."""
    makers = (
        _engagement_by_region,
        _participants_by_gender,
        _calendar,
        _shared_by_region,
        _learning,
        _funding,
        _funds_use,
        _women_shares,
        _governance,
        _moves,
    )
    made = (make(content, facts) for make in makers)
    return [chart for chart in made if chart is not None]


# --- membership --------------------------------------------------------------------------------


def _engagement_by_region(content: ReleaseContent, facts: Facts) -> Chart:
    regions = [region for region in facts.regions if region.members]
    members = sum(region.members for region in regions)
    engaged = sum(region.engaged for region in regions)
    best = max(regions, key=lambda r: Decimal(r.engaged) / r.members, default=None)
    title = word("engagement.none")
    if best is not None and engaged:
        title = word(
            "engagement.title",
            region=_region(best.name),
            share=share(best.engaged, best.members),
        )

    def draw(canvas: Canvas, language: str) -> float:
        largest = max((region.members for region in regions), default=1)
        x0, room = 112.0, WIDTH - 112.0 - 62.0
        y = 0.0
        for region in regions:
            width = room * region.members / largest
            filled = room * region.engaged / largest
            lines = wrapped(_region(region.name).of(language), x0 - 10, LABEL)
            top = y + (_LEADING * (len(lines) - 1)) / 2
            canvas.lines(0, y + 12, lines, _LEADING)
            canvas.rect(x0, top + 1, width, 15, PALE, stroke=MID)
            canvas.rect(x0, top + 1, filled, 15, DEEP)
            of = word("chart.of", part=region.engaged, whole=region.members).of(language)
            canvas.text(x0 + width + 6, top + 12.5, of)
            y = max(top + 16, y + _LEADING * len(lines) + 3) + 9
        return _legend(
            canvas,
            y + 8,
            [(DEEP, "", word("engagement.engaged")), (PALE, MID, word("engagement.others"))],
            language,
        )

    return Chart(
        name="membership-engaged-by-region",
        title=title,
        subtitle=word("engagement.subtitle", engaged=engaged, members=members),
        source=word("source.engagement"),
        numbers=[
            (
                _region(region.name),
                word(
                    "chart.of_share",
                    part=region.engaged,
                    whole=region.members,
                    share=share(region.engaged, region.members),
                ),
            )
            for region in regions
        ],
        draw=draw,
        release=content.release,
    )


# --- people in events --------------------------------------------------------------------------


def _participants_by_gender(content: ReleaseContent, facts: Facts) -> Chart:
    people = {gender: facts.participants.get(gender, 0) for gender in _GENDERS}
    total = sum(people.values())
    known = people["woman"] + people["man"]
    title = word("participants.none")
    if known:
        title = word("participants.title", share=share(people["woman"], known))
    rows = [(word(f"gender.{gender}"), people[gender], _GENDER_FILLS[gender]) for gender in people]

    def draw(canvas: Canvas, language: str) -> float:
        x = 0.0
        for _, count, fill in rows:
            width = WIDTH * count / total if total else 0.0
            canvas.rect(
                x,
                0,
                max(width - 1.5, 1) if count else 0,
                40,
                fill,
                stroke=MID if fill == PALE else "",
            )
            x += width
        y = 58.0
        canvas.text(300, y, word("participants.of_all").of(language), size=SMALL, fill=QUIET, anchor="end")
        y += 18
        for name, count, fill in rows:
            canvas.rect(0, y - 9, 10, 10, fill, stroke=MID if fill == PALE else "")
            canvas.text(17, y, sentence_start(name).of(language))
            canvas.text(250, y, number(count).of(language), weight=STRONG, anchor="end")
            canvas.text(300, y, share(count, total).of(language), fill=QUIET, anchor="end")
            y += 19
        return y - 12

    return Chart(
        name="participants-by-gender",
        title=title,
        subtitle=word("participants.subtitle", people=total, events=facts.participant_events),
        source=word("source.registrations"),
        numbers=[
            (name, word("chart.count_share", count=count, share=share(count, total)))
            for name, count, _ in rows
        ],
        draw=draw,
        release=content.release,
    )


def _calendar(content: ReleaseContent, facts: Facts) -> Chart:
    led: Counter[int] = Counter()
    others: Counter[int] = Counter()
    for row in content.tables["calendar"].as_dicts():
        counts = led if row["is_metropolis_event"] else others
        counts[row["start_date"].month] += 1
    totals = {index: led[index] + others[index] for index in range(1, 13)}
    busiest = max(totals, key=lambda index: totals[index])
    title = word("calendar.none")
    if totals[busiest]:
        title = word(
            "calendar.title",
            month=sentence_start(month_name(busiest)),
            count=totals[busiest],
        )

    def draw(canvas: Canvas, language: str) -> float:
        tallest = max(*totals.values(), 1)
        step, height = WIDTH / 12, 150.0
        unit = min(height / tallest, 9.0)
        bottom = unit * tallest + 16
        for index, total in totals.items():
            centre = step * (index - 0.5)
            _stack(canvas, centre, bottom, unit, [(led[index], DEEP), (others[index], LIGHT)])
            if total:
                canvas.text(
                    centre,
                    bottom - unit * total - 5,
                    number(total).of(language),
                    weight=STRONG,
                    anchor="middle",
                )
            canvas.text(centre, bottom + 15, month(index).of(language), size=SMALL, anchor="middle")
        canvas.line(0, bottom + 1, WIDTH, bottom + 1, stroke=QUIET)
        return _legend(
            canvas,
            bottom + 36,
            [(DEEP, "", word("calendar.led")), (LIGHT, "", word("calendar.others"))],
            language,
        )

    return Chart(
        name="calendar",
        title=title,
        subtitle=word("calendar.subtitle", events=sum(totals.values()), led=sum(led.values())),
        source=word("source.programme"),
        numbers=[
            (month_name(index), word("calendar.number", count=total, led=led[index]))
            for index, total in totals.items()
        ],
        draw=draw,
        release=content.release,
    )


def _stack(
    canvas: Canvas, centre: float, bottom: float, unit: float, parts: Sequence[tuple[int, str]]
) -> None:
    """A column of events: a mark each while a mark can be told from the next, else bars."""
    width = 15.0
    y = bottom
    for count, fill in parts:
        if unit < 2.5:
            canvas.rect(centre - width / 2, y - unit * count, width, unit * count, fill)
            y -= unit * count
            continue
        for _ in range(count):
            canvas.rect(centre - width / 2, y - unit, width, unit - 1, fill)
            y -= unit


# --- knowledge and learning --------------------------------------------------------------------


@cache
def _world() -> dict[str, Any]:
    world: dict[str, Any] = json.loads((SITE_FOLDER / "world.json").read_text(encoding="utf-8"))
    return world


def land(scale: float = 1) -> str:
    """The outline of the land, as SVG."""
    return f'<path d="{_world()["land"]}" transform="scale({0.1 * scale:.4g})" fill="{PALE}"/>'


def _shared_by_region(content: ReleaseContent, facts: Facts) -> Chart:
    regions = facts.regions
    practices = sum(r.practices for r in regions) + facts.unplaced_practices
    initiatives = sum(r.initiatives for r in regions) + facts.unplaced_initiatives
    most = max(regions, key=lambda r: r.practices + r.initiatives, default=None)
    title = word("shared.none")
    if most is not None and practices + initiatives:
        title = word(
            "shared.title",
            region=_region(most.name),
            share=share(most.practices + most.initiatives, practices + initiatives),
        )
    numbers = [
        (_region(r.name), word("shared.number", practices=r.practices, initiatives=r.initiatives))
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
        y = _legend(
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


def _learning(content: ReleaseContent, facts: Facts) -> Chart:
    attended = [row["capacity_building"] for row in content.tables["annex_engagement"].as_dicts()]
    most = 5
    bins = Counter(min(count, most) for count in attended)
    members = len(attended)
    learning = members - bins[0]
    title = word("learning.none")
    if learning:
        title = word("learning.title", learning=learning, members=members)
    names = [
        word("learning.or_more", count=count) if count == most else number(count) for count in range(most + 1)
    ]

    def draw(canvas: Canvas, language: str) -> float:
        tallest = max(*bins.values(), 1)
        step, bottom = WIDTH / (most + 1), 138.0
        for count in range(most + 1):
            centre = step * (count + 0.5)
            height = 116.0 * bins[count] / tallest
            fill = DEEP if count else PALE
            canvas.rect(centre - 21, bottom - height, 42, height, fill, stroke="" if count else MID)
            canvas.text(
                centre,
                bottom - height - 6,
                number(bins[count]).of(language),
                weight=STRONG,
                anchor="middle",
            )
            canvas.text(centre, bottom + 16, names[count].of(language), anchor="middle")
        canvas.line(0, bottom + 0.5, WIDTH, bottom + 0.5, stroke=QUIET)
        canvas.text(
            WIDTH / 2,
            bottom + 33,
            word("learning.axis").of(language),
            size=SMALL,
            fill=QUIET,
            anchor="middle",
        )
        return bottom + 38

    return Chart(
        name="learning-participation",
        title=title,
        subtitle=word("learning.subtitle"),
        source=word("source.learning"),
        numbers=[
            (word("learning.bin", count=names[count]), number(bins[count])) for count in range(most + 1)
        ],
        draw=draw,
        release=content.release,
    )


# --- money -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Bar:
    """A bar with its name, what it measures, and how that is written."""

    label: Text
    value: Decimal
    shown: Text
    aside: Text
    fill: str


def _funding(content: ReleaseContent, facts: Facts) -> Chart:
    rows = content.tables["funding_sources"].as_dicts()
    bars = _shares(rows, facts, "category", "funding")
    largest = bars[0] if bars and bars[0].value else None
    title = word("funding.none")
    if largest is not None:
        title = word("funding.title", source=largest.label, share=largest.shown)
    return Chart(
        name="funding-sources",
        title=title,
        subtitle=word("funding.subtitle", amount=_sum(rows)),
        source=word("source.ledger"),
        numbers=[(bar.label, bar.shown) for bar in bars],
        draw=lambda canvas, language: _bars(canvas, bars, language, 128),
        release=content.release,
    )


def _funds_use(content: ReleaseContent, facts: Facts) -> Chart:
    rows = content.tables["funds_use"].as_dicts()
    bars = _shares(rows, facts, "project", "funds_use", leading=3)
    title = word("funds_use.none")
    if len(bars) >= 3 and bars[2].value:
        three = sum((bar.value for bar in bars[:3]), Decimal(0))
        title = word("funds_use.title", share=percent(three))
    elif bars and bars[0].value:
        title = word("funds_use.largest", project=bars[0].label, share=bars[0].shown)
    return Chart(
        name="use-of-funds",
        title=title,
        subtitle=word("funds_use.subtitle", amount=_sum(rows)),
        source=word("source.ledger"),
        numbers=[(bar.label, bar.shown) for bar in bars],
        draw=lambda canvas, language: _bars(canvas, bars, language, 176),
        release=content.release,
    )


def _sum(rows: Iterable[dict[str, Any]]) -> Text:
    return euros(sum((row["amount"] or Decimal(0) for row in rows), Decimal(0)))


def _shares(
    rows: Iterable[dict[str, Any]], facts: Facts, key: str, whole: str, leading: int = 1
) -> list[_Bar]:
    """The parts of a whole, the largest first; the leading ones are those that the title speaks of."""
    ordered = sorted(
        (row for row in rows if row["amount"] or row["is_printed"]),
        key=lambda row: (-(row["amount"] or Decimal(0)), row[key] or ""),
    )
    return [
        _Bar(
            label=part_label(row, facts, key, whole),
            value=row["share"] or Decimal(0),
            shown=percent(row["share"] or Decimal(0)),
            aside=euros(row["amount"] or Decimal(0)),
            fill=DEEP if place < leading else MID,
        )
        for place, row in enumerate(ordered)
    ]


def part_label(row: dict[str, Any], facts: Facts, key: str, whole: str) -> Text:
    """What a part of a whole is called: the figure's label without the name of the whole."""
    entry = facts.catalogue.get(row["figure_id"] or "")
    if entry is None:
        return word_or(f"{whole}.{row[key] or 'blank'}", str(row["label"]))
    label = figure_label(entry)
    return sentence_start(each(lambda language: _after_colon(label.of(language))))


def _after_colon(label: str) -> str:
    name = label.split(":", 1)[-1].strip()
    code, _, rest = name.partition(" ")
    return rest if code[:1] == "P" and code[1:].isdigit() else name


def figure_label(entry: CatalogueEntry) -> Text:
    """What a figure is called."""
    return Text(entry.label_en, entry.label_fr, entry.label_es)


def _bars(canvas: Canvas, bars: Sequence[_Bar], language: str, label_width: float) -> float:
    largest = max([Decimal(1), *(bar.value for bar in bars)])
    has_asides = len(bars) <= 6
    x0 = label_width
    room = WIDTH - x0 - (96 if has_asides else 34)
    y = 0.0
    for bar in bars:
        lines = wrapped(bar.label.of(language), label_width - 10, LABEL)
        middle = y + _LEADING * len(lines) / 2
        canvas.lines(0, y + 10, lines, _LEADING)
        width = room * float(bar.value / largest)
        canvas.rect(x0, middle - 6, max(width, 1), 12, bar.fill)
        canvas.text(x0 + width + 6, middle + 3.8, bar.shown.of(language), weight=STRONG)
        if has_asides:
            canvas.text(WIDTH, middle + 3.8, bar.aside.of(language), size=SMALL, fill=QUIET, anchor="end")
        y += _LEADING * len(lines) + 7
    canvas.line(x0 - 0.5, -2, x0 - 0.5, y - 5, stroke=QUIET)
    return max(y - 4, 1)


# --- gender ------------------------------------------------------------------------------------


def _women_shares(content: ReleaseContent, facts: Facts) -> Chart:
    bars = [
        _Bar(
            label=figure_label(facts.catalogue[row["figure_id"]]),
            value=row["value"],
            shown=_displayed(row),
            aside=same(""),
            fill=DEEP,
        )
        for row in content.tables["figures"].as_dicts()
        if row["figure_id"].endswith("women_share") and row["value"] is not None
    ]
    bars.sort(key=lambda bar: -bar.value)
    title = word("women.none")
    if bars:
        at_least_half = sum(bar.value >= 50 for bar in bars)
        title = word("women.title", count=at_least_half, all=len(bars))

    def draw(canvas: Canvas, language: str) -> float:
        x0, room = 0.0, WIDTH - 34.0
        half = x0 + room / 2
        y = 0.0
        for bar in bars:
            at = x0 + room * float(bar.value) / 100
            canvas.text(x0, y + 11, bar.label.of(language))
            line = y + 22
            canvas.line(x0, line, x0 + room, line)
            canvas.line(half, line - 5, half, line + 5, stroke=QUIET)
            canvas.line(x0, line, at, line, stroke=DEEP, width=3)
            canvas.dot(at, line, 4.5, DEEP)
            shown = bar.shown.of(language)
            canvas.rect(at + 7, line - 6, text_width(shown, LABEL, STRONG) + 3, 12, PAPER)
            canvas.text(at + 8, line + 3.8, shown, weight=STRONG)
            y += 35
        canvas.text(half, y + 5, word("women.half").of(language), size=SMALL, fill=QUIET, anchor="middle")
        return y + 9

    return Chart(
        name="women-by-role",
        title=title,
        subtitle=word("women.subtitle"),
        source=word("source.gender"),
        numbers=[(bar.label, bar.shown) for bar in bars],
        draw=draw,
        release=content.release,
    )


def _governance(content: ReleaseContent, facts: Facts) -> Chart:
    seats: dict[str, dict[str, int]] = {}
    for row in content.tables["gender_impact"].as_dicts():
        if row["kind"] == "governance_seats":
            seats.setdefault(row["body"], {})[row["gender"]] = int(row["value"])
    share_row = next(
        (r for r in content.tables["figures"].as_dicts() if r["figure_id"] == _GOVERNANCE_SHARE),
        None,
    )
    title = word("governance.none")
    if share_row is not None and share_row["value"] is not None:
        title = word("governance.title", share=_displayed(share_row))
    bodies = sorted(seats, key=lambda body: (body == _BODY_APART, body))

    def draw(canvas: Canvas, language: str) -> float:
        x0 = 130.0
        largest = max([1, *(sum(held.values()) for held in seats.values())])
        step = min(15.0, (WIDTH - x0 - 50) / largest)
        y = 4.0
        for body in bodies:
            held = seats[body]
            if body == _BODY_APART:
                canvas.line(0, y, WIDTH, y)
                y += 8
            lines = wrapped(_body(body).of(language), x0 - 10, LABEL)
            middle = y + _LEADING * len(lines) / 2
            canvas.lines(0, y + 10, lines, _LEADING)
            x = x0 + step / 2
            for gender in _GENDERS:
                for _ in range(held.get(gender, 0)):
                    fill = PAPER if gender == "undisclosed" else _GENDER_FILLS[gender]
                    canvas.dot(x, middle, step * 0.36, fill, stroke=QUIET if fill == PAPER else "")
                    x += step
            of = word("chart.of", part=held.get("woman", 0), whole=sum(held.values()))
            canvas.text(WIDTH, middle + 3.8, of.of(language), weight=STRONG, anchor="end")
            y += _LEADING * len(lines) + 8
        entries = [(_GENDER_FILLS[g], "", word(f"gender.{g}")) for g in _GENDERS[:3]]
        entries.append((PAPER, QUIET, word("gender.undisclosed")))
        return _legend(canvas, y + 10, entries, language, round_swatches=True)

    return Chart(
        name="governance-seats",
        title=title,
        subtitle=word("governance.subtitle"),
        source=word("source.governance"),
        numbers=[
            (
                _body(body),
                listed(
                    word("governance.number", count=held, gender=word(f"gender.{gender}"))
                    for gender in _GENDERS
                    if (held := seats[body].get(gender, 0))
                ),
            )
            for body in bodies
        ],
        draw=draw,
        release=content.release,
    )


def _displayed(row: dict[str, Any]) -> Text:
    """A figure as print shows it."""
    return each(lambda language: str(row[f"display_{language}"]))


# --- the year before ---------------------------------------------------------------------------


def _moves(content: ReleaseContent, facts: Facts) -> Chart | None:
    moves = [move for move in facts.moves if move.relative is not None]
    if not moves:
        return None
    up = sum(move.value > move.previous for move in facts.moves)
    down = sum(move.value < move.previous for move in facts.moves)
    largest = sorted(moves, key=lambda move: -abs(move.relative or 0))[:12]
    largest.sort(key=lambda move: -(move.relative or 0))

    def draw(canvas: Canvas, language: str) -> float:
        reach = max(abs(move.relative or Decimal(0)) for move in largest) or Decimal(1)
        half = WIDTH / 2
        y = 0.0
        for move in largest:
            relative = move.relative or Decimal(0)
            label = figure_label(facts.catalogue[move.figure_id]).of(language)
            lines = wrapped(label, WIDTH, LABEL)
            y = canvas.lines(0, y + 10, lines, _LEADING) - 8
            width = (half - 42) * float(abs(relative) / reach)
            fill = SIGNAL if move.is_within_band is False else DEEP if relative > 0 else MID
            left = half if relative > 0 else half - width
            canvas.rect(left, y, max(width, 1), 10, fill)
            side, at = ("start", half + width + 5) if relative > 0 else ("end", half - width - 5)
            shown = signed_percent(relative * 100).of(language)
            canvas.text(at, y + 8.8, shown, weight=STRONG, anchor=side)
            canvas.line(half, y - 2, half, y + 12, stroke=INK)
            y += 19
        return y - 4

    return Chart(
        name="against-the-year-before",
        title=word("moves.title", up=up, down=down, all=len(facts.moves)),
        subtitle=word("moves.subtitle", previous=_previous_releases(facts.moves)),
        source=word("source.moves"),
        numbers=[(figure_label(facts.catalogue[move.figure_id]), move_words(move)) for move in largest],
        draw=draw,
        release=content.release,
    )


def _previous_releases(moves: Iterable[Move]) -> str:
    return ", ".join(sorted({move.previous_release for move in moves}))


def move_words(move: Move) -> Text:
    """A move as the part by which a figure grew or shrank; a dash where the part has no meaning."""
    return signed_percent(move.relative * 100) if move.relative is not None else same("–")


# --- shared ------------------------------------------------------------------------------------


def _region(name: str) -> Text:
    return word_or(f"region.{name}", name)


def _body(name: str) -> Text:
    return word_or(f"body.{name}", sentence_start(same(name.replace("_", " "))).en)


def _legend(
    canvas: Canvas,
    y: float,
    entries: Sequence[tuple[str, str, Text]],
    language: str,
    round_swatches: bool = False,
) -> float:
    """Swatches with their names, in as many lines as they need; returns where they end."""
    x = 0.0
    for fill, stroke, name in entries:
        text = sentence_start(name).of(language)
        width = 15 + text_width(text, SMALL) + 16
        if x and x + width - 16 > WIDTH:
            x, y = 0.0, y + 15
        if round_swatches:
            canvas.dot(x + 5, y - 3, 5, fill, stroke=stroke)
        else:
            canvas.rect(x, y - 8, 10, 10, fill, stroke=stroke)
        canvas.text(x + 15, y + 0.5, text, size=SMALL)
        x += width
    return y + 4
