"""Mutations of a green build, each with the rules that must fail.

A mutation without rules is a declared or harmless change: every rule must still pass.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Marts:
    """A statement that changes the build's database."""

    statement: str


@dataclass(frozen=True)
class Landing:
    """A landing table that becomes what a query yields; the query sees landing and marts as they are."""

    table: str
    rows: str


Step = Marts | Landing


@dataclass(frozen=True)
class Mutation:
    """A corruption: its name as a sentence, its steps, the rules that fail by it."""

    name: str
    steps: tuple[Step, ...]
    fails: frozenset[str] = frozenset()


def mutation(name: str, *steps: Step, fails: str = "") -> Mutation:
    """A mutation; ``fails`` names rules, separated by blanks."""
    return Mutation(name, steps, frozenset(fails.split()))


def added(table: str, **values: str) -> Landing:
    """A landing table with one row more; the values are SQL."""
    cells = ", ".join(f'{value} as "{name}"' for name, value in values.items())
    return Landing(table, f"select * from landing.{table} union all by name select {cells}")


def filed(table: str, source_file: str, **values: str) -> tuple[Step, ...]:
    """A row more of an export, accounted for."""
    account = (
        f"select * from landing.source_files where source_file <> '{source_file}' union all by name"
        f" select '{source_file}' as source_file, '{table}' as source, count(*) as rows_read,"
        f" count(*) as rows_loaded, 0 as rows_quarantined from landing.{table}"
        f" where source_file = '{source_file}'"
    )
    row = added(table, source_file=f"'{source_file}'", source_line="2", **values)
    return row, Landing("source_files", account)


def traded(table: str, column: str, blank: str, idle: str, busy: str) -> Marts:
    """Moves a cell to an idle member, so that the column total stays the same."""
    idle_member = f"(select min(member_id) from annex_engagement where {idle})"
    busy_member = (
        f"(select min({table}.member_id) from {table} inner join annex_engagement as engagement"
        f" on {table}.member_id = engagement.member_id where {busy})"
    )
    return Marts(
        f"update {table} set {column} = case when member_id = {idle_member}"
        f" then (select {column} from {table} where member_id = {busy_member}) else {blank} end"
        f" where member_id in ({idle_member}, {busy_member})"
    )


def activating(table: str, column: str, blank: str, is_set: str) -> Marts:
    """A cell that activates moves to a member that is not activated."""
    busy = f"engagement.activated and {is_set.format(f'{table}.{column}')}"
    return traded(table, column, blank, "not activated", busy)


YEAR = "getvariable('report_year')"
ONE_FILE = "registers/drawings.csv"
ONE_FIGURE = "drawings"
ONE_MEMBER = "(select min(member_id) from annex_engagement)"
WHERE_ONE_FIGURE = f"where figure_id = '{ONE_FIGURE}'"
VALUE_NOW = f"(select cast(cast(value as bigint) as varchar) from figures {WHERE_ONE_FIGURE})"

DECLARED = {"reason": "'A second count'", "by": "'report team'", "on": f"make_date({YEAR} + 1, 6, 1)"}


def restated(kind: str, key: str, old: str, new: str) -> tuple[Step, ...]:
    """Adds a row to restatements."""
    values = {"kind": f"'{kind}'", "key": key, "old": old, "new": new, **DECLARED}
    return filed("restatements", "restatements.csv", **values)


def released_source(source_file: str, rows_read: str, year: str = YEAR) -> Landing:
    """A file in the last release."""
    return added("released_sources", year=year, release="'r1'", source_file=source_file, rows_read=rows_read)


def released_figure(value: str, year: str = YEAR) -> Landing:
    """A figure in the last release of a year."""
    return added("released_figures", year=year, release="'r1'", figure_id=f"'{ONE_FIGURE}'", value=value)


