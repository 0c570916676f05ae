"""Compares the exports of a year with those of the last releases: missing, shrunk or unchanged files."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.ingest.errors import Finding
from orchestration.ingest.filed_year import FiledYear, listed
from orchestration.ingest.schema import place_key_columns
from orchestration.paths import EXPECTATIONS_FOLDER

# A year has so much less, or so much more, only where something happened that people should hear of.
_FEWER, _MORE = 0.7, 2
# Of the smallest exports a share says nothing.
_FEW_ROWS = 5
# Of fewer places a share says nothing, and a share varies by less than this.
_FEW_PLACES, _LOST_SHARE = 10, 0.2
# More members than one in so many do not change their names in a year.
_MEMBERS_IN_ONE = 10
_DECLARE = "Mend the export, or declare both numbers in restatements.csv"


def judge_continuity(year: FiledYear) -> Iterator[Finding]:
    """Findings from a comparison with the last releases of the year and of the year before."""
    lost = set()
    for finding in (
        *_gone_or_shrunk(year),
        *_members_gone(year),
        *_members_renamed(year),
        *_names_moved(year),
        *_registrations_gone(year),
    ):
        lost.add(finding.source_file)
        yield finding
    yield from (each for each in _other_numbers(year) if each.source_file not in lost)
    yield from _places_unknown(year)
    yield from _same_as_last_year(year)


def _gone_or_shrunk(year: FiledYear) -> Iterator[Finding]:
    """The same check as the guard suite of this name."""
    sql = (EXPECTATIONS_FOLDER / "landing" / "source_continuity.sql").read_text(encoding="utf-8")
    for row in year.rows(f"from ({sql}) where presence = 'gone' or rows_now < rows_expected"):
        before, now, name = int(row["rows_before"]), int(row["rows_now"]), row["source_file"]
        release = f"the release of {row['compared_with']}"
        if row["presence"] == "gone":
            said = f"The file is gone: {release} had {before} rows of it. {_DECLARE}"
            yield Finding("refuse", "export_gone", name, said)
            continue
        promised = (
            "and the source never loses one" if row["is_cumulative"] else "and no such loss was declared"
        )
        said = f"{now} rows, where {release} had {before}, {promised}. {_DECLARE}"
        yield Finding("refuse", "export_shrank", name, said)


_MEMBERS_GONE = """
    select released_cells.member_id, any_value(released_cells.value) as member, any_value(released_cells.year) as year
    from landing.released_cells
    anti join landing.members using (member_id)
    where released_cells.column_name = 'member'
    group by released_cells.member_id
    order by released_cells.member_id
"""
_DECLARED = """
    select key from landing.restatements
    where kind = 'source_file' and typed_number(new) = (
        select sum(rows_read) from landing.source_files where source_file = restatements.key
    )
"""


def _members_gone(year: FiledYear) -> Iterator[Finding]:
    """Members of a released annex that are missing from the register.

    As many as cannot be read are told as such.
    """
    name = year.file_of("members")
    gone = year.rows(_MEMBERS_GONE)
    unread = sum(row.source_file == name for row in year.quarantined)
    if len(gone) > unread and name not in {row["key"] for row in year.rows(_DECLARED)}:
        members = listed([f"{row['member_id']} {row['member']}" for row in gone])
        said = f"Members of the release of {gone[0]['year']} are not in the register any more: {members}. {_DECLARE}"
        yield Finding("refuse", "members_gone", name, said)


_RENAMED = """
    with released as (
        select member_id, arg_max(value, year) as name
        from landing.released_cells
        where column_name = 'member'
        group by member_id
    )
    select members.member_id, released.name as before, members.name as now, members.source_line,
        count(*) over () as members
    from landing.members
    inner join released using (member_id)
    qualify members.name <> released.name
    order by members.member_id
"""


def _members_renamed(year: FiledYear) -> Iterator[Finding]:
    """Members that have another name than in the last release; many of them are a column sorted by itself."""
    renamed = year.rows(_RENAMED)
    if not renamed:
        return
    names = listed([f"{row['member_id']} was {row['before']} and is {row['now']}" for row in renamed], most=3)
    said = f"{len(renamed)} of {renamed[0]['members']} members have another name than in the last release: {names}"
    is_whole = len(renamed) >= _FEW_ROWS and len(renamed) * _MEMBERS_IN_ONE > renamed[0]["members"]
    if is_whole:
        said += ". Probably a column was sorted without the others, or texts were changed"
    yield Finding("refuse" if is_whole else "note", "members_renamed", year.file_of("members"), said)


_LISTED_NAMES = """
    select name, name_key, member_id from landing.members
    union all
    select name, name_key, member_id from landing.member_names
"""
_NAMES_MOVED = f"""
    with released as (
        select places.place_key, any_value(cells.member_id) as member_id
        from landing.released_places as places
        inner join landing.released_cells as cells
            on places.release = cells.release and places.member = cells.value and cells.column_name = 'member'
        where places.year = (select max(year) from landing.released_places)
        group by places.place_key
        having count(distinct cells.member_id) = 1
    ),
    listed as (
        select name_key, any_value(name) as name,
            if(count(distinct member_id) = 1, any_value(member_id), null) as member_id
        from ({_LISTED_NAMES})
        group by name_key
    )
    select coalesce(listed.name, released.place_key) as name, released.member_id as before, listed.member_id as now,
        count(*) over () as names
    from released
    left join listed on released.place_key = listed.name_key
    qualify listed.member_id is distinct from released.member_id
    order by released.place_key
