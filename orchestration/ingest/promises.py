"""Checks exports against the properties that their contracts declare, beyond single columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orchestration.ingest.contracts import Column, Contract
from orchestration.ingest.errors import Finding
from orchestration.ingest.filed_year import FiledYear, counted
from orchestration.ingest.schema import main_table

# Fewer rows say nothing of a whole export.
_FEW_ROWS = 10
# So many rows that contradict themselves, and a larger share than this of those that could, are no slips.
_FEWEST_ROWS = 5
_ROWS_IN_ONE = 10
# An export that was pasted below itself is half of the rows, less those in quarantine.
_MOST_OF_AN_EXPORT = 0.4
# A few rows may well be alike but for their numbers, such as the drawings of a class.
_MANY_ROWS = 20


def judge_promises(year: FiledYear) -> Iterator[Finding]:
    """Findings of single exports that violate declared properties of their contracts."""
    for source in year.contracts:
        contract = year.contracts[source]
        if contract.spine and not year.loaded[source]:
            said = "No row could be loaded, and everything else rests on this export"
            yield Finding("refuse", "nothing_loaded", year.file_of(source), said)
        if not year.loaded[source]:
            continue
        if contract.dates_in_order:
            yield from _contradicting_dates(year, contract)
        if contract.dated_by and not contract.per_event:
            yield from _nothing_of_the_year(year, contract)
        if contract.throughout_the_year:
            yield from _part_of_the_year(year, contract)
        if contract.one_row_each:
            yield from _one_thing_twice(year, contract)
        yield from _repeats(year, contract)


# --- dates ---------------------------------------------------------------------------------------

_CONTRADICTING = """
    select
        source_file,
        count(*) filter ({first} > {second}) as wrong,
        count(*) filter ({first} is not null and {second} is not null) as both,
        min(source_line) filter ({first} > {second}) as line
    from landing.{source}
    group by source_file
    having wrong > 0
    order by source_file
"""


def _contradicting_dates(year: FiledYear, contract: Contract) -> Iterator[Finding]:
    first, second = contract.dates_in_order
    for row in year.rows(_CONTRADICTING.format(first=first, second=second, source=contract.source)):
        wrong, both = row["wrong"], row["both"]
        said = f"{wrong} of {both} rows have {first} after {second}, the first in line {row['line']}"
        is_whole = (wrong >= _FEWEST_ROWS and wrong * _ROWS_IN_ONE > both) or (wrong > 1 and wrong * 2 > both)
        if is_whole and not contract.per_event:
            said += f"; probably the columns {first} and {second} are exchanged"
            yield Finding("refuse", "dates_contradict", row["source_file"], said)
        else:
            yield Finding("note", "dates_contradict", row["source_file"], said)


_DAYS = """
    select count({column}) as days, min({column}) as first, max({column}) as last,
        count(*) filter (year({column}) = getvariable('report_year')) as of_the_year
    from landing.{source}
"""


def _nothing_of_the_year(year: FiledYear, contract: Contract) -> Iterator[Finding]:
    """Dated exports with hardly a row of the report year."""
    (found,) = year.rows(_DAYS.format(column=contract.dated_by, source=contract.source))
    days, of_the_year = found["days"], found["of_the_year"]
    if days < _FEW_ROWS or of_the_year * _ROWS_IN_ONE >= days or (contract.cumulative and of_the_year):
        return
    days_told = f"{found['first']:%Y-%m-%d} to {found['last']:%Y-%m-%d}"
    span = f"{days} rows, of {days_told}, and {of_the_year or 'none'} of {year.year}"
    name = year.file_of(contract.source)
    if contract.cumulative:
        yield Finding("note", "nothing_of_the_year", name, f"{span}: perhaps an old export")
    else:
        yield Finding("refuse", "another_year", name, f"{span}: another year's export")


# So many days without a row are no accident where so many rows were likely in them.
_LONG_GAP, _MANY_LIKELY = 45, 10
_GAPS = """
    with days as (
        select cast({column} as date) as day
        from landing.{source}
        where year({column}) = getvariable('report_year')
    ),
    ends as (
        select count(*) as rows, min(day) as first, max(day) as last,
            first - make_date(getvariable('report_year'), 1, 1) as before,
            make_date(getvariable('report_year'), 12, 31) - last as after
        from days
    )
    select first, last, before >= after as is_begin
    from ends
    where greatest(before, after) >= {gap} and rows * greatest(before, after) >= {likely} * (last - first + 1)