def released_cell(member_id: str, column: str, value: str) -> Landing:
    """A cell of the annex of engagement in the last release of the year."""
    return added(
        "released_cells",
        year=YEAR,
        release="'r1'",
        annex="'annex_engagement'",
        member_id=member_id,
        column_name=f"'{column}'",
        value=value,
    )


PRINTED = filed(
    "published_figures",
    "published/figures.csv",
    figure_id=f"'{ONE_FIGURE}'",
    printed="'many'",
    qualifier="'exact'",
)
# Print is out, and the one figure that it prints agrees.
CLOSED: tuple[Step, ...] = (
    *PRINTED,
    Marts(
        "insert into reconciliation by name"
        f" select 'figure' as kind, '{ONE_FIGURE}' as key, 'match' as status"
    ),
)

QUARANTINE_GROWS = (
    "select * from landing.quarantine union all by name select '{file}' as source_file, range as source_line,"
    " '' as field, '{reason}' as reason_code, 'Why' as reason from range({rows})"
)
ACCOUNT_GROWS = (
    "select * replace (rows_counted + {rows} as rows_counted, rows_read + {rows} as rows_read,"
    " rows_quarantined + {rows} as rows_quarantined)"
    " from landing.source_files where source_file = '{file}'"
    " union all select * from landing.source_files where source_file <> '{file}'"
)


ROWS_OF_CASES = "(select rows_read from landing.source_files where source_file = 'use/cases.csv')"


def emptied(source_file: str) -> Landing:
    """A file with zero rows in its account."""
    return Landing(
        "source_files",
        "select * replace (0 as rows_counted, 0 as rows_read, 0 as rows_loaded, 0 as rows_quarantined)"
        f" from landing.source_files where source_file = '{source_file}' union all"
        f" select * from landing.source_files where source_file <> '{source_file}'",
    )


def quarantined(reason: str, rows: int) -> tuple[Step, ...]:
    """Adds quarantined rows of a file, with matching account."""
    return (
        Landing("quarantine", QUARANTINE_GROWS.format(file=ONE_FILE, reason=reason, rows=rows)),
        Landing("source_files", ACCOUNT_GROWS.format(file=ONE_FILE, rows=rows)),
    )


