"""Charts of the Gender Impact Assessment."""

from __future__ import annotations

from orchestration.release.chart_data import ChartData
from orchestration.release.charts.chart import (
    GENDER_FILLS,
    GENDERS,
    LEADING,
    Bar,
    Chart,
    displayed,
    figure_label,
    legend,
)
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import (
    DEEP,
    LABEL,
    PAPER,
    QUIET,
    SMALL,
    STRONG,
    WIDTH,
    Canvas,
    text_width,
    wrapped,
)
from orchestration.release.translations import (
    Text,
    listed,
    same,
    sentence_start,
    word,
    word_or,
)

_GOVERNANCE_SHARE = "governance_women_share"
# The one body that the share of women in governance leaves out.
_BODY_APART = "regional_secretariat"


def women_shares(content: ReleaseData, facts: ChartData) -> Chart:
    """Every share of women that the report prints."""
    bars = [
        Bar(
            label=figure_label(facts.catalogue[row["figure_id"]]),
            value=row["value"],
            shown=displayed(row),
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
            shown = bar.shown.of(language)
            canvas.dot(at, line, 4.5, DEEP, said=f"{bar.label.of(language)}: {shown}")
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


def governance(content: ReleaseData, facts: ChartData) -> Chart:
    """Seats of each body by gender."""
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
        title = word("governance.title", share=displayed(share_row))
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
            middle = y + LEADING * len(lines) / 2
            canvas.lines(0, y + 10, lines, LEADING)
            x = x0 + step / 2
            for gender in GENDERS:
                fill = PAPER if gender == "undisclosed" else GENDER_FILLS[gender]
                edge = QUIET if fill == PAPER else ""
                said = f"{_body(body).of(language)}, {word(f'gender.{gender}').of(language)}: {held.get(gender, 0)}"
                for _ in range(held.get(gender, 0)):
                    canvas.dot(x, middle, step * 0.36, fill, stroke=edge, said=said)
                    x += step
            of = word("chart.of", part=held.get("woman", 0), whole=sum(held.values()))
            canvas.text(WIDTH, middle + 3.8, of.of(language), weight=STRONG, anchor="end")
            y += LEADING * len(lines) + 8
        entries = [(GENDER_FILLS[g], "", word(f"gender.{g}")) for g in GENDERS[:3]]
        entries.append((PAPER, QUIET, word("gender.undisclosed")))
        return legend(canvas, y + 10, entries, language, round_swatches=True)

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
                    for gender in GENDERS
                    if (held := seats[body].get(gender, 0))
                ),
            )
            for body in bodies
        ],
        draw=draw,
        release=content.release,
    )


def _body(name: str) -> Text:
    return word_or(f"body.{name}", sentence_start(same(name.replace("_", " "))).en)