"""


def _names_moved(year: FiledYear) -> Iterator[Finding]:
    """Names that stand for another member than in the last release, or for none alone."""
    changed = year.rows(_NAMES_MOVED)
    name, names = year.file_of("member_names"), changed[0]["names"] if changed else 0
    moved = [f"{row['name']} was {row['before']} and is {row['now']}" for row in changed if row["now"]]
    lost = [f"{row['name']} was {row['before']}" for row in changed if not row["now"]]
    if moved:
        said = f"{len(moved)} of {names} names of the last release stand for another member: {listed(moved, most=3)}"
        is_whole = len(moved) >= _FEW_ROWS and len(moved) * _MEMBERS_IN_ONE > names
        if is_whole:
            said += ". Probably a column was sorted or shifted without the others"
        yield Finding("refuse" if is_whole else "note", "names_moved", name, said)
    if lost:
        said = f"{len(lost)} of {names} names of the last release are not listed any more, or for several members"
        yield Finding("note", "names_lost", name, f"{said}: {listed(lost, most=3)}")


_REGISTRATIONS = """
    select
        (select coalesce(sum(rows_read), 0) from landing.released_sources
            where year = getvariable('report_year') - 1 and starts_with(source_file, $folder)) as before,
        (select coalesce(sum(rows_read), 0) from landing.source_files where starts_with(source_file, $folder)) as now,
        (select count(*) from landing.programme where platform <> 'none') as events
"""
REGISTRATIONS = "events/registrations"


def _registrations_gone(year: FiledYear) -> Iterator[Finding]:
    """Finds a year without any registration although its events name platforms."""
    found = _registrations(year)
    if found["now"] or not (found["before"] or found["events"] >= _FEW_ROWS):
        return
    said = f"{found['events']} events name a platform, and there is not one registration"
    if found["before"]:
        said += f"; last year had {found['before']}"
    yield Finding(
        "refuse", "no_registrations", REGISTRATIONS, f"{said}. Is the folder there, and may it be read?"
    )


def _registrations(year: FiledYear) -> dict[str, int]:
    (row,) = year.connection.execute(_REGISTRATIONS, {"folder": f"{REGISTRATIONS}/"}).fetchall()
    return dict(zip(("before", "now", "events"), map(int, row), strict=True))


_PLACES = """
    with names as (
        select distinct name_key from ({names})
    ),
    now as (
        select {file} as source_file, count(*) as rows, count(*) filter (place_key in (from names)) as known
        from ({places})
        group by all
    ),
    before as (
        select {file} as source_file, sum(rows) as rows, sum(rows) filter (member is not null) as known
        from landing.released_places
        where year = getvariable('report_year') - 1
        group by all
    )
    select source_file, now.rows, now.known, before.known / before.rows as share_before
    from now
    inner join before using (source_file)
    where least(now.rows, before.rows) >= {few} and share_before - now.known / now.rows >= {lost}
    order by source_file
"""


def _places_unknown(year: FiledYear) -> Iterator[Finding]:
    """Exports of whose place texts far fewer are names of members than last year."""
    places = " union all ".join(
        f'select source_file, "{column}" as place_key from landing.{table} where "{column}" is not null'
        for contract in year.contracts.values()
        for table, column in place_key_columns(contract)
    )
    # Files of events have other names each year.
    file = (
        f"case when starts_with(source_file, '{REGISTRATIONS}/') then '{REGISTRATIONS}' else source_file end"
    )
    sql = _PLACES.format(names=_LISTED_NAMES, file=file, places=places, few=_FEW_PLACES, lost=_LOST_SHARE)
    for row in year.rows(sql):
        said = (
            f"{row['known']} of {row['rows']} place texts are names of members, where last year"
            f" {100 * row['share_before']:.0f}% were: are names missing, or several in one cell?"
        )
        yield Finding("note", "places_unknown", row["source_file"], said)


_LAST_YEAR = """
    select now.source_file, now.source, now.rows_read as now, before.rows_read as before,
        now.sha256 = before.sha256 as is_same
    from landing.source_files as now
    inner join landing.released_sources as before
        on now.source_file = before.source_file
        and before.year = getvariable('report_year') - 1
    where now.source in (select source from landing.promises)
    order by now.source_file
"""


def _other_numbers(year: FiledYear) -> Iterator[Finding]:
    """Exports whose row count differs much from last year's."""
    found = _registrations(year)
    numbers = [(REGISTRATIONS, found["before"], found["now"])]
    numbers += [(row["source_file"], row["before"], row["now"]) for row in year.rows(_LAST_YEAR)]
    for name, before, now in numbers:
        if now < _FEWER * before and before - now >= _FEW_ROWS:
            said = f"{now} rows, {before} last year: is a part missing?"
            yield Finding("note", "far_fewer_rows", name, said)
        elif now > _MORE * before > 0 and now - before >= _FEW_ROWS:
            yield Finding("note", "far_more_rows", name, f"{now} rows, {before} last year")


def _same_as_last_year(year: FiledYear) -> Iterator[Finding]:
    for row in year.rows(_LAST_YEAR):
        if row["is_same"] and row["now"] and not year.contracts[row["source"]].may_stay_the_same:
            said = "The file of last year, byte for byte: is this year's still to come?"
            yield Finding("note", "same_as_last_year", row["source_file"], said)