LANDING = [
    mutation(
        "a file was read with a row more than it accounts for",
        Landing(
            "source_files",
            f"select * replace (rows_read + cast(source_file = '{ONE_FILE}' as bigint) as rows_read,"
            f" rows_counted + cast(source_file = '{ONE_FILE}' as bigint) as rows_counted)"
            " from landing.source_files",
        ),
        fails="rows_accounted",
    ),
    mutation(
        "a row of a file hid in another when it was read",
        Landing(
            "source_files",
            f"select * replace (rows_counted + cast(source_file = '{ONE_FILE}' as bigint) as rows_counted)"
            " from landing.source_files",
        ),
        fails="rows_counted",
    ),
    mutation(
        "a landing table lost a row",
        Landing("drawings", "select * from landing.drawings where source_line > 2"),
        fails="rows_landed",
    ),
    mutation(
        "a table holds rows although none of its exports was read",
        added("published_figures", source_file="'published/figures.csv'", figure_id="'drawings'"),
        # It also says that print is out, and nobody compared it.
        fails="rows_landed print_agrees",
    ),
    mutation(
        "a file landed that no account knows",
        Landing(
            "drawings",
            "select * from landing.drawings union all"
            " (select * replace ('registers/other.csv' as source_file) from landing.drawings limit 1)",
        ),
        fails="rows_landed",
    ),
    mutation(
        "a row is in quarantine beyond the account of its file",
        Landing("quarantine", QUARANTINE_GROWS.format(file=ONE_FILE, reason="bad_date", rows=1)),
        fails="rows_quarantined",
    ),
    mutation(
        "a row in quarantine is of no file that was read",
        Landing("quarantine", QUARANTINE_GROWS.format(file="lost.csv", reason="bad_date", rows=1)),
        fails="rows_quarantined",
    ),
    mutation(
        "one export was filed twice",
        added("findings", severity="'refuse'", code="'same_bytes'", source_file="'x'", message="'Twice'"),
        fails="nothing_forbids",
    ),
    mutation(
        "a finding has a weight that nobody knows",
        added("findings", severity="'grave'", code="'odd'", source_file="'x'", message="'Odd'"),
        fails="findings_weighed",
    ),
    mutation(
        "a note is no reason to refuse",
        added("findings", severity="'note'", code="'odd'", source_file="'x'", message="'Odd'"),
    ),
    mutation(
        "the register of members is empty",
        Landing("members", "select * from landing.members where false"),
        fails="essentials_filled rows_landed rows_arrive",
    ),
    mutation(
        "the programme is empty",
        Landing("programme", "select * from landing.programme where false"),
        fails="essentials_filled rows_landed rows_arrive",
    ),
    mutation(
        "an export of the last release is gone",
        released_source("'registers/gone.csv'", "7"),
        fails="source_not_gone",
    ),
    mutation(
        "an export is gone, as declared",
        released_source("'registers/gone.csv'", "7"),
        *restated("source_file", "'registers/gone.csv'", "'7'", "null"),
    ),
    mutation(
        "an export is gone, and another number was declared",
        released_source("'registers/gone.csv'", "7"),
        *restated("source_file", "'registers/gone.csv'", "'7'", "'5'"),
        fails="source_not_gone",
    ),
    mutation(
        "an export was gone in another year's release",
        released_source("'registers/gone.csv'", "7", year=f"{YEAR} - 1"),
    ),
    mutation(
        "an export that is expected every year is empty",
        released_source("'registers/campaigns.csv'", "7", year=f"{YEAR} - 1"),
        Landing("campaigns", "select * from landing.campaigns where false"),
        emptied("registers/campaigns.csv"),
        fails="source_not_shrunk",
    ),
    mutation(
        "an export that is expected every year has a row left",
        released_source(f"'{ONE_FILE}'", "100000", year=f"{YEAR} - 1"),
    ),
    mutation(
        "a cumulative export has a row less than the year before",
        released_source("'use/cases.csv'", f"{ROWS_OF_CASES} + 1", year=f"{YEAR} - 1"),
        fails="source_not_shrunk",
    ),
    mutation(
        "a cumulative export has a row less than in the last release",
        released_source("'use/cases.csv'", f"{ROWS_OF_CASES} + 1"),
        fails="source_not_shrunk",
    ),
    mutation(
        "a cumulative export has as many rows as the year before",
        released_source("'use/cases.csv'", ROWS_OF_CASES, year=f"{YEAR} - 1"),
    ),
    mutation(
        "an export that is expected every year is gone",
        released_source("'registers/campaigns.csv'", "7", year=f"{YEAR} - 1"),
        Landing("campaigns", "select * from landing.campaigns where false"),
        Landing("source_files", "select * from landing.source_files where source <> 'campaigns'"),
        fails="source_not_gone",
    ),
    mutation(
        "a correction that is no longer needed was taken back",
        released_source("'corrections.csv'", "7"),
    ),
    mutation(
        "the ledger came as a workbook before",
        released_source("'fees/ledger.xlsx'", "1"),
    ),
    mutation(
        "an export shrank",
        released_source(f"'{ONE_FILE}'", "100000"),
        fails="source_not_shrunk",
    ),
    mutation(
        "an export shrank, as declared",
        released_source(f"'{ONE_FILE}'", "100000"),
        *restated(
            "source_file",
            f"'{ONE_FILE}'",
            "'100000'",
            f"(select cast(rows_read as varchar) from landing.source_files where source_file = '{ONE_FILE}')",
        ),
    ),
    mutation(
        "an export shrank further than declared",
        released_source(f"'{ONE_FILE}'", "100000"),
        *restated("source_file", f"'{ONE_FILE}'", "'100000'", "'99999'"),
        fails="source_not_shrunk",
    ),
    mutation(
        "a row is in quarantine for a reason of its own",
        *quarantined("unlucky", 1),
        fails="reasons_listed",
    ),
    mutation(
        "a speaker is known by an address",
        Landing(
            "speakers",
            "select * replace (case when source_line = 2 then 'ana@example.org' else person_key end"
            " as person_key) from landing.speakers",
        ),
        fails="persons_are_pseudonyms",
    ),
    mutation(
        "a registration has nobody behind it",
        Landing("form_responses", "select * replace (null as person_key) from landing.form_responses"),
        fails="persons_are_pseudonyms",
    ),
    mutation(
        "a finding repeats an address",
        added(
            "findings",
            severity="'note'",
            code="'odd'",
            source_file="'x'",
            message="'The cell ana.b@example.org is odd'",
        ),
        fails="no_addresses_told",
    ),
    mutation(
        "a correction names a row that is not there",
        added(
            "corrected_values",
            table_name="'drawings'",
            source_file=f"'{ONE_FILE}'",
            source_line="999999",
            column_name="'age'",
            new_value="'9'",
        ),
        fails="correction_meets_a_row",
    ),
    mutation(
        "a value is corrected twice",
        Landing(
            "corrected_values",
            "select * from landing.corrected_values union all by name select 'drawings' as table_name,"
            " source_file, source_line, 'age' as column_name, '9' as new_value"
            " from landing.drawings cross join range(2) where source_line = 2",
        ),
        fails="corrected_once",
    ),
    mutation(
        "a value is corrected",
        Landing(
            "corrected_values",
            "select * from landing.corrected_values union all by name select 'drawings' as table_name,"
            " source_file, source_line, 'age' as column_name, '9' as new_value"
            " from landing.drawings where source_line = 2",
        ),
    ),
]

