"""Makes a year count as released for the release over all years, without building it."""

from __future__ import annotations

import duckdb

from orchestration.paths import Home
from orchestration.release_store import ReleaseStore

_FIGURES = ("figure_id", "area", "label", "value", "numerator", "denominator", "unit", "status")
_DISPLAYS = ("display_en", "display_fr", "display_es")


def release_figures(home: Home, year: int, members_new: int, further: str = "") -> str:
    """Releases two figures, both annexes of one member, and a table of a name of one's own; the release."""
    store = ReleaseStore(home, year)
    folder = store.begin()
    rows = [
        ("members_new", "membership", "New members", members_new, members_new, "", "count", "published"),
        ("activated_share", "membership", "Activated", "50", "1", "2", "percent", "published"),
    ]
    lines = [",".join(("year", *_FIGURES, *_DISPLAYS))]
    lines += [",".join(map(str, (year, *row, *[row[3]] * 3))) for row in rows]
    (folder / "figures.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(
            "create table figure_catalogue as select * from (values "
            "('members_new', 1, 'membership', 'New members', 'Nouveaux', 'Nuevos', 'count', 0, 'plus', null),"
            "('activated_share', 2, 'membership', 'Activated', 'Actifs', 'Activos', 'percent', 1, 'percent', null))"
            " as t(figure_id, position, area, label, label_fr, label_es, unit, decimals, display, step)"
        )
        connection.execute("create table attendances as select 'E1' as event_id, 'p' as person_key")
        connection.execute("create table figures as select 1 as year, 'members_new' as figure_id")
        annex = "select 1 as report_order, 'M1' as member_id, 'Éfeso' as member, false as is_new"
        connection.execute(f"create table annex_activity as {annex}, {members_new} as news")
        connection.execute(f"create table annex_engagement as {annex}, true as activated")
        if further:
            connection.execute(f"create table {further} as select 'New kind of list' as title")
    return store.publish(folder, store.next_name(), {"year": year}).name