"""


def _part_of_the_year(year: FiledYear, contract: Contract) -> Iterator[Finding]:
    """Exports without a row in the first or the last months of the year."""
    sql = _GAPS.format(column=contract.dated_by, source=contract.source, gap=_LONG_GAP, likely=_MANY_LIKELY)
    for row in year.rows(sql):
        end = f"begins on {row['first']}" if row["is_begin"] else f"ends on {row['last']}"
        said = f"What it has of {year.year} {end}: was it exported for a part of the year?"
        yield Finding("note", "part_of_the_year", year.file_of(contract.source), said)


# --- repeats -------------------------------------------------------------------------------------

_ONE_THING_TWICE = """
    select min(source_file) as source_file, string_agg({key}, ', ' order by source_line) as keys,
        string_agg(cast(source_line as varchar), ', ' order by source_line) as lines
    from landing.{source}
    where {alike} is not null
    group by {alike}
    having count(*) > 1
    order by min(source_line)
"""


def _one_thing_twice(year: FiledYear, contract: Contract) -> Iterator[Finding]:
    keys = {
        column.name: f"{column.name}_key" if column.name_key else column.name for column in contract.columns
    }
    (name,) = contract.one_row_each
    sql = _ONE_THING_TWICE.format(source=contract.source, key=contract.key[0], alike=keys[name])
    for row in year.rows(sql):
        said = f"Lines {row['lines']} have one {name} under {row['keys']}: one of the {contract.source} is there twice"
        yield Finding("refuse", "one_thing_twice", row["source_file"], said)


_ANY_REPEAT = "select 1 from landing.{source} group by source_file, {columns} having count(*) > 1 limit 1"
# How far back each row stood before, and the longest run of rows that all stood so far back: a block pasted again.
_REPEATS = """
    with numbered as (
        select {columns}, source_file, source_line,
            row_number() over (partition by source_file order by source_line) as place
        from landing.{source}
    ),
    seen as (
        select source_file, source_line, place,
            place - lag(place) over (partition by source_file, {columns} order by place) as distance
        from numbered
    ),
    runs as (
        select source_file, distance, min(source_line) as line, count(*) as length
        from (
            select *, place - row_number() over (partition by source_file, distance order by place) as run
            from seen where distance is not null
        )
        group by source_file, distance, run
    ),
    files as (select source_file, count(*) as rows from numbered group by source_file)
    select files.source_file, files.rows, sum(length) as repeated, max(length) as longest,
        arg_max(line, length) as line, max(length) filter (length <= distance) as block,
        arg_max(line, length) filter (length <= distance) as block_line
    from runs inner join files using (source_file)
    group by files.source_file, files.rows
    order by files.source_file