MARTS = [
    mutation(
        "a case has no key",
        Marts("update practices set case_id = null where case_id = (select min(case_id) from practices)"),
        fails="keys_present",
    ),
    mutation(
        "a case comes twice",
        Marts("insert into practices select * replace ('draft' as status) from practices limit 1"),
        fails="keys_unique",
    ),
    mutation(
        "a publication was lost on the way",
        Marts(
            "delete from publications where source_line = (select min(source_line) from publications"
            " where origin = 'member')"
        ),
        fails="rows_arrive",
    ),
    mutation(
        "a member lies in a region that there is not",
        Marts(f"update members set region = 'Atlantis' where member_id = {ONE_MEMBER}"),
        fails="values_listed",
    ),
    mutation(
        "a member has no region",
        Marts(f"update members set region = null where member_id = {ONE_MEMBER}"),
        fails="values_listed",
    ),
    mutation(
        "the annex of activity lacks a member",
        Marts(f"delete from annex_activity where member_id = {ONE_MEMBER}"),
        fails="members_in_activity",
    ),
    mutation(
        "the annex of activity has a member of no register",
        Marts(
            "insert into annex_activity select * replace ('M999' as member_id) from annex_activity limit 1"
        ),
        fails="members_in_activity",
    ),
    mutation(
        "the annex of engagement has a stranger in a member's place",
        Marts(
            "update annex_engagement set member_id = 'M999' where member_id ="
            " (select min(member_id) from annex_engagement where not activated)"
        ),
        fails="members_in_engagement",
    ),
    mutation(
        "the annex of activity calls an old member new",
        Marts(f"update annex_activity set is_new = not is_new where member_id = {ONE_MEMBER}"),
        fails="new_in_activity",
    ),
    mutation(
        "the annex of engagement takes one member's novelty for another's",
        traded("annex_engagement", "is_new", "false", "not is_new", "engagement.is_new"),
        fails="new_in_engagement",
    ),
    mutation(
        "the annex tables list members in different orders",
        Marts("update annex_activity set report_order = 3 - report_order where report_order <= 2"),
        fails="same_order",
    ),
    mutation(
        "a member that learned is not activated",
        activating("annex_engagement", "capacity_building", "0", "{} > 0"),
        fails="learning_activates",
    ),
    mutation(
        "a member with a case is not activated",
        activating("annex_activity", "use_cases", "0", "{} > 0"),
        fails="use_case_activates",
    ),
    mutation(
        "a member with an initiative is not activated",
        activating("annex_activity", "c4gh_initiatives", "0", "{} > 0"),
        fails="initiative_activates",
    ),
    mutation(
        "a member with a pilot is not activated",
        activating("annex_engagement", "pilot", "''", "{} <> ''"),
        fails="pilot_activates",
    ),
    mutation(
        "a member of a board meeting is not activated",
        activating("annex_engagement", "board", "false", "{}"),
        fails="board_activates",
    ),
    mutation(
        "a member of a bilateral meeting is not activated",
        activating("annex_engagement", "bilateral", "0", "{} > 0"),
        fails="bilateral_activates",
    ),
    mutation(
        "an organiser of World Metropolitan Day is not activated",
        activating("annex_engagement", "wmd_organiser", "false", "{}"),
        fails="wmd_activates",
    ),
    mutation(
        "a member at the congress is not activated",
        Marts("update events set is_learning = true where kind = 'congress'"),
        activating("annex_engagement", "annual_meeting", "false", "{}"),
        fails="congress_activates",
    ),
    mutation(
        "a member at a congress of others need not be activated",
        Marts("update events set is_learning = false, is_metropolis_event = false where kind = 'congress'"),
        activating("annex_engagement", "annual_meeting", "false", "{}"),
        # The congress is no event of Metropolis any more, and those who came are no participants.
        fails="tables_add_up",
    ),
    mutation(
        "a member paid, says the annex, and no figure knows",
        Marts(f"update annex_engagement set fee_paid = not fee_paid where member_id = {ONE_MEMBER}"),
        fails="annex_adds_up",
    ),
    mutation(
        "a person more came to an event",
        Marts(
            "update events set people_attended = people_attended + 1 where event_id ="
            " (select min(event_id) from events where is_metropolis_event)"
        ),
        fails="tables_add_up",
    ),
    mutation(
        "a cent of the ledger went astray",
        Marts(
            "update ledger_entries set amount_eur = amount_eur + 0.01 where entry_no = (select min(entry_no)"
            f" from ledger_entries where stands and type = 'expense' and year(posting_date) = {YEAR})"
        ),
        fails="money_in_full",
    ),
    mutation(
        "a place that somebody typed is counted twice",
        Marts(
            'update resolved_places set "rows" = "rows" + 1'
            " where text = (select min(text) from resolved_places)"
        ),
        fails="places_accounted",
    ),
    mutation(
        "a place is a member and none",
        Marts(
            "insert into resolved_places by name select source_file, text, country, 0 as rows"
            " from unresolved_places limit 1"
        ),
        fails="place_listed_once",
    ),
    mutation(
        "a body has a seat more than by gender",
        Marts(
            "update gender_impact set value = value + 1 where item = (select min(item) from gender_impact"
            " where kind = 'governance_seats')"
        ),
        fails="seats_add_up",
    ),
    mutation(
        "the gender assessment lacks a figure",
        Marts("delete from gender_impact where figure_id = 'gender_research'"),
        fails="gender_table_whole",
    ),
    mutation(
        "the gender assessment has a figure too many",
        Marts(
            "insert into gender_impact by name select 'drawings' as item, 'figure' as kind, figure_id, value"
            f" from figures {WHERE_ONE_FIGURE}"
        ),
        fails="gender_table_whole",
    ),
    mutation(
        "the gender assessment says another number",
        Marts("update gender_impact set value = value + 1 where figure_id = 'gender_research'"),
        fails="gender_table_agrees",
    ),
]

