"""Charts of members and participants: engagement by region, gender, learning, calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from orchestration.release.chart_data import ChartData
from orchestration.release.charts.chart import (
    GENDER_FILLS,
    GENDERS,
    LEADING,
    Chart,
    legend,
    region_word,
)
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import (
    DEEP,
    LABEL,
    LIGHT,
    MID,
    PALE,
    QUIET,
    SMALL,
    STRONG,
    WIDTH,
    Canvas,
    wrapped,
)
from orchestration.release.translations import (
    month,
    month_name,
    number,
    sentence_start,
    share,
    word,
)


def engagement_by_region(content: ReleaseData, facts: ChartData) -> Chart:
    """Members with an engagement as a share of all members, by region."""
    regions = [region for region in facts.regions if region.members]
    members = sum(region.members for region in regions)
    engaged = sum(region.engaged for region in regions)
    best = max(regions, key=lambda r: Decimal(r.engaged) / r.members, default=None)
    title = word("engagement.none")
    if best is not None and engaged:
        title = word(
            "engagement.title",
            region=region_word(best.name),
            share=share(best.engaged, best.members),
        )

    def draw(canvas: Canvas, language: str) -> float:
        largest = max((region.members for region in regions), default=1)
        x0, room = 112.0, WIDTH - 112.0 - 62.0
        y = 0.0
        for region in regions:
            width = room * region.members / largest
            filled = room * region.engaged / largest
            lines = wrapped(region_word(region.name).of(language), x0 - 10, LABEL)
            top = y + (LEADING * (len(lines) - 1)) / 2
            canvas.lines(0, y + 12, lines, LEADING)
            of = word("chart.of", part=region.engaged, whole=region.members).of(language)
            said = f"{region_word(region.name).of(language)}: {of}"
            canvas.rect(x0, top + 1, width, 15, PALE, stroke=MID, said=said)
            canvas.rect(x0, top + 1, filled, 15, DEEP, said=said)
            canvas.text(x0 + width + 6, top + 12.5, of)
            y = max(top + 16, y + LEADING * len(lines) + 3) + 9
        return legend(
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
                region_word(region.name),
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


def participants_by_gender(content: ReleaseData, facts: ChartData) -> Chart:
    """Participants of Metropolis events by gender."""
    people = {gender: facts.participants.get(gender, 0) for gender in GENDERS}
    total = sum(people.values())
    known = people["woman"] + people["man"]
    title = word("participants.none")
    if known:
        title = word("participants.title", share=share(people["woman"], known))
    rows = [(word(f"gender.{gender}"), people[gender], GENDER_FILLS[gender]) for gender in people]

    def draw(canvas: Canvas, language: str) -> float:
        x = 0.0
        for name, count, fill in rows:
            width = WIDTH * count / total if total else 0.0
            canvas.rect(
                x,
                0,
                max(width - 1.5, 1) if count else 0,
                40,
                fill,
                stroke=MID if fill == PALE else "",
                said=f"{sentence_start(name).of(language)}: {number(count).of(language)}",
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


def learning(content: ReleaseData, facts: ChartData) -> Chart:
    """Members by number of learning activities attended."""
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
        tallest = max([1, *bins.values()])
        step, bottom = WIDTH / (most + 1), 138.0
        for count in range(most + 1):
            centre = step * (count + 0.5)
            height = 116.0 * bins[count] / tallest
            fill = DEEP if count else PALE
            shown = number(bins[count]).of(language)
            said = f"{word('learning.bin', count=names[count]).of(language)}: {shown}"
            edge = "" if count else MID
            canvas.rect(centre - 21, bottom - height, 42, height, fill, stroke=edge, said=said)
            canvas.text(
                centre,
                bottom - height - 6,
                shown,
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


def calendar(content: ReleaseData, facts: ChartData) -> Chart:
    """Events and meetings by month."""
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
        tallest = max([1, *totals.values()])
        step, height = WIDTH / 12, 150.0
        unit = min(height / tallest, 9.0)
        bottom = unit * tallest + 16
        for index, total in totals.items():
            centre = step * (index - 0.5)
            parts = [
                (led[index], DEEP, f"{word('calendar.led').of(language)}: {led[index]}"),
                (others[index], LIGHT, f"{word('calendar.others').of(language)}: {others[index]}"),
            ]
            _stack(canvas, centre, bottom, unit, parts)
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
        return legend(
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
    canvas: Canvas, centre: float, bottom: float, unit: float, parts: Sequence[tuple[int, str, str]]
) -> None:
    """A column of events: one mark each while marks stay distinguishable, else bars."""
    width = 15.0
    y = bottom
    for count, fill, said in parts:
        if unit < 2.5:
            canvas.rect(centre - width / 2, y - unit * count, width, unit * count, fill, said=said)
            y -= unit * count
            continue
        for _ in range(count):
            canvas.rect(centre - width / 2, y - unit, width, unit - 1, fill, said=said)
            y -= unit