"""


def _repeats(year: FiledYear, contract: Contract) -> Iterator[Finding]:
    """Rows that stand there twice, under their own number or under another."""
    columns = [each.name for each in main_table(contract).columns if not each.name.startswith("source_")]
    numbers = {
        each.name for each in contract.columns if each.type == "identifier" and each.name in contract.key
    }
    others = _listed([name for name in columns if name not in numbers])
    if not year.rows(_ANY_REPEAT.format(columns=others, source=contract.source)):
        return
    told = set()
    for finding in _repeated_rows(year, contract, _listed(columns)):
        told.add(finding.source_file)
        yield finding
    if numbers:
        renumbered = _renumbered_rows(year, contract, others)
        yield from (each for each in renumbered if each.source_file not in told)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _renumbered_rows(year: FiledYear, contract: Contract, columns: str) -> Iterator[Finding]:
    """A block of rows that stands there again under other numbers; refused where that is most of the export."""
    for row in year.rows(_REPEATS.format(columns=columns, source=contract.source)):
        rows, block = row["rows"], row["block"] or 0
        if block >= _FEWEST_ROWS and block * _ROWS_IN_ONE > rows:
            said = f"{block} of {rows} rows stand there before under other numbers, from line {row['block_line']} on"
            is_whole = block >= _MANY_ROWS and block > _MOST_OF_AN_EXPORT * rows
            found = f"{said}: pasted twice?"
            yield Finding("refuse" if is_whole else "note", "pasted_twice", row["source_file"], found)


def _repeated_rows(year: FiledYear, contract: Contract, columns: str) -> Iterator[Finding]:
    for row in year.rows(_REPEATS.format(columns=columns, source=contract.source)):
        rows, repeated, longest = row["rows"], row["repeated"], row["longest"]
        is_pasted = (longest >= _FEWEST_ROWS and longest * _ROWS_IN_ONE > rows) or (
            longest > 1 and longest * 2 >= rows
        )
        is_many = contract.repeats == "never" and repeated >= _FEWEST_ROWS and repeated * _ROWS_IN_ONE > rows
        if is_pasted or is_many:
            said = f"{repeated} of {rows} rows stand there before, again from line {row['line']} on: pasted twice"
            # People are counted once, however often they are there.
            severity = "note" if contract.per_event else "refuse"
            yield Finding(severity, "pasted_twice", row["source_file"], said)
        elif contract.repeats == "never":
            said = f"{counted(repeated, 'row')} of {rows} stand there before, such as line {row['line']}"
            yield Finding("note", "rows_repeated", row["source_file"], said)


# --- numbers -------------------------------------------------------------------------------------

# A thousand billion of anything is no number of this report, and its sums would have no place in a figure.
_BEYOND_REASON = 10**12
_SUM = "select sum({number}) as number, arg_max(source_line, {number}) as line from landing.{source}"
_RATES = """
    select upper(trim(currency)) as currency, min(eur_rate) as least, max(eur_rate) as most
    from landing.ledger
    group by upper(trim(currency))
    having max(eur_rate) > 2 * cast(min(eur_rate) as double)
    order by currency
"""
_RATES_OF_ONE = """
    select upper(trim(currency)) as currency, count(*) as rows, min(source_line) as line
    from landing.ledger
    where eur_rate = 1 and upper(trim(currency)) <> 'EUR'
    group by upper(trim(currency))
    order by currency
"""


def judge_numbers(year: FiledYear) -> Iterator[Finding]:
    """Implausibly large numbers, and implausible exchange rates of a currency."""
    for contract in year.contracts.values():
        for column in contract.columns if year.loaded[contract.source] else ():
            if column.type in ("integer", "amount") and column.is_stored:
                yield from _beyond_reason(year, contract, column)
    for row in year.rows(_RATES):
        rates = f"{row['least'].normalize():f} to {row['most'].normalize():f}"
        said = f"The rates of {row['currency']} lie far apart, from {rates}: is one of them wrong?"
        yield Finding("note", "rates_apart", year.file_of("ledger"), said)
    for row in year.rows(_RATES_OF_ONE):
        said = (
            f"{counted(row['rows'], 'row')} in {row['currency']} at a rate of 1, from line {row['line']} on"
        )
        yield Finding("note", "rate_of_one", year.file_of("ledger"), f"{said}: was the rate left out?")


def _beyond_reason(year: FiledYear, contract: Contract, column: Column) -> Iterator[Finding]:
    # In a ledger amounts count in EUR.
    has_rate = column.type == "amount" and any(each.type == "rate" for each in contract.columns)
    number = f"cast({column.name} as double)" + (" * eur_rate" if has_rate else "")
    (found,) = year.rows(_SUM.format(number=number, source=contract.source))
    if found["number"] is not None and found["number"] >= _BEYOND_REASON:
        said = f"{column.name} comes to {found['number']:.0f} in all, more than a figure can hold"
        message = f"{said}; the largest is in line {found['line']}"
        yield Finding("refuse", "number_beyond_reason", year.file_of(contract.source), message)