FIGURES = [
    mutation(
        "a figure that nobody defined",
        Marts(
            f"insert into figures select * replace ('tea_drunk' as figure_id) from figures {WHERE_ONE_FIGURE}"
        ),
        fails="figure_known",
    ),
    mutation(
        "a figure is missing",
        Marts(f"delete from figures {WHERE_ONE_FIGURE}"),
        fails="figure_once",
    ),
    mutation(
        "a figure comes twice",
        Marts(f"insert into figures select * from figures {WHERE_ONE_FIGURE}"),
        fails="figure_once",
    ),
    mutation(
        "no figure is there",
        Marts("delete from figures"),
        fails="figure_once annex_adds_up tables_add_up gender_table_agrees shares_agree",
    ),
    mutation(
        "a figure is another year's",
        Marts(f"update figures set year = year - 1 {WHERE_ONE_FIGURE}"),
        fails="figure_of_year",
    ),
    mutation(
        "a count is given as a share",
        Marts(f"update figures set unit = 'percent' {WHERE_ONE_FIGURE}"),
        fails="figure_unit",
    ),
    mutation(
        "a figure is refused that can be computed",
        Marts(f"update figures set status = 'refused' {WHERE_ONE_FIGURE}"),
        fails="figure_status",
    ),
    mutation(
        "a figure was written by hand",
        Marts(f"update figures set value = value + 1 {WHERE_ONE_FIGURE}"),
        fails="figure_recomputed",
    ),
    mutation(
        "a share lost a decimal's worth",
        Marts("update figures set value = value - 0.1 where figure_id = 'members_activated_share'"),
        fails="figure_recomputed",
    ),
    mutation(
        "a published share has no value",
        Marts("update figures set value = null where figure_id = 'members_activated_share'"),
        fails="figure_recomputed",
    ),
    mutation(
        "a share of a whole is two points off",
        Marts("update figures set value = value + 2 where figure_id = 'funding_other_share'"),
        Marts("update funding_sources set share = share + 2 where figure_id = 'funding_other_share'"),
        Marts(
            "update funding_sources set share = share - 2 where figure_id = 'funding_membership_fee_share'"
        ),
        Marts("update figures set value = value - 2 where figure_id = 'funding_membership_fee_share'"),
        fails="figure_recomputed",
    ),
    mutation(
        "a count is negative",
        Marts(f"update figures set value = -1, numerator = -1 {WHERE_ONE_FIGURE}"),
        fails="figure_not_below",
    ),
    mutation(
        "a share is above what the catalogue allows",
        Marts("update figure_catalogue set maximum = 1 where figure_id = 'members_activated_share'"),
        fails="figure_not_above",
    ),
    mutation(
        "a share is above 100, although the catalogue has no bound",
        Marts("update figure_catalogue set maximum = null where figure_id = 'members_activated_share'"),
        Marts(
            "update figures set value = 200, numerator = 2 * denominator"
            " where figure_id = 'members_activated_share'"
        ),
        fails="figure_not_above share_of_whole",
    ),
    mutation(
        "a share counts more than its whole",
        Marts(
            "update figures set value = 100, numerator = denominator + 0.001"
            " where figure_id = 'members_activated_share'"
        ),
        fails="share_of_whole",
    ),
    mutation(
        "a part is greater than what it is part of",
        Marts(
            "update figures set value = numerators.value, numerator = numerators.value from (select value + 1"
            " as value from figures where figure_id = 'videos') as numerators"
            " where figures.figure_id = 'videos_revitalisation'"
        ),
        fails="part_within_whole",
    ),
    mutation(
        "women and men are not everybody",
        Marts(
            "insert into figure_catalogue select * replace ('members_activated_men_share' as figure_id)"
            " from figure_catalogue where figure_id = 'members_activated_share'"
        ),
        Marts(
            "insert into figure_catalogue select * replace ('members_activated_women_share' as figure_id)"
            " from figure_catalogue where figure_id = 'members_activated_share'"
        ),
        Marts(
            "insert into figures select * exclude (gender)"
            " replace ('members_activated_' || gender || '_share' as figure_id)"
            " from figures cross join (select unnest(['men', 'women']) as gender)"
            " where figure_id = 'members_activated_share'"
        ),
        fails="women_and_men_add_up",
    ),
    mutation(
        "a part that is not printed has a point that no other lost",
        Marts(
            "insert into funds_use by name"
            " select 'P999' as project, 0 as amount, 1 as share, false as is_printed"
        ),
        fails="shares_add_up",
    ),
    mutation(
        "the finance tables print other shares than the figures",
        Marts(
            "update funding_sources set share = share + case figure_id"
            " when 'funding_other_share' then 1 else -1 end"
            " where figure_id in ('funding_other_share', 'funding_membership_fee_share')"
        ),
        fails="shares_agree",
    ),
    mutation(
        "a printed share has no row in its table",
        Marts("update funding_sources set figure_id = null where figure_id = 'funding_other_share'"),
        fails="shares_agree",
    ),
    mutation(
        "a figure leapt",
        released_figure("100000", year=f"{YEAR} - 1"),
        Marts(
            f"update figure_changes set previous_value = 100000, is_within_band = false {WHERE_ONE_FIGURE}"
        ),
        fails="move_within_band",
    ),
    mutation(
        "a figure moved within its band",
        released_figure("100000", year=f"{YEAR} - 1"),
        Marts(f"update figure_changes set previous_value = 100000, is_within_band = true {WHERE_ONE_FIGURE}"),
    ),
    mutation(
        "a figure leapt, as declared",
        released_figure("100000", year=f"{YEAR} - 1"),
        Marts(
            f"update figure_changes set previous_value = 100000, is_within_band = false {WHERE_ONE_FIGURE}"
        ),
        *restated("figure", f"'{ONE_FIGURE}'", "'100000'", VALUE_NOW),
    ),
    mutation(
        "a figure of the year before was not compared",
        released_figure("100000", year=f"{YEAR} - 1"),
        fails="move_within_band",
    ),
    mutation(
        "a figure that may leave its band left it",
        released_figure("100000", year=f"{YEAR} - 1"),
        Marts(
            f"update figure_changes set previous_value = 100000, is_within_band = false {WHERE_ONE_FIGURE}"
        ),
        Marts(f"update figure_catalogue set beyond_band = 'tell' {WHERE_ONE_FIGURE}"),
    ),
    mutation(
        "a figure that may leave its band fell to nothing",
        released_figure("3", year=f"{YEAR} - 1"),
        Marts(
            f"update figure_changes set value = 0, previous_value = 3, is_within_band = true {WHERE_ONE_FIGURE}"
        ),
        Marts(f"update figure_catalogue set beyond_band = 'tell' {WHERE_ONE_FIGURE}"),
        fails="move_within_band",
    ),
    mutation(
        "a figure of two fell to nothing",
        released_figure("2", year=f"{YEAR} - 1"),
        Marts(
            f"update figure_changes set value = 0, previous_value = 2, is_within_band = true {WHERE_ONE_FIGURE}"
        ),
    ),
    mutation(
        "a figure that was published is refused",
        released_figure("1", year=f"{YEAR} - 1"),
        Marts(
            f"update figure_changes set value = null, previous_value = 1, is_within_band = null {WHERE_ONE_FIGURE}"
        ),
        fails="move_within_band",
    ),
    mutation(
        "the euros of a year are a thousandth",
        added(
            "released_figures",
            year=f"{YEAR} - 1",
            release="'r1'",
            figure_id="'funding_other_share'",
            value="(select value from figures where figure_id = 'funding_other_share')",
            denominator="(select 1000 * denominator from figures where figure_id = 'funding_other_share')",
        ),
        Marts(
            "update figure_changes set is_within_band = true, previous_value = value"
            " where figure_id = 'funding_other_share'"
        ),
        fails="move_within_band",
    ),
    mutation(
        "a figure of a closed year changed",
        *CLOSED,
        released_figure("100000"),
        fails="closed_year_stands",
    ),
    mutation(
        "a figure of an open year changed",
        released_figure("100000"),
    ),
    mutation(
        "a figure of a closed year is as it was released",
        *CLOSED,
        released_figure(f"(select value from figures {WHERE_ONE_FIGURE})"),
    ),
    mutation(
        "a figure of a closed year changed, as restated",
        *CLOSED,
        released_figure("100000"),
        *restated("figure", f"'{ONE_FIGURE}'", "'100000'", VALUE_NOW),
    ),
    mutation(
        "a figure of a closed year changed from another value than the restated one",
        *CLOSED,
        released_figure("100000"),
        *restated("figure", f"'{ONE_FIGURE}'", "'99999'", VALUE_NOW),
        fails="closed_year_stands",
    ),
    mutation(
        "a figure of a closed year changed to another value than the restated one",
        *CLOSED,
        released_figure("100000"),
        *restated("figure", f"'{ONE_FIGURE}'", "'100000'", "'99999'"),
        fails="closed_year_stands restatement_holds",
    ),
    mutation(
        "a cell of a closed year changed",
        *CLOSED,
        released_cell(ONE_MEMBER, "bilateral", "'77'"),
        fails="closed_year_stands",
    ),
    mutation(
        "a cell of a closed year changed, as restated",
        *CLOSED,
        released_cell(ONE_MEMBER, "bilateral", "'77'"),
        *restated(
            "annex_cell",
            f"'annex_engagement/' || {ONE_MEMBER} || '/bilateral'",
            "'77'",
            f"(select cast(bilateral as varchar) from annex_engagement where member_id = {ONE_MEMBER})",
        ),
    ),
    mutation(
        "a member left the annex of a closed year",
        *CLOSED,
        Landing(
            "released_cells",
            f"select {YEAR} as year, 'r1' as release, 'annex_engagement' as annex, member_id,"
            " 'member' as column_name, member as value from annex_engagement"
            f" union all select {YEAR}, 'r1', 'annex_engagement', 'M999', 'member', 'Atlantis'",
        ),
        fails="closed_year_stands",
    ),
    mutation(
        "a member entered the annex of a closed year",
        *CLOSED,
        Landing(
            "released_cells",
            f"select {YEAR} as year, 'r1' as release, 'annex_engagement' as annex, member_id,"
            " 'member' as column_name, member as value from annex_engagement"
            f" where member_id <> {ONE_MEMBER}",
        ),
        fails="closed_year_stands",
    ),
    mutation(
        "a restated figure has another value",
        *restated("figure", f"'{ONE_FIGURE}'", "'1'", "'99999'"),
        fails="restatement_holds",
    ),
    mutation(
        "a restatement names no figure",
        *restated("figure", "'tea_drunk'", "'1'", "'2'"),
        fails="restatement_holds",
    ),
    mutation(
        "a restated cell has another value",
        *restated("annex_cell", f"'annex_engagement/' || {ONE_MEMBER} || '/bilateral'", "'1'", "'99999'"),
        fails="restatement_holds",
    ),
    mutation(
        "print says another number",
        *CLOSED,
        Marts("update reconciliation set status = 'difference'"),
        fails="print_agrees",
    ),
    mutation(
        "print says another number, and somebody owns the difference",
        *CLOSED,
        Marts("update reconciliation set status = 'known_difference'"),
    ),
    mutation(
        "a printed figure was not compared",
        *PRINTED,
        fails="print_agrees",
    ),
    mutation(
        "printed cells were not compared",
        *CLOSED,
        *filed("published_annex_activity", "published/annex_activity.csv", member_text="'Atlantis'"),
        fails="print_agrees",
    ),
]

MUTATIONS = [*LANDING, *MARTS, *FIGURES]
