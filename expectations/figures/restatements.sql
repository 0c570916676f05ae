-- One row a figure or annex cell that is restated, by its latest declaration, with the value that it has.
with

latest as (

    select
        kind,
        key,
        new as value_declared
    from landing.restatements
    where kind in ('figure', 'annex_cell')
    qualify row_number() over (
        partition by
            kind,
            key
        order by
            "on" desc,
            source_line desc
    ) = 1

),

cells as (

    select
        'annex_activity/' || member_id || '/' || column_name as key,
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
        'annex_engagement/' || member_id || '/' || column_name as key,
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

wholes as (

    select
        figure_catalogue.whole,
        max(figures.denominator) as value
    from figure_catalogue
    inner join figures
        on figure_catalogue.figure_id = figures.figure_id
    where figure_catalogue.whole is not null
    group by figure_catalogue.whole

),

valued as (

    select
        latest.kind,
        latest.key,
        coalesce(latest.value_declared, '') as value_declared,
        case
            when latest.kind = 'figure' then plain_number(coalesce(figures.value, wholes.value))
            else coalesce(cells.value, '')
        end as value_now
    from latest
    left join figures
        on latest.key = figures.figure_id
    left join wholes
        on latest.key = wholes.whole
    left join cells
        on latest.key = cells.key

),

final as (

    select
        kind,
        key,
        value_declared,
        value_now,
        says_the_same(value_declared, value_now) as holds
    from valued

)

select * from final
order by
    kind,
    key
