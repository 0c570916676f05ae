-- One row a released figure or annex cell of a closed year that is another one now. What print said of a year
-- closes it. A member that left or entered an annex table is one row, keyed by its name.
with

closed as (

    select
        (select count(*) from landing.published_figures) > 0
        or (select count(*) from landing.published_annex_activity) > 0
        or (select count(*) from landing.published_annex_engagement) > 0 as is_closed

),

figures_before as (

    select
        figure_id,
        value
    from landing.released_figures
    where year = getvariable('report_year')

),

changed_figures as (

    select
        'figure' as kind,
        figures_before.figure_id as key,
        plain_number(figures_before.value) as value_before,
        plain_number(figures.value) as value_now
    from figures_before
    left join figures
        on figures_before.figure_id = figures.figure_id
    where figures_before.value is distinct from figures.value

),

cells_before as (

    select
        annex,
        member_id,
        column_name,
        coalesce(value, '') as value
    from landing.released_cells
    where year = getvariable('report_year')

),

cells_now as (

    select
        'annex_activity' as annex,
        member_id,
        column_name,
        value
    from (
        unpivot (
            select
                member_id,
                coalesce(columns(* exclude (member_id, report_order))::varchar, '')
            from annex_activity
        )
        on columns(* exclude (member_id)) into name column_name value value
    )

    union all

    select
        'annex_engagement' as annex,
        member_id,
        column_name,
        value
    from (
        unpivot (
            select
                member_id,
                coalesce(columns(* exclude (member_id, report_order))::varchar, '')
            from annex_engagement
        )
        on columns(* exclude (member_id)) into name column_name value value
    )

),

changed_cells as (

    select
        'annex_cell' as kind,
        before.annex || '/' || before.member_id || '/' || before.column_name as key,
        before.value as value_before,
        now.value as value_now
    from cells_before as before
    inner join cells_now as now
        on
            before.annex = now.annex
            and before.member_id = now.member_id
            and before.column_name = now.column_name
    where before.value <> now.value

),

members_before as (

    select * from cells_before
    where column_name = 'member'

),

members_now as (

    select * from cells_now
    where
        column_name = 'member'
        and exists (select 1 from members_before)

),

changed_members as (

    select
        'annex_cell' as kind,
        coalesce(before.annex, now.annex) || '/' || coalesce(before.member_id, now.member_id) || '/member' as key,
        coalesce(before.value, '') as value_before,
        coalesce(now.value, '') as value_now
    from members_before as before
    full outer join members_now as now
        on
            before.annex = now.annex
            and before.member_id = now.member_id
    where before.member_id is null or now.member_id is null

),

changed as (

    select * from changed_figures
    union all
    select * from changed_cells
    union all
    select * from changed_members

),

final as (

    select
        changed.kind,
        changed.key,
        changed.value_before,
        changed.value_now,
        exists(
            select 1
            from landing.restatements as restated
            where
                restated.kind = changed.kind
                and restated.key = changed.key
                and says_the_same(restated.old, changed.value_before)
                and says_the_same(restated.new, changed.value_now)
        ) as is_restated
    from changed
    cross join closed
    where closed.is_closed

)

select * from final
order by
    kind,
    key
